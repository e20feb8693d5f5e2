#include "check/object_states.hpp"

#include "check/search.hpp"

namespace stalemate {

ObjectStates::ObjectStates(const ValueTable& values) : values_(&values) {
  for (ValueId id = 0; id < values.size(); ++id) {
    if (values.kind(id) == ValueKind::text) {
      texts_.emplace(values.text(id), id);
    } else if (values.kind(id) == ValueKind::integer) {
      integers_.emplace(values.integer(id), id);
    }
  }
}

bool ObjectStates::understands(const SearchOp& op) const {
  if (op.kind != EventKind::append && op.kind != EventKind::add) {
    return true;
  }
  const ValueKind wanted = op.kind == EventKind::append ? ValueKind::text : ValueKind::integer;
  return values_ != nullptr && op.value < values_->size() && values_->kind(op.value) == wanted;
}

std::optional<ObjectState> ObjectStates::after(ObjectState state, const SearchOp& op) {
  switch (op.kind) {
    case EventKind::read: return state == op.value ? std::optional(state) : std::nullopt;
    case EventKind::write: return op.value;
    case EventKind::cas: return state == op.expected ? std::optional(op.value) : std::nullopt;
    case EventKind::append:
    case EventKind::add: break;
  }
  const auto [place, is_new] = combined_.try_emplace({state, op.value}, 0);
  if (is_new) {
    place->second = op.kind == EventKind::append ? state_of_text(text_of(state) + values_->text(op.value))
                                                 : state_of_integer(integer_of(state) + values_->integer(op.value));
  }
  return place->second;
}

ObjectState ObjectStates::state_of_text(const std::string& text) {
  const std::size_t named = values_ == nullptr ? 0 : values_->size();
  const auto [place, is_new] = texts_.try_emplace(text, static_cast<ObjectState>(named + derived_.size()));
  if (is_new) {
    derived_.push_back({.text = text, .is_text = true});
  }
  return place->second;
}

ObjectState ObjectStates::state_of_integer(std::int64_t integer) {
  const std::size_t named = values_ == nullptr ? 0 : values_->size();
  const auto [place, is_new] = integers_.try_emplace(integer, static_cast<ObjectState>(named + derived_.size()));
  if (is_new) {
    derived_.push_back({.integer = integer});
  }
  return place->second;
}

std::string ObjectStates::text_of(ObjectState state) const {
  if (state >= values_->size()) {
    return derived_[state - values_->size()].text;
  }
  return values_->kind(state) == ValueKind::text ? values_->text(state) : std::string();
}

std::int64_t ObjectStates::integer_of(ObjectState state) const {
  if (state >= values_->size()) {
    return derived_[state - values_->size()].integer;
  }
  return values_->kind(state) == ValueKind::integer ? values_->integer(state) : 0;
}

std::string ObjectStates::words(ObjectState state) const {
  if (values_ == nullptr) {
    return std::to_string(state);
  }
  if (state < values_->size()) {
    return values_->edn(state);
  }
  const Derived& derived = derived_[state - values_->size()];
  return derived.is_text ? '"' + derived.text + '"' : std::to_string(derived.integer);
}

}  // namespace stalemate
