// Any bytes as an archive, compressed or not: what is read of it, and the lists of images in it.
#include "source/layout/archive.h"

#include <memory>

#include "base/error.h"
#include "source/layout/store.h"
#include "support/fake_world.h"
#include "targets.h"

namespace dkr {
namespace {

constexpr const char* kPath = "archive";

template <typename Read>
void expect_known_errors(Read read) {
  try {
    read();
  } catch (const Error& error) {
    const ErrorKind kind = error.kind();
    const bool is_expected = kind == ErrorKind::kMalformed || kind == ErrorKind::kUnsupported ||
                             kind == ErrorKind::kTooLarge;
    if (!is_expected) fail("unexpected kind of error", error.what());
  }
}

void check(const FakeFiles& files) {
  expect_known_errors([&] {
    constexpr LayoutArchive::Limits kFew{.documents = 2000, .others = 2000};
    LayoutArchive archive(files.open(kPath), kFew);
    for (const char* const path : {"index.json", "manifest.json", "a", "b/c"}) {
      expect_known_errors([&] {
        const auto text = archive.read(path, kMaxLayoutDocumentBytes);
        if (text && archive.size(path) != text->size()) fail("a size differs", *text);
      });
    }
  });
  expect_known_errors([&] { (void)open_oci_archive(kPath, files); });
  expect_known_errors([&] { (void)open_docker_archive(kPath, files); });
}

}  // namespace

void fuzz_archive(const std::string& text) {
  FakeFiles files;
  files.files[kPath] = text;
  check(files);
}

}  // namespace dkr
