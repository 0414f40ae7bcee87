#include "source/containerd/grpc_client.h"

#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "net/http_status.h"
#include "net/url.h"

namespace dkr {
namespace {

// A frame: whether it is compressed, the length of the message in four bytes, most significant
// first, and the message.
constexpr std::size_t kFrameHead = 5;
constexpr unsigned kByteBits = 8;

constexpr std::size_t kMaxStatusMessageBytes = 300;
constexpr std::string_view kContentType = "application/grpc";

/// In the trailers, or, when there is nothing else to say, in the headers.
std::optional<std::string_view> status_field(const HttpResponse& response, std::string_view name) {
  for (const auto& [field, value] : response.trailers) {
    if (field == name) return value;
  }
  return response.header(name);
}

int read_status(const HttpResponse& response) {
  const std::string_view text = status_field(response, "grpc-status").value_or("");
  int status = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, status);
  if (read.ec != std::errc() || read.ptr != end) {
    throw malformed("the answer has no valid grpc-status");
  }
  return status;
}

std::string read_message(const HttpResponse& response) {
  const std::string_view text = status_field(response, "grpc-message").value_or("");
  return excerpt(percent_decoded(text).value_or(std::string(text)), kMaxStatusMessageBytes);
}

}  // namespace

std::string grpc_frame(std::string_view message) {
  const auto length = static_cast<std::uint32_t>(message.size());
  std::string frame(1, '\0');
  for (unsigned byte = kFrameHead - 1; byte-- > 0;) {
    frame += static_cast<char>(length >> (byte * kByteBits));
  }
  return frame.append(message);
}

std::optional<std::string_view> GrpcMessages::next() {
  if (rest_.empty()) return std::nullopt;
  if (rest_.size() < kFrameHead) throw malformed("a gRPC frame is cut off");
  if (rest_.front() != '\0') throw malformed("a gRPC frame is compressed");
  std::size_t length = 0;
  for (const char c : rest_.substr(1, kFrameHead - 1)) {
    length = length << kByteBits | static_cast<unsigned char>(c);
  }
  rest_.remove_prefix(kFrameHead);
  if (rest_.size() < length) throw malformed("a gRPC frame is cut off");
  const std::string_view message = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return message;
}

Error refusal(const GrpcResponse& response) {
  const std::string text =
      fmt::format("{} (gRPC status {})", response.message.empty() ? "no message" : response.message,
                  response.status);
  switch (response.status) {
    case grpc_status::kUnimplemented:
      return {ErrorKind::kUnsupported, text};
    case grpc_status::kUnavailable:
      return {ErrorKind::kBusy, text};
    case grpc_status::kPermissionDenied:
      return {ErrorKind::kForbidden, text};
    default:
      return {ErrorKind::kRefused, text};
  }
}

Task<GrpcResponse> GrpcClient::call(GrpcCall call) {
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.url = "http://containerd/" + call.method;
  request.headers = {{"TE", "trailers"}};
  if (!call.name_space.empty()) {
    request.headers.emplace_back("containerd-namespace", std::move(call.name_space));
  }
  request.body = grpc_frame(call.message);
  request.content_type = kContentType;
  request.peer.unix_socket = socket_;
  request.peer.stall_timeout = timeout_;
  request.peer.http = Peer::Http::kTwo;
  request.max_body_bytes = call.max_bytes;
  HttpResponse response = co_await client_.send(std::move(request));
  if (response.status != http_status::kOk) {
    throw malformed(fmt::format("the answer is not gRPC (HTTP status {})", response.status));
  }
  if (!response.header("content-type").value_or("").starts_with(kContentType)) {
    throw malformed("the answer is not gRPC");
  }
  GrpcResponse result;
  result.status = read_status(response);
  result.message = read_message(response);
  result.body = std::move(response.body);
  co_return result;
}

}  // namespace dkr
