// What a RedisSession does: one socket, its connection's life, and one exchange of bytes at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cache_command.hpp"
#include "core/error.hpp"
#include "core/task.hpp"
#include "core/types.hpp"
#include "drivers/backoff.hpp"
#include "drivers/redis/commands.hpp"
#include "drivers/redis/options.hpp"
#include "drivers/redis/replies.hpp"
#include "drivers/resolve.hpp"
#include "drivers/session_facts.hpp"
#include "drivers/socket_watch.hpp"
#include "drivers/url.hpp"

namespace stalemate {

/// Invariant: a socket is watched as long as it is open. Between calls the connection is idle or closed.
class RedisEngine final : public SocketUser {
 public:
  RedisEngine(boost::asio::io_context& context, RedisOptions options);
  ~RedisEngine();
  RedisEngine(const RedisEngine&) = delete;
  RedisEngine& operator=(const RedisEngine&) = delete;

  Task<Result<SessionFacts>> connect();
  Task<Result<std::optional<Value>>> get(Key key);
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns);
  Task<Result<bool>> erase(Key key);
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments);
  Task<Result<std::optional<std::string>>> queued_id();
  Task<Result<void>> read_entries(Key first, std::span<Value> values);
  Task<Result<std::uint64_t>> erase_entries(Key first, std::uint32_t count);
  void close();

 private:
  enum class State : std::uint8_t { closed, connecting, idle, exchanging };

  // Sends `command` and waits for the replies that were announced to replies_; then trouble_ tells how it went.
  struct Exchange {
    RedisEngine& engine;
    std::string_view command;
    Nanoseconds limit_ns;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) { return engine.begin_exchange(command, limit_ns, handle); }
    void await_resume() const noexcept {}
  };
  struct WaitForConnection;

  void socket_ready(bool hung_up) override;
  void time_is_up() override;

  [[nodiscard]] bool ready();
  Task<bool> open();
  Result<void> find_addresses();
  Task<Result<void>> connect_to(const SocketAddress& address);
  Task<Result<void>> log_in();
  [[nodiscard]] Nanoseconds connect_time_left_ns() const;
  [[nodiscard]] std::unexpected<Error> cannot_connect(ErrorCode code, std::string_view problem) const;

  Task<Result<CacheReply>> call_once(const CacheCommandInfo& command, Key key, CacheArguments arguments);
  Task<Result<std::string_view>> hash_of(const CacheCommandInfo& command);
  Task<Result<void>> erase_names(std::string command, std::uint64_t* erased);

  [[nodiscard]] bool begin_exchange(std::string_view command, Nanoseconds limit_ns, std::coroutine_handle<> handle);
  [[nodiscard]] bool send_some();
  void receive(bool hung_up);
  void finish_exchange();
  void lose(ErrorCode code, std::string_view problem);
  void drop_socket();
  [[nodiscard]] std::unexpected<Error> take_trouble();
  [[nodiscard]] std::unexpected<Error> error_reply() const;
  [[nodiscard]] std::unexpected<Error> not_a_value(Key key) const;

  struct ScriptHash {
    std::string_view name;
    std::string hash;
  };

  boost::asio::io_context& context_;
  SocketWatch& watch_;
  RedisOptions options_;
  RedisCommands commands_;
  RedisReplies replies_;
  std::deque<ScriptHash> script_hashes_ = {};  // of the scripts this session has loaded
  State state_ = State::closed;
  bool writing_waits_ = false;
  int socket_ = -1;
  std::string_view unsent_;
  std::coroutine_handle<> waiting_;
  std::optional<Error> trouble_;  // of the exchange or attempt to open that just ended

  std::optional<RedisAddress> address_;
  std::vector<SocketAddress> socket_addresses_;
  Backoff backoff_;
  Error last_failure_;
  Backoff::Clock::time_point connect_deadline_;
  bool connect_timed_out_ = false;
  SessionFacts facts_;
};

}  // namespace stalemate
