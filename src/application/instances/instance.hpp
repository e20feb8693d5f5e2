// One running instance of a user's service: started by a keeper, so that it never outlives us.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "core/error.hpp"
#include "servers/keeper/keeper_link.hpp"

namespace stalemate {

/// Starts a keeper for instances: processes and files of theirs go when the program does, however it ends.
/// `base_folder` empty: /tmp/stalemate-UID. Errors: unavailable. Requires: run_keeper_if_asked was called by main.
[[nodiscard]] Result<std::shared_ptr<KeeperLink>> start_instance_keeper(const std::filesystem::path& base_folder = {});

/// Runs the file's `prepare` to its end, with the stores' own addresses; does nothing where there is none.
/// Errors: unavailable where it fails and timed_out where it takes too long, with its last lines.
[[nodiscard]] Result<void> prepare_stores(KeeperLink& link, const Application& application,
                                          const StoreAddress* database, const StoreAddress* cache);

/// Our ends of a program's standard input and output; both do not block. A program started again has others.
struct ProgramPipes {
  int input = -1;   ///< we write
  int output = -1;  ///< we read; ends when the program has ended
  ProgramPipes() = default;
  ProgramPipes(const ProgramPipes&) = delete;
  ProgramPipes& operator=(const ProgramPipes&) = delete;
  ~ProgramPipes();
};

/// Which instance to start, and what its placeholders mean.
struct InstanceOrder {
  std::uint32_t number = 1;                   ///< from 1 on, for names and folders; of `urls` the first is 1
  std::optional<StoreAddress> database = {};  ///< the gate before it
  std::optional<StoreAddress> cache = {};
};

/// What is known of an instance's process.
struct InstanceState {
  bool running = true;
  std::string ending = {};      ///< "exit status 1", "signal 9"; empty while it runs
  std::string last_lines = {};  ///< of what it printed since it was started last, at most 12
};

/// Thread rule: any thread; the calls exclude one another and block: start_again until it is ready, stop for up to 5 s.
class Instance {
 public:
  virtual ~Instance() = default;  ///< as stop()

  /// Starts it on a free port and waits until it is ready: until `ready` is answered with a status of `ok`, or it takes
  /// connections. Of an application given by its URLs nothing is started, and only the waiting is done.
  /// Errors, all with its last lines: unavailable when it ends; timed_out when it is not ready in time, with what it
  /// answered or the port that it listens on instead.
  [[nodiscard]] static Result<std::unique_ptr<Instance>> start(const std::shared_ptr<KeeperLink>& link,
                                                               const Application& application,
                                                               const InstanceOrder& order);

  [[nodiscard]] virtual std::uint32_t number() const = 0;
  [[nodiscard]] virtual const InstanceAddress& address() const = 0;             ///< of Adapter::http
  [[nodiscard]] virtual std::shared_ptr<const ProgramPipes> pipes() const = 0;  ///< of Adapter::program, else null
  /// Whether it is a process of ours. Where it is not, `pids` is empty and the calls below give `unsupported`.
  [[nodiscard]] virtual bool is_ours() const = 0;

  [[nodiscard]] virtual Result<InstanceState> state() const = 0;
  /// Its processes: all of its session, and their descendants.
  [[nodiscard]] virtual std::vector<pid_t> pids() const = 0;
  /// Whether there was an instant, since the call began, at which every thread of every process of it slept. False
  /// where it is not ours. Takes some 10 us a thread.
  [[nodiscard]] virtual bool asleep() const = 0;

  /// Kills all its processes with SIGKILL and returns when they are gone. Fine if they were.
  [[nodiscard]] virtual Result<void> kill_now() = 0;
  /// Starts it again on the same port, killing what is left of it, and waits until it is ready. Errors: as start.
  [[nodiscard]] virtual Result<void> start_again() = 0;
  /// Ends it with SIGTERM, after 5 s with SIGKILL. May be called twice.
  [[nodiscard]] virtual Result<void> stop() = 0;
};

}  // namespace stalemate
