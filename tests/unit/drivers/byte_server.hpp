// A server on a loopback port that follows a script of bytes, for tests of what drivers do with odd servers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace stalemate {

/// One thing the server does with a connection.
struct Act {
  enum class Kind : std::uint8_t { await, send, close, reset, hold };
  Kind kind = Kind::hold;
  std::string bytes = {};                                      ///< to send
  std::function<bool(std::string_view received)> enough = {};  ///< of what came since the last act that awaited
};

/// Reads until `enough`; then until so many bytes came.
[[nodiscard]] Act await_until(std::function<bool(std::string_view)> enough);
[[nodiscard]] Act await_bytes(std::size_t count);
[[nodiscard]] Act send_bytes(std::string bytes);
/// An orderly end; then one with a reset, as a killed process with unread bytes makes it.
[[nodiscard]] Act close_connection();
[[nodiscard]] Act reset_connection();
/// Says nothing more, until the client hangs up or the server ends.
[[nodiscard]] Act hold_connection();

using Conversation = std::vector<Act>;

/// Accepts one connection after the other; the first follows the first conversation, and so on; the last one repeats.
/// Thread rule: any thread. The scripts run on a thread of its own, which ends with the object.
class ByteServer {
 public:
  explicit ByteServer(std::vector<Conversation> conversations);
  ~ByteServer();
  ByteServer(const ByteServer&) = delete;
  ByteServer& operator=(const ByteServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] unsigned connections() const { return connections_.load(); }
  /// Waits until the server has closed so many connections; on loopback the client's end knows it then.
  void await_closed(unsigned count) const;

 private:
  void serve();
  void follow(int socket, const Conversation& conversation);
  [[nodiscard]] bool wait_readable(int socket) const;

  std::vector<Conversation> conversations_;
  int listener_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<unsigned> connections_ = 0;
  std::atomic<unsigned> closed_ = 0;
  std::thread thread_;
};

/// A loopback port on which nobody listens.
[[nodiscard]] std::uint16_t closed_port();

}  // namespace stalemate
