// EntryChanges: what the steps did to one key's entry in the cache, and to the copies of it in application servers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "check/causes/key_changes.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Where an entry can be: 0 the cache, 1 + s the memory of application server s.
using EntryPlace = std::uint32_t;
inline constexpr EntryPlace cache_place = 0;

/// How a value came to where a lookup found it.
struct Origin {
  const StepRecord* set = nullptr;      ///< the last set of it that nothing certainly undid; nullptr: none
  const StepRecord* undone = nullptr;   ///< without `set`: the last set of it; nullptr: none, or too many to search
  const StepRecord* removal = nullptr;  ///< with `undone`: what certainly came after it and before the lookup
};

/// Thread rule: one thread at a time.
class EntryChanges {
 public:
  /// `changes`: of that history. Requires: both outlive it.
  EntryChanges(const History& history, const KeyChanges& changes)
      : history_(history), key_changes_(changes), places_(std::size_t{history.header.server_count} + 1) {}

  /// Everything below is about this key from now on. Cost: a sort of its changes, unless it was asked for last.
  void turn_to(std::uint32_t key);

  /// Where the step's entry is; none where it has none, or the application server is not known.
  [[nodiscard]] std::optional<EntryPlace> place_of(const StepRecord& step) const;
  /// The changes of the entry in that place that may have happened, by start.
  [[nodiscard]] std::span<const StepPosition> changes_in(EntryPlace place) const { return places_[place].changes; }
  /// Requires: place_of(lookup) is `place`.
  [[nodiscard]] Origin find_origin(EntryPlace place, const StepRecord& lookup) const;
  /// The update that wrote `value`: one that was applied, else one that may have been, else nullptr.
  [[nodiscard]] const StepRecord* find_update(Value value) const;
  /// Whether every update that wrote `value` certainly came before that one, which was applied, as their versions tell;
  /// so did what the row started with.
  [[nodiscard]] bool was_written_before(Value value, const StepRecord& update) const;
  /// What background parts did, or were to do, to the cache's entry because `value` was written, by start.
  [[nodiscard]] std::vector<const StepRecord*> relayed_for(Value value) const;
  /// Whether a background part changed the cache's entry between these instants for a write that is not told.
  [[nodiscard]] bool has_unknown_relay(Nanoseconds from_ns, Nanoseconds to_ns) const;
  /// Whether some part that serves no client is recorded.
  [[nodiscard]] bool has_background() const { return key_changes_.has_background(); }
  /// Whether writes leave every entry to a background part. Cost: a pass over all steps, the first time.
  [[nodiscard]] bool leaves_entries_to_background();

 private:
  struct Place {
    std::vector<StepPosition> changes;  // by start
    std::vector<StepPosition> sets;     // of the same, by value, then start
  };
  struct ValueStep {
    Value value;
    StepPosition step;
  };

  void take(StepPosition position);
  void sort();
  [[nodiscard]] const StepRecord& at(StepPosition position) const { return history_.steps()[position]; }
  [[nodiscard]] const StepRecord* find_removal(const Place& place, const StepRecord& set,
                                               const StepRecord& lookup) const;

  const History& history_;
  const KeyChanges& key_changes_;
  std::optional<bool> leaves_entries_ = {};
  std::uint32_t key_ = ~std::uint32_t{0};
  std::vector<Place> places_;
  std::vector<ValueStep> updates_ = {};           // by value, then step
  std::vector<ValueStep> relayed_ = {};           // of background ops whose change is told; by value, then step
  std::vector<StepPosition> unknown_relay_ = {};  // of the others
};

}  // namespace stalemate
