#include "live/forwarder.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

#include "live/loopback.hpp"

namespace stalemate {
namespace {

// Moves what `from` has to `to`; false once either side has ended.
bool forward(int from, int to) {
  std::array<char, 16'384> bytes = {};
  const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t part = ::send(to, bytes.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (part <= 0) {
      return false;
    }
    sent += part;
  }
  return got > 0;
}

// The sockets that may be read from: the stop, the listener, and pairs of connections.
class Sockets {
 public:
  Sockets(int stop, int listener) { all_ = {{stop, POLLIN, 0}, {listener, POLLIN, 0}}; }
  ~Sockets() {
    for (std::size_t place = 2; place < all_.size(); ++place) {
      ::close(all_[place].fd);
    }
  }
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  // False: it is time to stop.
  bool wait(bool without_connections) {
    const auto count = static_cast<nfds_t>(without_connections ? 2 : all_.size());
    return ::poll(all_.data(), count, without_connections ? -1 : 20) >= 0 && all_[0].revents == 0;
  }
  void accept_if_any(std::uint16_t target_port) {
    if (all_[1].revents == 0) {
      return;
    }
    const int client = ::accept4(all_[1].fd, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(target_port);
    if (client < 0 || ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      return;
    }
    all_.push_back({client, POLLIN, 0});
    all_.push_back({server, POLLIN, 0});
  }
  void forward_all() {
    for (std::size_t place = 2; place + 1 < all_.size();) {
      const pollfd one = all_[place];
      const pollfd other = all_[place + 1];
      const bool lives =
          (one.revents == 0 || forward(one.fd, other.fd)) && (other.revents == 0 || forward(other.fd, one.fd));
      if (lives) {
        place += 2;
        continue;
      }
      ::close(one.fd);
      ::close(other.fd);
      const auto pair = all_.begin() + static_cast<std::ptrdiff_t>(place);
      all_.erase(pair, pair + 2);
    }
  }

 private:
  std::vector<pollfd> all_ = {};
};

}  // namespace

Forwarder::Forwarder(std::uint16_t target_port) : target_port_(target_port) {
  listen_on(0);
}

Forwarder::~Forwarder() {
  die();
}

std::string Forwarder::url_like(const std::string& url) const {
  std::string mine = url;
  const std::string server = ":" + std::to_string(target_port_) + "/";
  const std::size_t place = mine.find(server);
  EXPECT_NE(place, std::string::npos) << "the server listens elsewhere";
  return mine.replace(place, server.size(), ":" + std::to_string(port_) + "/");
}

void Forwarder::listen_on(std::uint16_t port) {
  frozen_ = false;
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  port_ = listen_on_loopback(listener_, port);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { serve(); });
}

void Forwarder::serve() {
  Sockets sockets(stop_, listener_);
  while (sockets.wait(frozen_)) {
    sockets.accept_if_any(target_port_);
    if (!frozen_) {
      sockets.forward_all();
    }
  }
}

void Forwarder::die() {
  if (!thread_.joinable()) {
    return;
  }
  EXPECT_EQ(::eventfd_write(stop_, 1), 0);
  thread_.join();
  ::close(std::exchange(listener_, -1));
  ::close(std::exchange(stop_, -1));
}

void Forwarder::come_back() {
  die();
  listen_on(port_);
}

}  // namespace stalemate
