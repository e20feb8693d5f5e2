#include "check/prefilter/key_order.hpp"

#include <algorithm>

#include "check/passes/nearly_sorted.hpp"

namespace stalemate {

namespace {

/// How far ahead of its use the record of a value is fetched.
constexpr std::ptrdiff_t ahead = 32;

}  // namespace

KeyState KeyOrder::judge(Key key, std::span<const ValueNumber> written, const ValueNumber* all_end) {
  if (table_.is_doubtful(key) || !gather(key, written, all_end)) {
    return KeyState::doubtful;
  }
  sort();
  return is_sequence() ? KeyState::clean : cut();
}

/// The values that bind others. False if one cannot be judged by what the table says of it.
bool KeyOrder::gather(Key key, std::span<const ValueNumber> written, const ValueNumber* all_end) {
  const std::span<const ValueRecord> records = table_.records();
  const std::span<const std::uint64_t> versions = table_.versions();
  if (room_.size() <= written.size()) {
    room_.resize(written.size() + 1);
  }
  OrderedValue* next = room_.data();
  if (records[key.index].is_seen()) {
    *next++ = {.version = 0,
               .first_completion_ns = before_all,
               .last_invocation_ns = records[key.index].last_read_ns(),
               .write_invocation_ns = before_all,
               .number = key.index};
  }
  for (const ValueNumber& number : written) {
    if (all_end - &number > ahead) {
      __builtin_prefetch(&records[(&number)[ahead]]);
      __builtin_prefetch(&versions[(&number)[ahead]]);
    }
    const ValueRecord& record = records[number];
    const Use use = use_of(record, versions[number]);
    if (use == Use::doubtful) [[unlikely]] {
      return false;
    }
    if (use == Use::ordered) [[likely]] {
      const Nanoseconds write_ns = begun_ns(record);
      *next++ = {.version = rules_.versions_known ? versions[number] : 0,
                 .first_completion_ns = widened(record.first_completion_ns()),
                 .last_invocation_ns = std::max(record.last_read_ns(), write_ns),
                 .write_invocation_ns = write_ns,
                 .number = number};
      if (record.begun == 0) [[unlikely]] {
        open_.add(number);  // it was not answered: whether it took place is only known from its reads
      }
    }
  }
  values_ = {room_.data(), next};
  return true;
}

Nanoseconds KeyOrder::begun_ns(const ValueRecord& value) const {
  return value.begun != 0 ? value.write_invocation_ns() : history_.ops()[value.write - 1].invocation_ns();
}

KeyOrder::Use KeyOrder::use_of(const ValueRecord& value, std::uint64_t version) const {
  const bool is_placed = !rules_.versions_known || version > packed_version::unplaced;
  if (value.begun == 0) [[unlikely]] {
    return use_of_unanswered(value, is_placed);
  }
  const bool is_read_early = widened(value.first_completion_ns()) < value.write_invocation_ns();
  return is_read_early || !is_placed ? Use::doubtful : Use::ordered;
}

/// Of a value that no `ok` op wrote.
KeyOrder::Use KeyOrder::use_of_unanswered(const ValueRecord& value, bool is_placed) const {
  if (value.write == 0) {
    return Use::doubtful;  // it was read, and nobody wrote it
  }
  const OpRecord& write = history_.ops()[value.write - 1];
  const bool is_completed = value.earliness != 0;
  if (write.outcome() == Outcome::fail) {
    return is_completed ? Use::doubtful : Use::unbound;
  }
  if (!rules_.clears_unknown) {
    return Use::doubtful;
  }
  if (!is_completed) {
    // An unread write that was applied, though nobody was told, is in the order of versions, but has no f.
    return rules_.versions_known && is_placed ? Use::doubtful : Use::unbound;
  }
  const bool is_read_early = widened(value.first_completion_ns()) < write.invocation_ns();
  return is_read_early || !is_placed ? Use::doubtful : Use::ordered;
}

/// Both ends of every interval move, so that two ends move apart twice.
Nanoseconds KeyOrder::widened(Nanoseconds completion_ns) const {
  return completion_ns == never ? never : completion_ns + 2 * rules_.clock_error_ns;
}

void KeyOrder::sort() {
  if (rules_.versions_known) {
    sort_nearly_sorted(values_.begin(), values_.end(), [](const OrderedValue& left, const OrderedValue& right) {
      return left.version < right.version;
    });
  } else {
    sort_nearly_sorted(values_.begin(), values_.end(), [](const OrderedValue& left, const OrderedValue& right) {
      return left.first_completion_ns < right.first_completion_ns;
    });
  }
}

/// Whether there is a cut between any two values, and only one order of them.
bool KeyOrder::is_sequence() const {
  Nanoseconds last_ns = before_all;
  bool is_sequence = true;
  for (const OrderedValue& value : values_) {
    is_sequence &= last_ns <= value.first_completion_ns;
    last_ns = std::max(last_ns, value.last_invocation_ns);
  }
  return is_sequence && !has_ties();
}

/// Whether two values have the same version, or without versions the same f.
bool KeyOrder::has_ties() const {
  const auto is_tie = [this](const OrderedValue& left, const OrderedValue& right) {
    return rules_.versions_known ? left.version == right.version
                                 : left.first_completion_ns == right.first_completion_ns;
  };
  return std::ranges::adjacent_find(values_, is_tie) != values_.end();
}

KeyState KeyOrder::cut() {
  if (!rules_.versions_known || has_ties()) {
    return KeyState::doubtful;
  }
  first_ns_.resize(values_.size() + 1);
  first_ns_[values_.size()] = never;
  for (std::size_t i = values_.size(); i-- > 0;) {
    first_ns_[i] = std::min(first_ns_[i + 1], values_[i].first_completion_ns);
  }
  // Where hardly any ops are settled, to tell them apart takes longer than to look at them.
  if (4 * open_between_cuts() > 3 * values_.size()) {
    return KeyState::doubtful;
  }
  if (values_.front().version == 0) {
    open_.add(values_.front().number);  // whether the initial value was read at all matters
  }
  keep_late_writes();
  return KeyState::partly_clean;
}

/// Opens the values that are not alone between two cuts, and counts them.
std::size_t KeyOrder::open_between_cuts() {
  Nanoseconds last_ns = before_all;
  std::size_t begin = 0;  // behind the last cut
  std::size_t open = 0;
  for (std::size_t end = 1; end <= values_.size(); ++end) {
    last_ns = std::max(last_ns, values_[end - 1].last_invocation_ns);
    if (last_ns > first_ns_[end]) {
      continue;
    }
    if (end - begin > 1) {
      open += end - begin;
      for (; begin < end; ++begin) {
        open_.add(values_[begin].number);
      }
    }
    begin = end;
  }
  return open;
}

/// A write that ended after one of a newer version did, or may have, may be the last one before a read of that; one
/// that began before one of an older version may be the first that a read of that missed.
void KeyOrder::keep_late_writes() {
  Nanoseconds invocation_ns = before_all;  // the greatest of an older write
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const OrderedValue& value = values_[i];
    if (value.write_invocation_ns < invocation_ns || value.first_completion_ns > first_ns_[i + 1]) {
      kept_.add(value.number);
    }
    invocation_ns = std::max(invocation_ns, value.write_invocation_ns);
  }
}

}  // namespace stalemate
