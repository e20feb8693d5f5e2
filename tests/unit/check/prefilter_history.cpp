#include "unit/check/prefilter_history.hpp"

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

namespace {

/// How often something is the case in a mixed_history, and how long ops take.
struct Mix {
  std::uint32_t keys;
  std::uint32_t ops;
  std::uint32_t clients;
  std::uint32_t writes_per_cent;
  std::uint32_t length_ns_max;
  std::uint32_t unanswered_per_mille;
  std::uint32_t failed_per_mille;
  std::uint32_t late_ns_max;
  bool has_hot_keys;
};

Mix draw_mix(SeededRandom& random) {
  const auto rarely = [&random] { return random.draw_below(3) == 0 ? random.draw_below(30) : 0; };
  return {.keys = 1 + random.draw_below(random.draw_below(2) == 0 ? 60 : 6),
          .ops = 400 + random.draw_below(3000),
          .clients = 1 + random.draw_below(40),
          .writes_per_cent = 1 + random.draw_below(60),
          .length_ns_max = 100 + random.draw_below(random.draw_below(2) == 0 ? 9000 : 1400),
          .unanswered_per_mille = rarely(),
          .failed_per_mille = rarely(),
          .late_ns_max = random.draw_below(3) == 0 ? 1000U : 1U,
          .has_hot_keys = random.draw_below(2) == 0};
}

Op draw_op(OpIndex index, const Mix& mix, SeededRandom& random) {
  std::uint32_t key = random.draw_below(mix.keys);
  key = mix.has_hot_keys ? std::min({key, random.draw_below(mix.keys), random.draw_below(mix.keys)}) : key;
  Op op{.index = index, .key = Key{key}, .client = static_cast<ClientId>(index % mix.clients)};
  const bool is_background = random.draw_below(200) == 0;
  const bool is_write = random.draw_below(100) < mix.writes_per_cent;
  const bool is_failed = random.draw_below(1000) < mix.failed_per_mille;
  const bool is_unanswered = random.draw_below(1000) < mix.unanswered_per_mille;
  op.kind = is_background ? OpKind::background : is_write ? OpKind::write : OpKind::read;
  op.outcome = is_failed ? Outcome::fail : is_unanswered ? Outcome::info : Outcome::ok;
  op.invocation_ns = op.intended_ns = Nanoseconds{index} * 100 + random.draw_below(mix.late_ns_max);
  op.completion_ns = op.invocation_ns + 100 + random.draw_below(mix.length_ns_max);
  return op;
}

/// The update of a write, which took effect then, if it was applied.
Step update_of(const Op& op, Nanoseconds at_ns, bool is_applied, Version version, SeededRandom& random) {
  const bool is_told = is_applied && (op.outcome == Outcome::ok || random.draw_below(2) == 0);
  const Outcome untold = op.outcome == Outcome::fail ? Outcome::fail : Outcome::info;
  return {.op = op.index,
          .store = Store::database,
          .command = Command::write,
          .role = Role::update,
          .outcome = is_told ? Outcome::ok : untold,
          .value = op.value,
          .version = is_told ? version : unknown_version,
          .start_ns = op.invocation_ns,
          .end_ns = is_told || untold == Outcome::fail ? at_ns + 1 : never};
}

}  // namespace

SmallHistory mixed_history(std::uint64_t seed) {
  SeededRandom random(seed, 41);
  const Mix mix = draw_mix(random);
  SmallHistory small;
  small.keys = mix.keys;
  small.clients = mix.clients;
  std::vector<std::pair<Nanoseconds, OpIndex>> effects;
  Value next_value = small.initial;
  for (OpIndex i = 0; i < mix.ops; ++i) {
    Op op = draw_op(i, mix, random);
    op.value = op.kind == OpKind::write ? ++next_value : absent;
    if (op.kind == OpKind::background && next_value > small.initial) {
      op.value = next_value;  // the change it deals with
    }
    const auto length_ns = static_cast<std::uint32_t>(op.completion_ns - op.invocation_ns);
    effects.emplace_back(op.invocation_ns + random.draw_below(length_ns), i);
    op.completion_ns = op.outcome == Outcome::info ? never : op.completion_ns;
    small.ops.push_back(op);
  }
  std::ranges::sort(effects);
  std::vector<Value> rows(mix.keys, small.initial);
  Version version = 0;
  for (const auto& [at_ns, index] : effects) {
    Op& op = small.ops[index];
    if (op.kind == OpKind::read) {
      op.value = op.outcome == Outcome::ok ? rows[op.key.index] : absent;
    }
    if (op.kind != OpKind::write) {
      continue;
    }
    const bool is_applied = op.outcome == Outcome::ok || (op.outcome == Outcome::info && random.draw_below(2) == 0);
    rows[op.key.index] = is_applied ? op.value : rows[op.key.index];
    small.steps.push_back(update_of(op, at_ns, is_applied, ++version, random));
    if (random.draw_below(50) == 0) {
      small.steps.push_back(small.steps.back());
    }
  }
  return small;
}

SmallHistory taking_turns(std::uint64_t seed, Nanoseconds unit_ns, const Defects& defects) {
  SeededRandom random(seed, 19);
  SmallHistory small = overlapping_history(seed, 5000, 1 + random.draw_below(40));
  const bool is_in_order = random.draw_below(2) == 0;
  std::vector<Nanoseconds> free_at(small.clients, 0);
  for (Op& op : small.ops) {
    // An op that is late begins after ops that were to begin later.
    const Nanoseconds late_ns = is_in_order ? 0 : random.draw_below(3) * 700;
    const bool is_slow = defects.slow > 0 && random.draw_below(1000) < defects.slow;
    const Nanoseconds length_ns = (op.completion_ns - op.invocation_ns) * (is_slow ? 30 : 1);
    op.invocation_ns = std::max(op.invocation_ns + late_ns, free_at[op.client]);
    op.completion_ns = op.invocation_ns + length_ns;
    free_at[op.client] = op.completion_ns + 1;
  }
  std::vector<std::pair<Nanoseconds, OpIndex>> effects;
  for (Op& op : small.ops) {
    const auto length_ns = static_cast<std::uint32_t>(op.completion_ns - op.invocation_ns);
    effects.emplace_back(op.invocation_ns + random.draw_below(length_ns), op.index);
    op.invocation_ns *= unit_ns;
    op.intended_ns = op.invocation_ns;
    op.completion_ns *= unit_ns;
  }
  std::ranges::sort(effects);
  std::vector<std::vector<Value>> rows(small.keys, {small.initial});  // with all that they held
  small.steps.clear();
  for (const auto& [at_ns, index] : effects) {
    Op& op = small.ops[index];
    const bool is_wrong = random.draw_below(1000) < defects.wrong;
    std::vector<Value>& row = rows[op.key.index];
    if (op.kind == OpKind::read) {
      op.value = is_wrong ? small.initial + static_cast<Value>(random.draw_below(2000)) : row.back();
      if (defects.stale > 0 && random.draw_below(1000) < defects.stale) {
        const auto versions = static_cast<std::uint32_t>(row.size());
        op.value = *(row.end() - 1 - random.draw_below(random.draw_below(2) == 0 ? versions : std::min(versions, 3U)));
      }
      op.outcome = is_wrong && random.draw_below(2) == 0 ? Outcome::info : Outcome::ok;
    } else {
      op.outcome = !is_wrong ? Outcome::ok : random.draw_below(2) == 0 ? Outcome::fail : Outcome::info;
      if (op.outcome != Outcome::fail) {
        row.push_back(op.value);
      }
      small.steps.push_back({.op = index,
                             .store = Store::database,
                             .command = Command::write,
                             .role = Role::update,
                             .outcome = op.outcome,
                             .value = op.value,
                             .version = op.outcome == Outcome::ok ? small.steps.size() + 1 : unknown_version,
                             .start_ns = op.invocation_ns,
                             .end_ns = op.completion_ns});
      if (defects.unanswered > 0 && !is_wrong && random.draw_below(1000) < defects.unanswered) {
        op.outcome = Outcome::info;
      }
    }
    op.completion_ns = op.outcome == Outcome::info ? never : op.completion_ns;
    small.steps.push_back({.op = index,
                           .store = Store::cache,
                           .command = op.kind == OpKind::read ? Command::get : Command::set,
                           .outcome = Outcome::ok,
                           .value = op.value,
                           .start_ns = op.invocation_ns,
                           .end_ns = op.invocation_ns + 1 + random.draw_below(3000)});
  }
  return small;
}

SmallHistory with_defects(SmallHistory small, SeededRandom& random) {
  for (std::uint32_t defects = random.draw_below(3); defects > 0; --defects) {
    Op& op = small.ops[random.draw_below(static_cast<std::uint32_t>(small.ops.size()))];
    const auto update = std::ranges::find(small.steps, op.index, &Step::op);
    switch (random.draw_below(6)) {
      case 0: op.value = small.ops[random.draw_below(static_cast<std::uint32_t>(small.ops.size()))].value; break;
      case 1:
        op.outcome = Outcome::info;
        op.completion_ns = never;
        break;
      case 2:
        if (update != small.steps.end()) {
          update->version = random.draw_below(2) == 0 ? unknown_version : update->version + random.draw_below(9);
        }
        break;
      case 3: op.value = op.kind == OpKind::read ? small.initial - 1 : op.value; break;
      case 4:
        if (update != small.steps.end()) {
          update->op = no_op;
        }
        break;
      default: op.key.index = random.draw_below(small.keys); break;
    }
  }
  return small;
}

}  // namespace stalemate::test
