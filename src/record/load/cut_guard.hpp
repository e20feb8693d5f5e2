// CutGuard: lets a process outlive that a file it has mapped is cut short by others.
#pragma once

#include <cstddef>

namespace stalemate {

/// As long as it lives, what a mapped file has lost reads as zeros; without it, the system would end the process
/// (SIGBUS). Guards a few files at once; more are not guarded. Thread rule: made and destroyed by any thread, the
/// memory may be read by all. Source: mmap(2); POSIX.1-2017, sigaction, si_addr of SIGBUS.
class CutGuard {
 public:
  /// Requires: the memory is a mapping of its own, read-only, that outlives the guard.
  CutGuard(std::byte* begin, std::size_t size_bytes);
  CutGuard(const CutGuard&) = delete;
  CutGuard& operator=(const CutGuard&) = delete;
  ~CutGuard();

  /// Whether something was read that was no longer there.
  [[nodiscard]] bool was_cut() const;

 private:
  std::size_t number_;  // of its place among those that are guarded
};

}  // namespace stalemate
