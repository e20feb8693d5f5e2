#include "servers/engines/line_probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace stalemate {
namespace {

constexpr std::size_t probe_line_bytes_max = 1024;

}  // namespace

LineProbe::LineProbe(Nanoseconds limit_ns)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      deadline_(std::chrono::steady_clock::now() + std::chrono::nanoseconds(limit_ns)) {}

LineProbe::~LineProbe() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

Result<void> LineProbe::connect(const ServerAddress& address) {
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

Result<std::string> LineProbe::ask(std::string_view bytes) {
  if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    return failed(ErrorCode::connection_lost, "the server closed the connection");
  }
  std::string line;
  while (!line.ends_with('\n') && line.size() < probe_line_bytes_max) {
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
  return line.substr(0, line.find_last_not_of("\r\n") + 1);
}

bool LineProbe::wait_for(short events) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  pollfd waiting = {.fd = socket_, .events = events, .revents = 0};
  return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace stalemate
