#include "unit/check/screened_history.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace stalemate::test {

SmallHistory some_history(std::uint64_t seed, Nanoseconds& clock_error_ns) {
  SeededRandom random(seed, 11);
  Shape shape;
  shape.keys_max = 1 + random.draw_below(3);
  shape.with_versions = random.draw_below(4) != 0;
  SmallHistory small = random_history(random, shape);
  small.complete = random.draw_below(4) != 0;
  clock_error_ns = random.draw_below(3) == 0 ? random.draw_below(3) : 0;
  if (random.draw_below(3) == 0) {
    // Values that do not name their writes, and values of other keys.
    for (Op& op : small.ops) {
      op.value =
          random.draw_below(4) == 0 && op.value != absent ? 1000 + static_cast<Value>(random.draw_below(6)) : op.value;
    }
  }
  for (Step& step : small.steps) {
    step.value = small.ops[step.op].value;
  }
  return small;
}

SmallHistory overlapping_history(std::uint64_t seed, std::uint32_t ops, std::uint32_t keys) {
  constexpr std::uint32_t clients = 16;
  SeededRandom random(seed, 13);
  SmallHistory small;
  small.keys = keys;
  small.clients = clients;
  std::vector<std::pair<Nanoseconds, OpIndex>> effects;
  Value next_value = small.initial;
  for (OpIndex i = 0; i < ops; ++i) {
    Op op{.index = i, .key = Key{random.draw_below(keys)}, .client = static_cast<ClientId>(i % clients)};
    op.kind = random.draw_below(100) < 40 ? OpKind::write : OpKind::read;
    op.outcome = Outcome::ok;
    op.invocation_ns = op.intended_ns = Nanoseconds{i} * 100;
    op.completion_ns = op.invocation_ns + 100 + random.draw_below(1400);
    op.value = op.kind == OpKind::write ? ++next_value : absent;
    effects.emplace_back(
        op.invocation_ns + random.draw_below(static_cast<std::uint32_t>(op.completion_ns - op.invocation_ns)), i);
    small.ops.push_back(op);
  }
  std::ranges::sort(effects);
  std::vector<Value> rows(keys, small.initial);
  for (const auto& [at_ns, index] : effects) {
    Op& op = small.ops[index];
    if (op.kind == OpKind::read) {
      op.value = rows[op.key.index];
      continue;
    }
    rows[op.key.index] = op.value;
    small.steps.push_back({.op = index,
                           .store = Store::database,
                           .command = Command::write,
                           .role = Role::update,
                           .outcome = Outcome::ok,
                           .value = op.value,
                           .version = small.steps.size() + 1,
                           .start_ns = op.invocation_ns,
                           .end_ns = op.completion_ns});
  }
  return small;
}

}  // namespace stalemate::test
