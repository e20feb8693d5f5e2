// What a MariaDbSession does: one connection's life, and one call of libmariadb at a time.
#pragma once

#include <mysql.h>

#include <boost/asio/io_context.hpp>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/pattern/ports.hpp"
#include "core/task.hpp"
#include "core/types.hpp"
#include "drivers/connection/backoff.hpp"
#include "drivers/connection/socket_watch.hpp"
#include "drivers/mariadb/connection.hpp"
#include "drivers/mariadb/options.hpp"
#include "drivers/mariadb/prepared.hpp"
#include "drivers/session_facts.hpp"
#include "drivers/sql/stock_rows.hpp"

namespace stalemate {

/// libmariadb's calls come in pairs: one starts it and says what it waits for, the other goes on when that has come.
/// Between the two the library keeps the call on a stack of its own, so a call that is given up must be ended as well.
/// Invariant: the socket is watched as long as the connection is idle or calling.
class MariaDbEngine final : public SocketUser {
 public:
  MariaDbEngine(boost::asio::io_context& context, MariaDbOptions options);
  ~MariaDbEngine();
  MariaDbEngine(const MariaDbEngine&) = delete;
  MariaDbEngine& operator=(const MariaDbEngine&) = delete;

  Task<Result<SessionFacts>> connect();
  Task<Result<std::optional<Row>>> read(Key key);
  Task<Result<Written>> write(Key key, Value value);
  Task<Result<Written>> write_with_message(Key key, Value value);
  Task<Result<Written>> write_rolled_back(Key key, Value value);
  Task<Result<Written>> write_if(Key key, Value value, Value expected);
  Task<Result<TextRows>> ask(std::string text);
  Task<Result<void>> read_rows(Key first, std::span<Value> values);
  void close();

 private:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  enum class State : std::uint8_t { closed, connecting, idle, calling };

  // Calls of the library that may have to wait for the socket.
  enum class Call : std::uint8_t { connect, prepare, execute, store_rows, query, store_result, next_result };

  // What one statement of a text came to.
  struct Done {
    std::uint64_t rows_found = 0;
    std::uint64_t insert_id = 0;
    RowsPointer rows = {};
  };

  // Makes a call and those that follow from it; then trouble_ tells how they went.
  struct Calling {
    MariaDbEngine& engine;
    Call call;
    Nanoseconds limit_ns;
    bool await_ready() { return engine.begin(call, limit_ns); }
    void await_suspend(std::coroutine_handle<> handle) { engine.wait(handle); }
    void await_resume() const noexcept {}
  };

  void socket_ready(bool hung_up) override;
  void time_is_up() override;

  [[nodiscard]] bool ready();
  Task<bool> get_ready();
  Task<bool> open();
  Task<Result<void>> make_connection();
  Task<Result<void>> connect_to(std::string host);
  Task<Result<void>> ask_for_facts();
  Task<bool> prepare();
  [[nodiscard]] Nanoseconds connect_time_left_ns() const;

  [[nodiscard]] bool begin(Call call, Nanoseconds limit_ns);
  void wait(std::coroutine_handle<> handle);
  [[nodiscard]] int start();
  [[nodiscard]] int go_on_with(int events);
  [[nodiscard]] bool run_on();
  [[nodiscard]] bool watch_socket();
  void note_end();
  [[nodiscard]] std::optional<Call> following();
  void note_failure(const MariaDbError& error);
  void end_calls();
  void lose(ErrorCode code, std::string_view problem);
  void give_up_call();
  void drop_connection();

  [[nodiscard]] bool may_retry(unsigned attempts) const;
  [[nodiscard]] std::unexpected<Error> take_trouble();
  Task<void> run_text(std::string text, std::size_t commits_at = nowhere);
  Task<void> roll_back();
  [[nodiscard]] std::string update_of(Key key, Value value) const;
  [[nodiscard]] const OwnTable* own_rows() const;
  [[nodiscard]] Result<std::optional<Row>> read_result(Key key, unsigned attempts);
  [[nodiscard]] Result<Written> write_result(Key key, std::uint64_t rows_found, std::uint64_t version,
                                             unsigned attempts) const;
  [[nodiscard]] Result<void> survey_result(Key first, std::span<Value> values);

  boost::asio::io_context& context_;
  SocketWatch& watch_;
  MariaDbOptions options_;
  std::optional<MariaDbTarget> target_ = {};

  MysqlPointer connection_ = {};
  PreparedStatements statements_ = {};
  State state_ = State::closed;
  bool prepared_ = false;
  bool watched_ = false;
  bool writing_waits_ = false;

  Call call_ = Call::connect;
  int waits_for_ = 0;                 // of the call that was started: MYSQL_WAIT_ bits; 0: it has ended
  MYSQL* connected_ = nullptr;        // what a connect came to
  int code_ = 0;                      // what any other call came to
  MYSQL_RES* stored_ = nullptr;       // what a store_result came to
  std::string host_ = {};             // of a connect
  std::string_view prepares_ = {};    // of a prepare
  MYSQL_STMT* statement_ = nullptr;   // of a prepare or an execute
  std::string text_ = {};             // of a query
  std::size_t commits_at_ = nowhere;  // of a query: the place of its COMMIT
  std::vector<Done> done_ = {};       // of a query, as far as it came
  Nanoseconds limit_ns_ = 0;
  std::coroutine_handle<> waiting_ = {};

  std::optional<Error> trouble_ = {};  // of the calls, or attempt to get ready, that just ended
  bool retry_helps_ = false;           // of trouble_

  Backoff backoff_ = {};
  Error last_failure_ = {};
  Backoff::Clock::time_point connect_deadline_ = {};
  SessionFacts facts_ = {};
  ConflictPauses pauses_ = {};
};

}  // namespace stalemate
