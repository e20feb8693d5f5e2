#include "core/op.hpp"

#include "core/assert.hpp"

namespace stalemate {

std::string_view name_of(OpKind kind) {
  switch (kind) {
    case OpKind::read: return "read";
    case OpKind::write: return "write";
    case OpKind::add: return "add";
    case OpKind::background: return "background";
  }
  STALEMATE_ASSERT(false, "an op kind outside the enumeration");
}

std::string_view name_of(Store store) {
  switch (store) {
    case Store::database: return "db";
    case Store::cache: return "cache";
    case Store::replica: return "replica";
    case Store::local: return "local";
  }
  STALEMATE_ASSERT(false, "a store outside the enumeration");
}

std::string_view name_of(Command command) {
  switch (command) {
    case Command::read: return "read";
    case Command::write: return "update";
    case Command::get: return "get";
    case Command::set: return "set";
    case Command::erase: return "delete";
  }
  STALEMATE_ASSERT(false, "a command outside the enumeration");
}

std::string_view name_of(Role role) {
  switch (role) {
    case Role::lookup: return "lookup";
    case Role::load: return "load";
    case Role::fill: return "fill";
    case Role::update: return "update";
    case Role::invalidate: return "invalidate";
    case Role::refresh: return "refresh";
  }
  STALEMATE_ASSERT(false, "a role outside the enumeration");
}

std::string_view name_of(Ward ward) {
  switch (ward) {
    case Ward::none: return "none";
    case Ward::hold: return "hold";
    case Ward::release: return "release";
    case Ward::grant: return "grant";
    case Ward::redeem: return "redeem";
    case Ward::revoke: return "revoke";
    case Ward::mark: return "mark";
    case Ward::compare: return "compare";
  }
  STALEMATE_ASSERT(false, "a ward outside the enumeration");
}

}  // namespace stalemate
