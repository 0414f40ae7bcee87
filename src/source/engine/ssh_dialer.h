// Connections to an engine through the user's ssh program.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/world.h"
#include "docker/ssh_address.h"
#include "net/http.h"
#include "net/task.h"

namespace dkr {

/// Runs ssh for each connection, which ends the one before. The destructor ends it.
class SshDialer final : public Dialer {
 public:
  /// `programs` and `log` must outlive this object.
  SshDialer(SshAddress address, const Programs& programs, Log& log);

  [[nodiscard]] std::string name() const override { return to_string(address_); }
  void connect(int descriptor) override;
  [[nodiscard]] int watched_descriptor() const override;
  void take_in() override;

  /// What ssh, or the other side, says about a connection that broke off, with a hint: waits a
  /// moment for ssh to end. Absent when it has not failed: the cause is the engine then.
  Task<std::optional<Error>> failure(EventLoop& loop);

 private:
  SshAddress address_;
  const Programs& programs_;
  Log& log_;
  std::unique_ptr<RunningProgram> program_;
};

}  // namespace dkr
