#include "check/exact/undone_writes.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "check/exact/step_version.hpp"
#include "check/passes/fault_windows.hpp"
#include "check/passes/step_facts.hpp"
#include "check/passes/steps_with_keys.hpp"

namespace stalemate {
namespace {

/// What the updates of one value of a key say together.
struct RowWrite {
  std::uint32_t key = 0;
  Value value = absent;
  Version version = unknown_version;
  Nanoseconds start_ns = 0;
  Nanoseconds end_ns = 0;
  bool is_certain = false;  ///< its place among the versions is known
  bool is_undone = false;
};

/// Something that showed a row.
struct RowSight {
  std::uint32_t key = 0;
  Value value = absent;
  Nanoseconds start_ns = never;
  Nanoseconds end_ns = never;
};

class UndoneWrites {
 public:
  UndoneWrites(const History& history, std::vector<TimeWindow> rollbacks)
      : history_(history), rollbacks_(std::move(rollbacks)) {}

  std::vector<OpPosition> find() {
    for_each_step_with_key(history_, 0, history_.steps().size(),
                           [this](const StepRecord& step, std::size_t, std::uint32_t key) { take(step, key); });
    for (const RestRecord& rest : history_.rest) {
      sights_.push_back({.key = rest.key, .value = rest.row});
    }
    merge();
    sort_by_version();
    std::ranges::for_each(sights_, [this](const RowSight& sight) { judge(sight); });
    return acknowledged();
  }

 private:
  static std::pair<std::uint32_t, Value> name_of(const RowWrite& write) { return {write.key, write.value}; }

  void take(const StepRecord& step, std::uint32_t key) {
    if (is_update(step) && may_have_happened(step)) {
      const bool is_told = packed_version::is_told(step);
      writes_.push_back(
          {key, step.value(), is_told ? step.version() : unknown_version, step.start_ns(), step.end_ns(), is_told});
    } else if (step.store() == Store::database && step.role() == Role::load && step.outcome() == Outcome::ok) {
      sights_.push_back({key, step.value(), step.start_ns(), step.end_ns()});
    }
  }

  /// One for each value, in order of key and value.
  void merge() {
    std::ranges::sort(writes_, {}, name_of);
    std::size_t count = 0;
    for (const RowWrite& write : writes_) {
      if (count == 0 || name_of(writes_[count - 1]) != name_of(write)) {
        writes_[count++] = write;
        continue;
      }
      RowWrite& all = writes_[count - 1];
      all.version = std::max(all.version, write.version);
      all.start_ns = std::min(all.start_ns, write.start_ns);
      all.end_ns = std::max(all.end_ns, write.end_ns);
      all.is_certain = all.is_certain && write.is_certain;
    }
    writes_.resize(count);
  }

  void sort_by_version() {
    for (std::size_t place = 0; place < writes_.size(); ++place) {
      if (writes_[place].is_certain) {
        by_version_.push_back(place);
      }
    }
    std::ranges::sort(by_version_, {}, [this](std::size_t place) { return place_among_versions(place); });
  }

  [[nodiscard]] std::pair<std::uint32_t, Version> place_among_versions(std::size_t place) const {
    return {writes_[place].key, writes_[place].version};
  }

  void judge(const RowSight& sight) {
    Version shown = unknown_version;  // before all others: what the row started with
    if (sight.value != history_.header.initial_value) {
      const RowWrite* const write = find_write(sight.key, sight.value);
      if (write == nullptr || !write->is_certain) {
        return;
      }
      shown = write->version;
    }
    const auto newer = std::ranges::upper_bound(by_version_, std::pair(sight.key, shown), {},
                                                [this](std::size_t place) { return place_among_versions(place); });
    for (auto next = newer; next != by_version_.end() && writes_[*next].key == sight.key; ++next) {
      RowWrite& write = writes_[*next];
      write.is_undone = write.is_undone || (write.end_ns < sight.start_ns && is_divided(write, sight));
    }
  }

  [[nodiscard]] bool is_divided(const RowWrite& write, const RowSight& sight) const {
    return std::ranges::any_of(
        rollbacks_, [&](const TimeWindow& rollback) { return is_between(rollback, write.start_ns, sight.end_ns); });
  }

  [[nodiscard]] const RowWrite* find_write(std::uint32_t key, Value value) const {
    const auto found = std::ranges::lower_bound(writes_, std::pair(key, value), {}, name_of);
    return found == writes_.end() || name_of(*found) != std::pair(key, value) ? nullptr : &*found;
  }

  [[nodiscard]] std::vector<OpPosition> acknowledged() const {
    std::vector<OpPosition> positions;
    const std::span<const OpRecord> ops = history_.ops();
    for (std::size_t place = 0; place < ops.size(); ++place) {
      const OpRecord& op = ops[place];
      const bool is_write = op.kind() == OpKind::write || op.kind() == OpKind::add;
      const RowWrite* const write =
          is_write && op.outcome() == Outcome::ok ? find_write(op.key().index, op.value()) : nullptr;
      if (write != nullptr && write->is_undone) {
        positions.push_back(static_cast<OpPosition>(place));
      }
    }
    return positions;
  }

  const History& history_;
  std::vector<TimeWindow> rollbacks_;
  std::vector<RowWrite> writes_ = {};
  std::vector<std::size_t> by_version_ = {};  // the certain ones, by key and version
  std::vector<RowSight> sights_ = {};
};

}  // namespace

std::vector<OpPosition> find_undone_writes(const History& history) {
  std::vector<TimeWindow> rollbacks = database_rollbacks(history);
  return rollbacks.empty() ? std::vector<OpPosition>() : UndoneWrites(history, std::move(rollbacks)).find();
}

}  // namespace stalemate
