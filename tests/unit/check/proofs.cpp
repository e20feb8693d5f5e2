#include "unit/check/proofs.hpp"

#include <algorithm>

#include "check/prefilter/screen.hpp"

namespace stalemate::test {

std::optional<Counted> screened(const History& history, const ValueRules& rules) {
  const Screen screen(
      history, {.clock_error_ns = rules.clock_error_ns, .clears_unknown = rules.clears_unknown, .may_stream = false},
      {});
  return screen.all_clean() ? std::optional(counted(screen.clean_keys(), screen)) : std::nullopt;
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
