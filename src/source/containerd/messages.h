// containerd's messages, in protobuf's encoding, as far as they are used
// (github.com/containerd/containerd, api/services/images/v1/images.proto, content/v1/content.proto,
// namespaces/v1/namespace.proto and api/types/descriptor.proto). All functions throw Error
// kMalformed when the bytes are no such message; fields of another type than expected are skipped.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dkr {

/// An image, as views into the message; empty where the message does not tell.
struct ImageRecord {
  std::string_view name;
  std::string_view media_type;  ///< of what the name stands for
  std::string_view digest;      ///< the same target's digest, not validated
};

/// Calls `take` for each image in a ListImagesResponse.
void for_each_image(std::string_view message, const std::function<void(const ImageRecord&)>& take);

/// The names in a ListNamespacesResponse, without those that is_name_space() refuses.
std::vector<std::string> namespaces_in(std::string_view message);

/// Whether `text` is the name of a namespace: letters and digits, up to 76 characters, with single
/// dots, dashes or underscores in between (containerd's identifiers.Validate()).
bool is_name_space(std::string_view text);

/// A ReadContentRequest for the whole content with this digest.
std::string read_content_request(std::string_view digest);

/// The bytes in a ReadContentResponse, a part of the content.
std::string_view content_in(std::string_view message);

}  // namespace dkr
