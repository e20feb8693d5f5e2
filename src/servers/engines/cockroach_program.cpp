#include "servers/engines/cockroach_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "servers/engines/binaries.hpp"
#include "servers/engines/cockroach_text.hpp"

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Everything up to the end, or what came within the time.
std::string read_until(int end, SteadyClock::time_point deadline) {
  std::string text;
  std::array<char, 4096> bytes = {};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    pollfd readable = {.fd = end, .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) <= 0) {
      return text;
    }
    const ssize_t got = ::read(end, bytes.data(), bytes.size());
    if (got <= 0) {
      return text;
    }
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

// What `PROGRAM version` prints; empty where it cannot be run. It is killed when its time is over.
std::string version_printed(const std::filesystem::path& program, Nanoseconds limit_ns) {
  std::array<int, 2> ends = {};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return {};
  }
  posix_spawn_file_actions_t actions = {};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::string path = program.native();
  std::string argument = "version";
  const std::array<char*, 3> arguments = {path.data(), argument.data(), nullptr};
  pid_t pid = -1;
  const int trouble = ::posix_spawn(&pid, path.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text;
  if (trouble == 0) {
    text = read_until(ends[0], SteadyClock::now() + std::chrono::nanoseconds(limit_ns));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  ::close(ends[0]);
  return text;
}

}  // namespace

Result<void> check_cockroach_version(const std::filesystem::path& program, std::string_view printed) {
  const auto version = parse_cockroach_version(printed);
  if (!version) {
    return failed(ErrorCode::unavailable,
                  "'" + program.native() + " version' names no version; is it a cockroach binary?");
  }
  if (*version < oldest_cockroach) {
    return failed(ErrorCode::unavailable, program.native() + " is " + to_text(*version) + "; it takes " +
                                              to_text(oldest_cockroach) + " or later");
  }
  return {};
}

Result<void> check_cockroach_program(const std::filesystem::path& wanted, Nanoseconds limit_ns) {
  const Result<std::filesystem::path> program = find_cockroach(wanted);
  if (!program) {
    return std::unexpected(program.error());
  }
  return check_cockroach_version(*program, version_printed(*program, limit_ns));
}

}  // namespace stalemate
