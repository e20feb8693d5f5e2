// What SIGINT, SIGTERM and SIGHUP do while no run is under way, which handles them itself.
#pragma once

namespace stalemate {

/// From now on they end the program with exit code 130, after a sentence. The keeper removes private servers then.
/// Thread rule: any thread.
void end_at_interrupt();

}  // namespace stalemate
