// Script: a small history, written down an op at a time.
#pragma once

#include <algorithm>
#include <optional>

#include "unit/check/small_history.hpp"

namespace stalemate::test {

/// Ops are `ok`; op i is of client i modulo the number of clients.
struct Script {
  SmallHistory small;

  Op& op(OpKind kind, std::uint32_t key, Value value, Nanoseconds begun, Nanoseconds ended) {
    const auto index = static_cast<OpIndex>(small.ops.size());
    small.keys = std::max(small.keys, key + 1);
    small.ops.push_back({.index = index,
                         .key = Key{key},
                         .client = static_cast<ClientId>(index % small.clients),
                         .kind = kind,
                         .outcome = Outcome::ok,
                         .value = value,
                         .invocation_ns = begun,
                         .completion_ns = ended});
    return small.ops.back();
  }
  void read(std::uint32_t key, Value value, Nanoseconds begun, Nanoseconds ended) {
    op(OpKind::read, key, value, begun, ended);
  }
  void write(std::uint32_t key, Value value, Nanoseconds begun, Nanoseconds ended, std::optional<Version> version) {
    const Op& written = op(OpKind::write, key, value, begun, ended);
    if (version) {
      update(written.index, value, *version);
    }
  }
  void update(OpIndex op, Value value, Version version) {
    small.steps.push_back({.op = op,
                           .store = Store::database,
                           .command = Command::write,
                           .outcome = Outcome::ok,
                           .value = value,
                           .version = version,
                           .end_ns = 1});
  }
};

}  // namespace stalemate::test
