// What a PostgresSession does: one libpq connection's life, and one round trip at a time.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/pattern/ports.hpp"
#include "core/task.hpp"
#include "core/types.hpp"
#include "drivers/connection/backoff.hpp"
#include "drivers/connection/socket_watch.hpp"
#include "drivers/postgres/connection.hpp"
#include "drivers/postgres/nodes/nodes.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/session_facts.hpp"
#include "drivers/sql/stock_rows.hpp"

namespace stalemate {

/// A round trip is: any number of queue_ calls, the last of them queue_sync, then `co_await` of an Exchange. What
/// stands between two syncs is one transaction. Invariant: the socket is watched as long as the connection is idle or
/// exchanging.
class PostgresEngine final : public SocketUser {
 public:
  PostgresEngine(boost::asio::io_context& context, PostgresOptions options);
  ~PostgresEngine();
  PostgresEngine(const PostgresEngine&) = delete;
  PostgresEngine& operator=(const PostgresEngine&) = delete;

  Task<Result<SessionFacts>> connect();
  Task<Result<std::optional<Row>>> read(Key key);
  Task<Result<Written>> write(Key key, Value value, bool with_message = false);
  Task<Result<Written>> write_rolled_back(Key key, Value value);
  Task<Result<Written>> write_if(Key key, Value value, Value expected);
  /// Runs one statement, not prepared, in its own transaction; returns its rows as texts.
  Task<Result<std::vector<std::vector<std::string>>>> ask(std::string statement);
  Task<Result<void>> read_rows(Key first, std::span<Value> values);
  void close();

 private:
  enum class State : std::uint8_t { closed, connecting, idle, exchanging };

  // Sends what was queued and waits for all its results; then trouble_ tells how it went and results_ holds them.
  struct Exchange {
    PostgresEngine& engine;
    Nanoseconds limit_ns;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) { return engine.begin_exchange(limit_ns, handle); }
    void await_resume() const noexcept {}
  };
  struct WaitForSocket;

  void socket_ready(bool hung_up) override;
  void time_is_up() override;

  [[nodiscard]] bool ready();
  Task<bool> get_ready();
  Task<bool> open();
  Task<Result<void>> open_node(std::size_t node);
  Task<bool> prepare();
  Task<Result<void>> make_connection();
  Task<Result<void>> ask_for_facts();
  Result<void> find_parameters();
  [[nodiscard]] Nanoseconds connect_time_left_ns() const;
  [[nodiscard]] std::unexpected<Error> cannot_connect(ErrorCode code, std::string_view problem) const;

  void queue_text(const char* text);
  void queue_prepare(const char* name, const char* text);
  void queue_prepared(const char* name, std::span<const char* const> parameters);
  void queue_sync();
  [[nodiscard]] bool begin_exchange(Nanoseconds limit_ns, std::coroutine_handle<> handle);
  [[nodiscard]] bool flush();
  void receive();
  [[nodiscard]] bool collect_results();
  void finish_exchange();
  void judge_results();
  void lose(ErrorCode code, std::string_view problem);
  void lose_connection(Nanoseconds silent_ns = 0);
  void drop_connection();
  [[nodiscard]] bool may_retry(unsigned attempts);
  [[nodiscard]] std::unexpected<Error> take_trouble();

  Task<Result<std::optional<Written>>> change(Key key, std::string statement);
  Task<Result<Written>> change_or_miss(Key key, std::string statement);
  [[nodiscard]] std::size_t name_row(Key key);
  void list_ids(Key first, std::size_t count);
  [[nodiscard]] const OwnTable* own_rows() const;
  [[nodiscard]] Result<std::optional<Row>> read_result(Key key, unsigned attempts) const;
  [[nodiscard]] Result<Written> write_result(Key key, unsigned attempts) const;
  [[nodiscard]] Result<void> survey_result(std::span<Value> values) const;

  boost::asio::io_context& context_;
  SocketWatch& watch_;
  PostgresOptions options_;
  std::size_t node_ = 0;  // the one connected to, or tried last; options_.url is its URL
  ConnectionPointer connection_;
  State state_ = State::closed;
  bool prepared_ = false;
  bool queue_failed_ = false;
  bool writing_waits_ = false;
  bool retry_helps_ = false;  // of trouble_
  int socket_ = -1;
  Nanoseconds exchange_limit_ns_ = 0;
  unsigned statements_queued_ = 0;
  unsigned syncs_awaited_ = 0;
  std::coroutine_handle<> waiting_;
  std::vector<ResultPointer> results_;
  std::optional<Error> trouble_;  // of the exchange or attempt to get ready that just ended

  std::array<char, 37> id_text_ = {};
  std::array<char, 12> value_text_ = {};
  std::array<const char*, key_columns_max + 1> parameters_of_call_ = {};
  std::vector<std::string> id_lists_;  // the survey's parameters, kept for the next of the same keys
  Key id_list_first_;
  std::size_t id_list_count_ = 0;

  std::vector<std::optional<ConnectionParameters>> parameters_;  // of each node
  Backoff backoff_;
  Error last_failure_;
  Backoff::Clock::time_point connect_deadline_;
  bool connect_timed_out_ = false;
  SessionFacts facts_;
  Dialect dialect_ = Dialect::detect;
  ConflictPauses pauses_;
};

}  // namespace stalemate
