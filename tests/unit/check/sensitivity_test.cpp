// Sensitivity: one defect planted into a valid history is found, wherever it is planted; and nothing is found before.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "check/check.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {
namespace {

constexpr OpIndex ops_in_all = 120;
constexpr std::uint32_t keys = 3;

/// One op after the other, of 4 clients on 3 keys; every read returns what was last written. Versions count up; each
/// row's entry is deleted by every write and filled by every read.
SmallHistory valid_history() {
  SeededRandom random(5);
  SmallHistory small;
  small.keys = keys;
  std::vector<Value> rows(keys, small.initial);
  for (OpIndex i = 0; i < ops_in_all; ++i) {
    Op op{.index = i, .key = Key{random.draw_below(keys)}, .client = static_cast<ClientId>(random.draw_below(4))};
    op.kind = random.draw_below(3) == 0 ? OpKind::write : OpKind::read;
    op.outcome = Outcome::ok;
    op.intended_ns = op.invocation_ns = Nanoseconds{i} * 2'000'000'000;
    op.completion_ns = op.invocation_ns + 1000;
    Value& row = rows[op.key.index];
    row = op.kind == OpKind::write ? 1001 + static_cast<Value>(i) : row;
    op.value = row;
    Step step{.op = i, .outcome = Outcome::ok, .value = row, .start_ns = op.invocation_ns + 1};
    step.end_ns = step.start_ns + 10;
    if (op.kind == OpKind::write) {
      step.store = Store::database;
      step.command = Command::write;
      step.role = Role::update;
      step.version = i + 1;
      small.steps.push_back(step);
      step = {.op = i,
              .store = Store::cache,
              .command = Command::erase,
              .role = Role::invalidate,
              .outcome = Outcome::ok,
              .start_ns = op.invocation_ns + 20,
              .end_ns = op.invocation_ns + 30};
    } else {
      step.store = Store::cache;
      step.command = Command::set;
      step.role = Role::fill;
    }
    small.steps.push_back(step);
    small.ops.push_back(op);
  }
  return small;
}

Step& update_of(SmallHistory& small, OpIndex op) {
  return *std::ranges::find_if(small.steps,
                               [op](const Step& step) { return step.op == op && step.role == Role::update; });
}

/// The last earlier op on the same key that fits, or nullptr.
Op* earlier(SmallHistory& small, OpIndex at, const std::function<bool(const Op&)>& fits) {
  for (OpIndex i = at; i-- > 0;) {
    if (small.ops[i].key == small.ops[at].key && fits(small.ops[i])) {
      return &small.ops[i];
    }
  }
  return nullptr;
}

bool is_write(const Op& op) {
  return op.kind == OpKind::write;
}
bool is_read(const Op& op) {
  return op.kind == OpKind::read;
}

/// The value before the one that the key held when the op began; none if it was the first.
std::optional<Value> older_value(SmallHistory& small, OpIndex at) {
  const Op* last = earlier(small, at, is_write);
  if (last == nullptr) {
    return std::nullopt;
  }
  const Op* before = earlier(small, last->index, is_write);
  return before == nullptr ? small.initial : before->value;
}

/// Changes the op of that index for the worse; false if it cannot be done to this op.
using Plant = std::function<bool(SmallHistory&, OpIndex)>;

bool plant_old_read(SmallHistory& small, OpIndex at) {
  const auto older = older_value(small, at);
  if (!is_read(small.ops[at]) || !older) {
    return false;
  }
  small.ops[at].value = *older;
  return true;
}

/// Exchanges the versions of two writes.
void exchange(SmallHistory& small, OpIndex left, OpIndex right) {
  std::swap(update_of(small, left).version, update_of(small, right).version);
}

/// Checks that `check` finds nothing in the valid history and something wherever `plant` can plant.
void expect_always_found(std::string_view check, const Plant& plant) {
  const History untouched = packed(valid_history());
  ASSERT_EQ(find_result(check_all(untouched), check)->count, 0U) << check;
  int planted = 0;
  for (OpIndex at = 0; at < ops_in_all; ++at) {
    SmallHistory small = valid_history();
    if (!plant(small, at)) {
      continue;
    }
    ++planted;
    const History history = packed(small);
    const Report report = check_all(history);
    const CheckResult& result = *find_result(report, check);
    EXPECT_GE(result.count, 1U) << check << " missed what was planted at op " << at;
    EXPECT_EQ(result.verdict, Verdict::invalid) << check << " at op " << at;
  }
  EXPECT_GT(planted, 5) << check;
}

TEST(Sensitivity, an_old_value_read_anywhere_is_found) {
  for (const std::string_view check :
       {"stale-reads", "linearizable", "version-order", "regular", "delta", "gamma", "k-atomicity", "visibility"}) {
    expect_always_found(check, plant_old_read);
  }
}

TEST(Sensitivity, a_write_missed_later_than_a_second_is_found) {
  expect_always_found("nines", plant_old_read);
}

TEST(Sensitivity, an_own_write_not_read_is_found) {
  expect_always_found("read-your-writes", [](SmallHistory& small, OpIndex at) {
    const Op* last = earlier(small, at, is_write);
    return last != nullptr && last->client == small.ops[at].client && plant_old_read(small, at);
  });
}

TEST(Sensitivity, a_session_that_goes_back_in_time_is_found) {
  expect_always_found("monotonic-reads", [](SmallHistory& small, OpIndex at) {
    const Op* last_write = earlier(small, at, is_write);
    const ClientId client = small.ops[at].client;
    const Op* last_read = earlier(small, at, [client](const Op& op) { return is_read(op) && op.client == client; });
    return last_write != nullptr && last_read != nullptr && last_read->index > last_write->index &&
           plant_old_read(small, at);
  });
}

TEST(Sensitivity, writes_of_a_session_applied_in_the_other_order_are_found) {
  expect_always_found("monotonic-writes", [](SmallHistory& small, OpIndex at) {
    const ClientId client = small.ops[at].client;
    const Op* first = earlier(small, at, [client](const Op& op) { return is_write(op) && op.client == client; });
    if (!is_write(small.ops[at]) || first == nullptr) {
      return false;
    }
    exchange(small, first->index, at);
    return true;
  });
}

TEST(Sensitivity, a_write_applied_before_what_its_session_had_read_is_found) {
  expect_always_found("writes-follow-reads", [](SmallHistory& small, OpIndex at) {
    const ClientId client = small.ops[at].client;
    const Op* read = earlier(small, at, [client](const Op& op) { return is_read(op) && op.client == client; });
    if (!is_write(small.ops[at]) || read == nullptr || read->value == small.initial) {
      return false;
    }
    const Value value = read->value;
    const Op* writer = earlier(small, at, [value](const Op& op) { return is_write(op) && op.value == value; });
    exchange(small, writer->index, at);
    return true;
  });
}

TEST(Sensitivity, an_acknowledged_write_not_applied_is_found) {
  expect_always_found("lost-updates", [](SmallHistory& small, OpIndex at) {
    if (!is_write(small.ops[at])) {
      return false;
    }
    Step& update = update_of(small, at);
    update.outcome = Outcome::fail;
    update.version = unknown_version;
    return true;
  });
}

TEST(Sensitivity, a_value_of_a_failed_write_is_found) {
  expect_always_found("dirty-reads", [](SmallHistory& small, OpIndex at) {
    if (!is_read(small.ops[at])) {
      return false;
    }
    Op failed = small.ops[at];
    failed.index = ops_in_all;
    failed.kind = OpKind::write;
    failed.outcome = Outcome::fail;
    failed.client = 4;
    failed.value = 5000;
    small.clients = 5;
    small.ops[at].value = 5000;
    small.ops.push_back(failed);
    return true;
  });
}

TEST(Sensitivity, a_value_never_written_is_found) {
  expect_always_found("phantom-reads", [](SmallHistory& small, OpIndex at) {
    small.ops[at].value = is_read(small.ops[at]) ? 6000 : small.ops[at].value;
    return is_read(small.ops[at]);
  });
}

/// Skips the delete of a write whose key had an entry; false for other ops.
bool plant_skipped_delete(SmallHistory& small, OpIndex at) {
  const Op* last = earlier(small, at, [](const Op&) { return true; });
  if (!is_write(small.ops[at]) || last == nullptr || !is_read(*last)) {
    return false;
  }
  for (Step& step : small.steps) {
    step.outcome = step.op == at && step.role == Role::invalidate ? Outcome::fail : step.outcome;
  }
  return true;
}

TEST(Sensitivity, a_delete_that_was_skipped_is_found) {
  // Between a write's update and its delete the entry is always wrong, but never for long.
  const Report untouched = check_all(packed(valid_history()));
  EXPECT_LT(find_result(untouched, "incoherence")->worst->value, 1000);
  int planted = 0;
  for (OpIndex at = 0; at < ops_in_all; ++at) {
    SmallHistory small = valid_history();
    if (plant_skipped_delete(small, at)) {
      ++planted;
      EXPECT_GT(find_result(check_all(packed(small)), "incoherence")->worst->value, 1'000'000'000) << "at op " << at;
    }
  }
  EXPECT_GT(planted, 5);
}

TEST(Sensitivity, an_entry_left_wrong_on_any_key_is_found) {
  for (std::uint32_t wrong = 0; wrong <= keys; ++wrong) {
    History history = packed(valid_history());
    for (std::uint32_t key = 0; key < keys; ++key) {
      history.rest.push_back({.key = key, .row = 1001, .entry = key == wrong ? 1000 : key == 0 ? absent : 1001});
    }
    const CheckResult result = *find_result(check_all(history), "convergence");
    EXPECT_EQ(result.count, wrong < keys ? 1U : 0U);
    EXPECT_EQ(result.verdict, wrong < keys ? Verdict::invalid : Verdict::valid);
  }
}

TEST(Sensitivity, two_adds_from_the_same_value_are_a_lost_update) {
  SmallHistory small;
  for (OpIndex i = 0; i < 2; ++i) {
    small.ops.push_back({.index = i,
                         .client = static_cast<ClientId>(i),
                         .kind = OpKind::add,
                         .outcome = Outcome::ok,
                         .value = 1001 + static_cast<Value>(i),
                         .invocation_ns = i,
                         .completion_ns = 10});
    small.steps.push_back({.op = i,
                           .store = Store::database,
                           .command = Command::read,
                           .role = Role::load,
                           .outcome = Outcome::ok,
                           .value = 1000,
                           .start_ns = 2,
                           .end_ns = 3});
    small.steps.push_back({.op = i,
                           .store = Store::database,
                           .command = Command::write,
                           .role = Role::update,
                           .outcome = Outcome::ok,
                           .value = 1001 + static_cast<Value>(i),
                           .version = i + 1,
                           .start_ns = 4,
                           .end_ns = 5});
  }
  EXPECT_EQ(find_result(check_all(packed(small)), "lost-updates")->count, 1U);
  small.steps[2].value = 1001;
  EXPECT_EQ(find_result(check_all(packed(small)), "lost-updates")->count, 0U);
}

TEST(Checks, without_versions_do_not_pass_what_needs_them) {
  SmallHistory small = valid_history();
  for (Step& step : small.steps) {
    step.version = unknown_version;
  }
  const Report report = check_all(packed(small));
  EXPECT_EQ(find_result(report, "stale-reads")->verdict, Verdict::unknown);
  EXPECT_FALSE(find_result(report, "stale-reads")->decides);
  EXPECT_EQ(find_result(report, "linearizable")->verdict, Verdict::valid);
  EXPECT_EQ(report.verdict, Verdict::valid) << "what is linearizable is fresh";
  CheckOptions only_stale;
  only_stale.only = {"stale-reads"};
  EXPECT_EQ(check_all(packed(small), only_stale).verdict, Verdict::unknown) << "alone it decides nothing";
}

TEST(Checks, find_no_fewer_violations_with_better_clocks) {
  SmallHistory small = valid_history();
  for (OpIndex at = 0; at < ops_in_all; at += 7) {
    plant_old_read(small, at);
  }
  const std::vector<Nanoseconds> errors = {0, 1'000'000'000, 5'000'000'000, 400'000'000'000};
  const std::vector<ClockErrorPoint> curve = clock_error_curve(packed(small), {}, errors);
  ASSERT_EQ(curve.size(), errors.size());
  for (std::size_t i = 0; i < curve[0].counts.size(); ++i) {
    if (curve[0].counts[i].name == "stale-reads") {
      EXPECT_GT(curve[0].counts[i].value, 0);
      EXPECT_LE(curve[1].counts[i].value, curve[0].counts[i].value);
      EXPECT_LE(curve[2].counts[i].value, curve[1].counts[i].value);
      EXPECT_EQ(curve[3].counts[i].value, 0);
    }
  }
}

}  // namespace
}  // namespace stalemate::test
