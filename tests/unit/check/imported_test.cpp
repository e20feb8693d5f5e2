// Histories of others: every small case of tests/data/cases is judged as its table says, and what a file does not tell
// is never taken for told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "check/check.hpp"
#include "data_files.hpp"
#include "record/foreign/import.hpp"
#include "record/history_reader.hpp"

namespace stalemate::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Report judged(std::string_view text, const ImportOptions& options = {}, std::optional<Model> model = {}) {
  const Result<EventHistory> events = parse_events(text, "h", options);
  EXPECT_TRUE(events.has_value()) << (events ? "" : events.error().detail);
  return events ? check_all(*events, {}, model) : Report{};
}

Verdict verdict_of(std::string_view text, const ImportOptions& options = {}, std::optional<Model> model = {}) {
  return judged(text, options, model).verdict;
}

/// All sentences of a report, one a line.
std::string sentences_of(const Report& report) {
  std::string sentences;
  for (const std::string& note : report.notes) {
    sentences += note + "\n";
  }
  for (const CheckResult& result : report.results) {
    sentences += result.note + "\n";
    for (const Violation& violation : result.violations) {
      sentences += violation.sentence + "\n";
    }
  }
  return sentences;
}

TEST(ImportedCases, are_judged_as_their_table_says) {
  const std::filesystem::path folder = data_folder() / "cases";
  const auto rows = rows_of(folder / "verdicts.tsv", 4);
  EXPECT_GE(rows.size(), 18U);
  for (const auto& row : rows) {
    if (row[0].ends_with(".stale")) {
      const Result<History> history = read_history(folder / row[0]);
      ASSERT_TRUE(history.has_value()) << row[0] << ": " << history.error().detail;
      const Report report = check_all(*history);
      EXPECT_EQ(name_of(report.verdict), row[2]) << row[0] << "\n" << sentences_of(report);
      EXPECT_THAT(sentences_of(report), HasSubstr(row[3])) << row[0];
      continue;
    }
    const Result<EventHistory> events = read_events(folder / row[0], {.is_excerpt = row[1] == "--excerpt"});
    if (row[2] == "refused") {
      ASSERT_FALSE(events.has_value()) << row[0];
      EXPECT_THAT(events.error().detail, HasSubstr(row[3])) << row[0];
      continue;
    }
    ASSERT_TRUE(events.has_value()) << row[0] << ": " << events.error().detail;
    const Report report = check_all(*events);
    EXPECT_EQ(name_of(report.verdict), row[2]) << row[0] << "\n" << sentences_of(report);
    EXPECT_THAT(sentences_of(report), HasSubstr(row[3])) << row[0];
  }
}

/// One op a pair of lines, one after the other.
std::string op(std::string_view f, std::string_view begun, std::string_view ended, int process = 0) {
  const std::string front = "{:process " + std::to_string(process) + ", :f :" + std::string(f) + ", :type ";
  return front + ":invoke, :value " + std::string(begun) + "}\n" + front + ":ok, :value " + std::string(ended) + "}\n";
}
std::string read(std::string_view value, int process = 1) {
  return op("read", "nil", value, process);
}

TEST(Imported, sets_lists_and_banks_are_never_called_registers) {
  for (const char* value : {"#{}", "#{4}", "[4]", "(4)", "{0 5, 1 7}"}) {
    EXPECT_EQ(verdict_of(op("add", "4", "4") + read(value)), Verdict::unknown) << value;
    EXPECT_EQ(verdict_of(op("append", "4", "4") + read(value)), Verdict::unknown) << value;
    EXPECT_EQ(verdict_of(read(value)), Verdict::unknown) << value;
    EXPECT_EQ(verdict_of(read(value), {}, Model::cas_register), Verdict::unknown) << value;
  }
  // Where collections are written they are values like any other.
  EXPECT_EQ(verdict_of(op("write", "#{4 9}", "nil") + read("#{9 4}")), Verdict::valid);
  EXPECT_EQ(verdict_of(op("write", "#{4 9}", "nil") + read("#{9}")), Verdict::invalid);
  EXPECT_EQ(verdict_of(read("#{9 4}"), {.initial = "#{4 9}"}), Verdict::valid);
}

TEST(Imported, counters_and_texts_start_empty_or_not_at_all_where_nobody_says_otherwise) {
  EXPECT_EQ(verdict_of(read("0") + op("add", "2", "2") + read("2")), Verdict::valid);
  EXPECT_EQ(verdict_of(read("nil") + op("add", "2", "2") + read("2")), Verdict::valid);
  EXPECT_EQ(verdict_of(read("1") + op("add", "2", "2") + read("2")), Verdict::invalid);
  EXPECT_EQ(verdict_of(op("add", "2", "2") + read("0")), Verdict::invalid);
  EXPECT_EQ(verdict_of(op("add", "2", "2") + read("nil")), Verdict::invalid);
  EXPECT_EQ(verdict_of(read("\"\"") + op("append", "\"a\"", "nil") + read("\"a\"")), Verdict::valid);
  EXPECT_EQ(verdict_of(read("nil") + op("append", "\"a\"", "nil") + read("\"a\"")), Verdict::valid);
}

TEST(Imported, what_a_user_says_of_the_beginning_is_believed) {
  EXPECT_EQ(verdict_of(read("5"), {}), Verdict::invalid);
  EXPECT_EQ(verdict_of(read("5"), {.initial = "5"}), Verdict::valid);
  EXPECT_EQ(verdict_of(read("nil"), {.initial = "5"}), Verdict::invalid);
  EXPECT_EQ(verdict_of(read("7") + op("add", "2", "2") + read("9"), {.initial = "7"}), Verdict::valid);
  EXPECT_EQ(verdict_of(read("0") + op("add", "2", "2") + read("2"), {.initial = "nil"}), Verdict::invalid);
}

TEST(Imported, absent_rows_are_values_that_a_delete_leaves_and_an_insert_needs) {
  const std::string inserted = op("insert", "3", "3");
  EXPECT_EQ(verdict_of(read("nil") + inserted + read("3")), Verdict::valid);
  EXPECT_EQ(verdict_of(inserted + op("delete", "nil", "nil") + read("nil") + op("insert", "4", "nil") + read("4")),
            Verdict::valid);
  EXPECT_EQ(verdict_of(inserted + op("delete", "nil", "nil") + read("3")), Verdict::invalid);
  EXPECT_EQ(verdict_of(inserted + op("insert", "4", "4")), Verdict::invalid) << "the row was there";
  // Of keyed values, what is inserted is one as well, and what is deleted may be named by its key alone.
  EXPECT_EQ(
      verdict_of(op("insert", "[1 5]", "[1 5]") + op("insert", "[2 6]", "[2 6]") + op("read", "[1 nil]", "[1 5]")),
      Verdict::valid);
  EXPECT_EQ(verdict_of(op("write", "[7 1]", "[7 1]") + op("delete", "7", "7") + op("read", "[7 nil]", "[7 nil]")),
            Verdict::valid);
  EXPECT_EQ(
      verdict_of(op("write", "[7 1]", "[7 1]") + op("delete", "[8 nil]", "[8 nil]") + op("read", "[7 nil]", "[7 nil]")),
      Verdict::invalid);
}

TEST(Imported, what_may_have_been_there_at_first_is_asked_for) {
  const auto said = [](std::string_view text, std::optional<Model> model = {}) {
    return sentences_of(judged(text, {}, model));
  };
  const auto asks = HasSubstr(
      "Op 0, a read, returned 5, which no op of the file wrote, and the file does not say what "
      "was there at first: if every key held that, say so with --initial '5'.");
  EXPECT_THAT(said(read("5")), asks);
  EXPECT_THAT(said(read("5")), HasSubstr("returned 5, which nobody ever wrote."));
  EXPECT_THAT(said(read("5"), Model::cas_register), asks);
  EXPECT_THAT(said(op("read", "[1 nil]", "[1 5]") + op("write", "[2 5]", "[2 5]")), asks) << "of another key";
  EXPECT_THAT(said(read("\"a b\"")), HasSubstr("--initial '\"a b\"'"));
  EXPECT_THAT(said(read("5") + op("write", "5", "5")), Not(HasSubstr("--initial")));
  EXPECT_THAT(said(op("write", "3", "3") + read("nil")), Not(HasSubstr("--initial")));
  EXPECT_THAT(sentences_of(judged(read("5"), {.initial = "4"})), Not(HasSubstr("--initial")));
}

TEST(Imported, a_key_whose_ops_have_no_meaning_is_no_search_that_reached_its_limit) {
  const std::string said = sentences_of(judged(op("add", "\"a\"", "\"a\"") + read("\"a\"")));
  EXPECT_THAT(said, HasSubstr("1 key was not searched, since what its ops leave is not defined: numbers of 64 bits are "
                              "added, and texts appended."));
  EXPECT_THAT(said, Not(HasSubstr("limit"))) << said;
}

TEST(Imported, a_delete_is_called_one) {
  const std::string text = op("write", "3", "3") + op("delete", "nil", "nil") + read("3");
  for (const Model model : {Model::cas_register, Model::distinct_register}) {
    const std::string said = sentences_of(judged(text, {.initial = "1"}, model));
    EXPECT_THAT(said, HasSubstr("'s delete (op 1")) << said;
    EXPECT_THAT(said, Not(HasSubstr("write of n"))) << said;
  }
}

TEST(Imported, equal_values_are_equal_however_they_are_written) {
  const auto agree = [](std::string_view written, std::string_view returned) {
    return verdict_of(op("write", written, "nil") + read(returned)) == Verdict::valid;
  };
  EXPECT_TRUE(agree("(1 2)", "[1 2]"));
  EXPECT_TRUE(agree("1", "1N"));
  EXPECT_TRUE(agree("+7", "7"));
  EXPECT_TRUE(agree("18446744073709551617", "18446744073709551617N"));
  EXPECT_TRUE(agree("1.50", "1.5"));
  EXPECT_TRUE(agree("#{1 [2 {:a 1, :b 2}]}", "#{(2 {:b 2, :a 1}) 1}"));
  EXPECT_FALSE(agree("[1 2]", "[2 1]"));
  EXPECT_FALSE(agree("1", "1.0"));
  EXPECT_FALSE(agree("9223372036854775808", "9223372036854775809"));
  EXPECT_FALSE(agree("\"1\"", "1"));
}

TEST(Imported, an_excerpt_is_wrong_only_where_nothing_before_it_could_explain_it) {
  const ImportOptions excerpt = {.is_excerpt = true};
  EXPECT_EQ(verdict_of(read("3"), excerpt), Verdict::valid);
  EXPECT_EQ(verdict_of(read("3") + op("write", "5", "5") + read("5"), excerpt), Verdict::valid);
  EXPECT_EQ(verdict_of(read("3") + op("write", "5", "5") + read("3"), excerpt), Verdict::invalid);
  EXPECT_EQ(verdict_of(op("write", "5", "5") + op("write", "6", "6") + read("5"), excerpt), Verdict::invalid);
  EXPECT_EQ(verdict_of(op("write", "5", "5") + read("3"), excerpt), Verdict::valid)
      << "a write of 3 may have been under way when the excerpt begins";
  EXPECT_EQ(verdict_of(read("3") + read("4") + read("3"), excerpt), Verdict::invalid) << "each was written once";
  EXPECT_EQ(verdict_of(read("5") + op("write", "5", "5") + read("5"), excerpt), Verdict::valid)
      << "5 was there already";
  EXPECT_EQ(verdict_of(op("cas", "[3 4]", "[3 4]") + read("4"), excerpt), Verdict::valid);
  EXPECT_EQ(verdict_of(read("9") + op("add", "1", "1") + read("10"), excerpt), Verdict::unknown);
  // A write of what was there at first, under way while it was read.
  const std::string begun = "{:process 5, :type :invoke, :f :write, :value 5}\n";
  const std::string ended = "{:process 5, :type :ok, :f :write, :value 5}\n";
  const std::string repeated = begun + read("5") + op("write", "6", "6") + read("6") + ended + read("5");
  EXPECT_EQ(verdict_of(repeated, excerpt, Model::cas_register), Verdict::valid);
}

TEST(Imported, an_excerpt_may_end_ops_that_it_does_not_begin) {
  const ImportOptions excerpt = {.is_excerpt = true};
  const std::string ends = "{:process 3, :type :ok, :f :write, :value 5}\n";
  EXPECT_EQ(verdict_of(ends + read("5"), excerpt), Verdict::valid);
  EXPECT_EQ(verdict_of(ends + read("4"), excerpt), Verdict::valid);
  EXPECT_EQ(verdict_of(read("5") + ends + op("write", "6", "6") + read("5"), excerpt), Verdict::invalid);
  EXPECT_EQ(verdict_of("{:process 3, :type :fail, :f :write, :value 5}\n" + read("4"), excerpt), Verdict::valid);
  const Result<EventHistory> twice = parse_events(ends + ends, "h", excerpt);
  ASSERT_FALSE(twice.has_value()) << "only the first line of a process may end an op that the excerpt does not begin";
  const Result<EventHistory> both = parse_events(ends, "h", {.is_excerpt = true, .initial = "5"});
  ASSERT_FALSE(both.has_value());
  EXPECT_EQ(both.error().code, ErrorCode::wrong_type);
}

TEST(Imported, what_is_missing_at_the_end_is_no_pass_for_any_model) {
  const std::string cut = "{:process :nemesis, :type :info, :f :stalemate, :value {:cut \"it is cut\"}}\n";
  for (const Model model : {Model::distinct_register, Model::cas_register, Model::kv}) {
    const Report report = judged(cut + read("nil"), {}, model);
    EXPECT_EQ(report.verdict, Verdict::unknown);
    EXPECT_THAT(sentences_of(report), HasSubstr("it is cut"));
  }
  EXPECT_EQ(verdict_of(cut + read("5"), {}, Model::cas_register), Verdict::unknown);
}

TEST(Imported, long_ops_are_judged_exactly) {
  const auto timed = [](std::int64_t end, std::int64_t begin) {
    return "[{:process 0, :type :invoke, :f :write, :value 1, :time 0}{:process 0, :type :ok, :f :write, :value 1, "
           ":time " +
           std::to_string(end) + "}{:process 1, :type :invoke, :f :read, :time " + std::to_string(begin) +
           "}{:process 1, :type :ok, :f :read, :value nil, :time " + std::to_string(begin + 9) + "}]";
  };
  constexpr std::int64_t ten_minutes = 600'000'000'001;
  EXPECT_EQ(verdict_of(timed(ten_minutes, ten_minutes)), Verdict::valid);
  EXPECT_EQ(verdict_of(timed(ten_minutes, ten_minutes + 1)), Verdict::invalid);
  const Report far = judged(timed(ten_minutes, ten_minutes + 5000));
  EXPECT_EQ(far.verdict, Verdict::invalid);
  EXPECT_GT(far.results.size(), 1U) << "where rounding changes nothing, every check judges";
}

TEST(Imported, violations_name_keys_clients_and_values_as_the_file_does) {
  const std::string front = "{:process \"w 1\", :key \"k\", :f ";
  const Report texts =
      judged(front + ":write, :type :invoke, :value :a}\n" + front + ":write, :type :ok, :value :a}\n" + front +
             ":read, :type :invoke}\n" + front + ":read, :type :ok, :value :b}\n");
  ASSERT_EQ(texts.verdict, Verdict::invalid);
  const Violation& violation = find_result(texts, "phantom-reads")->violations.front();
  EXPECT_THAT(violation.sentence, HasSubstr("client \"w 1\"'s read of :b"));
  EXPECT_THAT(violation.sentence, HasSubstr("to \"k\""));
  EXPECT_EQ(violation.key_name, "\"k\"");
  ASSERT_EQ(violation.names.size(), 1U);
  EXPECT_EQ(violation.names.front().client, "\"w 1\"");
  EXPECT_EQ(violation.names.front().value, ":b");
  const Report numbers = judged(op("write", "[12 7]", "[12 7]", 3) + op("read", "[12 nil]", "[12 8]", 3));
  const Violation& phantom = find_result(numbers, "phantom-reads")->violations.front();
  EXPECT_THAT(phantom.sentence, HasSubstr("client 3's read of 8"));
  EXPECT_THAT(phantom.sentence, HasSubstr("wrote to 12."));
  EXPECT_EQ(phantom.key_name, "12");
}

}  // namespace
}  // namespace stalemate::test
