// The programs that this process is running, for the handler of signals that end it.
#pragma once

namespace dkr {

/// Ends the programs that are running, since they would outlive this process otherwise: asks them
/// to terminate, and kills those that have not after a moment. They may have changed the terminal,
/// as ssh does to read a password, and restore it. May be called in a signal handler.
void end_running_programs() noexcept;

}  // namespace dkr
