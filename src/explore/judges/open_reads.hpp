// Reads of which it is open whether what they returned is older than it may be. A pattern that sets the entry first
// lets a value be read before the database has applied it, so the order of two values may be settled long after the
// read.
#pragma once

#include <array>
#include <string>

#include "explore/chronicle.hpp"

namespace stalemate {

class OpenReads {
 public:
  /// A read returned `value`, and may return nothing older than any of `bounds`. False: it did.
  [[nodiscard]] bool add(const Chronicle& chronicle, Value value, ValueMask bounds);
  /// After a write was applied. False: one of the reads turns out to have returned something older.
  [[nodiscard]] bool settle(const Chronicle& chronicle);
  /// Nothing more will be applied. Empty if no read returned anything older, else a sentence.
  [[nodiscard]] std::string trouble_at_rest(const Chronicle& chronicle) const;

  /// Appends nothing where no read is open.
  void append_to(std::string& memory) const;
  /// What was appended behind the first `size` bytes of `memory`.
  [[nodiscard]] static OpenReads from(const std::string& memory, std::size_t size);

 private:
  /// By what was read, the values that it may turn out to be older than.
  std::array<ValueMask, writes_max + 1> bounds_ = {};
};

}  // namespace stalemate
