// Reads /proc, and stops, continues and kills process trees.
#include "servers/keeper/processes.hpp"
#include "core/text/number_text.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

// The C library of Debian 12 does not declare these for C++.
extern "C" {
#include <sys/pidfd.h>
}

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <system_error>
#include <thread>

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr auto look_again_after = std::chrono::milliseconds(1);
constexpr auto halt_limit = std::chrono::seconds(10);
constexpr auto death_limit = std::chrono::seconds(60);

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool is_halted_or_gone(pid_t pid) {
  const auto stat = process_stat(pid);
  return !stat || stat->state == 'T' || stat->state == 't' || stat->state == 'Z' || stat->state == 'X';
}

bool is_gone(pid_t pid) {
  const auto stat = process_stat(pid);
  return !stat || stat->state == 'Z' || stat->state == 'X';
}

template <class Condition>
bool wait_until(SteadyClock::duration limit, Condition condition) {
  const auto deadline = SteadyClock::now() + limit;
  while (!condition()) {
    if (SteadyClock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(look_again_after);
  }
  return true;
}

/// `path` is `folder` or lies inside it; both as the kernel spells them.
bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const auto [in_folder, in_path] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return in_folder == folder.end();
}

std::filesystem::path link_target(pid_t pid, const char* name) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/" + name, ignored);
}

std::vector<pid_t> orphans_in(const std::filesystem::path& folder, const std::set<std::filesystem::path>& programs) {
  std::vector<pid_t> found;
  for (const ProcessStat& process : all_processes()) {
    if (process.state != 'Z' && is_inside(link_target(process.pid, "cwd"), folder) &&
        programs.contains(link_target(process.pid, "exe"))) {
      found.push_back(process.pid);
    }
  }
  return found;
}

/// A pidfd pins the process it was opened for, so looking at the start time afterwards cannot be fooled by a number
/// that changes hands in between.
void kill_started(const StartedProcess& started) {
  const int pinned = pidfd_open(started.pid, 0);
  if (is_alive(started)) {
    if (pinned >= 0) {
      static_cast<void>(pidfd_send_signal(pinned, SIGSTOP, nullptr, 0));
    }
    static_cast<void>(kill_family(started.pid));
  }
  if (pinned >= 0) {
    close(pinned);
  }
}

std::filesystem::path list_in(const std::filesystem::path& folder) {
  return folder / "processes";
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open || open < 2) {
    return std::nullopt;
  }
  std::vector<std::string_view> fields;
  std::string_view rest = text.substr(close + 1);
  while (!rest.empty()) {
    const auto begin = rest.find_first_not_of(" \n");
    if (begin == std::string_view::npos) {
      break;
    }
    const auto end = rest.find_first_of(" \n", begin);
    fields.push_back(rest.substr(begin, end - begin));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  constexpr std::size_t state_field = 0;
  constexpr std::size_t parent_field = 1;
  constexpr std::size_t session_field = 3;
  constexpr std::size_t first_time_field = 11;  // of four: in user mode, in the kernel, and both of ended children
  constexpr std::size_t start_field = 19;
  if (fields.size() <= start_field || fields[state_field].size() != 1) {
    return std::nullopt;
  }
  const auto pid = parse_number<pid_t>(text.substr(0, open - 1));
  const auto parent = parse_number<pid_t>(fields[parent_field]);
  const auto start = parse_number<std::uint64_t>(fields[start_field]);
  if (!pid || !parent || !start) {
    return std::nullopt;
  }
  std::uint64_t ticks = 0;
  std::uint64_t children_ticks = 0;
  for (std::size_t field = first_time_field; field < first_time_field + 4; ++field) {
    const std::uint64_t count = parse_number<std::uint64_t>(fields[field]).value_or(0);
    ticks += count;
    children_ticks += field < first_time_field + 2 ? 0 : count;
  }
  return ProcessStat{.pid = *pid,
                     .parent = *parent,
                     .session = parse_number<pid_t>(fields[session_field]).value_or(0),
                     .state = fields[state_field].front(),
                     .start_ticks = *start,
                     .processor_ticks = ticks,
                     .ended_children_ticks = children_ticks};
}

std::optional<ProcessStat> process_stat(pid_t pid) {
  return parse_process_stat(text_of_file("/proc/" + std::to_string(pid) + "/stat"));
}

std::vector<ProcessStat> all_processes() {
  std::vector<ProcessStat> found;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator("/proc", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (const auto pid = parse_number<pid_t>(entry->path().filename().native())) {
      if (const auto stat = process_stat(*pid)) {
        found.push_back(*stat);
      }
    }
  }
  return found;
}

std::vector<pid_t> descendants_of(std::span<const ProcessStat> processes, pid_t root) {
  std::vector<pid_t> family = {root};
  for (std::size_t next = 0; next < family.size(); ++next) {
    for (const ProcessStat& process : processes) {
      if (process.parent == family[next] && std::ranges::find(family, process.pid) == family.end()) {
        family.push_back(process.pid);
      }
    }
  }
  family.erase(family.begin());
  return family;
}

std::string boot_name() {
  std::string name = text_of_file("/proc/sys/kernel/random/boot_id");
  while (!name.empty() && name.back() == '\n') {
    name.pop_back();
  }
  return name;
}

bool stop_family(pid_t root) {
  std::set<pid_t> stopped = {root};
  if (is_gone(root) || kill(root, SIGSTOP) != 0) {
    return false;
  }
  const auto deadline = SteadyClock::now() + halt_limit;
  while (SteadyClock::now() < deadline) {
    if (!std::ranges::all_of(stopped, is_halted_or_gone)) {
      std::this_thread::sleep_for(look_again_after);
      continue;
    }
    bool grew = false;
    for (const pid_t pid : descendants_of(all_processes(), root)) {
      if (stopped.insert(pid).second) {
        grew = true;
        static_cast<void>(kill(pid, SIGSTOP));
      }
    }
    if (!grew) {
      return !is_gone(root);
    }
  }
  return false;
}

bool continue_family(pid_t root) {
  if (is_gone(root)) {
    return false;
  }
  std::vector<pid_t> family = descendants_of(all_processes(), root);
  for (const pid_t pid : family) {
    static_cast<void>(kill(pid, SIGCONT));
  }
  return kill(root, SIGCONT) == 0;
}

std::vector<pid_t> kill_family(pid_t root) {
  if (is_gone(root)) {
    return {};
  }
  // Processes that do not stop in time are killed anyway: what matters is that they end.
  static_cast<void>(stop_family(root));
  std::vector<pid_t> family = descendants_of(all_processes(), root);
  family.insert(family.begin(), root);
  for (const pid_t pid : family) {
    static_cast<void>(kill(pid, SIGKILL));
  }
  return family;
}

bool note_started_process(const std::filesystem::path& folder, const StartedProcess& started) {
  const nlohmann::json line = {{"pid", started.pid},
                               {"start_ticks", started.start_ticks},
                               {"boot", started.boot},
                               {"program", started.program.native()}};
  std::ofstream list(list_in(folder), std::ios::app);
  list << line.dump() << '\n' << std::flush;
  return list.good();
}

std::vector<StartedProcess> started_processes(const std::filesystem::path& folder) {
  std::vector<StartedProcess> found;
  std::ifstream list(list_in(folder));
  for (std::string line; std::getline(list, line);) {
    const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
    if (!entry.is_object() || !entry.contains("pid") || !entry.contains("start_ticks") || !entry.contains("boot") ||
        !entry.contains("program") || !entry["pid"].is_number_integer() || !entry["start_ticks"].is_number_unsigned() ||
        !entry["boot"].is_string() || !entry["program"].is_string()) {
      continue;
    }
    found.push_back({.pid = entry["pid"].get<pid_t>(),
                     .start_ticks = entry["start_ticks"].get<std::uint64_t>(),
                     .boot = entry["boot"].get<std::string>(),
                     .program = entry["program"].get<std::string>()});
  }
  return found;
}

bool is_alive(const StartedProcess& started) {
  const auto stat = process_stat(started.pid);
  return stat && stat->start_ticks == started.start_ticks && stat->state != 'Z' && stat->state != 'X' &&
         started.boot == boot_name();
}

bool kill_processes_of(const std::filesystem::path& folder) {
  const std::vector<StartedProcess> list = started_processes(folder);
  std::set<std::filesystem::path> programs;
  for (const StartedProcess& started : list) {
    programs.insert(started.program);
    kill_started(started);
  }
  const std::filesystem::path inside = std::filesystem::weakly_canonical(folder);
  return wait_until(death_limit, [&] {
    const std::vector<pid_t> orphans = orphans_in(inside, programs);
    for (const pid_t pid : orphans) {
      static_cast<void>(kill_family(pid));
    }
    return orphans.empty() && std::ranges::none_of(list, is_alive);
  });
}

}  // namespace stalemate
