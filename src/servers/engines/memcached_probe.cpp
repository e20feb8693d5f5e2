// Asks memcached by its text protocol, within a time limit.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

#include "servers/engines/probes.hpp"

namespace stalemate {
namespace {

/// One connection of a probe.
class MemcachedProbe {
 public:
  explicit MemcachedProbe(Nanoseconds limit_ns)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
        deadline_(std::chrono::steady_clock::now() + std::chrono::nanoseconds(limit_ns)) {}
  ~MemcachedProbe() {
    if (socket_ >= 0) {
      ::close(socket_);
    }
  }
  MemcachedProbe(const MemcachedProbe&) = delete;
  MemcachedProbe& operator=(const MemcachedProbe&) = delete;

  Result<void> connect(const ServerAddress& address) {
    sockaddr_in place = {};
    place.sin_family = AF_INET;
    place.sin_port = htons(address.port);
    ::inet_pton(AF_INET, address.host.c_str(), &place.sin_addr);
    int problem = ::connect(socket_, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0 ? 0 : errno;
    if (problem == EINPROGRESS) {
      if (!wait_for(POLLOUT)) {
        return failed(ErrorCode::timed_out, "the server did not take the connection in time");
      }
      socklen_t length = sizeof problem;
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &problem, &length);
    }
    return problem == 0 ? Result<void>()
                        : failed(ErrorCode::connection_refused, std::generic_category().message(problem));
  }

  /// The line that answers, without its end.
  Result<std::string> ask(std::string_view bytes) {
    if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
      return failed(ErrorCode::connection_lost, "the server closed the connection");
    }
    std::string line;
    while (!line.ends_with("\r\n") && line.size() < line_bytes_max) {
      if (!wait_for(POLLIN)) {
        return failed(ErrorCode::timed_out, "the server did not answer in time");
      }
      std::array<char, 256> part = {};
      const ssize_t received = ::recv(socket_, part.data(), part.size(), 0);
      if (received <= 0) {
        return failed(ErrorCode::connection_lost, "the server closed the connection");
      }
      line.append(part.data(), static_cast<std::size_t>(received));
    }
    return line.substr(0, line.size() - 2);
  }

 private:
  static constexpr std::size_t line_bytes_max = 1024;

  /// False when the deadline passed first.
  [[nodiscard]] bool wait_for(short events) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    pollfd waiting = {.fd = socket_, .events = events, .revents = 0};
    return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
  }

  int socket_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace

Result<std::string> ask_memcached(const ServerAddress& address, Nanoseconds limit_ns) {
  MemcachedProbe probe(limit_ns);
  if (const Result<void> connected = probe.connect(address); !connected) {
    return std::unexpected(connected.error());
  }
  const std::string login = address.user + " " + address.password;
  const Result<std::string> logged_in =
      probe.ask("set login 0 0 " + std::to_string(login.size()) + "\r\n" + login + "\r\n");
  if (!logged_in) {
    return logged_in;
  }
  if (*logged_in != "STORED") {
    return failed(ErrorCode::authentication, *logged_in);
  }
  Result<std::string> version = probe.ask("version\r\n");
  constexpr std::string_view word = "VERSION ";
  if (version && !version->starts_with(word)) {
    return failed(ErrorCode::refused_by_server, *version);
  }
  return version ? version->substr(word.size()) : version;
}

}  // namespace stalemate
