// The body of a gRPC response, each message of which is read as any of containerd's; and the same
// bytes as a message.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/error.h"
#include "model/reference.h"
#include "source/containerd/grpc_client.h"
#include "source/containerd/image_names.h"
#include "source/containerd/messages.h"
#include "support/fake_world.h"
#include "targets.h"

namespace dkr {
namespace {

template <typename Read>
void expect_malformed_messages(Read read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kMalformed) fail("unexpected kind of error", error.what());
  }
}

void check(const NamedImage& image) {
  if (!is_digest(image.digest.text())) fail("an invalid digest", image.digest.text());
  if (!image.tag.empty() && !is_tag(image.tag)) fail("an invalid tag", image.tag);
  if (image.repository.empty()) {
    if (!image.tag.empty()) fail("a tag without a repository", image.tag);
  } else if (familiar_name(image.repository) != image.repository) {
    fail("a name that is not familiar", image.repository);
  }
}

void check_images(std::string_view message) {
  FakeWorld fake;
  ImageNameCollector collector("store");
  for_each_image(message, [&](const ImageRecord& record) { collector.add(record); });
  const ImageNames names = std::move(collector).take(fake.log);
  for (const NamedImage& image : names.images) check(image);
  require_printable_lines(fake.err.content);
}

void check_message(std::string_view message) {
  expect_malformed_messages([&] { check_images(message); });
  expect_malformed_messages([&] {
    for (const std::string& name : namespaces_in(message)) {
      if (!is_name_space(name) || !is_printable_ascii(name)) fail("an unsafe namespace", name);
    }
  });
  expect_malformed_messages([&] {
    if (content_in(message).size() > message.size()) fail("content from nowhere", message);
  });
}

void check_body(std::string_view body) {
  GrpcMessages messages(body);
  std::size_t bytes = 0;
  while (const std::optional<std::string_view> message = messages.next()) {
    bytes += message->size();
    check_message(*message);
  }
  if (bytes > body.size()) fail("messages are longer than the body", body);
}

}  // namespace

void fuzz_containerd_messages(const std::string& text) {
  check_message(text);
  expect_malformed_messages([&] { check_body(text); });
}

}  // namespace dkr
