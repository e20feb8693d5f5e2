// EntryAndRow: what a key's row and cache entry hold, as the steps change and show them in order of their ends.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "check/passes/choose.hpp"
#include "core/absent_row.hpp"
#include "core/op.hpp"
#include "record/history.hpp"

namespace stalemate {

/// The cache commands whose gets show no entry, by number.
class BlindCommands {
 public:
  BlindCommands() = default;
  explicit BlindCommands(const HistoryHeader& header) {
    for (std::size_t number = 0; number < std::min(header.cache_commands.size(), is_blind_.size()); ++number) {
      is_blind_[number] = !header.cache_commands[number].shows_entry;
      has_any_ = has_any_ || is_blind_[number];
    }
  }
  [[nodiscard]] bool has(const StepRecord& step) const { return has_any_ && is_blind_[step.cache_command()]; }

 private:
  std::array<bool, 256> is_blind_ = {};
  bool has_any_ = false;
};

/// Whether a step that is not plain tells what the row or the entry held.
[[nodiscard]] inline bool is_telling(const StepRecord& step) {
  const bool is_seen = step.store() == Store::database || step.store() == Store::cache;
  return is_seen && step.outcome() == Outcome::ok && step.end_ns() != never;
}

/// Sets of commands, a bit each.
[[nodiscard]] constexpr unsigned command_bit(Command command) {
  return 1U << static_cast<unsigned>(command);
}
inline constexpr unsigned changing_commands =
    command_bit(Command::write) | command_bit(Command::set) | command_bit(Command::erase);
inline constexpr unsigned entry_commands =
    command_bit(Command::get) | command_bit(Command::set) | command_bit(Command::erase);

/// A row and its entry as the steps change them; all zero at first. In few bytes: with many keys, each step waits for
/// its key's.
class alignas(32) EntryAndRow {
 public:
  /// What row and entry are at first.
  using Firsts = std::array<Value, 2>;

  /// A row is changed by writes, an entry by sets and erases; else the step shows what was there.
  /// Without branches: which step comes next is as good as random.
  void apply(const StepRecord& step, Nanoseconds end_ns, const Firsts& firsts) {
    const Command command = step.command();
    const bool is_write = command == Command::write;
    const bool is_change = (changing_commands >> static_cast<unsigned>(command) & 1U) != 0;
    const unsigned which = entry_commands >> static_cast<unsigned>(command) & 1U;
    const Value told = choose(is_delete(step.value()), no_row, step.value());
    const Value value = choose(command == Command::erase, absent, told) ^ firsts[which];
    const Version version = choose(is_write, step.version(), unknown_version);
    const Nanoseconds changed = changed_[which];
    const bool is_newer = (version == unknown_version) | (version > version_);
    const bool is_shown = !is_change & (step.start_ns() >= changed >> 1U);
    const bool is_changed = is_change & is_newer;
    values_[which] = choose(is_shown | is_changed, value, values_[which]);
    changed_[which] = choose(is_changed, end_ns << 1U | (changed & 1), changed);
    changed_[1] |= step.store() == Store::cache ? 1 : 0;
    version_ = std::max(version_, version);
  }

  /// Whether an episode begins or ends here, if no other step of the key ended at the same instant.
  [[nodiscard]] bool turns(const Firsts& firsts) const {
    const Value row = values_[0] ^ firsts[0];
    const Value entry = values_[1] ^ firsts[1];
    return ((entry != absent) & (entry != row)) != is_incoherent();
  }
  /// Where it turns.
  void turn() { changed_[0] ^= 1; }
  /// Whether an episode is under way.
  [[nodiscard]] bool is_incoherent() const { return (changed_[0] & 1) != 0; }
  /// Whether some step shows the key's entry.
  [[nodiscard]] bool has_entry() const { return (changed_[1] & 1) != 0; }

 private:
  std::array<Value, 2> values_;         // of the row, of the entry; as they differ from the first
  std::array<Nanoseconds, 2> changed_;  // when, and below it a bit: is_incoherent, has_entry
  Version version_;                     // of the row
};

}  // namespace stalemate
