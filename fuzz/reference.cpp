// Names of images: what is accepted stays the same when it is written out and read again.
#include "model/reference.h"

#include "fuzz.h"

namespace dkr {
namespace {

void check(const Reference& reference) {
  std::string text(reference.repository);
  if (reference.tag) text.append(":").append(*reference.tag);
  if (reference.digest) text.append("@").append(*reference.digest);
  if (!is_printable(text)) fail("not printable", text);
  // A familiar name can be taken for something else: that of docker.io/library/HEX for an id, that
  // of docker.io/docker.io/q for q. With its registry before it, it cannot.
  if (parse_reference(text) != reference && parse_reference("docker.io/" + text) != reference) {
    fail("is read differently the second time", text);
  }
}

}  // namespace
}  // namespace dkr

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = dkr::text_of(data, size);
  if (const auto reference = dkr::parse_reference(text)) dkr::check(*reference);
  return 0;
}
