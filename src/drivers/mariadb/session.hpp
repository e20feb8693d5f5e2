// A session with MariaDB or MySQL: the Database port over libmariadb, without ever blocking.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drivers/mariadb/options.hpp"
#include "drivers/store_session.hpp"

namespace stalemate {

class MariaDbEngine;

/// One connection, which is opened by `connect` or by the first call, and again by the first call after it was lost
/// and a back-off has passed, as a PostgresSession's is. Calls time out within `op_limit_ns` and at most 20 ms more;
/// the connection is then closed. Thread rule: lives on the thread that runs `context`; one call at a time. A session
/// may be destroyed while a call waits: the call is then never resumed, and its Task is safe to destroy.
class MariaDbSession final : public SqlSession {
 public:
  MariaDbSession(boost::asio::io_context& context, MariaDbOptions options);
  ~MariaDbSession() override;
  MariaDbSession(const MariaDbSession&) = delete;
  MariaDbSession& operator=(const MariaDbSession&) = delete;

  /// Connects and asks the server who it is and at what isolation level sessions run. The table need not exist yet.
  /// Errors: a sentence for people; outcome `fail`.
  Task<Result<SessionFacts>> connect() override;

  /// Errors of the calls: as `mariadb/errors.hpp` says. `Written::version` is the row's version, which every write
  /// counts up while it has the row's lock: the order of a key's versions is that of its commits.
  Task<Result<std::optional<Row>>> read(Key key) override;
  Task<Result<Written>> write(Key key, Value value) override;
  /// Requires: options.outbox.
  Task<Result<Written>> write_with_message(Key key, Value value) override;
  Task<Result<Written>> write_rolled_back(Key key, Value value) override;
  Task<Result<Written>> write_if(Key key, Value value, Value expected) override;
  Task<Result<void>> read_rows(Key first, std::span<Value> values) override;

  Task<Result<std::vector<std::vector<std::string>>>> ask(std::string statement) override;

  /// Ends the connection; a later call opens a new one. Requires: no call is waiting.
  void close();

 private:
  std::unique_ptr<MariaDbEngine> engine_;
};

}  // namespace stalemate
