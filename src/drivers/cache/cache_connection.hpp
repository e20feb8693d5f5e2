// What every session with a cache is made on: one socket, its connection's life, and one exchange of bytes at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/pattern/cache_command.hpp"
#include "core/task.hpp"
#include "core/types.hpp"
#include "drivers/connection/backoff.hpp"
#include "drivers/connection/connection_cut.hpp"
#include "drivers/connection/reply_progress.hpp"
#include "drivers/connection/resolve.hpp"
#include "drivers/connection/socket_watch.hpp"
#include "drivers/session_facts.hpp"

namespace stalemate {

/// Where a cache listens.
struct CachePlace {
  std::string host = {};
  std::uint16_t port = 0;
  std::string socket_path = {};  ///< of a unix socket; empty for TCP
};

/// A derived class says where the cache is, how to log in and how its replies are read. The connection is opened by the
/// first call, and again after a loss and a back-off, as PostgresSession says.
/// Invariant: a socket is watched as long as it is open. Between calls the connection is idle or closed.
/// Thread rule: as PostgresSession.
class CacheConnection : public SocketUser {
 public:
  CacheConnection(const CacheConnection&) = delete;
  CacheConnection& operator=(const CacheConnection&) = delete;

  /// Errors: a sentence for people; outcome `fail`.
  Task<Result<SessionFacts>> connect();
  /// Requires: no call is waiting.
  void close();

 protected:
  struct Limits {
    Nanoseconds connect_ns = 0;  ///< for a whole connect, login included
    Nanoseconds op_ns = 0;       ///< for one exchange
  };
  /// `cut` may be null: nothing cuts the connection off.
  CacheConnection(boost::asio::io_context& context, std::string url, Limits limits,
                  std::shared_ptr<ConnectionCut> cut = nullptr);
  ~CacheConnection();

  /// Sends `bytes` and waits for the replies that the derived class expects; then trouble_ tells how it went.
  struct Exchange {
    CacheConnection& connection;
    std::string_view bytes;
    Nanoseconds limit_ns;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) { return connection.begin_exchange(bytes, limit_ns, handle); }
    void await_resume() const noexcept {}
  };

  /// Errors: one sentence, without the password.
  virtual Result<CachePlace> find_place() = 0;
  /// The first exchanges of a new connection, each within connect_time_left_ns(); fills in facts_.
  virtual Task<Result<void>> log_in() = 0;
  /// Forgets what is expected, as for a new connection.
  virtual void reset_replies() = 0;
  virtual ReplyProgress take_reply(std::string_view bytes) = 0;
  /// Why it is `broken`, as a part of a sentence.
  [[nodiscard]] virtual const std::string& reply_problem() const = 0;

  /// Makes a call to a cache command, which does not wait for anybody. Errors: `unsupported` where the store has none.
  virtual Task<Result<CacheReply>> call_once(const CacheCommandInfo& command, Key key, CacheArguments arguments);

  /// The same, waiting out `busy` answers as long as the arguments say.
  Task<Result<CacheReply>> call_patiently(const CacheCommandInfo& command, Key key, CacheArguments arguments);
  /// Whether there is an idle connection.
  [[nodiscard]] bool ready() {
    watch_.refresh();
    return state_ == State::idle;
  }
  /// Makes one. False: trouble_ says why not.
  Task<bool> open();
  [[nodiscard]] std::unexpected<Error> take_trouble();
  [[nodiscard]] Nanoseconds connect_time_left_ns() const;
  [[nodiscard]] std::unexpected<Error> cannot_connect(ErrorCode code, std::string_view problem) const;
  /// Of an entry that is not one of ours.
  [[nodiscard]] static std::unexpected<Error> not_a_value(Key key);

  boost::asio::io_context& context_;
  Limits limits_;
  std::optional<Error> trouble_;  ///< of the exchange or attempt to open that just ended
  SessionFacts facts_;

 private:
  enum class State : std::uint8_t { closed, connecting, idle, exchanging };
  struct WaitForConnection;

  void socket_ready(bool hung_up) override;
  void time_is_up() override;

  Result<void> find_addresses();
  Task<Result<void>> connect_to(const SocketAddress& address);
  [[nodiscard]] bool begin_exchange(std::string_view bytes, Nanoseconds limit_ns, std::coroutine_handle<> handle);
  [[nodiscard]] bool send_some();
  void receive(bool hung_up);
  void finish_exchange();
  void lose(ErrorCode code, std::string_view problem);
  void drop_socket();

  SocketWatch& watch_;
  std::string url_;
  std::shared_ptr<ConnectionCut> cut_;
  State state_ = State::closed;
  bool writing_waits_ = false;
  int socket_ = -1;
  std::string_view unsent_;
  std::coroutine_handle<> waiting_;

  std::vector<SocketAddress> socket_addresses_;
  Backoff backoff_;
  Error last_failure_;
  Backoff::Clock::time_point connect_deadline_;
  bool connect_timed_out_ = false;
};

}  // namespace stalemate
