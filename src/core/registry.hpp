// Registry<Info>: the things of one kind (patterns, faults, checks, subcommands), each registered by its own file.
//
// The registering folders are CMake OBJECT libraries: from a STATIC library the linker would drop files that nothing
// else names.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "core/assert.hpp"

namespace stalemate {

/// All registered `Info`s, sorted by `name`. `Info` has a `std::string_view name` that lives forever.
/// Thread rule: filled during static initialisation, read-only afterwards.
template <class Info>
class Registry {
 public:
  /// Requires: no other entry of that name. Returns true, so that it can initialise a constant.
  static bool add(Info info) {
    std::vector<Info>& entries = storage();
    const auto place = std::ranges::lower_bound(entries, info.name, {}, &Info::name);
    STALEMATE_ASSERT(place == entries.end() || place->name != info.name, "a name is registered once");
    entries.insert(place, std::move(info));
    return true;
  }

  [[nodiscard]] static std::span<const Info> all() { return storage(); }

  /// The entry of that name, or nullptr.
  [[nodiscard]] static const Info* find(std::string_view name) {
    const auto entries = all();
    const auto place = std::ranges::lower_bound(entries, name, {}, &Info::name);
    return place != entries.end() && place->name == name ? &*place : nullptr;
  }

 private:
  static std::vector<Info>& storage() {
    static std::vector<Info> entries;
    return entries;
  }
};

}  // namespace stalemate
