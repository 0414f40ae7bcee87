// References to images: formatting and parsing an accepted one again gives the same.
#include "model/reference.h"

#include "targets.h"

namespace dkr {
namespace {

void check(const Reference& reference) {
  std::string text(reference.repository);
  if (reference.tag) text.append(":").append(*reference.tag);
  if (reference.digest) text.append("@").append(*reference.digest);
  if (!is_printable(text)) fail("not printable", text);
  // A familiar name can be ambiguous: docker.io/library/HEX looks like an id, docker.io/docker.io/q
  // like q. With the registry in front, it is not.
  if (parse_reference(text) != reference && parse_reference("docker.io/" + text) != reference) {
    fail("is parsed differently the second time", text);
  }
}

}  // namespace

void fuzz_reference(const std::string& text) {
  if (const auto reference = parse_reference(text)) check(*reference);
}

}  // namespace dkr
