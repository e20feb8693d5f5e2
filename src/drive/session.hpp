// What drive needs from other rooms: live ports for each client, and control of the servers.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/faults/fault.hpp"
#include "core/pattern/guarded_writes.hpp"
#include "core/pattern/memory_cache.hpp"
#include "core/pattern/ports.hpp"
#include "drive/live_clock.hpp"
#include "plan/plan.hpp"

namespace stalemate {

/// Carries out whole ops by itself, without a pattern: a user's own service.
class OpService {
 public:
  virtual ~OpService() = default;
  /// The value read or written, as Pattern::read and write. Its calls to stores are not among the engine's steps.
  virtual Task<Result<Value>> perform(const PlannedOp& op) = 0;
};

/// One client's connections. Lives and is used on the thread of its context.
class Session {
 public:
  virtual ~Session() = default;
  /// Opens the connections. Errors: as the drivers' tables.
  virtual Task<Result<void>> connect() = 0;
  virtual Database& database() = 0;
  /// Requires: the run has a cache.
  virtual Cache& cache() = 0;
  /// The database's writes that look first; nullptr where it has none.
  virtual GuardedWrites* guarded() { return nullptr; }
  /// What does the client's ops; nullptr: the run's pattern, by the ports above.
  virtual OpService* service() { return nullptr; }
  /// The feed of the pattern's background part; nullptr in a client's session.
  virtual LiveFeed* feed() { return nullptr; }
};

/// The sampler's connections: the same, for whole tables.
class SurveySession {
 public:
  virtual ~SurveySession() = default;
  virtual Task<Result<void>> connect() = 0;
  virtual RowSurvey& rows() = 0;
  virtual EntrySurvey& entries() = 0;
};

/// A period in which one of several nodes of a database could not be reached.
struct NodeOutage {
  unsigned node = 1;       ///< from 1, in the order in which they were named
  unsigned nodes = 1;      ///< how many there are
  std::string place = {};  ///< where it listens, such as "127.0.0.1:26257"
  SteadyTime start = {};
  std::optional<SteadyTime> end = {};  ///< none: still going on
};

/// Watches the nodes of a database that has several.
class NodeWatch {
 public:
  virtual ~NodeWatch() = default;
  /// Begins to check whether lost nodes are back. On the thread of its context, or before that runs.
  virtual void start() = 0;
  /// All outages so far, including those before the run. Any thread.
  [[nodiscard]] virtual std::vector<NodeOutage> outages() const = 0;
};

/// What the run's database sessions that are inside a statement are doing, at one moment.
struct SessionLook {
  std::uint64_t running = 0;
  std::uint64_t waiting_for_locks = 0;
  std::uint64_t waiting_otherwise = 0;  ///< for the disk, the log, or one another

  SessionLook& operator+=(const SessionLook& other) {
    running += other.running;
    waiting_for_locks += other.waiting_for_locks;
    waiting_otherwise += other.waiting_otherwise;
    return *this;
  }
};

/// Processor time used, added up over the processors.
struct ProcessorTimes {
  Nanoseconds machine_ns = 0;                  ///< by everybody
  Nanoseconds own_ns = 0;                      ///< by this program
  std::optional<Nanoseconds> servers_ns = {};  ///< by private servers; none where others are used, or were killed

  [[nodiscard]] ProcessorTimes since(const ProcessorTimes& earlier) const {
    ProcessorTimes used{machine_ns - earlier.machine_ns, own_ns - earlier.own_ns};
    if (servers_ns && earlier.servers_ns && *servers_ns >= *earlier.servers_ns) {
      used.servers_ns = *servers_ns - *earlier.servers_ns;
    }
    return used;
  }
};

/// Observes the servers from outside of the run's own sessions. Thread rule: one thread at a time; may block.
class LoadGauge {
 public:
  virtual ~LoadGauge() = default;
  /// Errors: of the server; unsupported where it does not tell.
  virtual Result<SessionLook> look() = 0;
  /// None where the kernel does not tell.
  [[nodiscard]] virtual std::optional<ProcessorTimes> processor_times() = 0;
  [[nodiscard]] virtual unsigned processors() const = 0;
};

/// Makes sessions. Thread rule: called on the thread that sets a run up, before it begins.
class SessionFactory {
 public:
  virtual ~SessionFactory() = default;
  [[nodiscard]] virtual bool has_cache() const = 0;
  virtual std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId client) = 0;
  /// A session with the kind of feed that the run's pattern needs; nullptr where it needs none, or where the feed is in
  /// `local`. The first one made is connected before any op begins, so that no change is missed.
  virtual std::unique_ptr<Session> make_background(boost::asio::io_context& /*context*/, MemoryCache& /*local*/) {
    return nullptr;
  }
  /// nullptr where there are no rows and entries to compare. Requires, at rest: has_cache().
  virtual std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) = 0;
  /// nullptr where the database is one server.
  virtual std::unique_ptr<NodeWatch> make_node_watch(boost::asio::io_context& /*context*/) { return nullptr; }
  /// nullptr where there is nothing to observe.
  [[nodiscard]] virtual std::unique_ptr<LoadGauge> make_load_gauge() { return nullptr; }
};

/// Carries out server faults. Thread rule: called on a dedicated thread; may block.
class ServerControl {
 public:
  virtual ~ServerControl() = default;
  virtual Result<void> carry_out(const ServerEvent& event) = 0;
  /// Once, while an event of kind evict or expire holds: one of the things that the cache keeps of the key goes, chosen
  /// by `draw`. False where there was none.
  virtual Result<bool> strike(const ServerEvent& /*event*/, Key /*key*/, std::uint64_t /*draw*/) {
    return failed(ErrorCode::unsupported, "the cache is out of reach");
  }
};

}  // namespace stalemate
