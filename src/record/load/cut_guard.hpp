// CutGuard: lets a process survive that another program truncates a file it has mapped.
#pragma once

#include <cstddef>

namespace stalemate {

/// While it lives, the lost part of a mapped file reads as zeros; without it, the system would end the process
/// (SIGBUS). Guards a few files at once; further ones are not guarded. Thread rule: made and destroyed by any thread,
/// the memory may be read by all. Source: mmap(2); POSIX.1-2017, sigaction, si_addr of SIGBUS.
class CutGuard {
 public:
  /// Requires: the memory is one whole read-only mapping that outlives the guard.
  CutGuard(std::byte* begin, std::size_t size_bytes);
  CutGuard(const CutGuard&) = delete;
  CutGuard& operator=(const CutGuard&) = delete;
  ~CutGuard();

  /// Whether a lost part was read.
  [[nodiscard]] bool was_cut() const;

 private:
  std::size_t number_;  // of its place among those that are guarded
};

}  // namespace stalemate
