// The general search finds one wrong result in a valid history of overlapping ops, whichever op it is planted in, for
// every kind of object.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "check/check.hpp"
#include "core/random.hpp"

namespace stalemate::test {
namespace {

constexpr std::uint32_t ops_searched = 60;

EventKind change_of(Model model, std::uint32_t luck) {
  switch (model) {
    case Model::cas_register: return luck == 0 ? EventKind::write : EventKind::cas;
    case Model::kv: return luck == 0 ? EventKind::write : EventKind::append;
    case Model::rmw_register: return EventKind::add;
    case Model::distinct_register: break;
  }
  return EventKind::write;
}

/// Ops of two keys, each taking effect at its middle; neighbours overlap. Reads return what is there then.
class ValidHistory {
 public:
  explicit ValidHistory(Model model) : model_(model) {
    events_.timed = true;
    events_.has_initial = true;
    for (std::int64_t key = 0; key < 2; ++key) {
      events_.keys.push_back(events_.values.intern(key));
      texts_.emplace_back();
      numbers_.push_back(0);
    }
    events_.initial = value_of(0);
    for (std::int64_t process = 0; process < 3; ++process) {
      events_.processes.push_back(std::to_string(process));
    }
    SeededRandom random(3);
    for (std::uint32_t i = 0; i < ops_searched; ++i) {
      add(i, random.draw_below(2), random.draw_below(5));
    }
  }

  [[nodiscard]] EventHistory take() { return std::move(events_); }

 private:
  ValueId value_of(std::uint32_t key) {
    return model_ == Model::kv ? events_.values.intern_text(texts_[key]) : events_.values.intern(numbers_[key]);
  }

  void add(std::uint32_t i, std::uint32_t key, std::uint32_t luck) {
    EventOp op{.process = i % 3, .key = key, .outcome = Outcome::ok, .index = i};
    op.invocation = op.intended = 10 * std::int64_t{i};
    op.completion = op.invocation + 25;
    op.kind = luck < 2 ? change_of(model_, luck) : EventKind::read;
    op.expected = op.kind == EventKind::cas ? value_of(key) : nil_value;
    if (op.kind == EventKind::add) {
      numbers_[key] += 1 + luck;
      op.value = events_.values.intern(1 + luck);
    } else if (op.kind == EventKind::append) {
      const std::string tail(1, static_cast<char>('a' + i % 20));
      texts_[key] += tail;
      op.value = events_.values.intern_text(tail);
    } else {
      if (op.kind != EventKind::read) {
        numbers_[key] = i % 7;
        texts_[key] = std::to_string(i % 7);
      }
      op.value = value_of(key);
    }
    events_.ops.push_back(op);
  }

  Model model_;
  EventHistory events_;
  std::vector<std::string> texts_;
  std::vector<std::int64_t> numbers_;
};

TEST(SearchSensitivity, a_wrong_result_of_any_op_is_found) {
  for (const Model model : {Model::cas_register, Model::kv, Model::rmw_register}) {
    const EventHistory valid = ValidHistory(model).take();
    EXPECT_EQ(check_all(valid, {}, model).verdict, Verdict::valid) << name_of(model);
    for (std::uint32_t at = 0; at < ops_searched; ++at) {
      EventHistory wrong = valid;
      EventOp& op = wrong.ops[at];
      if (op.kind != EventKind::read && op.kind != EventKind::cas) {
        continue;  // only these tell what was there
      }
      // Nobody ever wrote this.
      const ValueId never_there = model == Model::kv ? wrong.values.intern_text("?") : wrong.values.intern(1'000'000);
      (op.kind == EventKind::cas ? op.expected : op.value) = never_there;
      const Report report = check_all(wrong, {}, model);
      EXPECT_EQ(report.verdict, Verdict::invalid) << name_of(model) << " at op " << at;
      ASSERT_EQ(report.results.size(), 1U);
      EXPECT_EQ(report.results.front().count, 1U);
      EXPECT_EQ(report.results.front().violations.size(), 1U);
    }
  }
}

TEST(SearchSensitivity, a_sum_that_adds_have_left_behind_is_found_at_every_read) {
  const EventHistory valid = ValidHistory(Model::rmw_register).take();
  int planted = 0;
  for (std::uint32_t at = 0; at < ops_searched; ++at) {
    EventHistory wrong = valid;
    EventOp& op = wrong.ops[at];
    const bool was_added_to = std::ranges::any_of(valid.ops, [&op](const EventOp& other) {
      return other.key == op.key && other.kind == EventKind::add && other.completion < op.invocation;
    });
    if (op.kind == EventKind::read && was_added_to) {
      ++planted;
      op.value = wrong.initial;
      EXPECT_EQ(check_all(wrong, {}, Model::rmw_register).verdict, Verdict::invalid) << "at op " << at;
    }
  }
  EXPECT_GT(planted, 20);
}

}  // namespace
}  // namespace stalemate::test
