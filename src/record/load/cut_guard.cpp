#include "record/load/cut_guard.hpp"

#include <signal.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>

namespace stalemate {

namespace {

struct Guarded {
  std::atomic<std::uintptr_t> begin = 0;  // 0: free
  std::atomic<std::uintptr_t> end = 0;    // 0: not guarded
  std::atomic<bool> was_cut = false;
};

// A signal handler may use only what never waits.
std::array<Guarded, 16> all_guarded;
struct sigaction action_before;
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// Puts zeros in place of what the file has lost, from that byte to the end. False if no file is mapped there.
bool fill_up(std::uintptr_t address) {
  constexpr std::uintptr_t page_bytes = 4096;
  for (Guarded& guarded : all_guarded) {
    const std::uintptr_t begin = guarded.begin.load();
    const std::uintptr_t end = guarded.end.load();
    if (begin == 0 || address < begin || address >= end) {
      continue;
    }
    guarded.was_cut = true;
    void* const from = reinterpret_cast<void*>(address / page_bytes * page_bytes);  // NOLINT(performance-no-int-to-ptr)
    const std::uintptr_t size_bytes = end - address / page_bytes * page_bytes;
    return ::mmap(from, size_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == from;
  }
  return false;
}

/// What is read is read again when this returns; where it still is not there, by the action before ours.
void on_bus_error(int signal_number, siginfo_t* info, void*) {
  const int error_number = errno;
  if (!fill_up(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
    ::sigaction(signal_number, &action_before, nullptr);
  }
  errno = error_number;
}

void install() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &action_before);
  });
}

}  // namespace

CutGuard::CutGuard(std::byte* begin, std::size_t size_bytes) : number_(all_guarded.size()) {
  install();
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  for (std::size_t number = 0; number < all_guarded.size() && number_ == all_guarded.size(); ++number) {
    std::uintptr_t none = 0;
    if (all_guarded[number].begin.compare_exchange_strong(none, address)) {
      number_ = number;
      all_guarded[number].was_cut = false;
      all_guarded[number].end = address + size_bytes;
    }
  }
}

CutGuard::~CutGuard() {
  if (number_ < all_guarded.size()) {
    all_guarded[number_].end = 0;
    all_guarded[number_].begin = 0;
  }
}

bool CutGuard::was_cut() const {
  return number_ < all_guarded.size() && all_guarded[number_].was_cut;
}

}  // namespace stalemate
