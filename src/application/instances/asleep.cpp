#include "application/instances/asleep.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>

#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

/// The file's text as it is now, as far as it fits; empty where the thread is gone.
std::string_view text_now(const Descriptor& file, std::array<char, 512>& room) {
  const ssize_t got = pread(file.number(), room.data(), room.size(), 0);
  return {room.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// How often a thread has begun to run: the last of three numbers.
std::uint64_t turns_in(std::string_view text) {
  const std::size_t last = text.rfind(' ');
  std::uint64_t turns = 0;
  if (last != std::string_view::npos) {
    std::from_chars(text.data() + last + 1, text.data() + text.size(), turns);
  }
  return turns;
}

/// '?' where there is none. The name before it may hold anything.
char state_in(std::string_view text) {
  const std::size_t close = text.rfind(") ");
  return close == std::string_view::npos || close + 2 >= text.size() ? '?' : text[close + 2];
}

/// The number that was given to a process or thread last, of all that this machine has: the last word. 0: not known.
pid_t newest_process() {
  std::array<char, 512> room = {};
  const Descriptor file(open("/proc/loadavg", O_RDONLY | O_CLOEXEC));
  const std::string_view text = text_now(file, room);
  const std::size_t last = text.rfind(' ');
  pid_t newest = 0;
  if (last != std::string_view::npos) {
    std::from_chars(text.data() + last + 1, text.data() + text.size(), newest);
  }
  return newest;
}

}  // namespace

std::vector<pid_t> processes_of_session(pid_t root) {
  const std::vector<ProcessStat> all = all_processes();
  std::vector<pid_t> members;
  std::set<pid_t> seen;
  const auto add = [&](pid_t pid) {
    if (seen.insert(pid).second) {
      members.push_back(pid);
    }
  };
  for (const ProcessStat& process : all) {
    if (process.pid == root) {
      add(root);
    }
  }
  for (const ProcessStat& process : all) {
    if (process.session == root) {
      add(process.pid);
    }
  }
  for (std::size_t next = 0; next < members.size(); ++next) {
    std::ranges::for_each(descendants_of(all, members[next]), add);
  }
  return members;
}

void SleepWatch::find_threads() {
  threads_.clear();
  processes_.clear();
  sessions_.clear();
  for (const pid_t pid : processes_of_session(root_)) {
    const std::optional<ProcessStat> process = process_stat(pid);
    if (!process) {
      continue;
    }
    processes_.insert(pid);
    sessions_.insert(process->session);
    const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(tasks, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      Thread thread;
      thread.stat = Descriptor(open((entry->path() / "stat").c_str(), O_RDONLY | O_CLOEXEC));
      thread.schedstat = Descriptor(open((entry->path() / "schedstat").c_str(), O_RDONLY | O_CLOEXEC));
      if (thread.stat.is_open()) {
        threads_.push_back(std::move(thread));
      }
    }
  }
}

bool SleepWatch::may_have_grown(pid_t newest) const {
  constexpr pid_t numbers_max = 64;
  if (newest <= 0 || newest < newest_ || newest - newest_ > numbers_max) {
    return true;
  }
  for (pid_t number = newest_ + 1; number <= newest; ++number) {
    // Threads are found by their number as well.
    const std::optional<ProcessStat> found = process_stat(number);
    if (found && (sessions_.contains(found->session) || processes_.contains(found->parent))) {
      return true;
    }
  }
  return false;
}

bool SleepWatch::all_sleep(bool first_look) {
  std::array<char, 512> room = {};
  for (Thread& thread : threads_) {
    if (first_look) {
      thread.turns = turns_in(text_now(thread.schedstat, room));
    }
    const std::string_view text = text_now(thread.stat, room);
    const char state = state_in(text);
    if (!text.empty() && state != 'S' && state != 'Z' && state != 'X') {
      return false;
    }
    if (!first_look && turns_in(text_now(thread.schedstat, room)) != thread.turns) {
      return false;
    }
  }
  return true;
}

bool SleepWatch::asleep() {
  const pid_t newest = newest_process();
  if (newest_ < 0 || may_have_grown(newest)) {
    find_threads();
  }
  newest_ = newest;
  return all_sleep(true) && all_sleep(false) && (newest <= 0 || !may_have_grown(newest_process()));
}

}  // namespace stalemate
