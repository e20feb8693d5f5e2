// ValueRecord: what ops and steps say of one written value, and what that makes of it among its key's values.
#pragma once

#include <algorithm>
#include <cstdint>

#include "check/prefilter/order_proof.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// What values are judged by.
struct ValueRules {
  bool versions_known = false;
  bool clears_unknown = true;  ///< false: a key with a write of unknown outcome is not judged by its values
  Nanoseconds clock_error_ns = 0;

  /// Both ends of every interval move, so that two ends move apart twice.
  [[nodiscard]] Nanoseconds widened(Nanoseconds completion_ns) const {
    return completion_ns == never ? never : completion_ns + 2 * clock_error_ns;
  }
};

/// `unbound`: it binds no other value; `odd`: it takes more than its facts to judge its key.
enum class ValueUse : std::uint8_t { unbound, ordered, odd };

/// A value that some op wrote or read.
struct ValueFacts {
  bool is_written = false;
  bool is_failed = false;
  bool is_unknown = false;  ///< the write was never answered
  bool is_applied = false;  ///< some step told its version
  Nanoseconds first_completion_ns = never;
  Nanoseconds write_invocation_ns = 0;
};

[[nodiscard, gnu::always_inline]] inline ValueUse use_of(const ValueFacts& value, const ValueRules& rules) {
  if (value.is_failed && value.first_completion_ns == never) {
    return ValueUse::unbound;
  }
  const bool is_seen = !value.is_unknown || value.first_completion_ns != never;
  const bool is_placed = !rules.versions_known || value.is_applied;
  const bool is_future = rules.widened(value.first_completion_ns) < value.write_invocation_ns;
  // An unread write that was applied, though nobody was told, is in the order of versions, but has no f.
  const bool is_hidden = !is_seen && rules.versions_known && value.is_applied;
  const bool is_doubtful = value.is_unknown && (!rules.clears_unknown || is_hidden);
  if (!value.is_written || value.is_failed || is_future || (is_seen && !is_placed) || is_doubtful) [[unlikely]] {
    return ValueUse::odd;
  }
  return is_seen ? ValueUse::ordered : ValueUse::unbound;
}

/// How a value's version is packed, so that of what several steps say the larger number holds. 0: none told.
namespace packed_version {
inline constexpr std::uint64_t refused = 1;
inline constexpr std::uint64_t unplaced = 2;
/// A greater version counts as none told.
inline constexpr Version version_max = ~Version{0} - unplaced;

[[nodiscard]] inline bool is_told(const StepRecord& update) {
  static_assert(unknown_version == 0);
  return update.outcome() == Outcome::ok && update.version() - 1 < version_max;
}
[[nodiscard]] inline std::uint64_t of(const StepRecord& update) {
  return is_told(update) ? update.version() + unplaced : (update.outcome() == Outcome::fail ? refused : unplaced);
}
}  // namespace packed_version

/// Whether steps tell versions, as the first one shows that could.
[[nodiscard]] inline bool tells_versions(const History& history) {
  const auto is_update = [](const StepRecord& step) { return step.is_update() && step.outcome() == Outcome::ok; };
  const auto first = std::ranges::find_if(history.steps(), is_update);
  return first != history.steps().end() && packed_version::is_told(*first);
}

/// How a value's write is packed: flags below its invocation. 0: none was seen.
namespace packed_write {
inline constexpr std::uint64_t seen = 1;
inline constexpr std::uint64_t unknown = 2;
inline constexpr std::uint64_t failed = 4;
inline constexpr unsigned invocation_shift = 8;

[[nodiscard]] inline std::uint64_t of_ok(const OpRecord& op) {
  return static_cast<std::uint64_t>(op.invocation_ns()) << invocation_shift | seen;
}
[[nodiscard]] inline std::uint64_t of(const OpRecord& op) {
  return of_ok(op) | (op.outcome() == Outcome::info ? unknown : 0) | (op.outcome() == Outcome::fail ? failed : 0);
}
}  // namespace packed_write

/// Of a packed write and version.
[[nodiscard]] inline ValueFacts facts_of(std::uint64_t write, std::uint64_t version, Nanoseconds first_completion_ns) {
  return {.is_written = write != 0,
          .is_failed = (write & packed_write::failed) != 0,
          .is_unknown = (write & packed_write::unknown) != 0,
          .is_applied = version > packed_version::unplaced,
          .first_completion_ns = first_completion_ns,
          .write_invocation_ns = static_cast<Nanoseconds>(write >> packed_write::invocation_shift)};
}

/// Of a written value of that packed version, whose use is `ordered`.
[[nodiscard]] inline OrderedZone ordered_zone(Nanoseconds first_completion_ns, Nanoseconds last_invocation_ns,
                                              std::uint64_t version, const ValueRules& rules, std::uint32_t value) {
  const Nanoseconds first_ns = rules.widened(first_completion_ns);
  return {.place = rules.versions_known ? version : static_cast<std::uint64_t>(first_ns) + 1,
          .first_completion_ns = first_ns,
          .last_invocation_ns = last_invocation_ns,
          .value = value,
          .lead_ns = 0};
}

/// What ops say of a written value while ops are streamed over; zero at first. Words only grow, so that what
/// several members saw of a value adds up. Its version lies elsewhere, so that a record is never in two cache lines.
struct alignas(32) ValueRecord {
  /// The key, and above it its complement, of every op: a bit in both halves means two keys. 0: no op.
  std::uint64_t keys = 0;
  /// 2^48 - 1 - first completion; 0: nothing completed.
  std::uint64_t first = 0;
  std::uint64_t last = 0;   ///< last invocation of a read or of a write that did not fail
  std::uint64_t write = 0;  ///< as packed_write packs it; 0: none

  [[nodiscard]] bool is_empty() const { return keys == 0; }
  [[nodiscard]] Key key() const { return Key{static_cast<std::uint32_t>(keys)}; }
  [[nodiscard]] bool has_two_keys() const { return (keys & keys >> 32U & 0xFFFFFFFFU) != 0; }
  /// `never` where nothing completed.
  [[nodiscard]] Nanoseconds first_completion_ns() const {
    return first == 0 ? never : static_cast<Nanoseconds>(packed_time::instant_mask - first);
  }

  /// Adds an op that took place, or may have. Requires: completion_ns < 2^48.
  void add(const OpRecord& op, std::uint64_t completion_ns) {
    keys |= keys_of(op.key());
    first = std::max(first, packed_time::instant_mask - completion_ns);
    last = std::max(last, static_cast<std::uint64_t>(op.invocation_ns()));
  }
  void merge(const ValueRecord& other) {
    keys |= other.keys;
    first = std::max(first, other.first);
    last = std::max(last, other.last);
    write |= other.write;
  }
  [[nodiscard]] static std::uint64_t keys_of(Key key) { return key.index | std::uint64_t{~key.index} << 32U; }

  [[nodiscard]] ValueFacts facts(std::uint64_t version) const {
    return facts_of(write, version, first_completion_ns());
  }
  /// Requires: its use is `ordered`.
  [[nodiscard]] OrderedZone ordered(std::uint64_t version, const ValueRules& rules, std::uint32_t value) const {
    return ordered_zone(first_completion_ns(), static_cast<Nanoseconds>(last), version, rules, value);
  }
};

}  // namespace stalemate
