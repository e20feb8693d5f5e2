// fork, become the server's user, exec; a pipe that closes at exec carries back the step that failed.
#include "servers/keeper/spawn.hpp"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <string_view>

#include "servers/keeper/folders.hpp"

namespace stalemate {
namespace {

/// Where the child holds the pipe for its trouble; all above it are closed.
constexpr int trouble_descriptor = 3;
/// Nobody sees it: the child reports its error through the pipe.
constexpr int exit_code_untold = 127;

enum class SpawnStep : int { log, session, account, folder, bond, parent, program };

struct Trouble {
  SpawnStep step;
  int error_number;
};

std::string_view name_of(SpawnStep step) {
  switch (step) {
    case SpawnStep::log: return "open its log";
    case SpawnStep::session: return "give it a session of its own";
    case SpawnStep::account: return "become its user";
    case SpawnStep::folder: return "enter its folder";
    case SpawnStep::bond: return "bind its life to ours";
    case SpawnStep::parent: return "find its parent alive";
    case SpawnStep::program: return "execute it";
  }
  return "start it";
}

std::vector<std::string> environment_of(const SpawnOrder& order) {
  std::vector<std::string> environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                          "LANG=C.UTF-8", "TZ=UTC", "HOME=" + order.folder.native()};
  std::erase_if(environment, [&](const std::string& standard) {
    const std::string name = standard.substr(0, standard.find('=') + 1);
    return std::ranges::any_of(order.environment, [&](const std::string& own) { return own.starts_with(name); });
  });
  environment.insert(environment.end(), order.environment.begin(), order.environment.end());
  return environment;
}

std::vector<char*> terminated(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    static_cast<void>(sigaction(number, &standard, nullptr));
  }
  sigset_t none;
  sigemptyset(&none);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): a forked child has one thread
  static_cast<void>(sigprocmask(SIG_SETMASK, &none, nullptr));
}

/// A server with many clients needs more than the usual 1,024 descriptors.
void allow_many_files() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    constexpr rlim_t plenty = 65'536;
    limit.rlim_cur = limit.rlim_max < plenty ? limit.rlim_max : plenty;
    static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
  }
}

bool become(const Account& account) {
  return setgroups(1, &account.group) == 0 && setgid(account.group) == 0 && setuid(account.user) == 0;
}

/// In the child: the step that failed. Does not return when all went well.
Trouble execute(const SpawnOrder& order, bool dies_with_us, pid_t parent) {
  std::vector<std::string> environment_words = environment_of(order);
  std::vector<std::string> argument_words = order.arguments;
  const std::vector<char*> environment = terminated(environment_words);
  const std::vector<char*> arguments = terminated(argument_words);
  reset_signals();
  allow_many_files();
  umask(0077);
  const int input = open(order.input.empty() ? "/dev/null" : order.input.c_str(), O_RDONLY);
  const int log = open(order.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
  const int output = order.output.empty() ? log : open(order.output.c_str(), O_WRONLY);
  if (input < 0 || log < 0 || output < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(log, 2) < 0) {
    return {SpawnStep::log, errno};
  }
  static_cast<void>(close_range(trouble_descriptor + 1, ~0U, 0));
  if (setsid() < 0) {
    return {SpawnStep::session, errno};
  }
  if (order.account && !become(*order.account)) {
    return {SpawnStep::account, errno};
  }
  if (chdir(order.folder.c_str()) != 0) {
    return {SpawnStep::folder, errno};
  }
  // After the change of user, which clears it; and if the parent died before, no signal will come.
  if (dies_with_us && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    return {SpawnStep::bond, errno};
  }
  if (dies_with_us && getppid() != parent) {
    return {SpawnStep::parent, ESRCH};
  }
  execve(arguments.front(), arguments.data(), environment.data());
  return {SpawnStep::program, errno};
}

}  // namespace

nlohmann::json to_json(const SpawnOrder& order) {
  nlohmann::json text = {{"arguments", order.arguments},    {"environment", order.environment},
                         {"folder", order.folder.native()}, {"input", order.input.native()},
                         {"output", order.output.native()}, {"log", order.log.native()}};
  if (order.account) {
    text["account"] = {{"name", order.account->name}, {"user", order.account->user}, {"group", order.account->group}};
  }
  return text;
}

SpawnOrder spawn_order_from(const nlohmann::json& text) {
  SpawnOrder order{.arguments = text.at("arguments").get<std::vector<std::string>>(),
                   .environment = text.at("environment").get<std::vector<std::string>>(),
                   .folder = text.at("folder").get<std::string>(),
                   .input = text.at("input").get<std::string>(),
                   .output = text.at("output").get<std::string>(),
                   .log = text.at("log").get<std::string>()};
  if (text.contains("account")) {
    const nlohmann::json& account = text["account"];
    order.account = Account{.name = account.at("name").get<std::string>(),
                            .user = account.at("user").get<uid_t>(),
                            .group = account.at("group").get<gid_t>()};
  }
  return order;
}

Result<pid_t> spawn(const SpawnOrder& order, bool dies_with_us) {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failed(ErrorCode::unavailable, "cannot make a pipe: " + system_message(errno));
  }
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    return failed(ErrorCode::unavailable, "cannot start " + order.arguments.front() +
                                              ": there can be no further process (" + system_message(errno) +
                                              "); the machine, or a limit for this user (ulimit -u), allows no more");
  }
  if (child == 0) {
    if (dup2(writing.number(), trouble_descriptor) >= 0 && fcntl(trouble_descriptor, F_SETFD, FD_CLOEXEC) == 0) {
      const Trouble trouble = execute(order, dies_with_us, parent);
      static_cast<void>(!write(trouble_descriptor, &trouble, sizeof trouble));
    }
    _exit(exit_code_untold);
  }
  writing.close_now();
  Trouble trouble = {};
  ssize_t got = 0;
  do {
    got = read(reading.number(), &trouble, sizeof trouble);
  } while (got < 0 && errno == EINTR);
  if (got == 0) {
    return child;
  }
  static_cast<void>(waitpid(child, nullptr, 0));
  return failed(ErrorCode::unavailable, "cannot start " + order.arguments.front() + ": could not " +
                                            std::string(name_of(trouble.step)) + " (" +
                                            system_message(trouble.error_number) + ")");
}

}  // namespace stalemate
