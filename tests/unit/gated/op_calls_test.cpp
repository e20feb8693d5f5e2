// Which op of a run a store call is told to.
#include "gated/run/op_calls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gated/backstage.hpp"

namespace stalemate {
namespace {

constexpr Value first = 1000;

class OpCallsTest : public testing::Test {
 protected:
  OpCallsTest() {
    // As every run does: the rows are made and read once before anything is told.
    get("product:100001", "(nil)");
    set("product:100001", "1000");
    calls_.watch([this] { return now_++; }, [this](const Step& step) { steps_.push_back(step); });
  }

  void begin_read(OpIndex index, std::uint32_t key = 0, std::size_t instance = 0) {
    calls_.begin({.index = index, .kind = OpKind::read, .key = Key{key}, .instance = instance});
  }
  void begin_write(OpIndex index, Value value, std::uint32_t key = 0, std::size_t instance = 0) {
    calls_.begin({.index = index, .kind = OpKind::write, .key = Key{key}, .value = value, .instance = instance});
  }
  void end(OpIndex index, OpKind kind, std::uint32_t key = 0) {
    calls_.end({.index = index, .kind = kind, .key = Key{key}}, Outcome::ok);
  }

  GateCall cache_call(const std::string& name, const std::string& key, std::vector<std::string> values, bool writes,
                      std::size_t instance = 0) {
    GateCall call = {.id = ++last_call_, .link = cache_link(instance), .connection = 1};
    call.request = {.name = name, .keys = {key}, .values = std::move(values), .writes = writes};
    return call;
  }
  GateCall statement(const std::string& name, std::vector<std::string> values, std::size_t instance = 0) {
    GateCall call = {.id = ++last_call_, .link = database_link(instance), .connection = 2};
    call.request = {.name = name, .keys = {"products"}, .values = std::move(values), .writes = name != "SELECT"};
    return call;
  }
  void done(const GateCall& call, const std::string& reply) {
    EXPECT_FALSE(calls_.arrived(call).hold);
    calls_.answered(call, {.text = reply, .is_error = reply.starts_with("ERROR")});
  }
  void get(const std::string& key, const std::string& reply, std::size_t instance = 0) {
    done(cache_call("GET", key, {}, false, instance), reply);
  }
  void set(const std::string& key, const std::string& value) {
    done(cache_call("SET", key, {value, "EX", "600"}, true), "OK");
  }
  void erase(const std::string& key) { done(cache_call("DEL", key, {}, true), "1"); }
  void select(const std::string& reply) { done(statement("SELECT", {"100001"}), reply); }
  void update(Value value, const std::string& reply = "UPDATE 1") {
    done(statement("UPDATE", {"100001", std::to_string(value)}), reply);
  }

  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> words;
    for (const Step& step : steps_) {
      words.push_back(std::to_string(step.op) + " " + std::string(name_of(step.role)) + " " +
                      (step.value == absent ? "-" : std::to_string(step.value)));
    }
    return words;
  }

  std::vector<std::string> keys_ = {"100001", "100002"};
  OpCalls calls_{keys_, first};
  Nanoseconds now_ = 1;
  std::uint64_t last_call_ = 0;
  std::vector<Step> steps_ = {};
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(OpCallsTest, a_read_that_misses_looks_loads_and_fills) {
  begin_read(7);
  get("product:100001", "(nil)");
  select("1 row: 1000");
  set("product:100001", "1000");
  EXPECT_THAT(told(), ElementsAre("7 lookup -", "7 load 1000", "7 fill 1000"));
  EXPECT_EQ(calls_.counts().misses, 1U);
  EXPECT_EQ(calls_.counts().hits, 0U);
  for (const Step& step : steps_) {
    EXPECT_EQ(step.outcome, Outcome::ok);
    EXPECT_LT(step.start_ns, step.end_ns);
  }
}

TEST_F(OpCallsTest, a_write_updates_and_invalidates) {
  begin_write(8, 1001);
  update(1001);
  erase("product:100001");
  EXPECT_THAT(told(), ElementsAre("8 update 1001", "8 invalidate -"));
}

TEST_F(OpCallsTest, a_fill_belongs_to_the_read_that_loaded_its_value_and_a_delete_to_the_write_that_has_updated) {
  begin_read(1);
  begin_write(2, 1001);
  get("product:100001", "(nil)");
  select("1 row: 1000");
  update(1001);
  begin_read(3);
  get("product:100001", "(nil)");
  erase("product:100001");
  select("1 row: 1001");
  set("product:100001", "1000");
  set("product:100001", "1001");
  EXPECT_THAT(told(), ElementsAre("1 lookup -", "1 load 1000", "2 update 1001", "3 lookup -", "2 invalidate -",
                                  "3 load 1001", "1 fill 1000", "3 fill 1001"));
  EXPECT_EQ(calls_.counts().told, 8U);
  EXPECT_EQ(calls_.counts().of_several, 0U);
}

TEST_F(OpCallsTest, a_call_that_two_reads_could_have_made_is_told_to_the_first_and_counted) {
  begin_read(1);
  begin_read(2);
  get("product:100001", "\"1000\"");
  EXPECT_THAT(told(), ElementsAre("1 lookup 1000"));
  EXPECT_EQ(calls_.counts().of_several, 1U);
}

TEST_F(OpCallsTest, calls_of_another_key_or_another_instance_are_no_ops_of_this_one) {
  begin_read(1, 0, 0);
  get("product:100002", "(nil)");
  get("product:100001", "(nil)", 1);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(calls_.counts().no_op, 2U);
}

TEST_F(OpCallsTest, a_call_that_nobody_awaited_is_told_to_the_op_that_is_over) {
  begin_write(4, 1001);
  update(1001);
  end(4, OpKind::write);
  erase("product:100001");
  EXPECT_THAT(told(), ElementsAre("4 update 1001", "4 invalidate -"));
}

TEST_F(OpCallsTest, a_set_by_a_write_is_a_refresh) {
  begin_write(5, 1002);
  update(1002);
  set("product:100001", "{\"id\":100001,\"quantity\":1002}");
  EXPECT_THAT(told(), ElementsAre("5 update 1002", "5 refresh 1002"));
}

TEST_F(OpCallsTest, a_script_looks_sets_or_removes_as_its_caller_needs) {
  const auto script = [this](std::vector<std::string> values, const std::string& reply) {
    done(cache_call("EVALSHA", "product:100001", std::move(values), true), reply);
  };
  begin_read(1);
  script({"sha", "token"}, "(nil)");
  select("1 row: 1000");
  script({"sha", "token", "1000"}, "1");
  begin_write(2, 1001);
  update(1001);
  script({"sha"}, "1");
  EXPECT_THAT(told(), ElementsAre("1 lookup -", "1 load 1000", "1 fill 1000", "2 update 1001", "2 invalidate -"));
}

TEST_F(OpCallsTest, a_lock_of_a_key_is_no_entry_of_it) {
  begin_write(5, 1002);
  done(cache_call("SET", "lock:product:100001", {"f1c2", "NX", "PX", "500"}, true), "OK");
  update(1002);
  done(cache_call("DEL", "lock:product:100001", {}, true), "1");
  EXPECT_THAT(told(), ElementsAre("5 update 1002"));
  EXPECT_EQ(calls_.counts().no_value, 2U);
}

TEST_F(OpCallsTest, a_refused_update_failed_and_one_whose_connection_breaks_is_uncertain) {
  begin_write(6, 1003);
  update(1003, "ERROR: deadlock detected");
  const GateCall again = statement("UPDATE", {"100001", "1003"});
  EXPECT_FALSE(calls_.arrived(again).hold);
  calls_.closed(again.link, again.connection);
  ASSERT_EQ(steps_.size(), 2U);
  EXPECT_EQ(steps_[0].outcome, Outcome::fail);
  EXPECT_EQ(steps_[1].outcome, Outcome::info);
  EXPECT_EQ(steps_[1].error, ErrorCode::connection_lost);
}

TEST_F(OpCallsTest, calls_under_way_at_the_end_are_uncertain_and_nothing_is_told_after_it) {
  begin_write(6, 1003);
  const GateCall call = statement("UPDATE", {"100001", "1003"});
  EXPECT_FALSE(calls_.arrived(call).hold);
  calls_.finish();
  ASSERT_EQ(steps_.size(), 1U);
  EXPECT_EQ(steps_[0].outcome, Outcome::info);
  calls_.answered(call, {.text = "UPDATE 1"});
  EXPECT_EQ(steps_.size(), 1U);
}

TEST_F(OpCallsTest, what_sets_a_connection_up_is_not_counted) {
  done(statement("BEGIN", {}), "BEGIN");
  done(cache_call("HELLO", "", {"3"}, false), "[]");
  EXPECT_EQ(calls_.counts().calls, 0U);
}

TEST(CallTexts, find_keys_and_values_as_whole_words) {
  CallTexts texts({"100001", "00000000-0000-4000-8000-0000000186a1", "red shoes"}, first);
  const auto keys_in = [&texts](const std::string& name) {
    return texts.sense_of({.name = "GET", .keys = {name}, .writes = false}, true).keys;
  };
  EXPECT_THAT(keys_in("product:100001"), ElementsAre(Key{0}));
  EXPECT_THAT(keys_in("p:1000010"), IsEmpty());
  EXPECT_THAT(keys_in("x100001"), IsEmpty());
  EXPECT_THAT(keys_in("p:00000000-0000-4000-8000-0000000186a1:v"), ElementsAre(Key{1}));
  EXPECT_THAT(keys_in("red shoes/size"), ElementsAre(Key{2}));
  EXPECT_EQ(texts.value_in("quantity 1000", Key{0}), first);
  EXPECT_EQ(texts.value_in("quantity 1001", Key{0}), std::nullopt) << "nobody wrote it";
  texts.note_written(Key{0}, 1001);
  EXPECT_EQ(texts.value_in("{\"q\":1001}", Key{0}), 1001);
  EXPECT_EQ(texts.value_in("{\"q\":1001}", Key{1}), std::nullopt) << "it was written to another key";
  EXPECT_EQ(texts.value_in("{\"q\":11001}", Key{0}), std::nullopt);
  EXPECT_EQ(texts.value_in("99999999999999999999", Key{0}), std::nullopt);
}

TEST(CallTexts, tell_the_name_of_an_entry_without_its_key) {
  const CallTexts texts({"100001"}, first);
  EXPECT_EQ(texts.sense_of({.name = "GET", .keys = {"shop:100001:v1"}, .writes = false}, true).entry, "shop:{key}:v1");
  EXPECT_EQ(texts.sense_of({.name = "HGET", .keys = {"products"}, .values = {"100001"}, .writes = false}, true).entry,
            "products {key}");
}

TEST(CallTexts, the_value_of_a_set_with_a_time_to_live_stands_behind_it) {
  const CallTexts texts({"100001"}, first);
  EXPECT_TRUE(texts.sense_of({.name = "SETEX", .keys = {"p:100001"}, .values = {"1000", "7"}}, true).value_is_last);
  EXPECT_FALSE(
      texts.sense_of({.name = "SET", .keys = {"p:100001"}, .values = {"7", "EX", "1000"}}, true).value_is_last);
}

TEST_F(OpCallsTest, calls_that_set_a_connection_up_are_no_calls_of_rows_and_entries) {
  GateCall hello = cache_call("CLIENT SETINFO", "", {}, false);
  done(hello, "OK");
  done(statement("BEGIN", {}), "BEGIN");
  EXPECT_EQ(calls_.counts().calls, 0U);
}

TEST(OpCallsWithOrder, tell_updates_at_the_end_and_their_order_only_where_every_acknowledged_write_was_seen) {
  for (const bool sees_all : {true, false}) {
    OpCalls calls({"100001"}, first);
    std::vector<Step> steps;
    Nanoseconds now = 0;
    calls.await_order();
    calls.watch([&now] { return ++now; }, [&steps](const Step& step) { steps.push_back(step); });
    const CallingOp one = {.index = 1, .kind = OpKind::write, .key = Key{0}, .value = 1001};
    const CallingOp two = {.index = 2, .kind = OpKind::write, .key = Key{0}, .value = 1002};
    calls.begin(one);
    calls.begin(two);
    GateCall update = {.id = 1, .link = database_link(0), .connection = 1};
    update.request = {.name = "UPDATE", .keys = {"products"}, .values = {"100001", "1001"}};
    EXPECT_FALSE(calls.arrived(update).hold);
    calls.answered(update, {.text = "UPDATE 1"});
    calls.end(one, Outcome::ok);
    calls.end(two, sees_all ? Outcome::fail : Outcome::ok);
    EXPECT_THAT(steps, IsEmpty());
    calls.note_change("table public.products: UPDATE: id[integer]:100001 quantity[integer]:1001");
    calls.finish();
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_EQ(steps[0].version == unknown_version, !sees_all);
    EXPECT_EQ(calls.counts().unordered, sees_all ? 0U : 1U);
  }
}

}  // namespace
}  // namespace stalemate
