#include "unit/check/brute_orders.hpp"

namespace stalemate::test {

namespace {

/// Tries every order of `ops` that keeps their times; each op is tried as the next one. Ops marked optional may be left
/// out. `fits(order so far, next)` says whether an op may come next.
using Fits = std::function<bool(const std::vector<const BruteOp*>&, const BruteOp&)>;
bool has_order(const std::vector<const BruteOp*>& ops, std::uint32_t taken, std::vector<const BruteOp*>& order,
               const Fits& fits) {
  if (taken + 1 == (1U << ops.size())) {
    return true;
  }
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if ((taken >> i & 1U) != 0) {
      continue;
    }
    bool may_be_next = true;
    for (std::size_t j = 0; j < ops.size(); ++j) {
      may_be_next &= (taken >> j & 1U) != 0 || i == j || ops[j]->op.completion_ns >= ops[i]->op.invocation_ns;
    }
    if (!may_be_next || !fits(order, *ops[i])) {
      continue;
    }
    order.push_back(ops[i]);
    if (has_order(ops, taken | 1U << i, order, fits)) {
      return true;
    }
    order.pop_back();
  }
  return false;
}

std::optional<Value> last_written(const std::vector<const BruteOp*>& order) {
  for (auto op = order.rbegin(); op != order.rend(); ++op) {
    if (is_write(**op)) {
      return (*op)->op.value;
    }
  }
  return std::nullopt;
}

}  // namespace

/// The write of a read's value; nullptr for the initial value and for phantoms.
const BruteOp* writer_of(const Ops& ops, Value value) {
  for (const BruteOp& op : ops) {
    if (is_write(op) && op.op.value == value) {
      return &op;
    }
  }
  return nullptr;
}

/// The version a read returned: 0 for the initial value; none where it has no place.
std::optional<Version> version_read(const Ops& ops, const BruteOp& read, Value initial) {
  if (read.op.value == initial) {
    return 0;
  }
  const BruteOp* writer = writer_of(ops, read.op.value);
  return writer == nullptr || writer->op.outcome == Outcome::fail ? std::nullopt : writer->version;
}

bool was_read(const Ops& ops, Value value) {
  return std::ranges::any_of(ops, [&](const BruteOp& op) { return is_ok_read(op) && op.op.value == value; });
}

std::optional<std::vector<const BruteOp*>> newer_writes(const Ops& ops, Value value, Value initial) {
  const BruteOp* writer = value == initial ? nullptr : writer_of(ops, value);
  if (value != initial && (writer == nullptr || (!writer->timed && !writer->version))) {
    return std::nullopt;
  }
  std::vector<const BruteOp*> newer;
  for (const BruteOp& op : ops) {
    if (!is_write(op) || &op == writer || (!op.timed && !op.version)) {
      continue;
    }
    const bool is_newer =
        writer == nullptr || (op.timed ? op.op.invocation_ns > writer->counts_from : *op.version > *writer->version);
    if (is_newer) {
      newer.push_back(&op);
    }
  }
  return newer;
}

bool place_by_time(Ops& ops) {
  bool is_certain = true;
  for (BruteOp& write : ops) {
    if (!write.timed) {
      continue;
    }
    write.counts_from = write.op.completion_ns;
    for (const BruteOp& read : ops) {
      const bool is_of_it = is_ok_read(read) && read.op.value == write.op.value;
      if (is_of_it && write.op.outcome == Outcome::info) {
        write.counts_from = std::min(write.counts_from, read.op.completion_ns);
      }
      is_certain &= !is_of_it || read.op.completion_ns >= write.op.invocation_ns;
    }
    if (write.counts_from < write.op.invocation_ns) {
      write.counts_from = never;
    }
  }
  for (BruteOp& write : ops) {
    Version version = 1;
    for (const BruteOp& other : ops) {
      if (&other != &write && other.timed && other.counts_from != never && write.counts_from != never) {
        const bool is_earlier = other.counts_from < write.op.invocation_ns;
        is_certain &= is_earlier || write.counts_from < other.op.invocation_ns;
        version += is_earlier ? 1 : 0;
      }
    }
    if (write.timed && write.counts_from != never) {
      write.version = version;
    }
  }
  for (BruteOp& write : ops) {
    if (write.timed && !is_certain) {
      write.version.reset();
    }
  }
  return is_certain;
}

/// Whether clients could have seen one copy: writes of unknown outcome that nobody read are as if they never were.
bool is_linearizable(const Ops& all, Value initial) {
  std::vector<const BruteOp*> ops;
  for (const BruteOp& op : all) {
    const bool is_unseen_write = is_write(op) && op.op.outcome == Outcome::info && !was_read(all, op.op.value);
    if (is_ok_read(op) || (is_write(op) && op.op.outcome != Outcome::fail && !is_unseen_write)) {
      ops.push_back(&op);
    }
  }
  std::vector<const BruteOp*> order;
  return has_order(ops, 0, order, [initial](const std::vector<const BruteOp*>& before, const BruteOp& next) {
    return is_write(next) || last_written(before).value_or(initial) == next.op.value;
  });
}

/// The least k for which there is an order by version; none if there is none for any k.
std::optional<std::uint64_t> least_k(const Ops& all, Value initial, Unplaceable unplaceable) {
  std::vector<const BruteOp*> ops;
  for (const BruteOp& op : all) {
    if (is_ok_read(op)) {
      const auto version = version_read(all, op, initial);
      const BruteOp* writer = writer_of(all, op.op.value);
      if (version) {
        ops.push_back(&op);
      } else if (unplaceable == Unplaceable::ignored) {
        continue;
      } else if (writer == nullptr || writer->op.outcome == Outcome::fail ||
                 op.op.completion_ns < writer->op.invocation_ns) {
        return std::nullopt;  // nobody wrote it, or not before it was read
      }
    } else if (is_write(op) && op.version) {
      ops.push_back(&op);
    }
  }
  for (std::uint64_t k = 1; k <= ops.size() + 1; ++k) {
    std::vector<const BruteOp*> order;
    const bool fits = has_order(ops, 0, order, [&](const std::vector<const BruteOp*>& before, const BruteOp& next) {
      std::vector<Value> values = {initial};
      Version newest = 0;
      for (const BruteOp* op : before) {
        if (is_write(*op)) {
          values.push_back(op->op.value);
          newest = std::max(newest, *op->version);
        }
      }
      if (is_write(next)) {
        return *next.version > newest;
      }
      const std::size_t first = values.size() > k ? values.size() - k : 0;
      return std::find(values.begin() + static_cast<std::ptrdiff_t>(first), values.end(), next.op.value) !=
             values.end();
    });
    if (fits) {
      return k;
    }
  }
  return std::nullopt;
}

/// The least multiple of `unit` that makes it linearizable when `move` has moved every op by it; `never` if none does.
Nanoseconds least_move(const Ops& ops, Value initial, Nanoseconds unit,
                       const std::function<void(BruteOp&, Nanoseconds)>& move) {
  const auto is_enough = [&](Nanoseconds amount) {
    Ops moved = ops;
    for (BruteOp& op : moved) {
      move(op, amount);
    }
    return is_linearizable(moved, initial);
  };
  Nanoseconds high = 128;  // units; longer than any of these histories
  if (!is_enough(high * unit)) {
    return never;
  }
  Nanoseconds low = -1;
  while (high - low > 1) {
    const Nanoseconds middle = low + (high - low) / 2;
    (is_enough(middle * unit) ? high : low) = middle;
  }
  return high * unit;
}

}  // namespace stalemate::test
