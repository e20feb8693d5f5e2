// Processes as /proc shows them: their identity, their parents, and how to stop or kill whole process trees.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// What /proc/PID/stat says of a process. `start_ticks` (clock ticks since boot) never changes, so together with the
/// boot it tells a process from a later one that was given the same number.
struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t session = 0;
  char state = '?';  ///< R, S, D, T (stopped), t (traced), Z (dead, not yet reaped), X
  std::uint64_t start_ticks = 0;
  std::uint64_t processor_ticks = 0;       ///< used so far, with those of children that have ended and were waited for
  std::uint64_t ended_children_ticks = 0;  ///< of processor_ticks, those of such children
};

/// Reads the text of /proc/PID/stat; the name in it may hold spaces and parentheses. Nothing if it is not such a text.
[[nodiscard]] std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// Nothing if there is no such process.
[[nodiscard]] std::optional<ProcessStat> process_stat(pid_t pid);

/// Every process visible to us, in no order.
[[nodiscard]] std::vector<ProcessStat> all_processes();

/// `root`'s children, their children and so on, without `root`, parents before children.
[[nodiscard]] std::vector<pid_t> descendants_of(std::span<const ProcessStat> processes, pid_t root);

/// This boot's name, as the kernel gives it; empty where it gives none.
[[nodiscard]] std::string boot_name();

/// Stops `root` and all its descendants. First `root`, so that it makes no more of them; repeats until none is new and
/// all have come to a halt, for at most 10 s. False if `root` is not there or not all halted.
[[nodiscard]] bool stop_family(pid_t root);

/// Continues `root` and all its descendants. False if `root` is not there.
[[nodiscard]] bool continue_family(pid_t root);

/// Sends SIGKILL to `root` and all its descendants, after stopping them so that none escapes. Does not wait for them
/// to be gone. Returns those killed, `root` first; empty if `root` is not there.
std::vector<pid_t> kill_family(pid_t root);

/// One process that was started for a folder, as recorded for the cleanup after a crash.
struct StartedProcess {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::string boot = {};
  std::filesystem::path program = {};  ///< canonical path of what it executes
};

/// Adds a line to the folder's list of started processes. False if it cannot be written.
[[nodiscard]] bool note_started_process(const std::filesystem::path& folder, const StartedProcess& started);

/// The folder's list; empty if there is none. Lines cut short by a crash are left out.
[[nodiscard]] std::vector<StartedProcess> started_processes(const std::filesystem::path& folder);

/// Whether the process that was started is still there: same number, same start, same boot, and not a zombie.
[[nodiscard]] bool is_alive(const StartedProcess& started);

/// Kills what still runs of a folder's servers and waits up to a minute until it is gone: the started processes with
/// their descendants, and their orphans, recognised by executing a program of the list with a working folder inside
/// `folder`. Another process that was given an old number is never touched. False if something is left.
[[nodiscard]] bool kill_processes_of(const std::filesystem::path& folder);

}  // namespace stalemate
