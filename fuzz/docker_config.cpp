// docker's config.json, and the meta.json of a context, both from the same bytes.
#include "base/digest.h"
#include "base/error.h"
#include "docker/config.h"
#include "support/fake_world.h"
#include "targets.h"

namespace dkr {
namespace {

void check_config(const std::string& text) {
  FakeWorld fake;
  const auto add_context = [&](const std::string& name) {
    fake.files.files["/config/contexts/meta/" + sha256_hex(name) + "/meta.json"] = text;
  };
  fake.environment.variables["DOCKER_CONFIG"] = "/config";
  fake.files.files["/config/config.json"] = text;
  const DockerConfig config(fake.world, fake.log);
  require_printable_lines(fake.err.content);
  const std::string name = config.current_context().value_or("remote");
  if (name.empty()) fail("a current context without a name", text);
  add_context(name);
  try {
    (void)config.context(name);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConfiguration) fail("unexpected kind of error", error.what());
  }
}

}  // namespace

void fuzz_docker_config(const std::string& text) { check_config(text); }

}  // namespace dkr
