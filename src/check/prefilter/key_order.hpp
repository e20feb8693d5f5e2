// KeyOrder: whether the values of a key could have been there one after the other, and where not, which of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "check/prefilter/bits.hpp"
#include "check/prefilter/zone_table.hpp"

namespace stalemate {

/// What is found of a key: bit 0 says whether the checks have to see ops that are not settled, bit 1 whether they have
/// to see the settled ones.
enum class KeyState : std::uint8_t { clean = 0b00, partly_clean = 0b01, doubtful = 0b11 };

/// What keys are judged by.
struct KeyRules {
  bool versions_known = false;
  bool clears_unknown = true;  ///< false: a key with a write of unknown outcome is doubtful
  Nanoseconds clock_error_ns = 0;
};

/// Judges one key after the other. Thread rule: one thread an object; several may share table and bits.
class KeyOrder {
 public:
  /// Requires: all outlive it.
  KeyOrder(const History& history, const ZoneTable& table, const KeyRules& rules, Bits& open, Bits& kept)
      : history_(history), table_(table), rules_(rules), open_(open), kept_(kept) {}

  /// `written`: the numbers of the values that its ops wrote or read; `all_end`: the end of those of all keys, which
  /// lie one key after the other. Of a key that is partly clean, adds to `open` the values that are not alone between
  /// two cuts, and to `kept` those whose write may be the first or the last that a stale read missed.
  [[nodiscard]] KeyState judge(Key key, std::span<const ValueNumber> written, const ValueNumber* all_end);
  /// How many values of the key that was judged last have a place in the order, with the initial one.
  [[nodiscard]] std::size_t value_count() const { return values_.size(); }

 private:
  struct OrderedValue {
    std::uint64_t version;  // as packed_version packs it; 0: the initial value, or no versions are known
    Nanoseconds first_completion_ns;
    Nanoseconds last_invocation_ns;
    Nanoseconds write_invocation_ns;
    ValueNumber number;
  };
  enum class Use : std::uint8_t { unbound, ordered, doubtful };

  [[nodiscard]] bool gather(Key key, std::span<const ValueNumber> written, const ValueNumber* all_end);
  [[nodiscard]] Use use_of(const ValueRecord& value, std::uint64_t version) const;
  [[nodiscard]] Use use_of_unanswered(const ValueRecord& value, bool is_placed) const;
  [[nodiscard]] Nanoseconds begun_ns(const ValueRecord& value) const;
  [[nodiscard]] Nanoseconds widened(Nanoseconds completion_ns) const;
  void sort();
  [[nodiscard]] bool is_sequence() const;
  [[nodiscard]] bool has_ties() const;
  [[nodiscard]] KeyState cut();
  [[nodiscard]] std::size_t open_between_cuts();
  void keep_late_writes();

  const History& history_;
  const ZoneTable& table_;
  KeyRules rules_;
  Bits& open_;
  Bits& kept_;
  std::vector<OrderedValue> room_;
  std::span<OrderedValue> values_;     // of the key, the first of them
  std::vector<Nanoseconds> first_ns_;  // the least f from each value on
};

}  // namespace stalemate
