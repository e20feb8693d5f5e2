// Our side of the link: starts the keeper and puts requests to it.
#include "servers/keeper/keeper_link.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/assert.hpp"
#include "servers/keeper/launch.hpp"
#include "servers/keeper/processes.hpp"
#include "servers/keeper/regardless.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {
namespace {

using nlohmann::json;

constexpr std::string_view hidden_argument = "--keep-servers";
constexpr std::string_view mode_die = "die";
constexpr std::string_view mode_stay = "stay";
constexpr int keeper_socket = 3;
constexpr int keeper_lock = 4;
/// Longer than the keeper takes for anything.
constexpr int reply_limit_ms = 120'000;
constexpr std::size_t message_bytes_max = 1U << 16U;

/// Whether this program's main asks run_keeper_if_asked. Without it, the program executed again would not become a
/// keeper but do its own work a second time.
std::atomic<bool> hook_is_in_place = false;

struct SpawnFiles {
  posix_spawn_file_actions_t actions = {};
  SpawnFiles() { posix_spawn_file_actions_init(&actions); }
  ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions); }
  SpawnFiles(const SpawnFiles&) = delete;
  SpawnFiles& operator=(const SpawnFiles&) = delete;
};

struct SpawnAttributes {
  posix_spawnattr_t attributes = {};
  SpawnAttributes() { posix_spawnattr_init(&attributes); }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
};

/// A copy of `file` above the numbers the keeper's descriptors are moved to, so that no move overwrites another.
Descriptor above_the_fixed(const Descriptor& file) {
  return Descriptor(fcntl(file.number(), F_DUPFD_CLOEXEC, keeper_lock + 1));
}

/// posix_spawn, not fork: we may have threads.
Result<pid_t> start_keeper(const std::filesystem::path& folder, KeeperMode mode, const Descriptor& socket,
                           const Descriptor& lock) {
  const Descriptor high_socket = above_the_fixed(socket);
  const Descriptor high_lock = above_the_fixed(lock);
  const std::string log = (folder / "keeper.log").native();
  SpawnFiles files;
  posix_spawn_file_actions_addopen(&files.actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files.actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files.actions, 1, 2);
  posix_spawn_file_actions_adddup2(&files.actions, high_socket.number(), keeper_socket);
  posix_spawn_file_actions_adddup2(&files.actions, high_lock.number(), keeper_lock);
  posix_spawn_file_actions_addclosefrom_np(&files.actions, keeper_lock + 1);
  SpawnAttributes attributes;
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes.attributes, &none);
  posix_spawnattr_setflags(&attributes.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);

  std::array<std::string, 4> words = {"stalemate", std::string(hidden_argument), folder.native(),
                                      std::string(mode == KeeperMode::servers_die ? mode_die : mode_stay)};
  std::array<char*, 5> arguments = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  pid_t keeper = -1;
  const int error =
      posix_spawn(&keeper, "/proc/self/exe", &files.actions, &attributes.attributes, arguments.data(), environ);
  if (error != 0) {
    return failed(ErrorCode::unavailable, "cannot start the servers' keeper: " + system_message(error));
  }
  return keeper;
}

}  // namespace

std::optional<int> run_keeper_if_asked(int argc, char** argv) {
  hook_is_in_place = true;
  constexpr int arguments_of_a_keeper = 4;
  if (argc != arguments_of_a_keeper || argv[1] != hidden_argument) {
    return std::nullopt;
  }
  // Given on a command line by hand, there is no socket to listen to.
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(keeper_socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    return std::nullopt;
  }
  for (const int file : {keeper_socket, keeper_lock}) {
    static_cast<void>(fcntl(file, F_SETFD, FD_CLOEXEC));
  }
  return keep_servers(keeper_socket, argv[2],
                      argv[3] == mode_die ? KeeperMode::servers_die : KeeperMode::servers_may_stay);
}

KeeperLink::KeeperLink(RunFolder folder, KeeperMode mode, Descriptor socket)
    : folder_(std::move(folder.path)), mode_(mode), lock_(std::move(folder.lock)), socket_(std::move(socket)) {}

KeeperLink::~KeeperLink() {
  regardless(finish());
}

Result<std::shared_ptr<KeeperLink>> KeeperLink::start(RunFolder folder, KeeperMode mode) {
  STALEMATE_ASSERT(hook_is_in_place, "main calls run_keeper_if_asked before anything starts servers");
  std::array<int, 2> ends = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failed(ErrorCode::unavailable, "cannot make a socket pair: " + system_message(errno));
  }
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const Result<pid_t> keeper = start_keeper(folder.path, mode, theirs, folder.lock);
  if (!keeper) {
    std::error_code ignored;
    std::filesystem::remove_all(folder.path, ignored);
    return std::unexpected(keeper.error());
  }
  // It has detached itself from us by continuing in a child process.
  int status = 0;
  while (waitpid(*keeper, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    const std::string log = log_tail(folder.path / "keeper.log", 0);
    std::error_code ignored;
    std::filesystem::remove_all(folder.path, ignored);
    return failed(ErrorCode::unavailable, "cannot start the servers' keeper" + (log.empty() ? "" : ": " + log));
  }
  return std::shared_ptr<KeeperLink>(new KeeperLink(std::move(folder), mode, std::move(ours)));
}

std::string KeeperLink::receive() {
  std::string text(message_bytes_max, '\0');
  ssize_t got = 0;
  do {
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): requests are meant to wait for one another
    got = recv(socket_.number(), text.data(), text.size(), 0);
  } while (got < 0 && errno == EINTR);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

Result<json> KeeperLink::ask(const json& request) {
  const std::scoped_lock guard(mutex_);
  const std::string text = request.dump();
  std::string reply;
  if (!broken_ && send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL) >= 0) {
    pollfd waiting = {.fd = socket_.number(), .events = POLLIN, .revents = 0};
    int ready = 0;
    do {
      ready = poll(&waiting, 1, reply_limit_ms);
    } while (ready < 0 && errno == EINTR);
    reply = ready > 0 ? receive() : "";
  }
  if (reply.empty()) {
    // A reply that came later would be taken for the next request's.
    broken_ = true;
    return failed(ErrorCode::unavailable, "the servers' keeper is gone, and the servers with it");
  }
  json parsed = json::parse(reply, nullptr, false);
  if (parsed.contains("error")) {
    return failed(ErrorCode::unavailable, parsed["error"].get<std::string>());
  }
  return parsed;
}

Result<pid_t> KeeperLink::spawn(const SpawnOrder& order) {
  const json request = {{"do", "spawn"}, {"order", to_json(order)}};
  const Result<json> reply = ask(request);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  return reply->at("pid").get<pid_t>();
}

Result<KeptProcess> KeeperLink::look_at(pid_t pid) {
  const Result<json> reply = ask({{"do", "look"}, {"pid", pid}});
  if (!reply) {
    return std::unexpected(reply.error());
  }
  return KeptProcess{.running = reply->at("running").get<bool>(), .ending = reply->at("ending").get<std::string>()};
}

Result<void> KeeperLink::signal(pid_t pid, int signal_number) {
  return without_value(ask({{"do", "signal"}, {"pid", pid}, {"signal", signal_number}}));
}

Result<void> KeeperLink::pause(pid_t pid) {
  return without_value(ask({{"do", "pause"}, {"pid", pid}}));
}
Result<void> KeeperLink::resume(pid_t pid) {
  return without_value(ask({{"do", "resume"}, {"pid", pid}}));
}
Result<void> KeeperLink::kill(pid_t pid) {
  return without_value(ask({{"do", "kill"}, {"pid", pid}}));
}

Result<void> KeeperLink::finish() {
  const std::scoped_lock guard(mutex_);
  if (!socket_.is_open()) {
    return {};
  }
  // The keeper treats the end of our sending as our end. It confirms when it has cleaned up; if it was killed it
  // cannot, and its servers die with it, but their folder stays.
  static_cast<void>(shutdown(socket_.number(), SHUT_WR));
  bool cleared = false;
  for (std::string farewell = receive(); !farewell.empty(); farewell = receive()) {
    cleared = farewell == keeper_farewell;
  }
  socket_.close_now();
  broken_ = true;
  Result<void> done = {};
  if (!cleared) {
    done = kill_processes_of(folder_)
               ? remove_servers_folder(folder_)
               : failed(ErrorCode::unavailable, "the servers in " + folder_.native() + " do not die of SIGKILL");
  }
  lock_.close_now();
  return done;
}

Result<void> KeeperLink::leave_servers() {
  STALEMATE_ASSERT(mode_ == KeeperMode::servers_may_stay, "only servers that may stay are left");
  const Result<json> reply = ask({{"do", "leave"}});
  if (reply) {
    const std::scoped_lock guard(mutex_);
    // Until the keeper has ended, and let go of the lock.
    static_cast<void>(receive());
    socket_.close_now();
    broken_ = true;
    lock_.close_now();
  }
  return without_value(reply);
}

}  // namespace stalemate
