// The program that SystemPrograms is running, for the handler of signals that end this process.
#pragma once

namespace dkr {

/// Kills the program that is running, if any, since it would outlive this process otherwise. May be
/// called in a signal handler.
void kill_running_program() noexcept;

}  // namespace dkr
