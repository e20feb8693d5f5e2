#include "record/foreign/event_log.hpp"

#include <algorithm>
#include <tuple>

namespace stalemate {
namespace {

EventType end_type(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return EventType::ok;
    case Outcome::fail: return EventType::fail;
    case Outcome::info: return EventType::info;
  }
  return EventType::info;
}

/// A line and its turn among those of the same instant: invocations have even turns, ends odd ones.
struct PlacedLine {
  LogLine line;
  std::uint64_t turn = 0;
};

/// The lines of one process, whose ops are given in order.
void place_process(const EventHistory& history, std::span<const std::size_t> ops, std::vector<PlacedLine>& placed) {
  std::int64_t instant = 0;
  std::uint64_t turn = 0;
  bool is_first = true;
  const auto place = [&](LogLine line, unsigned parity) {
    const bool is_same_instant = !is_first && line.instant == instant;
    turn = is_same_instant ? turn + 1 : parity;
    turn += (turn % 2 != parity) ? 1 : 0;
    instant = line.instant;
    is_first = false;
    placed.push_back({line, turn});
  };
  for (std::size_t number = 0; number < ops.size(); ++number) {
    const EventOp& op = history.ops[ops[number]];
    place({ops[number], EventType::invoke, op.invocation}, 0);
    if (op.completion != never) {
      place({ops[number], end_type(op.outcome), op.completion}, 1);
    } else {
      const bool is_last = number + 1 == ops.size();
      place({ops[number], EventType::info, is_last ? never : history.ops[ops[number + 1]].invocation}, 1);
    }
  }
}

}  // namespace

std::vector<LogLine> make_log(const EventHistory& history) {
  std::vector<std::vector<std::size_t>> by_process(history.processes.size());
  for (std::size_t number = 0; number < history.ops.size(); ++number) {
    by_process[history.ops[number].process].push_back(number);
  }
  std::vector<PlacedLine> placed;
  for (std::vector<std::size_t>& ops : by_process) {
    std::ranges::sort(ops, {}, [&](std::size_t number) {
      const EventOp& op = history.ops[number];
      // Of ops begun at one instant only the last may take time; one that never completed made way for the next at
      // once.
      return std::tuple(op.invocation, op.completion == never ? op.invocation : op.completion, op.index, number);
    });
    place_process(history, ops, placed);
  }
  std::ranges::sort(placed, {}, [](const PlacedLine& line) {
    return std::tuple(line.line.instant, line.turn, line.line.op, line.line.type);
  });
  std::vector<LogLine> log;
  std::int64_t last_instant = 0;
  std::uint32_t invocations = 0;
  for (PlacedLine& line : placed) {
    if (line.line.type == EventType::invoke) {
      line.line.says_op = history.ops[line.line.op].index != invocations++;
    }
    line.line.instant = line.line.instant == never ? last_instant : line.line.instant;
    last_instant = line.line.instant;
    log.push_back(line.line);
  }
  return log;
}

bool is_keyed(const EventHistory& history) {
  return history.keys.size() > 1 || (history.keys.size() == 1 && history.keys[0] != nil_value);
}

}  // namespace stalemate
