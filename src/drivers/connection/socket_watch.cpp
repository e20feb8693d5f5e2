#include "drivers/connection/socket_watch.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <chrono>
#include <span>
#include <system_error>
#include <utility>

#include "core/assert.hpp"

namespace stalemate {
namespace {

Nanoseconds steady_now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int new_epoll_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) {
    throw std::system_error(errno, std::generic_category(), "no epoll set can be made");
  }
  return set;
}

// Timers and other work of the event loop wait until then.
constexpr int looks_max = 4;

constexpr std::uint32_t reading = EPOLLIN | EPOLLRDHUP;
constexpr std::uint32_t hanging_up = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

struct SocketWatch::OnReady {
  SocketWatch* watch;
  std::uint64_t serial;
  void operator()(const boost::system::error_code& error) const {
    if (!error && serial == watch->arm_serial_) {
      watch->armed_ = false;
      watch->dispatch();
    }
  }
};

struct SocketWatch::OnTick {
  SocketWatch* watch;
  void operator()(const boost::system::error_code& error) const {
    if (!error) {
      watch->tick();
    }
  }
};

SocketWatch::SocketWatch(boost::asio::execution_context& context)
    : service(context),
      set_(static_cast<boost::asio::io_context&>(context), new_epoll_set()),
      timer_(static_cast<boost::asio::io_context&>(context)) {}

SocketWatch::~SocketWatch() = default;

void SocketWatch::shutdown() {
  boost::system::error_code ignored;
  set_.close(ignored);
  timer_.cancel();
}

void SocketWatch::add(SocketUser& user) {
  users_.push_back(&user);
}

void SocketWatch::remove(SocketUser& user) {
  end_wait(user);
  const auto place = std::ranges::find(users_, &user);
  STALEMATE_ASSERT(place != users_.end(), "only a user that was added is removed");
  if (sweeping_) {
    *place = nullptr;
  } else {
    *place = users_.back();
    users_.pop_back();
  }
}

bool SocketWatch::watch(SocketUser& user, int socket) {
  epoll_event event = {};
  event.events = reading;
  event.data.ptr = &user;
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void SocketWatch::want_write(SocketUser& user, int socket, bool wanted) {
  epoll_event event = {};
  event.events = wanted ? reading | EPOLLOUT : reading;
  event.data.ptr = &user;
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, socket, &event);
}

void SocketWatch::forget(SocketUser& user, int socket) {
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
  // An event already fetched must not reach the user's next socket, nor a user that is gone.
  for (epoll_event& event : std::span(events_).first(events_count_)) {
    if (event.data.ptr == &user) {
      event.data.ptr = nullptr;
    }
  }
}

void SocketWatch::wake() {
  if (!ticking_) {
    now_ns_ = steady_now_ns();
    start_timer();
  }
  if (!armed_ && !dispatching_) {
    arm();
  }
}

void SocketWatch::arm() {
  armed_ = true;
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, OnReady(this, ++arm_serial_));
}

void SocketWatch::disarm() {
  armed_ = false;
  ++arm_serial_;
  boost::system::error_code ignored;
  set_.cancel(ignored);
}

void SocketWatch::dispatch() {
  dispatching_ = true;
  // While several are served others get ready, and looking again costs less than to be told so through Asio.
  for (int looks = 0; serve_ready() > 1 && waits_ > 0 && looks < looks_max; ++looks) {
  }
  dispatching_ = false;
  if (waits_ > 0 && !armed_) {
    arm();
  }
}

// How many were ready.
std::size_t SocketWatch::serve_ready() {
  const int count = ::epoll_wait(set_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  events_count_ = static_cast<std::size_t>(std::max(count, 0));
  for (std::size_t place = 0; place < events_count_; ++place) {
    if (auto* user = static_cast<SocketUser*>(events_[place].data.ptr)) {
      user->socket_ready((events_[place].events & hanging_up) != 0);
    }
  }
  return std::exchange(events_count_, 0);
}

void SocketWatch::start_timer() {
  ticking_ = true;
  timer_.expires_after(std::chrono::nanoseconds(tick_ns));
  timer_.async_wait(OnTick(this));
}

void SocketWatch::tick() {
  const Nanoseconds before_ns = now_ns_;
  now_ns_ = steady_now_ns();
  const Nanoseconds stood_still_ns = now_ns_ - before_ns - tick_ns;
  const Nanoseconds allowance_ns = stood_still_ns > tick_ns ? stood_still_ns : 0;
  sweeping_ = true;
  for (std::size_t place = 0; place < users_.size(); ++place) {
    SocketUser* user = users_[place];
    if (user == nullptr || user->deadline_ns_ == 0) {
      continue;
    }
    user->deadline_ns_ += allowance_ns;
    if (user->deadline_ns_ <= now_ns_) {
      end_wait(*user);
      user->time_is_up();
    }
  }
  sweeping_ = false;
  std::erase(users_, nullptr);
  if (waits_ > 0) {
    start_timer();
  } else {
    ticking_ = false;
  }
}

}  // namespace stalemate
