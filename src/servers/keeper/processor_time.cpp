#include "servers/keeper/processor_time.hpp"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds second_ns = 1'000'000'000;

Nanoseconds of_ticks(std::uint64_t ticks, long ticks_a_second) {
  return static_cast<Nanoseconds>(ticks) * (second_ns / ticks_a_second);
}

Nanoseconds of_timeval(const timeval& time) {
  return Nanoseconds{time.tv_sec} * second_ns + Nanoseconds{time.tv_usec} * 1'000;
}

std::vector<ProcessStat> families_of(std::span<const pid_t> roots) {
  const std::vector<ProcessStat> processes = all_processes();
  std::vector<pid_t> pids(roots.begin(), roots.end());
  for (const pid_t root : roots) {
    const std::vector<pid_t> family = descendants_of(processes, root);
    pids.insert(pids.end(), family.begin(), family.end());
  }
  std::vector<ProcessStat> found;
  std::ranges::copy_if(processes, std::back_inserter(found), [&pids](const ProcessStat& process) {
    return std::ranges::find(pids, process.pid) != pids.end();
  });
  return found;
}

// Of all its threads, those that have ended included. 0 where it has just ended.
Nanoseconds clock_of(pid_t pid) {
  clockid_t clock = 0;
  timespec time = {};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    return 0;
  }
  return Nanoseconds{time.tv_sec} * second_ns + Nanoseconds{time.tv_nsec};
}

}  // namespace

Nanoseconds exact_processor_time_of_families(std::span<const pid_t> roots) {
  const long ticks_a_second = ::sysconf(_SC_CLK_TCK);
  Nanoseconds sum_ns = 0;
  for (const ProcessStat& process : families_of(roots)) {
    sum_ns += clock_of(process.pid) + of_ticks(process.ended_children_ticks, ticks_a_second);
  }
  return sum_ns;
}

Nanoseconds processor_time_of_families(std::span<const pid_t> roots) {
  std::uint64_t ticks = 0;
  for (const ProcessStat& process : families_of(roots)) {
    ticks += process.processor_ticks;
  }
  return of_ticks(ticks, ::sysconf(_SC_CLK_TCK));
}

Nanoseconds own_processor_time() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return of_timeval(usage.ru_utime) + of_timeval(usage.ru_stime);
}

std::optional<Nanoseconds> machine_processor_time() {
  std::ifstream file("/proc/stat");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_machine_stat(text.str(), ::sysconf(_SC_CLK_TCK));
}

std::optional<Nanoseconds> parse_machine_stat(std::string_view text, long ticks_a_second) {
  std::istringstream line(std::string(text.substr(0, text.find('\n'))));
  std::string name;
  std::uint64_t user = 0;
  std::uint64_t nice = 0;
  std::uint64_t system = 0;
  std::uint64_t idle = 0;
  if (!(line >> name >> user >> nice >> system >> idle) || name != "cpu") {
    return std::nullopt;
  }
  // Older kernels have fewer columns. Guests are counted in user and nice already.
  std::uint64_t waiting = 0;
  std::uint64_t interrupts = 0;
  std::uint64_t soft_interrupts = 0;
  std::uint64_t stolen = 0;
  line >> waiting >> interrupts >> soft_interrupts >> stolen;
  return of_ticks(user + nice + system + interrupts + soft_interrupts + stolen, ticks_a_second);
}

unsigned processors() {
  return static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace stalemate
