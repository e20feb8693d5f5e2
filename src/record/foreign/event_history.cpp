#include "record/foreign/event_history.hpp"

#include "core/assert.hpp"
#include "record/foreign/edn.hpp"

namespace stalemate {

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::read: return "read";
    case EventKind::write: return "write";
    case EventKind::cas: return "cas";
    case EventKind::append: return "append";
    case EventKind::add: return "add";
  }
  STALEMATE_ASSERT(false, "an event kind outside the enumeration");
}

std::string_view name_of(UpdateFate fate) {
  switch (fate) {
    case UpdateFate::unseen: return "unseen";
    case UpdateFate::refused: return "refused";
    case UpdateFate::applied: return "applied";
  }
  STALEMATE_ASSERT(false, "an update's fate outside the enumeration");
}

ValueTable::ValueTable() : entries_(1) {}

ValueId ValueTable::intern(std::int64_t integer) {
  const auto [place, is_new] = integers_.try_emplace(integer, static_cast<ValueId>(entries_.size()));
  if (is_new) {
    entries_.push_back({ValueKind::integer, integer, {}});
  }
  return place->second;
}

ValueId ValueTable::intern_as(ValueKind kind, std::string_view text) {
  std::string key(kind == ValueKind::text ? "t" : "f");
  key += text;
  const auto [place, is_new] = texts_.try_emplace(std::move(key), static_cast<ValueId>(entries_.size()));
  if (is_new) {
    entries_.push_back({kind, 0, std::string(text)});
  }
  return place->second;
}

ValueId ValueTable::intern_text(std::string_view text) {
  return intern_as(ValueKind::text, text);
}

ValueId ValueTable::intern_form(std::string_view canonical_edn) {
  return intern_as(ValueKind::form, canonical_edn);
}

std::string ValueTable::edn(ValueId id) const {
  switch (kind(id)) {
    case ValueKind::nil: return "nil";
    case ValueKind::integer: return std::to_string(integer(id));
    case ValueKind::text: return edn::quoted(text(id));
    case ValueKind::form: return text(id);
  }
  STALEMATE_ASSERT(false, "a value kind outside the enumeration");
}

}  // namespace stalemate
