#include "unit/check/small_history.hpp"

#include <algorithm>
#include <sstream>

#include "core/absent_row.hpp"
namespace stalemate::test {

History packed(const SmallHistory& small) {
  HistoryHeader header;
  header.initial_value = small.initial;
  header.key_count = small.keys;
  header.client_count = small.clients;
  header.fault_names = {"", "skip"};
  header.cache_commands = small.cache_commands;
  History history = make_history(header, small.ops, small.steps);
  history.rest = small.rest;
  if (!small.complete) {
    history.trailer.reset();
  }
  return history;
}

namespace {

/// The ops of all clients in order of invocation, each client doing one at a time; no values of reads yet.
std::vector<Op> random_ops(SeededRandom& random, const Shape& shape, std::uint32_t keys, Value initial) {
  const bool has_deletes = shape.with_versions && random.draw_below(3) == 0;
  const std::uint32_t count = 1 + random.draw_below(shape.ops_max);
  std::vector<Nanoseconds> free_at(shape.clients, 0);
  std::vector<Op> ops;
  Value next_value = initial;
  const std::uint32_t gap_max = 1 + random.draw_below(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    Op op;
    op.client = static_cast<ClientId>(random.draw_below(shape.clients));
    op.key = Key{random.draw_below(keys)};
    const std::uint32_t kind = random.draw_below(100);
    op.kind = kind < 38 ? OpKind::write : kind < 45 ? OpKind::add : OpKind::read;
    op.value = op.kind == OpKind::read ? absent : ++next_value;
    if (has_deletes && op.kind == OpKind::write && random.draw_below(2) == 0) {
      op.value = name_of_delete(op.value);
    }
    const std::uint32_t luck = random.draw_below(100);
    op.outcome = luck < 20 ? Outcome::info : luck < 28 ? Outcome::fail : Outcome::ok;
    const Nanoseconds begin = free_at[op.client] + random.draw_below(gap_max);
    const Nanoseconds length = random.draw_below(5);
    op.invocation_ns = begin * shape.time_unit_ns;
    op.completion_ns = op.outcome == Outcome::info ? never : (begin + length) * shape.time_unit_ns;
    free_at[op.client] = begin + length + 1;
    ops.push_back(op);
  }
  // The plan's order is not quite the order of invocation.
  for (std::size_t i = 1; i < ops.size(); ++i) {
    if (random.draw_below(3) == 0) {
      std::swap(ops[i], ops[random.draw_below(static_cast<std::uint32_t>(i + 1))]);
    }
  }
  for (std::size_t i = 0; i < ops.size(); ++i) {
    ops[i].index = static_cast<OpIndex>(i);
    ops[i].intended_ns = ops[i].invocation_ns;
  }
  return ops;
}

void add_updates(SeededRandom& random, SmallHistory& small) {
  std::vector<const Op*> writes;
  for (const Op& op : small.ops) {
    if (op.kind != OpKind::read) {
      writes.push_back(&op);
    }
  }
  std::ranges::sort(writes, {}, [](const Op* op) { return std::pair(op->invocation_ns, op->index); });
  const std::uint32_t disorder = random.draw_below(4);
  for (std::size_t i = 1; i < writes.size(); ++i) {
    if (disorder > 0 && random.draw_below(4) < disorder) {
      std::swap(writes[i], writes[random.draw_below(static_cast<std::uint32_t>(i + 1))]);
    }
  }
  Version version = 1 + random.draw_below(100);
  for (const Op* write : writes) {
    Step step{.op = write->index, .store = Store::database, .command = Command::write, .role = Role::update};
    step.value = write->value;
    step.start_ns = write->invocation_ns;
    step.end_ns = write->completion_ns == never ? write->invocation_ns : write->completion_ns;
    version += 1 + random.draw_below(3);
    const std::uint32_t luck = random.draw_below(100);
    const bool is_certain = write->outcome == Outcome::ok;
    if (write->outcome == Outcome::fail || luck < (is_certain ? 8U : 30U)) {
      step.outcome = Outcome::fail;
      step.fault = 1;
    } else if (!is_certain && luck < 50) {
      step.outcome = Outcome::info;
    } else {
      step.outcome = Outcome::ok;
      step.version = version;
    }
    small.steps.push_back(step);
  }
}

void choose_reads(SeededRandom& random, SmallHistory& small) {
  const std::uint32_t carelessness = random.draw_below(3);
  for (Op& read : small.ops) {
    if (read.kind != OpKind::read || read.outcome != Outcome::ok) {
      continue;
    }
    std::vector<Value> possible = {small.initial};
    Nanoseconds newest = -1;
    Value last = small.initial;
    for (const Op& write : small.ops) {
      if (write.kind == OpKind::read || write.key != read.key) {
        continue;
      }
      possible.push_back(write.value);
      if (write.invocation_ns <= read.completion_ns && write.invocation_ns > newest && write.outcome != Outcome::fail) {
        newest = write.invocation_ns;
        last = write.value;
      }
    }
    const std::uint32_t luck = random.draw_below(100);
    const std::uint32_t bound = carelessness == 0 ? 85U : carelessness == 1 ? 50U : 20U;
    read.value = luck < bound  ? last
                 : luck < 98   ? possible[random.draw_below(static_cast<std::uint32_t>(possible.size()))]
                 : luck == 98U ? 1001 + static_cast<Value>(random.draw_below(6))
                               : 77777;
    read.value = row_after(read.value);
  }
}

/// Nothing, the initial value, or one that some op wrote to the key.
Value any_value(SeededRandom& random, const SmallHistory& small, Key key) {
  std::vector<Value> values = {absent, small.initial};
  for (const Op& op : small.ops) {
    if (op.kind != OpKind::read && op.key == key) {
      values.push_back(row_after(op.value));
    }
  }
  return values[random.draw_below(static_cast<std::uint32_t>(values.size()))];
}

/// A step of the op at about its time, which mostly went well.
Step any_step(SeededRandom& random, const SmallHistory& small, const Op& op) {
  const std::uint32_t luck = random.draw_below(100);
  Step step{.op = op.index,
            .outcome = luck < 80   ? Outcome::ok
                       : luck < 90 ? Outcome::fail
                                   : Outcome::info,
            .value = any_value(random, small, op.key)};
  step.start_ns = op.invocation_ns + small.time_unit_ns * random.draw_below(4);
  step.end_ns = step.start_ns + small.time_unit_ns * random.draw_below(4);
  return step;
}

/// What the adds loaded, and steps of all kinds that go back and forth to cache, database and replica.
void add_other_steps(SeededRandom& random, SmallHistory& small) {
  const std::uint32_t steps_max = random.draw_below(4);
  for (const Op& op : small.ops) {
    const std::uint32_t loads = op.kind == OpKind::add ? random.draw_below(3) : 0;
    for (std::uint32_t i = 0; i < loads; ++i) {
      Step load = any_step(random, small, op);
      load.command = Command::read;
      load.role = Role::load;
      if (random.draw_below(3) == 0) {  // as a client says what it adds to
        load.store = Store::local;
        load.role = Role::update;
      }
      small.steps.push_back(load);
    }
    const std::uint32_t others = random.draw_below(steps_max + 1);
    for (std::uint32_t i = 0; i < others; ++i) {
      Step step = any_step(random, small, op);
      const std::uint32_t kind = random.draw_below(10);
      step.store = kind == 0 ? Store::replica : kind < 3 ? Store::database : Store::cache;
      step.command = kind < 3 ? Command::read : kind < 6 ? Command::get : kind < 8 ? Command::set : Command::erase;
      step.role = kind < 3 ? Role::load : kind < 6 ? Role::lookup : kind < 8 ? Role::fill : Role::invalidate;
      step.cache_command = kind == 5 ? 1 : 0;
      small.steps.push_back(step);
    }
  }
}

void add_rest(SeededRandom& random, SmallHistory& small) {
  if (random.draw_below(4) == 0) {
    return;
  }
  for (std::uint32_t key = 0; key < small.keys; ++key) {
    const Value row = any_value(random, small, Key{key});
    const Value entry = random.draw_below(2) == 0 ? row : any_value(random, small, Key{key});
    small.rest.push_back({.key = key, .row = row, .entry = entry});
  }
}

}  // namespace

SmallHistory random_history(SeededRandom& random, const Shape& shape) {
  SmallHistory small;
  small.clients = shape.clients;
  small.keys = 1 + random.draw_below(shape.keys_max);
  small.time_unit_ns = shape.time_unit_ns;
  small.cache_commands.push_back({"unlock", Ward::release, false});
  small.initial = random.draw_below(2) == 0 ? 1000 : absent;
  small.ops = random_ops(random, shape, small.keys, 1000);
  if (std::ranges::any_of(small.ops, [](const Op& op) { return is_delete(op.value); })) {
    small.initial = 1000;  // a row that is deleted was there
  }
  if (shape.with_versions) {
    add_updates(random, small);
  }
  choose_reads(random, small);
  add_other_steps(random, small);
  add_rest(random, small);
  return small;
}

std::string describe(const SmallHistory& small) {
  std::ostringstream out;
  out << "initial " << small.initial << '\n';
  for (const Op& op : small.ops) {
    out << "op " << op.index << " client " << op.client << " key " << op.key.index << ' ' << name_of(op.kind) << ' '
        << op.value << ' ' << name_of(op.outcome) << " [" << op.invocation_ns << ", ";
    if (op.completion_ns == never) {
      out << "never]";
    } else {
      out << op.completion_ns << ']';
    }
    for (const Step& step : small.steps) {
      if (step.op == op.index) {
        out << "\n  " << name_of(step.store) << '.' << name_of(step.command) << ' ' << step.value << ' '
            << name_of(step.outcome) << " version " << step.version << " [" << step.start_ns << ", " << step.end_ns
            << ']';
      }
    }
    out << '\n';
  }
  for (const RestRecord& rest : small.rest) {
    out << "at rest: key " << rest.key << " row " << rest.row << " entry " << rest.entry << '\n';
  }
  return out.str();
}

}  // namespace stalemate::test
