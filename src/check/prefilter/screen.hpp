// Screen: which keys of a history have nothing wrong with their zones and versions, and of the others which values,
// found without looking at a key's ops one by one. Whatever it cannot clear is for the checks to judge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "check/crew.hpp"
#include "check/prefilter/bits.hpp"
#include "check/prefilter/clean_keys.hpp"
#include "check/prefilter/key_proof.hpp"
#include "check/prefilter/order_proof.hpp"
#include "check/prefilter/settled_ops.hpp"
#include "check/prefilter/stream_proof.hpp"
#include "check/prefilter/zone_table.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

struct ScreenOptions {
  Nanoseconds clock_error_ns = 0;
  bool clears_unknown = true;              ///< false: a key with a write of unknown outcome is never cleared
  std::size_t window = 512;                ///< of the first look: a value may be so many places out of order
  std::vector<std::uint32_t> shares = {};  ///< of the members; empty: all the same. For tests
  /// Keys whose values are put in order side by side, and the room for their values that are not yet in order.
  std::uint32_t bucket_keys = 2048;
  std::size_t bucket_room = 16384;
  bool may_stream = true;   ///< StreamProof or KeyProof is tried first; nothing but speed depends on it
  StreamSizes stream = {};  ///< of the first, but for the window
};

/// A key is cleared if its values, in the order of their versions (without versions: of their first completions), could
/// have been there one after the other (OrderProof), and each was written once, by a write that did not fail, before it
/// was read. Then the key is linearizable, in the order of its versions, and none of its reads is stale.
///
/// Mostly all keys are cleared on the way over the ops, by a StreamProof or, with many keys, a KeyProof. Where that
/// does not hold, a ZoneTable is made. Values come nearly in the order of their versions, so that a small window a key
/// is enough to put them in order; they are looked at where they are in the table, with many keys a bucket of keys at a
/// time. Keys that this does not clear are looked at once more, each alone. Cost: as the proof; and but for where that
/// holds, a pass over ops and steps, one or two over the values, with many keys another that sorts them into buckets;
/// the values of keys looked at twice are sorted. Memory: as the proof; then as ZoneTable, two bits a value, 6 bytes a
/// key, and with many keys 24 bytes a value; of the keys looked at twice 32 bytes a value, and 4 for every key and
/// member.
///
/// A key looked at twice is cut wherever no value before the cut has an s after the f of one behind it. If it is not
/// cleared, it is *partly clean*: no op of a value that is alone between two cuts is stale, breaks a guarantee or is in
/// conflict with anything. Its reads are *settled*, the checks need not see them; and so is its write, if it was the
/// first op of the value to end, no newer write ended before it and no older one began after it. Then it is neither the
/// last write before any other value's read nor the first that one missed.
class Screen {
 public:
  /// Requires: the history outlives it; window, bucket_keys and bucket_room are greater than 0.
  Screen(const History& history, const ScreenOptions& options, const Crew& crew);

  /// Whether it could be used at all: if not, no key is clean and nothing is counted.
  [[nodiscard]] bool gave_up() const { return table_.gave_up(); }
  [[nodiscard]] bool all_clean() const { return !gave_up() && all_clean_; }
  [[nodiscard]] bool is_clean(Key key) const { return !gave_up() && (all_clean_ || state_of(key) == KeyState::clean); }
  [[nodiscard]] bool is_partly_clean(Key key) const {
    return !gave_up() && !all_clean_ && state_of(key) == KeyState::partly_clean;
  }
  /// Whether the key is clean or partly clean.
  [[nodiscard]] bool is_followed(Key key) const { return !gave_up() && (all_clean_ || state_of(key) != KeyState::odd); }
  /// Whether there are such keys.
  [[nodiscard]] bool has_followed() const { return clean_.keys > 0 || has_partly_clean_; }
  /// Requires: !gave_up() && !all_clean().
  [[nodiscard]] SettledOps settled_ops() const {
    return {key_states_.data(), open_.words(), kept_.words(), table_.packed_zones(), table_.layout()};
  }

  /// The versions of the values from that one on, as packed_version packs them. Requires: it was written; as above.
  [[nodiscard]] const std::uint64_t* versions_from(Value value) const { return table_.versions_from(value); }

  [[nodiscard]] bool versions_known() const { return versions_known_; }
  [[nodiscard]] bool has_writes() const { return has_writes_; }
  [[nodiscard]] std::uint64_t op_count() const { return op_count_; }
  [[nodiscard]] std::uint64_t keys_with_ops() const { return keys_with_ops_; }
  /// Of the clean keys; their `reads` are all of the history's: take off those of the others.
  [[nodiscard]] const CleanKeys& clean_keys() const { return clean_; }

 private:
  /// A value on its way to its key's bucket.
  struct Value {
    ZoneTable::PackedZone zone;
    std::uint64_t version;
  };
  struct Piece {
    std::uint32_t key;
    LooseEnds ends;
  };

  [[nodiscard]] bool look_at_stream(const History& history, const Crew& crew);
  template <class Proof>
  [[nodiscard]] bool take_over(const Proof& proof);
  void look_at_table(const Crew& crew);

  // The first look: screen.cpp.
  void look_in_place(const Crew& crew);
  void look_in_place(std::uint32_t member);
  void look_by_bucket(const Crew& crew);
  void count_bucket_values(std::uint32_t member);
  void fill_buckets(std::uint32_t member);
  void look_at_bucket(std::uint32_t bucket, OrderWindows& windows);
  [[nodiscard, gnu::always_inline]] inline bool look_at_value(ValuePlace place, const ZoneTable::Zone& zone);
  [[nodiscard]] ValueRules rules() const {
    return {.versions_known = table_.versions_known(),
            .clears_unknown = options_.clears_unknown,
            .clock_error_ns = options_.clock_error_ns};
  }
  [[nodiscard]] OrderedZone initial_value(std::uint32_t key) const;
  [[nodiscard]] OrderedZone written_value(const ZoneTable::Zone& zone, std::uint64_t version) const {
    return ordered_zone(zone.first_completion_ns, zone.last_invocation_ns, version, rules(), 0);
  }
  [[nodiscard]] std::uint64_t version_of(ValuePlace place) const {
    return table_.versions_known() ? table_.version(place) : 0;
  }
  void count_keys();

  // The second look, at the doubtful keys: screen_again.cpp.
  void look_again(const Crew& crew);
  void count_doubtful(std::uint32_t member);
  void place_groups();
  void group(std::uint32_t member);
  void judge(std::uint32_t member);
  [[nodiscard]] KeyState state_of(Key key) const { return key_states_[key.index]; }
  [[nodiscard]] std::uint32_t lead_of(ValuePlace place, Nanoseconds first_ns) const;
  [[nodiscard]] KeyState cut(std::span<OrderedZone> values, std::vector<Nanoseconds>& first_ns);
  [[nodiscard]] std::size_t open_between_cuts(std::span<const OrderedZone> values,
                                              std::span<const Nanoseconds> first_ns);
  void keep_late_writes(std::span<const OrderedZone> values, std::span<const Nanoseconds> first_ns);

  ScreenOptions options_;
  ZoneTable table_;
  std::uint32_t members_;
  std::uint32_t buckets_;
  std::size_t window_;                               // of the first look
  std::vector<std::size_t> borders_;                 // of the members' shares in what is being looked at
  std::vector<std::vector<std::uint32_t>> cursors_;  // by member and bucket or key: counts, then where the next goes
  std::vector<std::uint32_t> ends_;                  // by bucket or key, of what is sorted by it
  RecordArray<Value> values_;                        // bucket by bucket
  std::vector<std::uint32_t> value_counts_;          // by key
  std::vector<std::uint8_t> is_doubtful_;            // by key
  RecordArray<OrderedZone> order_;                   // the doubtful keys' values, key by key
  std::vector<std::vector<Piece>> pieces_;           // by member
  std::vector<KeyState> key_states_;                 // by key; empty if all are clean
  Bits open_;                                        // places of partly clean keys that are not alone between two cuts
  Bits kept_;                                        // places of such keys whose write the checks have to see
  bool all_clean_ = false;
  bool has_partly_clean_ = false;
  bool versions_known_ = false;
  bool has_writes_ = false;
  std::uint64_t op_count_ = 0;
  std::uint64_t keys_with_ops_ = 0;
  CleanKeys clean_;
};

/// Where the members' shares of `total` begin, and the end.
[[nodiscard]] std::vector<std::size_t> borders_of(std::size_t total, const ScreenOptions& options, const Crew& crew);

}  // namespace stalemate
