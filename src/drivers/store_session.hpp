// Sessions with stores: the ports of one client, and the connection behind them.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/pattern/guarded_writes.hpp"
#include "core/pattern/ports.hpp"
#include "core/task.hpp"
#include "drivers/session_facts.hpp"

namespace stalemate {

/// Thread rule of all: lives on the thread that runs its context; one call at a time. It may be destroyed while a call
/// waits: the call is then never resumed, and its Task is safe to destroy.
class DatabaseSession : public Database, public GuardedWrites, public RowSurvey {
 public:
  /// Opens its connections and asks the server who it is. The table need not exist yet.
  /// Errors: a sentence for people; outcome `fail`.
  virtual Task<Result<SessionFacts>> connect() = 0;
};

/// A session with a database that takes statements as texts.
class SqlSession : public DatabaseSession {
 public:
  /// Runs a statement in its own transaction; returns its rows as texts. Errors: as of the other calls.
  virtual Task<Result<std::vector<std::vector<std::string>>>> ask(std::string statement) = 0;
};

class CacheSession : public Cache, public EntrySurvey {
 public:
  /// As DatabaseSession::connect.
  virtual Task<Result<SessionFacts>> connect() = 0;
};

}  // namespace stalemate
