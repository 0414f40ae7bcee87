#include "source/containerd/store.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "source/containerd/image_names.h"
#include "source/containerd/messages.h"
#include "source/oci/manifest.h"

namespace dkr {
namespace {

constexpr std::array<std::string_view, 2> kSockets{"/run/containerd/containerd.sock",
                                                   "/run/k3s/containerd/containerd.sock"};

constexpr const char* kListImages = "containerd.services.images.v1.Images/List";
constexpr const char* kListNamespaces = "containerd.services.namespaces.v1.Namespaces/List";
constexpr const char* kReadContent = "containerd.services.content.v1.Content/Read";

constexpr std::size_t kMaxContainerdListBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxNamespacesBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxContentBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxFrameBytes = std::size_t{64} << 10;  // around the content, all together
constexpr std::size_t kConcurrentReads = 32;

/// How many other namespaces are looked into when one is empty.
constexpr std::size_t kMaxNamespaces = 20;
/// The ones that count without --namespace, in this order: Kubernetes' and that of other clients.
constexpr std::array<std::string_view, 2> kUsualNamespaces{"k8s.io", "default"};

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// The first message, or an empty one, as which an empty list may be sent.
std::string_view first_message(std::string_view body) {
  return GrpcMessages(body).next().value_or(std::string_view());
}

Error ambiguous(const std::vector<std::string>& namespaces) {
  return {ErrorKind::kConfiguration, "which namespace? There is neither k8s.io nor default",
          fmt::format("choose one with --namespace: {}", joined(namespaces))};
}

Error no_such_namespace(const std::string& name, const std::vector<std::string>& namespaces) {
  return {ErrorKind::kConfiguration, fmt::format("there is no namespace {}", name),
          namespaces.empty() ? "there are none at all"
                             : fmt::format("there are: {}", joined(namespaces))};
}

}  // namespace

std::span<const std::string_view> containerd_sockets() { return kSockets; }

std::string find_containerd(const Files& files) {
  for (const std::string_view socket : kSockets) {
    if (files.exists(std::string(socket))) return std::string(socket);
  }
  throw Error(ErrorKind::kUnreachable,
              fmt::format("there is no containerd at {}", fmt::join(kSockets, " or ")),
              "name its socket with --source containerd:SOCKET; only root may see some of them");
}

ContainerdStore::ContainerdStore(ContainerdOptions options, HttpClient& client, const Files& files,
                                 Log& log)
    : name_("containerd at " + options.socket),
      options_(std::move(options)),
      client_(options_.socket, options_.timeout, client),
      files_(files),
      log_(log) {}

std::size_t ContainerdStore::concurrency() const { return kConcurrentReads; }

Task<ImageNames> ContainerdStore::images() {
  try {
    co_return co_await read_images();
  } catch (const Error& error) {
    throw explain(error);
  }
}

Task<ImageNames> ContainerdStore::read_images() {
  ImageNames none;
  if (!options_.name_space && !co_await choose_namespace()) co_return none;
  log_.info("{}: namespace {}", name_, *options_.name_space);
  const std::string body = co_await image_list(*options_.name_space);
  const std::string_view message = first_message(body);
  if (message.empty()) {
    co_await report_no_images();
    co_return none;
  }
  ImageNameCollector names(name_);
  for_each_image(message, [&](const ImageRecord& record) {
    names.add(record);
    const MediaType type = parse_media_type(to_lower(record.media_type));
    if (type != MediaType::kUnknown && is_digest(record.digest)) {
      types_.emplace(record.digest, type);
    }
  });
  co_return std::move(names).take(log_);
}

/// Whether there is any namespace.
Task<bool> ContainerdStore::choose_namespace() {
  const std::vector<std::string> all = co_await namespaces();
  if (all.empty()) {
    log_.info("{}: there are no namespaces, and so no images", name_);
    co_return false;
  }
  for (const std::string_view usual : kUsualNamespaces) {
    if (std::ranges::find(all, usual) == all.end()) continue;
    options_.name_space = usual;
    co_return true;
  }
  if (all.size() > 1) throw ambiguous(all);
  options_.name_space = all.front();
  co_return true;
}

Task<std::vector<std::string>> ContainerdStore::namespaces() {
  GrpcCall call{.method = kListNamespaces, .max_bytes = kMaxNamespacesBytes};
  const GrpcResponse response = co_await client_.call(std::move(call));
  if (response.status != grpc_status::kOk) throw refusal(response);
  co_return namespaces_in(first_message(response.body));
}

/// The response with all images of the namespace; none when there is no such namespace.
Task<std::string> ContainerdStore::image_list(std::string name_space) {
  GrpcCall call{.method = kListImages,
                .name_space = std::move(name_space),
                .max_bytes = kMaxContainerdListBytes};
  GrpcResponse response = co_await client_.call(std::move(call));
  if (response.status != grpc_status::kOk) throw refusal(response);
  co_return std::move(response.body);
}

/// Throws Error kConfiguration when the namespace does not exist.
Task<void> ContainerdStore::report_no_images() {
  const std::string& chosen = *options_.name_space;
  std::vector<std::string> all = co_await namespaces();
  if (std::ranges::find(all, chosen) == all.end()) throw no_such_namespace(chosen, all);
  std::erase(all, chosen);
  all.resize(std::min(all.size(), kMaxNamespaces));
  std::vector<std::string> with_images;
  for (const std::string& other : all) {
    const std::string body = co_await image_list(other);
    if (!first_message(body).empty()) with_images.push_back(other);
  }
  if (with_images.empty()) {
    log_.info("{}: namespace {} has no images, and no other one has any", name_, chosen);
  } else {
    log_.warn("{}: namespace {} has no images; --namespace names one that has: {}", name_, chosen,
              joined(with_images));
  }
}

Task<std::optional<Manifest>> ContainerdStore::manifest(std::string /*repository*/, Digest digest) {
  const auto body = co_await content(digest);
  if (!body) co_return std::nullopt;
  try {
    require_digest(*body, digest);
    const auto type = types_.find(digest);
    co_return parse_manifest(*body, type == types_.end() ? "" : to_string(type->second));
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("manifest: {}", error.what()), error.hint());
  }
}

Task<std::string> ContainerdStore::blob(std::string /*repository*/, Digest digest) {
  auto body = co_await content(digest);
  if (!body) throw Error(ErrorKind::kRefused, fmt::format("{} is missing", digest.text()));
  require_digest(*body, digest);
  co_return std::move(*body);
}

/// Absent when containerd does not have it. It may have the content in another namespace alone.
Task<std::optional<std::string>> ContainerdStore::content(Digest digest) {
  GrpcCall call{.method = kReadContent,
                .message = read_content_request(digest.text()),
                .name_space = options_.name_space.value_or(""),
                .max_bytes = kMaxContentBytes + kMaxFrameBytes};
  const GrpcResponse response = co_await client_.call(std::move(call));
  if (response.status == grpc_status::kNotFound) co_return std::nullopt;
  if (response.status != grpc_status::kOk) throw refusal(response);
  std::string result;
  GrpcMessages messages(response.body);
  while (const auto message = messages.next()) result += content_in(*message);
  co_return result;
}

/// Adds the address and a hint.
Error ContainerdStore::explain(const Error& error) const {
  const auto explained = [&](std::string_view words, std::string hint) {
    return Error(error.kind(), fmt::format("{}: {}{}", name_, words, error.what()),
                 std::move(hint));
  };
  switch (error.kind()) {
    case ErrorKind::kUnreachable: {
      std::string hint = "is it running? Name another socket with --source containerd:SOCKET";
      for (const std::string_view socket : kSockets) {
        if (socket == options_.socket || !files_.exists(std::string(socket))) continue;
        hint += fmt::format("; there is one at {}", socket);
      }
      return explained("cannot connect: ", std::move(hint));
    }
    case ErrorKind::kForbidden:
      return explained("", "containerd answers to root alone: run dkr-ls as root");
    case ErrorKind::kUnsupported:
      return explained("not containerd, though it speaks gRPC: ",
                       "is that the socket of CRI-O? Only containerd can be read");
    case ErrorKind::kMalformed:
    case ErrorKind::kDisconnected:
      return explained("not containerd's answer: ",
                       fmt::format("an engine, such as docker or podman, is asked with --host "
                                   "unix://{} instead",
                                   options_.socket));
    case ErrorKind::kTimedOut:
      return explained("", kTimeoutHint);
    default:
      return explained("", error.hint());
  }
}

}  // namespace dkr
