// What all our servers share: their processes belong to a keeper, and start, pause, die and go in the same way.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/spawn.hpp"
#include "servers/server.hpp"

namespace stalemate {

/// A server started by a keeper. A derived class says how to start it and how to query it.
class KeptServer : public Server {
 public:
  [[nodiscard]] ServerFacts facts() const override;
  [[nodiscard]] Result<void> pause() override;
  [[nodiscard]] Result<void> resume() override;
  [[nodiscard]] Result<void> kill_now() override;
  [[nodiscard]] Result<void> start_again() override;
  [[nodiscard]] Result<void> stop() override;

  /// Makes what it needs, starts it the first time and waits until it is ready; on other ports if those were taken
  /// meanwhile. Errors: unavailable when it ends or cannot be started, timed_out; both with its last log lines. Those
  /// of `initialise`.
  [[nodiscard]] Result<void> start_first();

 protected:
  KeptServer(std::shared_ptr<KeeperLink> link, std::filesystem::path folder, Nanoseconds ready_limit_ns);

  /// Makes, once, what does not depend on ports: its folder and its data.
  [[nodiscard]] virtual Result<void> initialise() { return {}; }
  /// Picks free ports and writes what depends on them into facts_ and files.
  [[nodiscard]] virtual Result<void> choose_ports() = 0;
  /// One order a node, the same each time.
  [[nodiscard]] virtual std::vector<SpawnOrder> orders() const = 0;
  /// Removes what a killed server leaves and a new one would stumble over. Every process of it is gone.
  virtual void clear_traces() {}
  /// One attempt, within `limit_ns`, to get an answer from every node; fills in what facts_ lacks.
  [[nodiscard]] virtual Result<void> answer(Nanoseconds limit_ns) = 0;
  /// The signal that makes it shut down in good order.
  [[nodiscard]] virtual int stop_signal() const = 0;

  /// Runs a helper program to its end.
  /// Errors: unavailable when it fails, with the end of its log; timed_out, after killing it.
  [[nodiscard]] Result<void> run_to_end(const SpawnOrder& order, Nanoseconds limit_ns);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// The first process of each node that was started last. Requires: called within `answer`.
  [[nodiscard]] std::vector<pid_t> started_pids() const;

  ServerFacts facts_;  ///< `pids` is filled in here

 private:
  struct Node {
    pid_t pid = -1;
    std::filesystem::path log = {};
    std::uintmax_t log_start = 0;  ///< where in its log this start began
  };

  [[nodiscard]] Result<void> launch();
  [[nodiscard]] Result<void> wait_until_ready();
  [[nodiscard]] Result<void> check_all_running();
  [[nodiscard]] Result<void> kill_all();
  [[nodiscard]] std::string end_of_logs() const;
  [[nodiscard]] bool wait_until_ended(Nanoseconds limit_ns);

  std::shared_ptr<KeeperLink> link_;
  std::filesystem::path folder_;
  Nanoseconds ready_limit_ns_;
  std::vector<Node> nodes_;  ///< empty: not started
  bool removed_ = false;
  mutable std::mutex mutex_;
};

/// The server, after start_first. Errors: those of start_first.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> started(std::unique_ptr<KeptServer> server);

}  // namespace stalemate
