#include "cli/tokens.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace dkr {
namespace {

/// The value of a switch that is given without one.
constexpr const char* kSwitchedOn = "true";

/// The first matching flag of `command`, or else of the program, whose flags may appear anywhere.
template <typename Predicate>
const Flag* find_flag_if(const Command& command, Predicate matches) {
  for (const Command* owner : {&command, &program()}) {
    for (const Flag* flag : own_flags(*owner)) {
      if (matches(*flag)) return flag;
    }
  }
  return nullptr;
}

const Flag* find_shorthand(const Command& command, char letter) {
  return find_flag_if(command, [&](const Flag& flag) { return flag.shorthand == letter; });
}

class Tokenizer {
 public:
  explicit Tokenizer(const std::vector<std::string>& words) : words_(words) {}

  Tokens run() && {
    while (next_ < words_.size()) {
      const std::string& word = words_[next_++];
      const bool is_raw = tokens_.command->kind == CommandKind::kHidden;
      if (is_raw || tokens_.flags_ended) {
        add({Token::Kind::kArgument, word});
      } else if (word == "--") {
        tokens_.flags_ended = true;
      } else if (word.starts_with("--")) {
        add_long_flag(word);
      } else if (word.size() > 1 && word.starts_with('-')) {
        add_short_flags(word.substr(1));
      } else {
        add_command_or_argument(word);
      }
    }
    return std::move(tokens_);
  }

 private:
  void add(Token token) { tokens_.list.push_back(std::move(token)); }

  /// `--name`, `--name=value` or `--name value`.
  void add_long_flag(const std::string& word) {
    constexpr std::size_t kDashes = 2;
    const std::size_t equals = word.find('=');
    std::string text = word.substr(0, equals);
    const Flag* flag = find_flag(*tokens_.command, std::string_view(text).substr(kDashes));
    if (flag == nullptr) {
      add({Token::Kind::kUnknownFlag, std::move(text)});
    } else if (equals != std::string::npos) {
      add({Token::Kind::kFlag, std::move(text), flag, word.substr(equals + 1)});
    } else if (flag->is_switch()) {
      add({Token::Kind::kFlag, std::move(text), flag, kSwitchedOn});
    } else {
      add_with_next_word(std::move(text), *flag);
    }
  }

  /// The letters after a dash: switches, the last of which may be a flag with a value, `Hvalue`,
  /// `H=value` or `H value`.
  void add_short_flags(std::string letters) {
    while (!letters.empty()) {
      std::string text = "-" + letters;
      const Flag* flag = find_shorthand(*tokens_.command, letters.front());
      letters.erase(0, 1);
      if (flag == nullptr) return add({Token::Kind::kUnknownFlag, std::move(text)});
      if (letters.starts_with('=')) {
        return add({Token::Kind::kFlag, std::move(text), flag, letters.substr(1)});
      }
      if (flag->is_switch()) {
        add({Token::Kind::kFlag, std::move(text), flag, kSwitchedOn});
      } else if (!letters.empty()) {
        return add({Token::Kind::kFlag, std::move(text), flag, letters});
      } else {
        add_with_next_word(std::move(text), *flag);
      }
    }
  }

  /// The next word is the value, whatever it looks like.
  void add_with_next_word(std::string text, const Flag& flag) {
    if (next_ < words_.size()) {
      add({Token::Kind::kFlag, std::move(text), &flag, words_[next_++]});
    } else {
      add({Token::Kind::kFlagNeedsValue, std::move(text), &flag});
    }
  }

  void add_command_or_argument(const std::string& word) {
    if (tokens_.command != &program()) return add({Token::Kind::kArgument, word});
    const Command* command = find_command(word);
    if (command == nullptr) return add({Token::Kind::kUnknownCommand, word});
    tokens_.command = command;
  }

  const std::vector<std::string>& words_;
  std::size_t next_ = 0;
  Tokens tokens_{.command = &program()};
};

}  // namespace

Tokens tokenize(const std::vector<std::string>& arguments) { return Tokenizer(arguments).run(); }

const Flag* find_flag(const Command& command, std::string_view name) {
  return find_flag_if(command, [&](const Flag& flag) {
    return flag.name == name || std::ranges::count(flag.aliases, name) > 0;
  });
}

}  // namespace dkr
