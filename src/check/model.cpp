// Models of an object: their names, and which one a history fits.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "check/check.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

constexpr std::array<std::pair<std::string_view, Model>, 4> models = {{{"register", Model::distinct_register},
                                                                       {"cas-register", Model::cas_register},
                                                                       {"kv", Model::kv},
                                                                       {"rmw-register", Model::rmw_register}}};

/// Whether values name writes: no key was written the same value twice, nor the value it started with.
bool has_distinct_values(const EventHistory& events) {
  std::vector<std::pair<std::uint32_t, ValueId>> written;
  for (const EventOp& op : events.ops) {
    if (op.kind == EventKind::write) {
      if (op.value == events.initial) {
        return false;
      }
      written.emplace_back(op.key, op.value);
    }
  }
  std::ranges::sort(written);
  return std::ranges::adjacent_find(written) == written.end();
}

}  // namespace

std::string_view name_of(Model model) {
  for (const auto& [name, named] : models) {
    if (named == model) {
      return name;
    }
  }
  STALEMATE_ASSERT(false, "a model outside the enumeration");
}

std::optional<Model> model_named(std::string_view name) {
  for (const auto& [known, model] : models) {
    if (known == name) {
      return model;
    }
  }
  return std::nullopt;
}

Model guess_model(const EventHistory& events) {
  const auto has = [&events](EventKind kind) {
    return std::ranges::any_of(events.ops, [kind](const EventOp& op) { return op.kind == kind; });
  };
  if (has(EventKind::append)) {
    return Model::kv;
  }
  if (has(EventKind::add)) {
    return Model::rmw_register;
  }
  return has(EventKind::cas) || !has_distinct_values(events) ? Model::cas_register : Model::distinct_register;
}

}  // namespace stalemate
