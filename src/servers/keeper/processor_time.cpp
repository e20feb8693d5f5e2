#include "servers/keeper/processor_time.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
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

}  // namespace

Nanoseconds processor_time_of_families(std::span<const pid_t> roots) {
  const std::vector<ProcessStat> processes = all_processes();
  std::uint64_t ticks = 0;
  for (const pid_t root : roots) {
    std::vector<pid_t> family = descendants_of(processes, root);
    family.push_back(root);
    for (const ProcessStat& process : processes) {
      ticks += std::ranges::find(family, process.pid) == family.end() ? 0 : process.processor_ticks;
    }
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
