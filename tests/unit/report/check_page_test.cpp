// The page of a check: bounded, with the proof's ops marked, and nothing foreign that becomes markup.
#include "report/page/check_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Op op_of(OpIndex index, OpKind kind, Value value, Nanoseconds from_ns, Nanoseconds to_ns) {
  return {.index = index,
          .key = Key{7},
          .client = static_cast<ClientId>(kind == OpKind::read ? 1 : 0),
          .kind = kind,
          .outcome = to_ns == never ? Outcome::info : Outcome::ok,
          .value = value,
          .intended_ns = from_ns,
          .invocation_ns = from_ns,
          .completion_ns = to_ns};
}

// Two writes, a read of the first one after both, and as many other reads as asked for, before them and behind.
History stale_history(unsigned others) {
  std::vector<Op> ops = {op_of(0, OpKind::write, 1, 1'000'000, 1'000'010),
                         op_of(1, OpKind::write, 2, 1'000'020, 1'000'030),
                         op_of(2, OpKind::read, 1, 1'000'050, 1'000'060)};
  for (unsigned place = 0; place < others; ++place) {
    const Nanoseconds from_ns = place % 2 == 0 ? 1'000'100 + 10 * place : 999'000 - 10 * place;
    ops.push_back(op_of(3 + place, OpKind::read, place % 2 == 0 ? 2 : 0, from_ns, from_ns + 5));
  }
  HistoryHeader header;
  header.initial_value = 0;
  return make_history(header, ops);
}

std::string text_between(const std::string& text, const std::string& open, const std::string& close) {
  const std::size_t begin = text.find(open) + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

json page_data(const Page& page) {
  return json::parse(page.data_json);
}

Page page_of_stale_history(unsigned others) {
  const History history = stale_history(others);
  const Report report = check_all(history);
  VerdictSheet sheet{.command = "check", .subject = "a.stale", .headline = "invalid"};
  sheet.cases.push_back({.name = "stale-reads", .fact = "1 of 1", .verdict = CaseVerdict::failed});
  return check_page(report, sheet, history, "words", "test");
}

json violation_of(const json& data, const std::string& check) {
  for (const json& violation : data["violations"]) {
    if (violation["check"] == check) {
      return violation;
    }
  }
  ADD_FAILURE() << "no violation of " << check;
  return json::object();
}

TEST(CheckPage, marks_the_ops_that_prove_it_and_the_instant_from_which_it_was_certain) {
  const json data = page_data(page_of_stale_history(0));
  EXPECT_EQ(data["sentence"], "Violated: stale-reads.");
  const json& stale = violation_of(data, "stale-reads");
  ASSERT_EQ(stale["ops"].size(), 3U);
  for (const json& op : stale["ops"]) {
    EXPECT_EQ(op["proof"], true);
  }
  EXPECT_EQ(stale["ops"][2]["kind"], "read");
  EXPECT_EQ(stale["ops"][2]["from"], 50);
  EXPECT_EQ(stale["certain"]["at"], 30) << "the end of the write that was missed";
  EXPECT_THAT(stale["certain"]["words"].get<std::string>(), HasSubstr("write of 2 (op 1) had ended, and"));
}

TEST(CheckPage, draws_the_ops_next_to_the_proof_and_says_of_how_many) {
  const json data = page_data(page_of_stale_history(1000));
  const json& stale = violation_of(data, "stale-reads");
  EXPECT_EQ(stale["ops"].size(), ops_drawn_max);
  EXPECT_EQ(stale["of"], 1003);
  std::size_t proofs = 0;
  for (const json& op : stale["ops"]) {
    proofs += op["proof"].get<bool>() ? 1U : 0U;
    EXPECT_LT(op["index"], 3 + 100) << "the nearest ones";
  }
  EXPECT_EQ(proofs, 3U);
}

TEST(CheckPage, draws_foreign_ops_by_their_own_names_which_never_become_markup) {
  const std::string hostile = "\"</script><script>alert(1)</script>\"";
  EventHistory events;
  events.timed = true;
  events.has_initial = true;
  events.processes = {hostile, "1"};
  events.keys = {events.values.intern_text("</script><b>")};
  const ValueId one = events.values.intern_text("<one>");
  const ValueId two = events.values.intern(2);
  const auto add = [&](std::uint32_t process, EventKind kind, ValueId value, Nanoseconds from_ns) {
    events.ops.push_back({.process = process,
                          .kind = kind,
                          .outcome = Outcome::ok,
                          .value = value,
                          .invocation = from_ns,
                          .completion = from_ns + 5,
                          .intended = from_ns,
                          .index = static_cast<std::uint32_t>(events.ops.size())});
  };
  add(0, EventKind::write, one, 10);
  add(0, EventKind::write, two, 20);
  add(1, EventKind::read, one, 30);
  const Report report = check_all(events);
  ASSERT_EQ(report.verdict, Verdict::invalid);
  const Page page = check_page(report, {.command = "check", .subject = hostile}, events, "words", "test");
  const json data = page_data(page);
  const json& stale = violation_of(data, "stale-reads");
  ASSERT_EQ(stale["ops"].size(), 3U);
  EXPECT_EQ(stale["lanes"][0], "process " + hostile);
  EXPECT_EQ(stale["ops"][0]["value"], "\"<one>\"");
  EXPECT_EQ(stale["lanes"].size(), 2U) << "a proof's op is in the lane of its process";
  const std::string html = html_of(page);
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_EQ(text_between(html, "id=\"data\">", "</script>").find('<'), std::string::npos);
}

TEST(Certainty, is_the_last_end_before_the_read_or_else_the_last_end) {
  Violation violation;
  violation.ops = {op_of(0, OpKind::write, 1, 0, 100), op_of(1, OpKind::read, 1, 10, 20),
                   op_of(2, OpKind::read, 0, 30, 40)};
  const std::vector<std::string> words = {"a", "b", "c"};
  EXPECT_EQ(certainty_of(violation, words)->at_ns, 20);
  EXPECT_EQ(certainty_of(violation, words)->words, "b had ended, and c had not begun.");
  violation.ops = {op_of(0, OpKind::write, 1, 0, never), op_of(1, OpKind::read, 1, 10, 40)};
  EXPECT_EQ(certainty_of(violation, words)->at_ns, 40);
  violation.ops = {op_of(0, OpKind::write, 1, 0, never)};
  EXPECT_FALSE(certainty_of(violation, words).has_value());
}

}  // namespace
}  // namespace stalemate
