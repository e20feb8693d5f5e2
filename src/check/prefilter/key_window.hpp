// KeyWindow: the newest values of one key while several of them may be read, put in order of versions as ops come.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// What an op says of the value that it wrote or read. Values are numbered.
struct SeenValue {
  std::uint32_t value = 0;
  Nanoseconds invocation_ns = 0;
  Nanoseconds completion_ns = 0;
};

/// Each value has f, the least completion, and s, the greatest invocation, of the ops that were added. The values are
/// in order if no value's s lies after the f of a later one; a call that returns false has found that they are not, or
/// that it cannot tell. A value that may no longer be read is forgotten: f of some later one has passed. Thread rule:
/// one thread at a time.
class KeyWindow {
 public:
  struct Entry {
    std::uint32_t value = 0;
    std::uint64_t version = 0;
    Nanoseconds first_completion_ns = 0;
    Nanoseconds last_invocation_ns = 0;
  };

  /// The last value, and before it the one that may still be read, if there is one. No op began after last.s.
  void begin(const std::optional<Entry>& before, const Entry& last);

  /// `may_come`: the value may be written by a later op, if it was not yet.
  [[nodiscard]] bool add_read(const SeenValue& seen, bool may_come);
  [[nodiscard]] bool add_write(const SeenValue& seen, std::uint64_t version);

  /// Forgets what an op begun at that time may not read any more. Whether at most two values are left, all written.
  [[nodiscard]] bool settle(Nanoseconds now_ns);
  /// Whether every value that was read has been written too.
  [[nodiscard]] bool is_whole() const { return unwritten_.empty(); }
  /// In order of versions; never empty.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  [[nodiscard]] bool takes(const SeenValue& seen);
  [[nodiscard]] bool take_unwritten(const SeenValue& seen, Entry& written);
  void add_unwritten(const SeenValue& seen);

  std::vector<Entry> entries_;    // by version
  std::vector<Entry> unwritten_;  // by first read
  Nanoseconds last_invocation_ns_ = 0;
};

}  // namespace stalemate
