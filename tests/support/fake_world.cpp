#include "support/fake_world.h"

namespace dkr {

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

bool FakeFiles::exists(const std::string& path) const { return files.contains(path); }

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
