// What containerd answers, in protobuf's encoding and gRPC's frames.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "net/http.h"
#include "source/containerd/grpc_client.h"

namespace dkr {

/// A field of under 16,384 bytes: a text, or a message.
inline std::string pbf_field(int number, std::string_view bytes) {
  std::string field(1, static_cast<char>(number << 3 | 2));
  if (bytes.size() < 128) {
    field += static_cast<char>(bytes.size());
  } else {
    field += static_cast<char>(bytes.size() % 128 | 128);
    field += static_cast<char>(bytes.size() / 128);
  }
  return field.append(bytes);
}

/// An image in the list of images.
inline std::string listed_image(
    std::string_view name, std::string_view digest,
    std::string_view type = "application/vnd.oci.image.manifest.v1+json") {
  return pbf_field(1, pbf_field(1, name) + pbf_field(3, pbf_field(1, type) + pbf_field(2, digest)));
}

inline std::string listed_namespaces(std::initializer_list<std::string_view> names) {
  std::string list;
  for (const std::string_view name : names) list += pbf_field(1, pbf_field(1, name));
  return list;
}

/// A successful response of these messages.
inline HttpResponse grpc_response(std::initializer_list<std::string_view> messages) {
  HttpResponse response{200, {{"content-type", "application/grpc"}}, "", HttpVersion::kTwo};
  for (const std::string_view message : messages) response.body += grpc_frame(message);
  response.trailers = {{"grpc-status", "0"}, {"grpc-message", ""}};
  return response;
}

/// All of the content in one message.
inline HttpResponse content_response(std::string_view content) {
  return grpc_response({pbf_field(2, content)});
}

inline HttpResponse grpc_refusal(int status, std::string message) {
  return {200,
          {{"content-type", "application/grpc"},
           {"grpc-status", fmt::format("{}", status)},
           {"grpc-message", std::move(message)}},
          "",
          HttpVersion::kTwo};
}

inline constexpr const char* kContainerdImages =
    "http://containerd/containerd.services.images.v1.Images/List";
inline constexpr const char* kContainerdNamespaces =
    "http://containerd/containerd.services.namespaces.v1.Namespaces/List";
inline constexpr const char* kContainerdContent =
    "http://containerd/containerd.services.content.v1.Content/Read";

}  // namespace dkr
