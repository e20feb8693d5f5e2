// linearizable: all ops look as if each took place at one instant between its invocation and its completion.
//
// The memory is the set of all explanations of what was seen so far. An explanation has the register's value, the
// writes under way that have taken place, and for each read under way the values the register has had since it began,
// any of which it may return. An explanation is redundant if another one differs only in having more such values. If
// no explanation is left, the run is not linearizable. A write of unknown outcome may take place at any later time.
//
// Source: the set of possible configurations of Wing and Gong, "Testing and verifying concurrent objects", JPDC 1993,
// kept along the way. Replacing a read's own place by the set of values it may see is our addition.
#include <algorithm>
#include <set>

#include "explore/chronicle.hpp"

namespace stalemate {
namespace {

/// One explanation: bytes value, done (mask of open writes that took place), then one mask of values a process.
using Possibility = std::string;

constexpr std::size_t value_place = 0;
constexpr std::size_t done_place = 1;
constexpr std::size_t reads_place = 2;

ValueMask mask_at(const Possibility& explanation, std::size_t place) {
  return static_cast<ValueMask>(explanation[place]);
}

/// True if `stronger` explains all that `weaker` explains.
bool covers(const Possibility& stronger, const Possibility& weaker) {
  for (std::size_t place = 0; place < weaker.size(); ++place) {
    const bool fits = place < reads_place ? stronger[place] == weaker[place]
                                          : (mask_at(weaker, place) & ~mask_at(stronger, place)) == 0;
    if (!fits) {
      return false;
    }
  }
  return true;
}

struct Possibilities {
  ValueMask open = 0;  // writes that were begun and not completed
  std::set<Possibility> possibilities = {};

  void let_writes_happen(std::size_t processes) {
    std::vector<Possibility> fresh(possibilities.begin(), possibilities.end());
    while (!fresh.empty()) {
      const Possibility before = std::move(fresh.back());
      fresh.pop_back();
      for (Value value = 1; value <= static_cast<Value>(writes_max); ++value) {
        if ((open & ~mask_at(before, done_place) & value_bit(value)) == 0) {
          continue;
        }
        Possibility after = before;
        after[value_place] = static_cast<char>(value);
        after[done_place] = static_cast<char>(mask_at(before, done_place) | value_bit(value));
        for (std::size_t place = reads_place; place < reads_place + processes; ++place) {
          after[place] = static_cast<char>(after[place] == 0 ? 0 : mask_at(after, place) | value_bit(value));
        }
        if (possibilities.insert(after).second) {
          fresh.push_back(after);
        }
      }
    }
  }
  void drop_redundant() {
    std::erase_if(possibilities, [this](const Possibility& weaker) {
      return std::ranges::any_of(
          possibilities, [&](const Possibility& stronger) { return stronger != weaker && covers(stronger, weaker); });
    });
  }
  [[nodiscard]] std::string text() const {
    std::string text(1, static_cast<char>(open));
    for (const Possibility& explanation : possibilities) {
      text += explanation;
    }
    return text;
  }
  static Possibilities from(const std::string& text, std::size_t processes) {
    Possibilities memory;
    memory.open = static_cast<ValueMask>(text[0]);
    for (std::size_t place = 1; place < text.size(); place += reads_place + processes) {
      memory.possibilities.insert(text.substr(place, reads_place + processes));
    }
    return memory;
  }
};

class Linearizable final : public Judge {
 public:
  [[nodiscard]] bool concerns(const Scope& scope) const override {
    return std::ranges::any_of(ops_of(scope), [](const ScopeOp& op) { return op.kind == OpKind::read; });
  }
  [[nodiscard]] std::string start(const JudgedScope& scope) const override {
    Possibilities memory;
    memory.possibilities.insert(Possibility(reads_place + scope.scope.processes.size(), '\0'));
    return memory.text();
  }
  [[nodiscard]] bool observe(const JudgedScope& scope, std::string& memory, const JudgedEvent& event) const override {
    if (event.kind == JudgedEventKind::commit) {
      return true;  // what happens inside is not for clients to see
    }
    const std::size_t processes = scope.scope.processes.size();
    const ScopeOp& op = scope.ops[event.op];
    Possibilities now = Possibilities::from(memory, processes);
    const std::size_t place = reads_place + op.process;
    if (op.kind == OpKind::write) {
      observe_write(now, op.value, event);
    } else if (event.kind == JudgedEventKind::begin) {
      now = changed(now, [&](Possibility& explanation) {
        explanation[place] = static_cast<char>(value_bit(explanation[value_place]));
        return true;
      });
    } else {
      const bool known = event.ending.value >= 0 && event.ending.value <= static_cast<Value>(writes_max);
      const bool told = event.ending.outcome == Outcome::ok;
      now = changed(now, [&](Possibility& explanation) {
        const bool fits = !told || (known && (mask_at(explanation, place) & value_bit(event.ending.value)) != 0);
        explanation[place] = 0;
        return fits;
      });
    }
    now.let_writes_happen(processes);
    now.drop_redundant();
    memory = now.text();
    return !now.possibilities.empty();
  }

 private:
  /// The possibilities that `change` returns true for, as it left them.
  template <class Change>
  static Possibilities changed(const Possibilities& before, Change change) {
    Possibilities after;
    after.open = before.open;
    for (Possibility explanation : before.possibilities) {
      if (change(explanation)) {
        after.possibilities.insert(std::move(explanation));
      }
    }
    return after;
  }
  static void observe_write(Possibilities& memory, Value value, const JudgedEvent& event) {
    const ValueMask bit = value_bit(value);
    if (event.kind == JudgedEventKind::begin) {
      memory.open = static_cast<ValueMask>(memory.open | bit);
    } else if (event.ending.outcome != Outcome::info) {
      const bool happened = event.ending.outcome == Outcome::ok;
      memory.open = static_cast<ValueMask>(memory.open & ~bit);
      memory = changed(memory, [&](Possibility& explanation) {
        const bool done = (mask_at(explanation, done_place) & bit) != 0;
        explanation[done_place] = static_cast<char>(mask_at(explanation, done_place) & ~bit);
        return done == happened;
      });
    }
  }
};

[[maybe_unused]] const bool linearizable_registered = register_judge<Linearizable>(
    "linearizable", "No order of the ops, each at one instant between its begin and its end, explains what was read.",
    "every op looks as if it took place at one instant", default_scope, true);

}  // namespace
}  // namespace stalemate
