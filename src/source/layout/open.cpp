// Opens layouts and archives, and says what is wrong with those that cannot be listed.
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "source/layout/archive.h"
#include "source/layout/directory.h"
#include "source/layout/image_lists.h"
#include "source/layout/store.h"

namespace dkr {
namespace {

constexpr const char* kNoLayout =
    "an OCI layout holds oci-layout, index.json and blobs; skopeo, podman and docker buildx write "
    "such";

/// Runs `open`, and adds `source` before the message of the Error that it throws.
template <typename Open>
std::unique_ptr<ImageStore> open_as(const std::string& source, Open open) {
  try {
    return open();
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", source, error.what()), error.hint());
  }
}

/// The hint for a path that does not exist, if it may be one with the name of an image after it,
/// as other tools choose a single one.
std::string one_of_several(const std::string& path, const Files& files) {
  if (files.exists(path)) return "";
  for (std::size_t colon = path.find(':'); colon != std::string::npos;
       colon = path.find(':', colon + 1)) {
    if (colon > 0 && files.exists(path.substr(0, colon))) {
      return "leave out what follows the path; --repo and --tag choose images";
    }
  }
  return "";
}

/// Throws if `path` is no directory with a layout, for whatever reason.
void require_layout(const std::string& path, const Files& files) {
  // Reading tells more than exists() does, such as that access is denied.
  const bool has_layout_file =
      files.read(path + "/oci-layout", kMaxLayoutDocumentBytes).has_value();
  const bool has_index = files.exists(path + "/index.json");
  if (has_layout_file && has_index) return;
  if (!files.exists(path)) {
    throw Error(ErrorKind::kUnreachable, "no such directory", one_of_several(path, files));
  }
  if (!files.exists(path + "/.")) {
    throw Error(ErrorKind::kMalformed, "not a directory",
                fmt::format("if it is an archive, name it oci-archive:{0} or "
                            "docker-archive:{0}",
                            path));
  }
  throw Error(
      ErrorKind::kMalformed,
      fmt::format("not an OCI layout: {} is missing", has_index ? "oci-layout" : "index.json"),
      kNoLayout);
}

std::unique_ptr<LayoutArchive> read_archive(const std::string& path, const Files& files) {
  try {
    return std::make_unique<LayoutArchive>(files.open(path));
  } catch (const Error& error) {
    if (!error.hint().empty()) throw;
    const std::string hint = files.exists(path + "/.")
                                 ? fmt::format("if it is an OCI layout, name it oci:{}", path)
                                 : one_of_several(path, files);
    throw Error(error.kind(), error.what(), hint);
  }
}

/// Why an archive lacks `list`, the one that the kind of source needs, and what to do about it.
Error missing_list(const LayoutArchive& archive, std::string_view list, std::string hint) {
  if (archive.damage()) {
    return {
        ErrorKind::kMalformed,
        fmt::format("{}; {} is not in the part that could be read", archive.damage()->what(), list),
        "the archive is incomplete: copy or write it again"};
  }
  return {ErrorKind::kMalformed, fmt::format("{} is missing", list), std::move(hint)};
}

void require_oci(const LayoutArchive& archive, const std::string& path) {
  for (const char* const list : {"index.json", "oci-layout"}) {
    if (archive.size(list)) continue;
    throw missing_list(archive, list,
                       archive.size("manifest.json")
                           ? fmt::format("docker save or podman save wrote it: name it "
                                         "docker-archive:{}",
                                         path)
                           : kNoLayout);
  }
}

void require_docker(const LayoutArchive& archive, const std::string& path) {
  if (archive.size("manifest.json")) return;
  std::string hint = "docker save and podman save write archives with such a list";
  if (archive.size("index.json")) {
    hint = fmt::format("it is an OCI layout: name it oci-archive:{}", path);
  } else if (archive.size("repositories")) {
    hint = "docker before 1.10 wrote it: load it into an engine and save it again";
  }
  throw missing_list(archive, "manifest.json", std::move(hint));
}

void note_damage(const LayoutArchive& archive, ImageLists& lists) {
  if (archive.damage()) {
    lists.add_failure(
        fmt::format("{}; the rest of the archive is not read", archive.damage()->what()));
  }
  if (archive.has_too_many_files()) {
    lists.add_failure("holds so many files that some are left out");
  }
}

}  // namespace

std::unique_ptr<ImageStore> open_oci_layout(const std::string& path, const Files& files) {
  const std::string source = "oci:" + path;
  return open_as(source, [&] {
    require_layout(path, files);
    auto documents = std::make_unique<LayoutDirectory>(path, files);
    LayoutImages images = ImageLists(source, *documents).oci_images();
    return std::make_unique<LayoutStore>(source, std::move(documents), std::move(images));
  });
}

std::unique_ptr<ImageStore> open_oci_archive(const std::string& path, const Files& files) {
  const std::string source = "oci-archive:" + path;
  return open_as(source, [&] {
    auto archive = read_archive(path, files);
    require_oci(*archive, path);
    ImageLists lists(source, *archive);
    note_damage(*archive, lists);
    LayoutImages images = std::move(lists).oci_images();
    return std::make_unique<LayoutStore>(source, std::move(archive), std::move(images));
  });
}

std::unique_ptr<ImageStore> open_docker_archive(const std::string& path, const Files& files) {
  const std::string source = "docker-archive:" + path;
  return open_as(source, [&] {
    auto archive = read_archive(path, files);
    require_docker(*archive, path);
    ImageLists lists(source, *archive);
    note_damage(*archive, lists);
    LayoutImages images = std::move(lists).docker_images();
    return std::make_unique<LayoutStore>(source, std::move(archive), std::move(images));
  });
}

}  // namespace dkr
