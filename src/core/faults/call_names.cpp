#include "core/faults/call_names.hpp"

#include <algorithm>
#include <array>

namespace stalemate {
namespace {

constexpr std::array names = {
    CallName{"lookup", role_bit(Role::lookup), "a read of the cache, and taking its locks and marks"},
    CallName{"load", role_bit(Role::load), "a read of the row, in the database or its replica"},
    CallName{"fill", role_bit(Role::fill), "the set of an entry with what was loaded"},
    CallName{"update", role_bit(Role::update), "the write of the row"},
    CallName{"invalidate", role_bit(Role::invalidate), "the delete of an entry because of a write"},
    CallName{"refresh", role_bit(Role::refresh), "the set of an entry because of a write, or before it expires"},
    CallName{"push", 1U << 6U, "an invalidation that the cache pushes to an application server"},
    CallName{"db", roles_of(Role::load, Role::update), "all calls to the database: load, update"},
    CallName{"cache", roles_of(Role::lookup, Role::fill, Role::invalidate, Role::refresh),
             "all calls to the cache: lookup, fill, invalidate, refresh"},
};

}  // namespace

std::span<const CallName> call_names() {
  return names;
}

const CallName* find_call(std::string_view name) {
  const auto* place = std::ranges::find(names, name, &CallName::name);
  return place == names.end() ? nullptr : place;
}

}  // namespace stalemate
