// What an open-loop run of an application stands on: its stores, gates that only read along, instances that are ready,
// and the rows of the run's keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "application/instances/instance.hpp"
#include "application/requests/requester.hpp"
#include "core/error.hpp"
#include "gated/backstage.hpp"
#include "gated/run/op_calls.hpp"
#include "gated/store_hands.hpp"

namespace stalemate {

struct RunStageOrder {
  std::size_t instances = 1;
  std::uint32_t keys = 1;
  Value initial = 0;               ///< of every row
  bool database_restarts = false;  ///< its log would not tell the order of commits
};

/// Thread rule: one thread; `ask` parts of requester() and calls() as theirs say.
class RunStage {
 public:
  /// Opens everything, logs in, and has the application make the rows: by a `create`, or where that is refused by a
  /// write, so that rows of an earlier run serve again. Then every instance reads one of them.
  /// Errors: as open_gated_world. Requires: the application outlives it.
  [[nodiscard]] static Result<std::unique_ptr<RunStage>> open(const Application& application,
                                                              const GatedWorldOptions& options,
                                                              const RunStageOrder& order);
  ~RunStage();
  RunStage(const RunStage&) = delete;
  RunStage& operator=(const RunStage&) = delete;

  [[nodiscard]] const Application& application() const { return application_; }
  [[nodiscard]] std::size_t instances() const { return instances_.size(); }
  [[nodiscard]] const Instance& instance(std::size_t number) const { return *instances_[number]; }
  [[nodiscard]] Requester& requester() { return *requester_; }
  [[nodiscard]] OpCalls& calls() { return *calls_; }
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  [[nodiscard]] Backstage& backstage() { return *backstage_; }
  /// At the gates of all instances.
  [[nodiscard]] Result<void> set_reach(bool of_cache, LinkReach reach);
  /// Kills a private server, or starts it again; until then the gates cannot reach it, and that is no trouble.
  /// Thread rule: any one thread. Errors: as PrivateServers::apply.
  [[nodiscard]] Result<void> restart_store(const ServerEvent& event);
  /// Drops one of the entries that the application's cache has of the key, chosen by `draw`. False where there was
  /// none. Thread rule: any one thread.
  [[nodiscard]] Result<bool> drop_entry(Key key, std::uint64_t draw);
  /// Once no request is under way: tells `calls` the order of the run's commits, where the database is ours, and ends
  /// them. Errors: why the order could not be read; the calls are ended all the same.
  [[nodiscard]] Result<void> finish_calls();
  /// Sentences on instances that have ended, with their last lines.
  [[nodiscard]] std::vector<std::string> endings() const;

 private:
  explicit RunStage(const Application& application) : application_(application) {}
  [[nodiscard]] Result<void> name_keys(std::uint32_t count);
  [[nodiscard]] Result<void> start_instances(std::size_t count);
  [[nodiscard]] Result<void> make_rows(Value initial);
  [[nodiscard]] Result<void> open_log();
  [[nodiscard]] Result<void> read_one(Value initial);

  const Application& application_;
  std::vector<std::string> keys_ = {};
  std::unique_ptr<OpCalls> calls_ = {};
  std::optional<CommitLog> log_ = {};  // of a database of ours
  std::unique_ptr<Backstage> backstage_ = {};
  std::optional<EntryHand> evicting_ = {};
  std::vector<std::unique_ptr<Instance>> instances_ = {};
  std::unique_ptr<Requester> requester_ = {};
};

}  // namespace stalemate
