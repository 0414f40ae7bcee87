// Calls methods of a gRPC server on a Unix socket (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http.h"
#include "net/task.h"

namespace dkr {

/// The status codes that are handled specially (github.com/grpc/grpc, doc/statuscodes.md).
namespace grpc_status {
inline constexpr int kOk = 0;
inline constexpr int kNotFound = 5;
inline constexpr int kPermissionDenied = 7;
inline constexpr int kUnimplemented = 12;
inline constexpr int kUnavailable = 14;
}  // namespace grpc_status

/// The message as the body of a request: one frame.
std::string grpc_frame(std::string_view message);

/// The messages in the body of a response, which must outlive this object.
class GrpcMessages {
 public:
  explicit GrpcMessages(std::string_view body) : rest_(body) {}

  /// Absent after the last one. Throws Error kMalformed when the next frame is cut off, or is
  /// compressed, which no request allows.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

struct GrpcCall {
  std::string method;           ///< `containerd.services.images.v1.Images/List`
  std::string message = {};     ///< the request, in protobuf's encoding
  std::string name_space = {};  ///< containerd's, for the methods that need one
  std::size_t max_bytes = 0;    ///< larger responses are refused
};

struct GrpcResponse {
  int status = grpc_status::kOk;
  std::string message = {};  ///< of a status other than kOk, in the server's words, shortened
  std::string body = {};     ///< for GrpcMessages
};

/// Says that the server refuses, and why. `response.status` is not kOk.
Error refusal(const GrpcResponse& response);

class GrpcClient {
 public:
  /// Requests are aborted after `timeout` without progress; 0: no limit. `client` must outlive this
  /// object.
  GrpcClient(std::string socket, std::chrono::seconds timeout, HttpClient& client)
      : socket_(std::move(socket)), timeout_(timeout), client_(client) {}

  /// Throws Error as HttpClient::send() does, or kMalformed when the answer is not gRPC. The
  /// message gives only the cause.
  Task<GrpcResponse> call(GrpcCall call);

 private:
  std::string socket_;
  std::chrono::seconds timeout_;
  HttpClient& client_;
};

}  // namespace dkr
