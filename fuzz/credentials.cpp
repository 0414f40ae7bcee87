// The credentials in docker's config.json, and the output of a credential helper, both from the
// same bytes.
#include "docker/credentials.h"

#include "support/fake_world.h"
#include "targets.h"

namespace dkr {
namespace {

class Helper final : public Programs {
 public:
  explicit Helper(std::string answer) : answer_(std::move(answer)) {}
  [[nodiscard]] ProgramResult run(const std::vector<std::string>& command,
                                  std::string_view /*input*/) const override {
    if (command.front().find('/') != std::string::npos)
      fail("a path instead of a name", command.front());
    if (!command.front().starts_with("docker-credential-"))
      fail("not a credential helper", command.front());
    return {0, answer_};
  }
  [[nodiscard]] std::unique_ptr<RunningProgram> start(const std::vector<std::string>& command,
                                                      int /*descriptor*/) const override {
    fail("a program that is not waited for", command.front());
  }
  [[nodiscard]] bool can_ask_user() const override { return false; }

 private:
  std::string answer_;
};

void check(const std::string& text, const std::string& registry) {
  FakeWorld fake;
  const Helper helper(text);
  const World world{fake.out,   fake.masked_err, fake.http,        fake.http,
                    fake.files, helper,          fake.environment, fake.clock};
  fake.environment.variables["DOCKER_CONFIG"] = "/config";
  fake.files.files["/config/config.json"] = text;
  const auto found = find_credentials(registry, world, fake.log);
  if (found && found->user.empty() && found->identity_token.empty())
    fail("credentials without a user or token", text);
  require_printable_lines(fake.err.content);
}

}  // namespace

void fuzz_credentials(const std::string& text) {
  check(text, "localhost:5000");
  check(text, "docker.io");
}

}  // namespace dkr
