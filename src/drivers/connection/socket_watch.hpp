// Tells sessions when their sockets are ready and when their time is up: one watch an event loop.
//
// The sockets of an event loop stand in an epoll set of our own, and Asio watches that one descriptor. A socket is so
// registered once a connection, where Asio's own waits would cost an epoll_ctl or a futile recv a call. The time limits
// of all calls share one timer.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

class SocketWatch;

/// Someone who owns a socket and is told of it. Both functions may end the life of this or any other user.
class SocketUser {
 public:
  SocketUser() = default;
  SocketUser(const SocketUser&) = delete;
  SocketUser& operator=(const SocketUser&) = delete;

  /// There is something to read or room to write; `hung_up`: the other side closed, or the socket has an error.
  /// Called again at once while it is left unread.
  virtual void socket_ready(bool hung_up) = 0;
  /// The time limit given to begin_wait has passed; the wait has ended.
  virtual void time_is_up() = 0;

 protected:
  ~SocketUser() = default;

 private:
  friend class SocketWatch;
  Nanoseconds deadline_ns_ = 0;  // 0: waits for nothing
};

/// Thread rule: as the io_context it belongs to. Get it with `boost::asio::use_service<SocketWatch>(context)`.
class SocketWatch final : public boost::asio::execution_context::service {
 public:
  using key_type = SocketWatch;
  inline static boost::asio::execution_context::id id;

  /// A wait ends not before its limit and at most two of these after it. While the event loop itself stands still (it
  /// is stopped, or a handler takes long), no limit runs.
  static constexpr Nanoseconds tick_ns = 10'000'000;

  explicit SocketWatch(boost::asio::execution_context& context);
  ~SocketWatch() override;

  /// Requires: `add` once before anything else of that user, `remove` before its end.
  void add(SocketUser& user);
  void remove(SocketUser& user);

  /// Watches `socket` for reading until `forget`. Requires: not watched yet. False where the system refuses.
  [[nodiscard]] bool watch(SocketUser& user, int socket);
  /// Whether room to write counts as ready as well.
  void want_write(SocketUser& user, int socket, bool wanted);
  /// Requires: called before the socket is closed, or at once after with -1 for it.
  void forget(SocketUser& user, int socket);

  /// From now on the user waits; the io_context has work until it ends. Requires: limit_ns > 0, no wait of that user.
  void begin_wait(SocketUser& user, Nanoseconds limit_ns) {
    if (waits_++ == 0) {
      wake();
    }
    user.deadline_ns_ = now_ns_ + limit_ns + tick_ns;
  }
  /// Does nothing where there is no wait.
  void end_wait(SocketUser& user) {
    if (user.deadline_ns_ != 0) {
      user.deadline_ns_ = 0;
      if (--waits_ == 0 && armed_) {
        disarm();
      }
    }
  }
  /// Tells users what happened to their sockets while no user waited.
  void refresh() {
    if (!armed_ && !dispatching_) {
      dispatch();
    }
  }

 private:
  struct OnReady;
  struct OnTick;

  void shutdown() override;
  void wake();
  void arm();
  void disarm();
  void dispatch();
  std::size_t serve_ready();
  void start_timer();
  void tick();

  std::vector<SocketUser*> users_;  // nullptr: removed during a sweep
  std::array<epoll_event, 64> events_ = {};
  std::size_t events_count_ = 0;
  std::size_t waits_ = 0;
  Nanoseconds now_ns_ = 0;        // of the last tick
  std::uint64_t arm_serial_ = 0;  // names the wait that counts, among those Asio may still report
  bool armed_ = false;            // Asio watches the set
  bool ticking_ = false;          // the timer runs
  bool dispatching_ = false;
  bool sweeping_ = false;
  boost::asio::posix::stream_descriptor set_;
  boost::asio::steady_timer timer_;
};

}  // namespace stalemate
