// A browser as raw bytes: for servers of pages.
#pragma once

#include <sys/time.h>

#include <array>
#include <string>
#include <string_view>

#include "live/loopback.hpp"

namespace stalemate {

/// One connection. Waits at most ten seconds for a byte.
class BrowserConnection {
 public:
  explicit BrowserConnection(std::uint16_t port) {
    const sockaddr_in address = loopback(port);
    const timeval limit = {.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    is_open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~BrowserConnection() { ::close(socket_); }
  BrowserConnection(const BrowserConnection&) = delete;
  BrowserConnection& operator=(const BrowserConnection&) = delete;

  [[nodiscard]] bool is_open() const { return is_open_; }
  /// False once the server has hung up.
  bool send(std::string_view bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// Reads on until all that was read holds `text`; false where the server hangs up before.
  bool reads(std::string_view text) {
    while (!read_.contains(text)) {
      if (!read_more()) {
        return false;
      }
    }
    return true;
  }
  /// All bytes until the server hangs up.
  const std::string& read_all() {
    while (read_more()) {
    }
    return read_;
  }
  [[nodiscard]] const std::string& read_so_far() const { return read_; }

 private:
  bool read_more() {
    std::array<char, 4096> piece = {};
    const ssize_t count = ::recv(socket_, piece.data(), piece.size(), 0);
    if (count > 0) {
      read_.append(piece.data(), static_cast<std::size_t>(count));
    }
    return count > 0;
  }

  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool is_open_ = false;
  std::string read_ = {};
};

inline std::string request_for(std::string_view target, std::string_view method = "GET",
                               std::string_view host = "127.0.0.1") {
  return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
}

/// The whole answer.
inline std::string answer_to(std::uint16_t port, std::string_view request) {
  BrowserConnection connection(port);
  connection.send(request);
  return connection.read_all();
}

}  // namespace stalemate
