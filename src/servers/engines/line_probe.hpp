// One connection to a server that answers in lines, to ask whether it is ready.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/server.hpp"

namespace stalemate {

/// Thread rule: one thread; the calls block.
class LineProbe {
 public:
  /// All calls together end within `limit_ns`.
  explicit LineProbe(Nanoseconds limit_ns);
  ~LineProbe();
  LineProbe(const LineProbe&) = delete;
  LineProbe& operator=(const LineProbe&) = delete;

  /// Over TCP. Errors: timed_out, connection_refused.
  Result<void> connect(const ServerAddress& address);
  /// Sends the bytes, and returns the line that answers, without its end, which is "\n" or "\r\n".
  /// Errors: timed_out, connection_lost. Requires: connect succeeded.
  Result<std::string> ask(std::string_view bytes);

 private:
  /// False when the deadline passed first.
  [[nodiscard]] bool wait_for(short events) const;

  int socket_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace stalemate
