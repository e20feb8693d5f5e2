#include "byte_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace stalemate {
namespace {

std::pair<int, std::uint16_t> bound_socket() {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (made < 0 || ::bind(made, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::getsockname(made, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no loopback port can be had");
  }
  return {made, ntohs(address.sin_port)};
}

}  // namespace

Act await_until(std::function<bool(std::string_view)> enough) {
  return Act{Act::Kind::await, {}, std::move(enough)};
}
Act await_bytes(std::size_t count) {
  return await_until([count](std::string_view received) { return received.size() >= count; });
}
Act send_bytes(std::string bytes) {
  return Act{Act::Kind::send, std::move(bytes), {}};
}
Act close_connection() {
  return Act{Act::Kind::close, {}, {}};
}
Act reset_connection() {
  return Act{Act::Kind::reset, {}, {}};
}
Act hold_connection() {
  return Act{Act::Kind::hold, {}, {}};
}

ByteServer::ByteServer(std::vector<Conversation> conversations) : conversations_(std::move(conversations)) {
  std::tie(listener_, port_) = bound_socket();
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (stop_ < 0 || ::listen(listener_, 64) != 0) {
    throw std::runtime_error("the byte server cannot listen");
  }
  thread_ = std::thread([this] { serve(); });
}

ByteServer::~ByteServer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(stop_);
  ::close(listener_);
}

void ByteServer::await_closed(unsigned count) const {
  for (unsigned closed = closed_.load(); closed < count; closed = closed_.load()) {
    closed_.wait(closed);
  }
}

bool ByteServer::wait_readable(int socket) const {
  std::array<pollfd, 2> wanted = {pollfd{socket, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
  return ::poll(wanted.data(), wanted.size(), -1) > 0 && wanted[1].revents == 0;
}

void ByteServer::serve() {
  while (wait_readable(listener_)) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) {
      return;
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::size_t number = connections_.fetch_add(1);
    follow(socket, conversations_[std::min(number, conversations_.size() - 1)]);
    ::close(socket);
    closed_.fetch_add(1);
    closed_.notify_all();
  }
}

void ByteServer::follow(int socket, const Conversation& conversation) {
  std::array<char, 65'536> bytes = {};
  for (const Act& act : conversation) {
    std::string received;
    switch (act.kind) {
      case Act::Kind::await:
        while (!act.enough(received)) {
          const ssize_t count = wait_readable(socket) ? ::recv(socket, bytes.data(), bytes.size(), 0) : 0;
          if (count <= 0) {
            return;
          }
          received.append(bytes.data(), static_cast<std::size_t>(count));
        }
        break;
      case Act::Kind::send: ::send(socket, act.bytes.data(), act.bytes.size(), MSG_NOSIGNAL); break;
      case Act::Kind::close: return;
      case Act::Kind::reset: {
        const linger at_once = {1, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return;
      }
      case Act::Kind::hold:
        while (wait_readable(socket) && ::recv(socket, bytes.data(), bytes.size(), 0) > 0) {
        }
        return;
    }
  }
}

std::uint16_t closed_port() {
  const auto [socket, port] = bound_socket();
  ::close(socket);
  return port;
}

}  // namespace stalemate
