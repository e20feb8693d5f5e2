// General histories: conversion, and the round trip through every format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>

#include "core/absent_row.hpp"
#include "random_history.hpp"
#include "record/foreign/export.hpp"
#include "record/foreign/import.hpp"

namespace stalemate {
namespace {

using namespace random_history;
using testing::HasSubstr;
using testing::Not;

std::string edn_of(const EventHistory& history) {
  std::ostringstream out;
  write_edn(history, out);
  return out.str();
}

std::string json_of(const EventHistory& history) {
  std::ostringstream out;
  write_json_lines(history, out);
  return out.str();
}

std::string csv_of(const EventHistory& history) {
  std::ostringstream out;
  write_csv(history, out);
  return out.str();
}

RC_GTEST_PROP(Events, come_back_from_every_format_as_they_were, ()) {
  const EventHistory history = any_events(static_cast<std::size_t>(pick(0, 30)), pick(1, 20));
  using Parse = Result<EventHistory> (*)(std::string_view, std::string_view);
  for (const auto& [text, parse] : {std::pair<std::string, Parse>(edn_of(history), parse_edn),
                                    std::pair<std::string, Parse>(json_of(history), parse_json_lines),
                                    std::pair<std::string, Parse>(csv_of(history), parse_csv)}) {
    const Result<EventHistory> again = parse(text, "again");
    if (!again) {
      RC_FAIL(again.error().detail + "\n" + text);
    }
    if (*again != history) {
      RC_FAIL(text);
    }
    RC_ASSERT(guess_format(text, "again").has_value());
  }
}

/// Deletes of a run, and reads that found no row, become nil, as `absent` does.
Value without_deletes(Value value) {
  return row_after(value) == no_row ? absent : value;
}

RC_GTEST_PROP(Events, of_a_native_history_become_the_same_native_history_again, ()) {
  std::vector<Op> ops = any_ops(static_cast<std::size_t>(pick(0, 40)), pick(1, 1000));
  for (Op& op : ops) {
    op.value = without_deletes(op.value);
  }
  HistoryHeader header = any_header();
  header.initial_value = without_deletes(header.initial_value);
  const History native = make_history(header, ops);
  for (const auto& format : {&edn_of, &json_of, &csv_of}) {
    const std::string text = format(to_events(native));
    const Result<HistoryFormat> guessed = guess_format(text, "text");
    RC_ASSERT(guessed.has_value());
    const Result<EventHistory> events = *guessed == HistoryFormat::edn          ? parse_edn(text, "text")
                                        : *guessed == HistoryFormat::json_lines ? parse_json_lines(text, "text")
                                                                                : parse_csv(text, "text");
    if (!events) {
      RC_FAIL(events.error().detail + "\n" + text);
    }
    const Result<History> again = to_history(*events);
    RC_ASSERT(again.has_value());
    RC_ASSERT(std::ranges::equal(again->ops(), native.ops()));
    RC_ASSERT(again->header.initial_value == native.header.initial_value);
  }
}

TEST(Events, of_texts_become_numbers_with_names) {
  const Result<EventHistory> events = parse_edn(R"({:type :invoke, :process 9000000000, :f :write, :key "k", :value "a"}
{:type :ok, :process 9000000000, :f :write, :key "k", :value "a"}
{:type :invoke, :process 1, :f :read, :key "k"}
{:type :ok, :process 1, :f :read, :key "k", :value "a"})",
                                                "texts");
  ASSERT_TRUE(events.has_value()) << events.error().detail;
  const Result<History> history = to_history(*events);
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  EXPECT_EQ(history->header.key_names, std::vector<std::string>{"\"k\""});
  EXPECT_EQ(history->header.clock, "order");
  ASSERT_EQ(history->ops().size(), 2U);
  const auto value = static_cast<std::size_t>(history->ops()[0].value());
  EXPECT_EQ(history->header.value_names.at(value), "\"a\"");
  EXPECT_EQ(history->ops()[1].value(), history->ops()[0].value());
  EXPECT_EQ(to_events(*history).values, events->values);
}

TEST(Events, with_a_cas_cannot_become_native) {
  const Result<EventHistory> events = parse_edn("{:type :invoke, :process 0, :f :cas, :value [1 2]}", "c.edn");
  ASSERT_TRUE(events.has_value());
  const Result<History> history = to_history(*events);
  ASSERT_FALSE(history.has_value());
  EXPECT_EQ(history.error().detail,
            "c.edn cannot become a native history: it has a cas, and only reads, writes and adds fit");
}

TEST(Edn, one_vector_and_a_map_a_line_and_a_row_a_line_mean_the_same) {
  const std::string_view map_a_line =
      "{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value 3}\n";
  const std::string_view one_vector =
      "; a comment\n[{:process 0, :type :invoke, :f :read, :value nil}\n #_{:dropped 1}\n {:process 0, :type :ok, :f "
      ":read, "
      ":value 3}]";
  const std::string_view rows = "[0 :invoke :read nil]\n[0 :ok :read 3]\n";
  const std::string_view vector_of_rows = "[[0 :invoke :read nil] [0 :ok :read 3]]";
  const std::string_view tagged =
      "#jepsen.history.Op{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}\n"
      "#jepsen.history.Op{:index 1, :type :ok, :process 0, :f :read, :value 3}\n";
  const Result<EventHistory> wanted = parse_edn(map_a_line, "h");
  ASSERT_TRUE(wanted.has_value());
  ASSERT_EQ(wanted->ops.size(), 1U);
  EXPECT_EQ(wanted->values.integer(wanted->ops[0].value), 3);
  for (const std::string_view text : {one_vector, rows, vector_of_rows, tagged}) {
    const Result<EventHistory> history = parse_edn(text, "h");
    ASSERT_TRUE(history.has_value()) << history.error().detail;
    EXPECT_EQ(*history, *wanted) << text;
  }
}

TEST(Edn, keyed_values_are_taken_apart) {
  const Result<EventHistory> history = parse_edn(R"(
{:type :invoke, :process 0, :f :read, :value [7 nil]}
{:type :invoke, :process 1, :f :cas, :value #jepsen.independent/tuple [8 [1 2]]}
{:type :info, :process :nemesis, :f :start, :value "cut"}
{:type :fail, :process 1, :f :cas, :value [8 [1 2]]}
{:type :ok, :process 0, :f :read, :value [7 4]})",
                                                 "h");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  ASSERT_EQ(history->ops.size(), 2U);
  EXPECT_EQ(history->values.integer(history->keys[history->ops[0].key]), 7);
  EXPECT_EQ(history->values.integer(history->ops[0].value), 4);
  EXPECT_EQ(history->values.integer(history->ops[1].expected), 1);
  EXPECT_EQ(history->values.integer(history->ops[1].value), 2);
  EXPECT_EQ(history->ops[1].outcome, Outcome::fail);
  EXPECT_EQ(history->ops[0].completion, 3);
}

TEST(Edn, a_cas_alone_is_not_taken_for_a_keyed_value) {
  const Result<EventHistory> history = parse_edn("[{:type :invoke, :process 0, :f :cas, :value [2 1]}]", "h");
  ASSERT_TRUE(history.has_value());
  EXPECT_EQ(history->keys, std::vector{nil_value});
  EXPECT_EQ(history->values.integer(history->ops[0].expected), 2);
  EXPECT_EQ(history->ops[0].outcome, Outcome::info);
  EXPECT_EQ(history->ops[0].completion, never);
}

TEST(Edn, times_are_used_only_where_every_line_has_one_and_they_never_fall) {
  const auto timed = [](std::string_view first, std::string_view second) {
    const std::string text = "{:type :invoke, :process 0, :f :read" + std::string(first) +
                             "}\n{:type :ok, :process 0, :f :read, :value 1" + std::string(second) + "}";
    return parse_edn(text, "h")->timed;
  };
  EXPECT_TRUE(timed(", :time 5", ", :time 9"));
  EXPECT_TRUE(timed(", :time 5", ", :time 5"));
  EXPECT_FALSE(timed(", :time 5", ", :time 4"));
  EXPECT_FALSE(timed(", :time 5", ""));
}

TEST(JsonLines, are_read_with_and_without_an_array_around_them) {
  const std::string first = R"({"type":"invoke","process":0,"f":"write","value":[3,"x"],"time":1})";
  const std::string second = R"({"type":"ok","process":0,"f":"write","value":[3,"x"],"time":2})";
  const std::string nemesis = R"({"type":"info","process":"nemesis","f":"start","value":null,"time":2})";
  const Result<EventHistory> lines = parse_json_lines(first + "\n" + nemesis + "\n\n" + second + "\r\n", "h");
  const Result<EventHistory> array = parse_json_lines("[" + first + "," + nemesis + ",\n" + second + "]", "h");
  ASSERT_TRUE(lines.has_value()) << lines.error().detail;
  ASSERT_TRUE(array.has_value()) << array.error().detail;
  EXPECT_EQ(*lines, *array);
  EXPECT_EQ(lines->values.integer(lines->keys[0]), 3);
  EXPECT_EQ(lines->values.text(lines->ops[0].value), "x");
  EXPECT_TRUE(lines->timed);
}

TEST(JepsenLog, other_lines_are_left_out_and_a_timed_out_read_returned_nothing) {
  const Result<EventHistory> history = parse_jepsen_log(
      "INFO  jepsen.core - Worker 0 starting\n"
      "INFO  jepsen.util - 0\t:invoke\t:read\tnil\n"
      "2024-01-01 10:00:00,000{GMT}\tINFO\t[jepsen worker 1] jepsen.util: 1\t:invoke\t:cas\t[2 1]\n"
      "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
      "INFO  jepsen.util - 0\t:fail\t:read\t:timed-out\n"
      "INFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n",
      "log");
  ASSERT_TRUE(history.has_value()) << history.error().detail;
  ASSERT_EQ(history->ops.size(), 2U);
  EXPECT_EQ(history->ops[0].outcome, Outcome::fail);
  EXPECT_EQ(history->ops[0].value, nil_value);
  EXPECT_EQ(history->ops[1].outcome, Outcome::info);
}

struct BadText {
  Result<EventHistory> (*parse)(std::string_view, std::string_view);
  std::string_view text;
  std::string_view sentence;
};

TEST(Import, says_file_line_what_is_wrong_and_what_would_be_right) {
  const std::vector<BadText> bad = {
      {parse_edn, "{:process 0, :type :invoke, :f :read}\n{:process 0, :type :oops, :f :read}",
       "h, line 2: the type :oops is unknown, which should be :invoke, :ok, :fail or :info; an op should look like "},
      {parse_edn, "{:process 0, :type :invoke, :f :txn}",
       "h, line 1: the function txn is a transaction of several reads and writes; read are histories of single ops on "
       "keys"},
      {parse_edn, "{:type :invoke, :f :read}", "h, line 1: the op has no :process; an op should look like "},
      {parse_edn, "\n\n{:process 0 :type",
       "h, line 3: the file ends within what line 3 opens; a \"}\" should close it"},
      {parse_edn, "[{:process 0, :type :invoke, :f :read}\n",
       "h, line 2: the file ends within its list of ops; a \"]\""},
      {parse_edn, "{:process 0, :type :ok, :f :read}",
       "h, line 1: process 0 ends an op that it has not begun; an :invoke should come first, or, if the file is a part "
       "of "
       "a longer history, --excerpt should be given"},
      {parse_edn, "[0 :invoke :read nil]\n[0 :invoke :read nil]",
       "h, line 2: process 0 begins an op before its last one, of line 1, has ended; an :ok"},
      {parse_edn, "[0 :invoke :read nil]\n[0 :ok :write 1]",
       "h, line 2: process 0 ends another op than it began in line 1"},
      {parse_edn, "[0 :invoke :write 3]\n[0 :ok :write 5]",
       "h, line 2: the value of the write that process 0 ends is 5, but it began it in line 1 with 3; they should be"},
      {parse_edn, "[0 :invoke :cas [1 2]]\n[0 :ok :cas [1 3]]",
       "h, line 2: the value of the cas that process 0 ends is [1 3], but it began it in line 1 with [1 2]; they"},
      {parse_json_lines,
       R"({"process":0,"type":"invoke","f":"write","value":3})"
       "\n"
       R"({"process":0,"type":"ok","f":"write","value":4})",
       "h, line 2: the value of the write that process 0 ends is 4, but it began it in line 1 with 3; they should be"},
      {parse_jepsen_log, "x - 1\t:invoke\t:write\t3\nx - 1\t:ok\t:write\t4\n",
       "h, line 2: the value of the write that process 1 ends is 4, but it began it in line 1 with 3; they should be"},
      {parse_edn, "{:process 0, :type :invoke, :f :read, :op 7}\n{:process 1, :type :invoke, :f :read, :op 7}",
       "h: two ops have the number 7 in :op; each should have its own"},
      {parse_edn, "[0 :invoke :cas 3]", "h, line 1: the value of a cas is 3; it should be a pair [old new]"},
      {parse_edn, "{:a \"\\q\"}", "h, line 1: \\q in a text; only "},
      {parse_edn, "{:a 12three}", "h, line 1: \"12three\" begins like a number but is none"},
      {parse_edn, ")", "h, line 1: a \")\" that closes nothing"},
      {parse_json_lines, "{\"type\":\"invoke\",\n", "h, line 1: this is not JSON; an op should look like "},
      {parse_json_lines, "{\"type\":\"invo",
       "h, line 1: this is not JSON, and the file ends here without an end of line"},
      {parse_csv,
       "op,process,key,f,expected,value,outcome,invocation_ns,completion_ns,intended_ns,error\n0,0,nil,read,,1,ok,9",
       "h, line 2: there are 8 fields; there should be 11; the file ends within this row, so it may be cut"},
      {parse_json_lines, "\n{\"type\":\"invoke\",\"f\":\"read\"}",
       "h, line 2: the op has no \"process\"; an op should"},
      {parse_json_lines, R"({"process":0,"type":"invoke","f":"txn"})",
       "h, line 1: the function txn is a transaction of several reads and writes; read are histories of single ops on "
       "keys (read, write, cas, append, add, insert and delete), and Elle (github.com/jepsen-io/elle) checks "
       "transactions; an op should look like"},
      {parse_jepsen_log, "x - 1\t:invoke\t:txn\tnil", "h, line 1: the function txn is a transaction"},
      {parse_csv,
       "op,process,key,f,expected,value,outcome,invocation_ns,completion_ns,intended_ns,error\n0,0,nil,txn,,1,ok,1,2,1,"
       "\n",
       "h, line 2: the function txn is a transaction"},
      {parse_edn, "{:process 0, :type :invoke, :f :enqueue}",
       "h, line 1: the function enqueue is unknown, which should be one of read, write, cas, append, add, insert and "
       "delete; an op should look like"},
      {parse_edn, "{:process 0, :type :invoke, :f :read, :value :a\x1b}",
       "h, line 1: \":a\x1b\" holds control characters"},
      {parse_jepsen_log, "x - 1\t:invoke\t:oops\tnil",
       "h, line 1: the function oops is unknown, which should be one of read, write"},
      {parse_jepsen_log, "x - one\t:invoke\t:read\tnil", "h, line 1: \"one\" is no process number; an op should"},
      {parse_jepsen_log, "x - 1\t:invoke\t:read", "h, line 1: the value is missing; an op should"},
      {parse_csv, "a,b\n", "h, line 1: the first line should be op,process,key,f,expected,value,outcome,invocation_ns"},
      {parse_csv,
       "op,process,key,f,expected,value,outcome,invocation_ns,completion_ns,intended_ns,error\n0,0,nil,read,,1,ok,9,5,"
       "9,\n",
       "h, line 2: the completion should not be before the invocation"},
      {parse_csv, "op,process,key,f,expected,value,outcome,invocation_ns,completion_ns,intended_ns,error\n0,0,nil\n",
       "h, line 2: there are 3 fields; there should be 11"},
  };
  for (const BadText& entry : bad) {
    const Result<EventHistory> history = entry.parse(entry.text, "h");
    ASSERT_FALSE(history.has_value()) << entry.text;
    EXPECT_EQ(history.error().code, ErrorCode::protocol);
    EXPECT_TRUE(history.error().detail.starts_with(entry.sentence))
        << history.error().detail << "\nwanted " << entry.sentence;
  }
}

TEST(Import, bounds_what_one_op_may_hold) {
  std::string many;
  for (std::uint64_t form = 0; form <= edn::Reader::forms_max; ++form) {
    many += form == 0 ? "1" : ",1";
  }
  const Result<EventHistory> edn = parse_edn("{:process 0, :type :invoke, :f :write, :value [" + many + "]}", "h");
  ASSERT_FALSE(edn.has_value());
  EXPECT_THAT(edn.error().detail, HasSubstr("h, line 1: one form holds more than 1048576 others"));
  const Result<EventHistory> json =
      parse_json_lines(R"({"process":0,"type":"invoke","f":"write","value":[)" + many + "]}", "h");
  ASSERT_FALSE(json.has_value());
  EXPECT_THAT(json.error().detail, HasSubstr("h, line 1: there are more than 1048576 values"));
}

TEST(Import, takes_the_end_of_a_change_without_its_value_or_without_success) {
  for (const char* end : {"[0 :ok :write nil]", "[0 :fail :write :timed-out]", "[0 :info :write 5]"}) {
    EXPECT_TRUE(parse_edn(std::string("[0 :invoke :write 3]\n") + end, "h").has_value()) << end;
  }
}

std::string notes_of(const Result<EventHistory>& history) {
  std::string notes;
  for (const std::string& note : history->notes) {
    notes += note + "\n";
  }
  return notes;
}

TEST(Import, notes_a_last_line_without_an_end_where_a_cut_one_can_look_whole) {
  const std::string log = "x - 1\t:invoke\t:write\t3\nx - 1\t:ok\t:write\t3\n";
  EXPECT_THAT(notes_of(parse_jepsen_log(log, "h")), Not(HasSubstr("cut")));
  EXPECT_THAT(notes_of(parse_jepsen_log(log + "INFO  jeps", "h")),
              HasSubstr("line 3, has no end of line, so it may be"));
  EXPECT_THAT(notes_of(parse_jepsen_log(log + "x - 1\t:invoke\t:write\t4", "h")), HasSubstr("line 3, has no end"));
  const std::string csv =
      "op,process,key,f,expected,value,outcome,invocation_ns,completion_ns,intended_ns,error\n"
      "0,0,nil,read,,1,ok,5,9,5,";
  EXPECT_EQ(notes_of(parse_csv(csv + "\n", "h")), "");
  EXPECT_THAT(notes_of(parse_csv(csv, "h")), HasSubstr("line 2, has no end of line"));
}

TEST(Import, knows_which_files_tell_that_they_are_whole) {
  const std::string op = "{:process 0, :type :invoke, :f :read, :time 1}";
  EXPECT_TRUE(parse_edn("[" + op + "]", "h")->has_end_mark);
  EXPECT_FALSE(parse_edn(op, "h")->has_end_mark);
  EXPECT_EQ(notes_of(parse_edn(op, "h")), "");
  const std::string object = R"({"type":"invoke","process":0,"f":"read","time":1})";
  EXPECT_TRUE(parse_json_lines("[" + object + "]", "h")->has_end_mark);
  EXPECT_FALSE(parse_json_lines(object + "\n", "h")->has_end_mark);
}

TEST(Import, says_why_instants_are_positions) {
  const auto notes = [](std::string_view first, std::string_view second) {
    return notes_of(parse_edn("[:nemesis :info :start nil]\n{:type :invoke, :process 0, :f :read" + std::string(first) +
                                  "}\n{:type :ok, :process 0, :f :read, :value 1" + std::string(second) + "}",
                              "h"));
  };
  EXPECT_EQ(notes(", :time 5", ", :time 9"), "");
  EXPECT_THAT(notes("", ""), HasSubstr("positions in the file, not times, since no op has a time"));
  EXPECT_THAT(notes(", :time 5", ""), HasSubstr("since the op of line 3 has no time"));
  EXPECT_THAT(notes(", :time 5", ", :time 4"), HasSubstr("since the time of line 3 is before that of the op above it"));
  EXPECT_THAT(notes(", :time 1.5", ", :time 2.5"),
              HasSubstr("since the time of line 2, 1.5, is no whole number of nanoseconds below 2^63"));
  EXPECT_THAT(notes(", :time 5", ", :time 99999999999999999999"),
              HasSubstr("the time of line 3, 99999999999999999999,"));
  EXPECT_THAT(notes(", :time nil", ", :time nil"), HasSubstr("since no op has a time"));
}

// As some editors write UTF-8, with the ends of lines of another system.
TEST(Import, takes_no_offence_at_a_byte_order_mark) {
  const std::string text = "{:type :invoke, :process 0, :f :read}\r\n{:type :ok, :process 0, :f :read, :value 1}\r\n";
  const Result<EventHistory> marked = parse_events("\xef\xbb\xbf" + text, "h");
  ASSERT_TRUE(marked) << marked.error().detail;
  EXPECT_EQ(*marked, *parse_events(text, "h"));
  EXPECT_THAT(parse_events("\xef\xbb\xbf", "h").error().detail, HasSubstr("h is empty"));
}

TEST(Import, guesses_the_format_from_the_first_characters) {
  EXPECT_EQ(guess_format("{:process 0}", "h"), HistoryFormat::edn);
  EXPECT_EQ(guess_format("; said\n[{:process 0}]", "h"), HistoryFormat::edn);
  EXPECT_EQ(guess_format("#jepsen.history.Op{:a 1}", "h"), HistoryFormat::edn);
  EXPECT_EQ(guess_format(" { \"process\": 0}", "h"), HistoryFormat::json_lines);
  EXPECT_EQ(guess_format("[\n{\"process\": 0}]", "h"), HistoryFormat::json_lines);
  EXPECT_EQ(guess_format("op,process,key,f\n", "h"), HistoryFormat::csv);
  EXPECT_EQ(guess_format("INFO x - 0\t:invoke\t:read\tnil\n", "h"), HistoryFormat::jepsen_log);
  EXPECT_EQ(guess_format("SMHIST\r\n....", "h"), HistoryFormat::native);
  EXPECT_TRUE(guess_format(std::string(calls_record_begin) + "1\",\"links\":[]}\n", "h")
                  .error()
                  .detail.starts_with("h is a record of calls to stores, as `stalemate proxy --record` writes it;"));
  EXPECT_TRUE(guess_format("", "h").error().detail.starts_with("h is empty; a history begins with"));
  EXPECT_TRUE(guess_format("hello", "h").error().detail.starts_with("h is in no format known here"));
}

}  // namespace
}  // namespace stalemate
