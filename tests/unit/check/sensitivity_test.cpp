// Sensitivity: for every check of the registry, one defect planted into a valid history is found, wherever it is
// planted; and nothing is found before.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "check/check.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {
namespace {

constexpr OpIndex ops_in_all = 120;
constexpr std::uint32_t keys = 3;

/// The steps of an op of valid_history that found the row as `before`.
void add_steps(SmallHistory& small, const Op& op, Value before) {
  const auto add = [&small, &op](Store store, Command command, Role role, Value value) -> Step& {
    return small.steps.emplace_back(Step{.op = op.index,
                                         .store = store,
                                         .command = command,
                                         .role = role,
                                         .outcome = Outcome::ok,
                                         .value = value,
                                         .start_ns = op.invocation_ns + 10,
                                         .end_ns = op.invocation_ns + 20});
  };
  if (op.kind == OpKind::read) {
    add(Store::cache, Command::set, Role::fill, op.value);
    return;
  }
  if (op.kind == OpKind::add) {
    Step& load = add(Store::database, Command::read, Role::load, before);
    load.start_ns -= 10;
    load.end_ns -= 10;
  }
  add(Store::database, Command::write, Role::update, op.value).version = op.index + 1;
  add(Store::cache, Command::erase, Role::invalidate, absent);
}

/// One op after the other, of 4 clients on 3 keys; every read returns what was last written. Versions count up; each
/// row's entry is deleted by every write, at the instant of its update, and filled by every read. Some writes are adds.
SmallHistory valid_history() {
  SeededRandom random(5);
  SmallHistory small;
  small.keys = keys;
  std::vector<Value> rows(keys, small.initial);
  for (OpIndex i = 0; i < ops_in_all; ++i) {
    Op op{.index = i, .key = Key{random.draw_below(keys)}, .client = static_cast<ClientId>(random.draw_below(4))};
    op.kind = random.draw_below(3) != 0 ? OpKind::read : i % 3 == 0 ? OpKind::add : OpKind::write;
    op.outcome = Outcome::ok;
    op.intended_ns = op.invocation_ns = Nanoseconds{i} * 2'000'000'000;
    op.completion_ns = op.invocation_ns + 1000;
    Value& row = rows[op.key.index];
    const Value before = row;
    row = op.kind == OpKind::read ? row : 1001 + static_cast<Value>(i);
    op.value = row;
    add_steps(small, op, before);
    small.ops.push_back(op);
  }
  for (std::uint32_t key = 0; key < keys; ++key) {
    small.rest.push_back({.key = key, .row = rows[key], .entry = key == 0 ? absent : rows[key]});
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
  return op.kind != OpKind::read;
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

/// An old read of a session that had written the newer version itself.
bool plant_own_write_not_read(SmallHistory& small, OpIndex at) {
  const Op* last = earlier(small, at, is_write);
  return last != nullptr && last->client == small.ops[at].client && plant_old_read(small, at);
}

/// An old read of a session that had read the newer version.
bool plant_step_back(SmallHistory& small, OpIndex at) {
  const Op* last_write = earlier(small, at, is_write);
  const ClientId client = small.ops[at].client;
  const Op* last_read = earlier(small, at, [client](const Op& op) { return is_read(op) && op.client == client; });
  return last_write != nullptr && last_read != nullptr && last_read->index > last_write->index &&
         plant_old_read(small, at);
}

bool plant_reordered_writes(SmallHistory& small, OpIndex at) {
  const ClientId client = small.ops[at].client;
  const Op* first = earlier(small, at, [client](const Op& op) { return is_write(op) && op.client == client; });
  if (!is_write(small.ops[at]) || first == nullptr) {
    return false;
  }
  exchange(small, first->index, at);
  return true;
}

bool plant_write_before_what_was_read(SmallHistory& small, OpIndex at) {
  const ClientId client = small.ops[at].client;
  const Op* read = earlier(small, at, [client](const Op& op) { return is_read(op) && op.client == client; });
  if (!is_write(small.ops[at]) || read == nullptr || read->value == small.initial) {
    return false;
  }
  const Value value = read->value;
  const Op* writer = earlier(small, at, [value](const Op& op) { return is_write(op) && op.value == value; });
  exchange(small, writer->index, at);
  return true;
}

bool plant_lost_write(SmallHistory& small, OpIndex at) {
  if (!is_write(small.ops[at])) {
    return false;
  }
  Step& update = update_of(small, at);
  update.outcome = Outcome::fail;
  update.version = unknown_version;
  return true;
}

/// An add that begins from the value from which an earlier one began.
bool plant_same_base(SmallHistory& small, OpIndex at) {
  const auto is_add = [](const Op& op) { return op.kind == OpKind::add; };
  const Op* first = earlier(small, at, is_add);
  if (!is_add(small.ops[at]) || first == nullptr) {
    return false;
  }
  const auto load_of = [&small](OpIndex op) -> Step& {
    return *std::ranges::find_if(small.steps,
                                 [op](const Step& step) { return step.op == op && step.role == Role::load; });
  };
  load_of(at).value = load_of(first->index).value;
  return true;
}

bool plant_dirty_read(SmallHistory& small, OpIndex at) {
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
}

bool plant_phantom(SmallHistory& small, OpIndex at) {
  small.ops[at].value = is_read(small.ops[at]) ? 6000 : small.ops[at].value;
  return is_read(small.ops[at]);
}

/// Skips the delete of a write whose key had an entry.
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

/// Has a second load of the key begin at the first one's last instant.
bool plant_stampede(SmallHistory& small, OpIndex at) {
  const auto load =
      std::ranges::find_if(small.steps, [at](const Step& step) { return step.op == at && step.role == Role::load; });
  if (load == small.steps.end()) {
    return false;
  }
  Step second = *load;
  second.start_ns = load->end_ns;
  second.end_ns = load->end_ns + 5;
  small.steps.push_back(second);
  return true;
}

/// Leaves the value of that op in the entry of its key for good.
bool plant_wrong_rest(SmallHistory& small, OpIndex at) {
  RestRecord& rest = small.rest[small.ops[at].key.index];
  rest.entry = small.ops[at].value;
  return rest.entry != rest.row;
}

/// What every check must find. A check without a defect here fails the test below.
const std::multimap<std::string_view, Plant>& defects() {
  static const std::multimap<std::string_view, Plant> all = {
      {"stale-reads", plant_old_read},
      {"linearizable", plant_old_read},
      {"linearizable", plant_phantom},
      {"linearizable", plant_dirty_read},
      {"version-order", plant_old_read},
      {"regular", plant_old_read},
      {"delta", plant_old_read},
      {"gamma", plant_old_read},
      {"k-atomicity", plant_old_read},
      {"visibility", plant_old_read},
      {"nines", plant_old_read},
      {"read-your-writes", plant_own_write_not_read},
      {"monotonic-reads", plant_step_back},
      {"monotonic-writes", plant_reordered_writes},
      {"writes-follow-reads", plant_write_before_what_was_read},
      {"lost-updates", plant_lost_write},
      {"lost-updates", plant_same_base},
      {"dirty-reads", plant_dirty_read},
      {"phantom-reads", plant_phantom},
      {"incoherence", plant_skipped_delete},
      {"loads", plant_stampede},
      {"convergence", plant_wrong_rest},
  };
  return all;
}

CheckResult result_of(const SmallHistory& small, std::string_view check) {
  CheckOptions options;
  options.only = {std::string(check)};
  const History history = packed(small);
  return *find_result(check_all(history, options), check);
}

/// Checks that `check` finds something wherever `plant` can plant.
void expect_always_found(std::string_view check, const Plant& plant) {
  int planted = 0;
  for (OpIndex at = 0; at < ops_in_all; ++at) {
    SmallHistory small = valid_history();
    if (!plant(small, at)) {
      continue;
    }
    ++planted;
    const CheckResult result = result_of(small, check);
    EXPECT_GE(result.count, 1U) << check << " missed what was planted at op " << at;
    EXPECT_EQ(result.verdict, Verdict::invalid) << check << " at op " << at;
  }
  EXPECT_GT(planted, 5) << check;
}

TEST(Sensitivity, every_check_finds_nothing_in_a_valid_history) {
  const History history = packed(valid_history());
  for (const CheckResult& result : check_all(history).results) {
    EXPECT_EQ(result.count, 0U) << result.name;
    EXPECT_EQ(result.verdict, Verdict::valid) << result.name;
    EXPECT_GT(result.sample, 0U) << result.name;
  }
}

TEST(Sensitivity, every_check_finds_its_defects_at_every_position) {
  for (const CheckInfo& info : CheckRegistry::all()) {
    const auto [first, last] = defects().equal_range(info.name);
    EXPECT_NE(first, last) << info.name << " has no defect in this test: add one that it must find";
    for (auto defect = first; defect != last; ++defect) {
      expect_always_found(info.name, defect->second);
    }
  }
}

TEST(Checks, without_versions_do_not_pass_what_needs_them) {
  SmallHistory small = valid_history();
  for (Step& step : small.steps) {
    step.version = unknown_version;
  }
  const Report report = check_all(packed(small));
  EXPECT_EQ(find_result(report, "version-order")->verdict, Verdict::unknown);
  EXPECT_FALSE(find_result(report, "version-order")->decides);
  EXPECT_EQ(find_result(report, "linearizable")->verdict, Verdict::valid);
  EXPECT_EQ(find_result(report, "stale-reads")->verdict, Verdict::valid) << "one op came after the other";
  EXPECT_EQ(report.verdict, Verdict::valid);
  CheckOptions only_order;
  only_order.only = {"version-order"};
  EXPECT_EQ(check_all(packed(small), only_order).verdict, Verdict::unknown) << "alone it decides nothing";
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
