#include "support/fake_world.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

namespace dkr {
namespace {

class FakeInputFile final : public InputFile {
 public:
  explicit FakeInputFile(std::string content) : content_(std::move(content)) {}

  std::size_t read(std::span<char> buffer) override {
    constexpr std::size_t kMaxRead = 1000;  // so that readers have to ask again
    const std::size_t count = std::min({buffer.size(), kMaxRead, content_.size() - position_});
    std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(position_), count, buffer.begin());
    position_ += count;
    return count;
  }
  std::uint64_t skip(std::uint64_t count) override {
    const std::uint64_t skipped = std::min<std::uint64_t>(count, content_.size() - position_);
    position_ += skipped;
    return skipped;
  }

 private:
  std::string content_;
  std::size_t position_ = 0;
};

}  // namespace

void FakeOutput::write(std::string_view text) {
  if (failure) throw *failure;
  content += text;
}

std::optional<std::string> FakeFiles::read(const std::string& path, std::size_t limit) const {
  const auto file = files.find(path);
  if (file == files.end()) return std::nullopt;
  if (const auto* error = std::get_if<Error>(&file->second)) throw *error;
  const auto& content = std::get<std::string>(file->second);
  if (content.size() > limit) throw Error(ErrorKind::kTooLarge, path + ": too large");
  return content;
}

std::unique_ptr<InputFile> FakeFiles::open(const std::string& path) const {
  const auto file = files.find(path);
  if (file == files.end()) throw Error(ErrorKind::kUnreachable, "no such file or directory");
  if (const auto* error = std::get_if<Error>(&file->second)) throw *error;
  return std::make_unique<FakeInputFile>(std::get<std::string>(file->second));
}

bool FakeFiles::exists(const std::string& path) const { return files.contains(path); }

bool FakeFiles::is_socket(const std::string& path) const {
  const auto file = files.find(path);
  if (file == files.end()) return false;
  const auto* content = std::get_if<std::string>(&file->second);
  return content != nullptr && *content == kSocket;
}

std::vector<std::string> FakeFiles::list(const std::string& path) const {
  std::vector<std::string> names;
  for (const auto& [name, content] : files) {
    if (!name.starts_with(path)) continue;
    const std::string below = name.substr(path.size());
    names.push_back(below.substr(0, below.find('/')));
  }
  return names;
}

ProgramResult FakePrograms::run(const std::vector<std::string>& command,
                                std::string_view input) const {
  calls.push_back({command, std::string(input)});
  const auto result = results.find(command.front());
  if (result == results.end()) throw Error(ErrorKind::kUnreachable, "no such file or directory");
  return result->second;
}

namespace {

class FakeRunningProgram final : public RunningProgram {
 public:
  explicit FakeRunningProgram(FakePrograms::Started script) : script_(std::move(script)) {}
  [[nodiscard]] int error_descriptor() const override { return -1; }
  void read_errors() override { errors_ = script_.errors; }
  [[nodiscard]] const std::string& errors() const override { return errors_; }
  [[nodiscard]] std::optional<int> status() override { return script_.status; }

 private:
  FakePrograms::Started script_;
  std::string errors_;
};

}  // namespace

std::unique_ptr<RunningProgram> FakePrograms::start(const std::vector<std::string>& command,
                                                    int /*descriptor*/) const {
  calls.push_back({command, ""});
  const auto started = background.find(command.front());
  if (started == background.end()) throw Error(ErrorKind::kUnreachable, start_failure);
  return std::make_unique<FakeRunningProgram>(started->second);
}

std::optional<std::string> FakeEnvironment::get(const std::string& name) const {
  const auto variable = variables.find(name);
  if (variable == variables.end() || variable->second.empty()) return std::nullopt;
  return variable->second;
}

std::optional<std::string> FakeEnvironment::home() const {
  const auto variable = get("HOME");
  return variable ? variable : user_home;
}

FakeWorld::FakeWorld() = default;
FakeWorld::~FakeWorld() = default;

}  // namespace dkr
