// Sessions that schedules of transactions run on, without waiting for a statement that blocks, and who waits for whom.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/store_session.hpp"
#include "servers/server.hpp"

namespace stalemate {

/// What a statement came to.
struct StatementAnswer {
  std::vector<std::vector<std::string>> rows = {};
  std::string refusal = {};  ///< the server's words; empty: it was carried out
};

/// Thread rule: one thread.
class IsolationSession {
 public:
  virtual ~IsolationSession() = default;

  /// Sends a statement. Requires: the one before has been answered.
  virtual void send(const std::string& statement) = 0;
  /// The answer, for which it waits no longer than a few milliseconds.
  [[nodiscard]] virtual std::optional<StatementAnswer> poll() = 0;

  /// Sends, and waits for the answer. Requires: it does not block.
  StatementAnswer ask(const std::string& statement);
};

[[nodiscard]] std::unique_ptr<IsolationSession> libpq_session(const ServerAddress& address);
[[nodiscard]] std::unique_ptr<IsolationSession> libmariadb_session(const ServerAddress& address);
/// One of the program's own. Requires: it takes statements as texts, and `context` lives as long as it.
[[nodiscard]] std::unique_ptr<IsolationSession> driver_session(boost::asio::io_context& context,
                                                               std::unique_ptr<DatabaseSession> session);

/// How a kind of server is asked about its sessions.
struct LockQuestions {
  std::string_view own_number;  ///< of a session: how the server calls it
  std::string_view waits;       ///< pairs of such numbers: one that waits for a lock, and one that it waits for
  int pause_ms = 0;             ///< to be left before `waits`, without which its answer is an old one
};
[[nodiscard]] LockQuestions postgres_lock_questions();
[[nodiscard]] LockQuestions mariadb_lock_questions();
[[nodiscard]] LockQuestions cockroach_lock_questions();

/// Asks on a session of its own, which it keeps for as long as it lives.
class LockWatch {
 public:
  LockWatch(std::unique_ptr<IsolationSession> session, LockQuestions questions)
      : session_(std::move(session)), questions_(questions) {}

  [[nodiscard]] std::string number_of(IsolationSession& session) const;
  /// Pairs: who waits, and for whom.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> waits();
  /// Any other statement.
  StatementAnswer ask(const std::string& statement) { return session_->ask(statement); }

 private:
  std::unique_ptr<IsolationSession> session_;
  LockQuestions questions_;
};

}  // namespace stalemate
