#include "check/search/object_states.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "check/search/search.hpp"

namespace stalemate {
namespace {

__extension__ using Integer128 = __int128;

// A whole number beyond 64 bits, as EDN has it: digits, perhaps behind a minus and before an N.
std::optional<Integer128> large_integer(std::string_view form) {
  const bool is_negative = form.starts_with('-');
  form.remove_prefix(is_negative ? 1 : 0);
  form.remove_suffix(form.ends_with('N') ? 1 : 0);
  constexpr std::size_t digits_max = 38;  // 10^38 is less than 2^127
  if (form.empty() || form.size() > digits_max || form.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  Integer128 sum = 0;
  for (const char digit : form) {
    sum = sum * 10 + (digit - '0');
  }
  return is_negative ? -sum : sum;
}

}  // namespace

ObjectStates::ObjectStates(const ValueTable& values) : values_(&values) {
  for (ValueId id = 0; id < values.size(); ++id) {
    if (values.kind(id) == ValueKind::text) {
      texts_.emplace(values.text(id), id);
    } else if (values.kind(id) == ValueKind::integer) {
      sums_.emplace(values.integer(id), id);
    } else if (const std::optional<Integer128> sum =
                   values.kind(id) == ValueKind::form ? large_integer(values.text(id)) : std::nullopt) {
      sums_.emplace(*sum, id);
    }
  }
}

bool ObjectStates::understands(std::span<const SearchOp> ops, ObjectState initial) const {
  bool has_text = false;
  bool has_sum = false;
  for (const SearchOp& op : ops) {
    has_text = has_text || op.kind == EventKind::append;
    has_sum = has_sum || op.kind == EventKind::add;
  }
  if (!has_text && !has_sum) {
    return true;
  }
  const ValueKind kind = has_text ? ValueKind::text : ValueKind::integer;
  const auto fits = [&](const SearchOp& op) {
    const bool is_change = op.kind == EventKind::append || op.kind == EventKind::add;
    const bool may_be_nil = op.value == nil_value && !is_change;
    return op.kind == EventKind::read || may_be_nil || is_of_kind(op.value, kind);
  };
  const bool starts_well = initial == nil_value || is_of_kind(initial, kind);
  return values_ != nullptr && has_text != has_sum && starts_well && std::ranges::all_of(ops, fits);
}

/// Also of what no op names.
bool ObjectStates::is_of_kind(ObjectState state, ValueKind kind) const {
  if (state >= values_->size()) {
    return derived_[state - values_->size()].is_text == (kind == ValueKind::text);
  }
  return values_->kind(state) == kind;
}

std::optional<ObjectState> ObjectStates::after(ObjectState state, const SearchOp& op) {
  switch (op.kind) {
    case EventKind::read: return state == op.value ? std::optional(state) : std::nullopt;
    case EventKind::write: return op.value;
    case EventKind::cas: return state == op.expected ? std::optional(op.value) : std::nullopt;
    case EventKind::append:
    case EventKind::add: break;
  }
  const auto [found, is_new] = combined_.try_emplace({state, op.value}, 0);
  if (is_new) {
    found->second = op.kind == EventKind::append ? state_of_text(text_of(state) + values_->text(op.value))
                                                 : state_of_sum(sum_of(state) + values_->integer(op.value));
  }
  return found->second;
}

ObjectState ObjectStates::state_of_text(const std::string& text) {
  const std::size_t named = values_ == nullptr ? 0 : values_->size();
  const auto [found, is_new] = texts_.try_emplace(text, static_cast<ObjectState>(named + derived_.size()));
  if (is_new) {
    derived_.push_back({.text = text, .is_text = true});
  }
  return found->second;
}

ObjectState ObjectStates::state_of_sum(Sum sum) {
  const std::size_t named = values_ == nullptr ? 0 : values_->size();
  const auto [found, is_new] = sums_.try_emplace(sum, static_cast<ObjectState>(named + derived_.size()));
  if (is_new) {
    derived_.push_back({.sum = sum});
  }
  return found->second;
}

std::string ObjectStates::text_of(ObjectState state) const {
  if (state >= values_->size()) {
    return derived_[state - values_->size()].text;
  }
  return values_->kind(state) == ValueKind::text ? values_->text(state) : std::string();
}

ObjectStates::Sum ObjectStates::sum_of(ObjectState state) const {
  if (state >= values_->size()) {
    return derived_[state - values_->size()].sum;
  }
  return values_->kind(state) == ValueKind::integer ? values_->integer(state) : 0;
}

std::string ObjectStates::words_of_sum(Sum sum) {
  std::string digits;
  for (Sum left = sum; left != 0 || digits.empty(); left /= 10) {
    const auto digit = static_cast<int>(left % 10);
    digits.insert(digits.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
  }
  return sum < 0 ? '-' + digits : digits;
}

std::string ObjectStates::words(ObjectState state) const {
  if (values_ == nullptr) {
    return std::to_string(state);
  }
  if (state < values_->size()) {
    return values_->edn(state);
  }
  const Derived& derived = derived_[state - values_->size()];
  return derived.is_text ? '"' + derived.text + '"' : words_of_sum(derived.sum);
}

}  // namespace stalemate
