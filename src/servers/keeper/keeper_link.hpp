// The keeper: a small process that is the parent of our servers and outlives us long enough to clean up.
//
// It is this program, executed again with a hidden argument, so it has one thread and may fork. It holds one end of a
// socket. When the other end closes, however our process ended, it kills every descendant and removes the folder. If
// the keeper itself dies, the servers die with it (PR_SET_PDEATHSIG), and the next start removes the folder.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/spawn.hpp"

namespace stalemate {

/// Whether servers die with the keeper, or are meant to stay when it is told to leave them.
enum class KeeperMode : std::uint8_t { servers_die, servers_may_stay };

/// What the keeper says of a process it started.
struct KeptProcess {
  bool running = true;
  std::string ending = {};  ///< how it ended, such as "exit status 1" or "signal 9"; empty while it runs
};

/// Our end of the link to one keeper and its folder.
/// Thread rule: any thread; requests are served one after another.
class KeeperLink {
 public:
  /// Starts a keeper for `folder`, which it removes at the end; it keeps a share of the folder's lock.
  /// Errors: unavailable.
  /// Requires: run_keeper_if_asked was called by main.
  [[nodiscard]] static Result<std::shared_ptr<KeeperLink>> start(RunFolder folder, KeeperMode mode);

  /// As finish().
  ~KeeperLink();
  KeeperLink(const KeeperLink&) = delete;
  KeeperLink& operator=(const KeeperLink&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] KeeperMode mode() const { return mode_; }

  /// Errors of all these: unavailable when the keeper is gone or cannot do it; it says why.
  [[nodiscard]] Result<pid_t> spawn(const SpawnOrder& order);
  [[nodiscard]] Result<KeptProcess> look_at(pid_t pid);
  [[nodiscard]] Result<void> signal(pid_t pid, int signal_number);  ///< that process alone
  [[nodiscard]] Result<void> pause(pid_t pid);                      ///< with all its descendants
  [[nodiscard]] Result<void> resume(pid_t pid);
  [[nodiscard]] Result<void> kill(pid_t pid);  ///< returns when it and all its descendants are gone; fine if it was

  /// Kills what still runs, removes the folder and ends the keeper; does so itself if the keeper was killed. Waits as
  /// long as that takes. May be called twice.
  [[nodiscard]] Result<void> finish();

  /// Ends the keeper and leaves servers and folder as they are.
  /// Requires: mode servers_may_stay.
  [[nodiscard]] Result<void> leave_servers();

 private:
  KeeperLink(RunFolder folder, KeeperMode mode, Descriptor socket);
  [[nodiscard]] Result<nlohmann::json> ask(const nlohmann::json& request);
  /// The next message; empty when the other end is closed.
  [[nodiscard]] std::string receive();

  std::filesystem::path folder_;
  KeeperMode mode_;
  Descriptor lock_;
  std::mutex mutex_;
  Descriptor socket_;
  bool broken_ = false;  ///< the keeper does not answer any more
};

/// What a keeper sends, as the last thing, when all is cleared up.
inline constexpr std::string_view keeper_farewell = "cleared";

/// Goes on in a child that is nobody's descendant, because whoever kills a program may kill all below it. There runs
/// the keeper's side until the link closes. Returns its exit code.
[[nodiscard]] int keep_servers(int socket, const std::filesystem::path& folder, KeeperMode mode);

}  // namespace stalemate
