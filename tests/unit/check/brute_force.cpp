#include "unit/check/brute_force.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <set>

#include "core/absent_row.hpp"
#include "unit/check/brute_orders.hpp"

namespace stalemate::test {

namespace {

/// Whether some version was told, or every update was refused, so that there is none but the first.
bool knows_versions(const SmallHistory& small) {
  bool has_update = false;
  bool all_refused = true;
  for (const Step& step : small.steps) {
    if (step.version != unknown_version) {
      return true;
    }
    if (step.store == Store::database && step.command == Command::write) {
      has_update = true;
      all_refused = all_refused && step.outcome == Outcome::fail;
    }
  }
  return has_update && all_refused;
}

Ops ops_of_key(const SmallHistory& small, std::uint32_t key, Nanoseconds clock_error_ns) {
  const bool versions_known = knows_versions(small);
  Ops ops;
  for (Op op : small.ops) {
    if (op.key.index != key) {
      continue;
    }
    op.invocation_ns -= clock_error_ns;
    op.completion_ns = op.completion_ns == never ? never : op.completion_ns + clock_error_ns;
    BruteOp brute{.op = op};
    bool was_perhaps_applied = false;
    bool has_update = false;
    for (const Step& step : small.steps) {
      has_update |= step.op == op.index && step.command == Command::write;
      if (step.op == op.index && step.version != unknown_version && op.outcome != Outcome::fail) {
        brute.version = step.version;
      }
      was_perhaps_applied |= step.op == op.index && step.command == Command::write && step.outcome != Outcome::fail;
    }
    if (op.kind != OpKind::read && op.outcome != Outcome::fail && !brute.version) {
      brute.lost = op.outcome == Outcome::ok && !was_perhaps_applied && (versions_known || has_update);
      brute.unplaced = !brute.lost;
      brute.timed = brute.unplaced && !versions_known;
    }
    ops.push_back(brute);
  }
  return ops;
}

/// Gives each read that found no row the name of the delete that may be why: the only one that had begun when it
/// ended, or the newest of several, which makes it vague. Where none had, a failed one, or else the first.
void name_deletes_read(Ops& ops) {
  for (BruteOp& read : ops) {
    if (!is_told_read(read) || read.op.value != no_row) {
      continue;
    }
    const auto place = [](const BruteOp* one) { return one->version.value_or(~Version{0}); };
    std::vector<const BruteOp*> begun;
    const BruteOp* failed = nullptr;
    const BruteOp* first = nullptr;
    for (const BruteOp& other : ops) {
      if (is_write(other) && is_delete(other.op.value) && other.op.outcome == Outcome::fail) {
        failed = &other;
      } else if (is_write(other) && is_delete(other.op.value)) {
        const bool is_earlier = first == nullptr || std::pair(other.op.invocation_ns, place(&other)) <
                                                        std::pair(first->op.invocation_ns, place(first));
        first = is_earlier ? &other : first;
        if (other.op.invocation_ns <= read.op.completion_ns) {
          begun.push_back(&other);
        }
      }
    }
    if (begun.empty()) {
      read.op.value = failed != nullptr ? failed->op.value : first != nullptr ? first->op.value : no_row;
      continue;
    }
    read.is_vague = begun.size() > 1;
    read.op.value = (*std::ranges::max_element(begun, {}, place))->op.value;
  }
}

/// Which of several deletes is the newest, no times tell.
void leave_out_vague(Ops& ops) {
  for (BruteOp& op : ops) {
    op.op.outcome = op.is_vague ? Outcome::info : op.op.outcome;
  }
}

/// As clients saw them: one delete leaves the same as another.
Ops as_seen(Ops ops) {
  for (BruteOp& op : ops) {
    op.op.value = row_after(op.op.value);
    op.op.outcome = op.is_vague ? Outcome::ok : op.op.outcome;
    op.is_vague = false;
  }
  return ops;
}

void find_effective_completions(Ops& ops, Value initial) {
  for (BruteOp& write : ops) {
    if (!is_write(write) || !write.version) {
      continue;
    }
    write.counts_from = write.op.completion_ns;
    if (write.op.outcome != Outcome::info) {
      continue;
    }
    for (const BruteOp& read : ops) {
      const auto version = is_ok_read(read) ? version_read(ops, read, initial) : std::nullopt;
      if (version && *version >= *write.version) {
        write.counts_from = std::min(write.counts_from, read.op.completion_ns);
      }
    }
  }
}

/// Whether some write of `others` may be newer than the value: neither its own write nor certainly older.
bool may_be_newer(const Ops& ops, const std::vector<const BruteOp*>& others, Value value) {
  const BruteOp* writer = writer_of(ops, value);
  return std::ranges::any_of(others, [writer](const BruteOp* other) {
    return other != writer && (writer == nullptr || other->counts_from >= writer->op.invocation_ns);
  });
}

void judge_staleness(const Ops& ops, Value initial, Truth& truth) {
  for (const BruteOp& read : ops) {
    if (!is_told_read(read)) {
      continue;
    }
    const auto newer = newer_writes(ops, read.op.value, initial);
    if (!newer) {
      ++truth.unjudged["stale-reads"];
      continue;
    }
    Nanoseconds completion = never;
    Nanoseconds invocation = never;
    std::uint64_t behind = 0;
    for (const BruteOp* write : *newer) {
      completion = std::min(completion, write->counts_from);
      invocation = std::min(invocation, write->op.invocation_ns);
      behind += write->counts_from < read.op.invocation_ns ? 1 : 0;
    }
    if (behind > 0) {
      ++truth.stale;
      truth.versions_sum += behind;
      truth.stale_lower_max = std::max(truth.stale_lower_max, read.op.invocation_ns - completion);
      truth.stale_lower_sum += read.op.invocation_ns - completion;
      truth.stale_upper_max = std::max(truth.stale_upper_max, read.op.completion_ns - invocation);
    }
    std::vector<const BruteOp*> completed;
    for (const BruteOp& write : ops) {
      if (write.timed && write.counts_from < read.op.invocation_ns) {
        completed.push_back(&write);
      }
    }
    truth.unjudged["stale-reads"] += behind == 0 && may_be_newer(ops, completed, read.op.value) ? 1U : 0U;
  }
}

void judge_visibility(const Ops& ops, Value initial, Truth& truth) {
  for (const BruteOp& read : ops) {
    const auto version = is_ok_read(read) ? version_read(ops, read, initial) : std::nullopt;
    const BruteOp* last = nullptr;
    for (const BruteOp& write : ops) {
      const bool counts = is_write(write) && write.version && write.counts_from < read.op.invocation_ns;
      const bool is_later = counts && (last == nullptr || std::pair(last->counts_from, *last->version) <
                                                              std::pair(write.counts_from, *write.version));
      last = is_later ? &write : last;
    }
    if (version && last != nullptr) {
      truth.visibility.push_back(
          {.t_ns = read.op.invocation_ns - last->counts_from, .missed = *version < *last->version});
    }
  }
}

bool is_regular(const Ops& ops, const BruteOp& read, Value initial) {
  const BruteOp* writer = read.op.value == initial ? nullptr : writer_of(ops, read.op.value);
  if (read.op.value != initial && (writer == nullptr || writer->op.outcome == Outcome::fail)) {
    return false;
  }
  if (writer != nullptr && read.op.completion_ns < writer->op.invocation_ns) {
    return false;
  }
  if (writer != nullptr && writer->op.completion_ns >= read.op.invocation_ns) {
    return true;  // concurrent
  }
  const auto newer = newer_writes(ops, read.op.value, initial);
  return !newer ||
         std::ranges::none_of(*newer, [&](const BruteOp* write) { return write->counts_from < read.op.invocation_ns; });
}

void judge_sessions(const Ops& ops, Value initial, Truth& truth) {
  for (const BruteOp& later : ops) {
    const bool is_read = is_told_read(later);
    if (later.op.kind == OpKind::read && !is_read) {
      continue;
    }
    const std::string by_write = is_read ? "read-your-writes" : "monotonic-writes";
    const std::string by_read = is_read ? "monotonic-reads" : "writes-follow-reads";
    const auto newer = newer_writes(ops, later.op.value, initial);
    if (!newer) {
      truth.unjudged[by_write] += later.op.outcome == Outcome::ok ? 1U : 0U;
      truth.unjudged[by_read] += later.op.outcome == Outcome::ok ? 1U : 0U;
      continue;
    }
    std::vector<const BruteOp*> written;
    std::vector<const BruteOp*> read;
    for (const BruteOp& earlier : ops) {
      const bool is_before = earlier.op.client == later.op.client && earlier.op.invocation_ns < later.op.invocation_ns;
      const BruteOp* mark = writer_of(ops, earlier.op.value);
      if (is_before && !earlier.is_vague && earlier.op.outcome == Outcome::ok && mark != nullptr &&
          (mark->timed || mark->version)) {
        (is_ok_read(earlier) ? read : written).push_back(mark);
      }
    }
    const auto judge = [&](const std::string& check, const std::vector<const BruteOp*>& marks) {
      const bool is_broken = std::ranges::any_of(
          marks, [&](const BruteOp* mark) { return std::ranges::find(*newer, mark) != newer->end(); });
      truth.counts[check] += is_broken ? 1U : 0U;
      const bool is_timed = std::ranges::any_of(marks, &BruteOp::timed);
      truth.unjudged[check] += is_timed && !is_broken && may_be_newer(ops, marks, later.op.value) ? 1U : 0U;
    };
    judge(by_write, written);
    if (!later.is_vague) {
      judge(by_read, read);
    }
  }
}

void judge_values(const Ops& ops, Value initial, Truth& truth) {
  for (const BruteOp& op : ops) {
    truth.counts["lost-updates"] += op.lost ? 1U : 0U;
    if (!is_told_read(op)) {
      continue;
    }
    const BruteOp* writer = op.op.value == initial ? nullptr : writer_of(ops, op.op.value);
    truth.counts["phantom-reads"] += op.op.value != initial && writer == nullptr ? 1U : 0U;
    truth.counts["dirty-reads"] += writer != nullptr && writer->op.outcome == Outcome::fail ? 1U : 0U;
    const bool can_be_judged = writer == nullptr || writer->version || writer->timed ||
                               writer->op.outcome == Outcome::fail || op.op.completion_ns < writer->op.invocation_ns;
    truth.counts["regular"] += can_be_judged && !is_regular(ops, op, initial) ? 1U : 0U;
    if (const auto newer = newer_writes(ops, op.op.value, initial); newer && !op.is_vague) {
      const Nanoseconds written = writer == nullptr ? -never : writer->op.completion_ns;
      const bool misses_lost = std::ranges::any_of(ops, [&](const BruteOp& lost) {
        return lost.lost && lost.op.completion_ns < op.op.invocation_ns && written < lost.op.invocation_ns;
      });
      const bool is_stale =
          std::ranges::any_of(*newer, [&](const BruteOp* write) { return write->counts_from < op.op.invocation_ns; });
      truth.reads_behind_lost += misses_lost ? 1U : 0U;
      truth.reads_behind_lost_not_stale += misses_lost && !is_stale ? 1U : 0U;
    }
  }
}

void judge_nines(const Ops& ops, Value initial, Truth& truth) {
  constexpr Nanoseconds second = 1'000'000'000;
  constexpr std::array<Nanoseconds, 3> withins = {second, 60 * second, 600 * second};
  for (const BruteOp& write : ops) {
    if (!is_write(write) || !write.version || write.counts_from == never) {
      continue;
    }
    for (std::size_t i = 0; i < withins.size(); ++i) {
      bool checked = false;
      bool missed = false;
      for (const BruteOp& read : ops) {
        const auto version = is_ok_read(read) ? version_read(ops, read, initial) : std::nullopt;
        if (version && read.op.invocation_ns > write.counts_from + withins[i]) {
          checked = true;
          missed |= *version < *write.version;
        }
      }
      truth.within[i].checked += checked ? 1U : 0U;
      truth.within[i].missed += missed ? 1U : 0U;
    }
  }
}

void judge_orders(const Ops& ops, Value initial, Nanoseconds unit, Truth& truth) {
  const bool has_vague = std::ranges::any_of(ops, &BruteOp::is_vague);
  truth.linearizable &= has_vague ? is_linearizable(as_seen(ops), initial) : is_linearizable(ops, initial);
  if (!is_linearizable(ops, initial)) {
    const Nanoseconds delta = least_move(ops, initial, unit, [](BruteOp& op, Nanoseconds amount) {
      op.op.invocation_ns -= op.op.kind == OpKind::read ? amount : 0;
    });
    // Γ moves each end by half of it, so in half units everything stays whole.
    Ops doubled = ops;
    for (BruteOp& op : doubled) {
      op.op.invocation_ns *= 2;
      op.op.completion_ns = op.op.completion_ns == never ? never : op.op.completion_ns * 2;
    }
    const Nanoseconds gamma = least_move(doubled, initial, unit, [](BruteOp& op, Nanoseconds amount) {
      op.op.invocation_ns -= amount;
      op.op.completion_ns = op.op.completion_ns == never ? never : op.op.completion_ns + amount;
    });
    truth.delta = std::max(truth.delta, delta);
    truth.gamma = std::max(truth.gamma, gamma);
    truth.keys_with_delta += 1;
    truth.keys_with_gamma += 1;
  }
  for (const BruteOp& op : ops) {
    const bool was_seen = is_write(op) && was_read(ops, op.op.value);
    truth.versions_decide &= !op.unplaced || (op.op.outcome == Outcome::info && !was_seen);
  }
  const auto k = least_k(ops, initial, Unplaceable::counts);
  truth.keys_without_k += k ? 0U : 1U;
  truth.k = std::max(truth.k, k.value_or(1));
  truth.in_version_order &= least_k(ops, initial, Unplaceable::ignored) == 1;
}

}  // namespace

Truth truth_of(const SmallHistory& small, const History& history, Nanoseconds clock_error_ns) {
  Truth truth;
  std::set<OpIndex> gone;
  for (const char* check : {"read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
                            "lost-updates", "phantom-reads", "dirty-reads", "regular", "convergence"}) {
    truth.counts[check] = 0;
  }
  const bool versions_known = knows_versions(small);
  for (std::uint32_t key = 0; key < small.keys; ++key) {
    Ops ops = ops_of_key(small, key, clock_error_ns);
    if (ops.empty()) {
      continue;
    }
    name_deletes_read(ops);
    truth.has_vague |= std::ranges::any_of(ops, &BruteOp::is_vague);
    if (versions_known) {
      find_effective_completions(ops, small.initial);
    } else {
      leave_out_vague(ops);
      truth.times_decide &= place_by_time(ops);
    }
    judge_staleness(ops, small.initial, truth);
    judge_visibility(ops, small.initial, truth);
    judge_sessions(ops, small.initial, truth);
    judge_values(ops, small.initial, truth);
    judge_nines(ops, small.initial, truth);
    judge_orders(ops, small.initial, small.time_unit_ns, truth);
    for (const BruteOp& op : ops) {
      if (op.lost) {
        gone.insert(op.op.index);
      }
    }
  }
  truth.counts["lost-updates"] += count_same_bases(history, gone);
  truth.counts["convergence"] = count_unconverged(history);
  truth.incoherence = incoherence_of(history);
  return truth;
}

}  // namespace stalemate::test
