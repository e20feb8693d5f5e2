// The keeper's side of the link: starts, pauses, kills and reaps servers, and clears up when the link closes.
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <vector>

#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

constexpr int reap_every_ms = 500;
/// A killed process must be scheduled once more to die, which takes long on a busy machine.
constexpr auto clearing_limit = std::chrono::seconds(30);
constexpr auto clear_up_limit = std::chrono::minutes(10);
constexpr std::size_t request_bytes_max = 1U << 16U;

std::string ending_of(int status) {
  if (WIFSIGNALED(status)) {
    return "signal " + std::to_string(WTERMSIG(status));
  }
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

json refusal(const std::string& sentence) {
  return {{"error", sentence}};
}

class Keeper {
 public:
  Keeper(int socket, const std::filesystem::path& folder, KeeperMode mode)
      : socket_(socket), folder_(std::filesystem::canonical(folder)), mode_(mode), boot_(boot_name()) {}

  int run() {
    while (!done_) {
      pollfd waiting = {.fd = socket_, .events = POLLIN, .revents = 0};
      const int ready = poll(&waiting, 1, reap_every_ms);
      reap();
      if (ready > 0 && !serve_one()) {
        return clear_up();
      }
    }
    return 0;
  }

 private:
  /// False when the other end is closed.
  bool serve_one() {
    std::vector<char> request(request_bytes_max);
    const ssize_t got = recv(socket_, request.data(), request.size(), 0);
    if (got <= 0) {
      return got < 0 && errno == EINTR;
    }
    const json parsed = json::parse(request.begin(), request.begin() + got, nullptr, false);
    const std::string reply = parsed.is_object() ? serve(parsed).dump() : refusal("no request").dump();
    return send(socket_, reply.data(), reply.size(), MSG_NOSIGNAL) >= 0;
  }

  json serve(const json& request) {
    const std::string what = request.value("do", "");
    const pid_t pid = request.value("pid", pid_t{0});
    if (what == "spawn") {
      return start(spawn_order_from(request.at("order")));
    }
    if (what == "look") {
      return look_at(pid);
    }
    if (what == "leave" && mode_ == KeeperMode::servers_may_stay) {
      done_ = true;
      return json::object();
    }
    if (what == "kill") {
      return end(pid);
    }
    if (!running_.contains(pid)) {
      return refusal("process " + std::to_string(pid) + " is not running");
    }
    if (what == "signal") {
      return kill(pid, request.value("signal", 0)) == 0 ? json::object() : refusal("cannot signal the server");
    }
    if (what == "pause") {
      return stop_family(pid) ? json::object() : refusal("the server cannot be stopped");
    }
    if (what == "resume") {
      return continue_family(pid) ? json::object() : refusal("the server cannot be continued");
    }
    return refusal("unknown request " + what);
  }

  json start(const SpawnOrder& order) {
    const Result<pid_t> child = spawn(order, mode_ == KeeperMode::servers_die);
    if (!child) {
      return refusal(child.error().detail);
    }
    running_.insert(*child);
    ended_.erase(*child);
    const auto stat = process_stat(*child);
    std::error_code ignored;
    const StartedProcess started{.pid = *child,
                                 .start_ticks = stat ? stat->start_ticks : 0,
                                 .boot = boot_,
                                 .program = std::filesystem::canonical(order.arguments.front(), ignored)};
    if (!note_started_process(folder_, started)) {
      static_cast<void>(end(*child));
      return refusal("cannot write to " + folder_.native());
    }
    return {{"pid", *child}};
  }

  json look_at(pid_t pid) const {
    if (const auto ended = ended_.find(pid); ended != ended_.end()) {
      return {{"running", false}, {"ending", ending_of(ended->second)}};
    }
    return {{"running", running_.contains(pid)}, {"ending", ""}};
  }

  /// Being the subreaper we inherit the orphans of a dead server, so that waiting for them is enough to see them gone.
  json end(pid_t pid) {
    std::vector<pid_t> killed;
    if (running_.contains(pid)) {
      killed = kill_family(pid);
    }
    const auto deadline = SteadyClock::now() + clearing_limit;
    const auto is_there = [](pid_t member) { return process_stat(member).has_value(); };
    while (running_.contains(pid) || kill_orphans_of(pid) || std::ranges::any_of(killed, is_there)) {
      reap();
      if (SteadyClock::now() > deadline) {
        return refusal("process " + std::to_string(pid) + " does not die of SIGKILL");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return json::object();
  }

  /// Kills the children we did not start but inherited, but for those of others that run: each that was started leads a
  /// session of its own, and its descendants may have made more. Whether there were any.
  [[nodiscard]] bool kill_orphans_of(pid_t pid) const {
    const std::vector<ProcessStat> all = all_processes();
    const std::set<pid_t> of_others = sessions_of_others(all, pid);
    bool any = false;
    for (const ProcessStat& process : all) {
      const bool is_orphan = process.parent == getpid() && process.state != 'Z' && !running_.contains(process.pid);
      if (is_orphan && !of_others.contains(process.session)) {
        static_cast<void>(kill_family(process.pid));
        any = true;
      }
    }
    return any;
  }

  [[nodiscard]] std::set<pid_t> sessions_of_others(const std::vector<ProcessStat>& all, pid_t pid) const {
    std::set<pid_t> sessions;
    for (const pid_t other : running_) {
      if (other != pid) {
        sessions.insert(other);
        const std::vector<pid_t> family = descendants_of(all, other);
        for (const ProcessStat& process : all) {
          if (std::ranges::find(family, process.pid) != family.end()) {
            sessions.insert(process.session);
          }
        }
      }
    }
    return sessions;
  }

  void reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (running_.erase(pid) == 1) {
        ended_.insert_or_assign(pid, status);
      }
    }
  }

  /// Kills until there is no descendant left, ECHILD says so for certain, and removes the folder. The exit code.
  int clear_up() {
    const auto deadline = SteadyClock::now() + clear_up_limit;
    while (waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD) {
      for (const ProcessStat& process : all_processes()) {
        if (process.parent == getpid() && process.state != 'Z') {
          static_cast<void>(kill_family(process.pid));
        }
      }
      if (SteadyClock::now() > deadline) {
        return 1;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!remove_servers_folder(folder_)) {
      return 1;
    }
    static_cast<void>(send(socket_, keeper_farewell.data(), keeper_farewell.size(), MSG_NOSIGNAL));
    return 0;
  }

  int socket_;
  std::filesystem::path folder_;
  KeeperMode mode_;
  std::string boot_;
  std::set<pid_t> running_;
  std::map<pid_t, int> ended_;  ///< with their wait status
  bool done_ = false;
};

}  // namespace

int keep_servers(int socket, const std::filesystem::path& folder, KeeperMode mode) {
  if (const pid_t child = fork(); child != 0) {
    if (child < 0) {
      // Standard error is the keeper's log, which whoever started it reads.
      const std::string trouble = "it cannot make a process of its own: " + system_message(errno) + "\n";
      static_cast<void>(!write(STDERR_FILENO, trouble.data(), trouble.size()));
    }
    return child > 0 ? 0 : 1;
  }
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2}) {
    static_cast<void>(signal(ignored, SIG_IGN));
  }
  static_cast<void>(signal(SIGCHLD, SIG_DFL));
  static_cast<void>(prctl(PR_SET_NAME, "stalemate-keep"));
  static_cast<void>(prctl(PR_SET_CHILD_SUBREAPER, 1));
  return Keeper(socket, folder, mode).run();
}

}  // namespace stalemate
