#include "proxy/gate_socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace stalemate {
namespace {

// Timers and other work of the gates' thread wait until then.
constexpr int looks_max = 4;

constexpr std::uint32_t hang_ups = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

int new_gate_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) {
    throw std::system_error(errno, std::generic_category(), "no epoll set can be made");
  }
  return set;
}

}  // namespace

GateSockets::GateSockets(boost::asio::execution_context& context)
    : service(context), set_(static_cast<boost::asio::io_context&>(context), new_gate_set()) {}

void GateSockets::shutdown() {
  boost::system::error_code ignored;
  set_.close(ignored);
}

bool GateSockets::add(GateSocket& socket) {
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &socket;
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket.handle(), &event) != 0) {
    return false;
  }
  if (!waits_) {
    wait();
  }
  return true;
}

void GateSockets::remove(GateSocket& socket) {
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket.handle(), nullptr);
  // An event already fetched must not reach one that is gone.
  for (epoll_event& event : std::span(events_).first(events_count_)) {
    if (event.data.ptr == &socket) {
      event.data.ptr = nullptr;
    }
  }
}

void GateSockets::wait() {
  waits_ = true;
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (!error) {
      dispatch();
      wait();
    }
  });
}

void GateSockets::dispatch() {
  // While several are told others get ready, and looking again costs less than to be told so through Asio.
  for (int looks = 0; tell_ready() > 1 && looks < looks_max; ++looks) {
  }
}

// How many were ready.
std::size_t GateSockets::tell_ready() {
  const int count = ::epoll_wait(set_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  events_count_ = static_cast<std::size_t>(std::max(count, 0));
  for (std::size_t place = 0; place < events_count_; ++place) {
    if (auto* socket = static_cast<GateSocket*>(events_[place].data.ptr)) {
      const std::shared_ptr<void> kept = socket->user().keep_alive();
      socket->note(events_[place].events);
      socket->user().socket_ready(*socket);
    }
  }
  return std::exchange(events_count_, 0);
}

GateSocket::GateSocket(boost::asio::io_context& context, GateSocketUser& user)
    : sockets_(boost::asio::use_service<GateSockets>(context)), user_(user) {}

bool GateSocket::open(int handle) {
  handle_ = handle;
  may_read_ = true;
  hung_up_ = false;
  if (sockets_.add(*this)) {
    return true;
  }
  ::close(std::exchange(handle_, -1));
  return false;
}

void GateSocket::close() {
  if (is_open()) {
    sockets_.remove(*this);
    ::close(std::exchange(handle_, -1));
  }
}

ssize_t GateSocket::receive(std::span<char> room) {
  ssize_t count = -1;
  do {
    count = ::recv(handle_, room.data(), room.size(), MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  const bool is_empty = count < 0 ? errno == EAGAIN || errno == EWOULDBLOCK : std::cmp_less(count, room.size());
  may_read_ = !is_empty || (hung_up_ && count > 0);
  return count;
}

ssize_t GateSocket::send(std::string_view bytes) const {
  ssize_t count = -1;
  do {
    count = ::send(handle_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return count;
}

void GateSocket::note(std::uint32_t events) {
  hung_up_ = hung_up_ || (events & hang_ups) != 0;
  may_read_ = may_read_ || (events & (EPOLLIN | hang_ups)) != 0;
}

}  // namespace stalemate
