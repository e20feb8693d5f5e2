// What is done with recorded histories: check, explain and export, through the built program. Needs no servers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "check/imported.hpp"
#include "cli/text/check_text.hpp"
#include "live/program.hpp"
#include "record/foreign/import.hpp"
#include "record/history_reader.hpp"
#include "record/history_writer.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr Nanoseconds us = 1000;

Step step(OpIndex op, Store store, Command command, Role role, Value value, Nanoseconds start_us) {
  return {.op = op,
          .store = store,
          .command = command,
          .role = role,
          .outcome = Outcome::ok,
          .value = value,
          .start_ns = start_us * us,
          .end_ns = (start_us + 1) * us};
}

/// One key. Op 1 writes 1001 and its delete is skipped, so that op 2 reads 1000 from the cache 70 us later; the update
/// of op 3 is skipped, so that op 4 reads 1001 from the row although 1002 had been acknowledged.
class RecordedRun : public testing::Test {
 protected:
  void SetUp() override {
    HistoryHeader header;
    header.initial_value = 1000;
    header.key_count = 1;
    header.client_count = 5;
    header.fault_names = {"", "skip"};
    header.engines = {{.role = "database", .name = "PostgreSQL"}, {.role = "cache", .name = "Redis"}};
    auto writer = HistoryWriter::create(file_, header, {});
    ASSERT_TRUE(writer) << writer.error().detail;
    HistoryWriter::Lane& lane = (*writer)->lane(0);
    const std::vector<Value> values = {1000, 1001, 1000, 1002, 1001};
    for (OpIndex index = 0; index < values.size(); ++index) {
      Op op{.index = index, .client = static_cast<ClientId>(index), .outcome = Outcome::ok, .value = values[index]};
      op.kind = index % 2 == 0 ? OpKind::read : OpKind::write;
      op.intended_ns = op.invocation_ns = index * 100 * us;
      op.completion_ns = op.invocation_ns + 30 * us;
      lane.append(op);
    }
    for (const Step& taken : steps()) {
      lane.append(taken);
    }
    (*writer)->append_rest(std::vector<RestRecord>{{.key = 0, .row = 1001, .entry = 1001}});
    ASSERT_TRUE((*writer)->close({.duration_ns = 1'000'000}));
  }

  static std::vector<Step> steps() {
    std::vector<Step> steps = {step(0, Store::cache, Command::get, Role::lookup, absent, 1),
                               step(0, Store::database, Command::read, Role::load, 1000, 3),
                               step(0, Store::cache, Command::set, Role::fill, 1000, 5),
                               step(1, Store::database, Command::write, Role::update, 1001, 101),
                               step(1, Store::cache, Command::erase, Role::invalidate, absent, 103),
                               step(2, Store::cache, Command::get, Role::lookup, 1000, 201),
                               step(3, Store::database, Command::write, Role::update, 1002, 301),
                               step(3, Store::cache, Command::erase, Role::invalidate, absent, 303),
                               step(4, Store::cache, Command::get, Role::lookup, absent, 401),
                               step(4, Store::database, Command::read, Role::load, 1001, 403),
                               step(4, Store::cache, Command::set, Role::fill, 1001, 405)};
    steps[3].version = 7;
    for (const std::size_t skipped : {4U, 6U}) {
      steps[skipped].outcome = Outcome::fail;
      steps[skipped].fault = 1;
      steps[skipped].skipped = true;
      steps[skipped].end_ns = steps[skipped].start_ns;
    }
    return steps;
  }

  [[nodiscard]] Ended ended(const std::vector<std::string>& arguments) const {
    return run_stalemate(folder_.path(), arguments);
  }

  OwnFolder folder_{};
  std::string file_ = folder_.path() / "history.stale";
};

TEST_F(RecordedRun, goes_out_in_every_format_and_comes_back_as_it_was) {
  const Result<History> history = read_history(file_);
  ASSERT_TRUE(history);
  EventHistory events = to_events(*history);
  events.facts.verdicts = verdicts_of(check_all(*history));
  for (const std::string format : {"edn", "jsonl", "csv"}) {
    const std::string named = folder_.path() / ("history." + format);
    const Ended to_file = ended({"export", folder_.path(), "-o", named});
    EXPECT_EQ(to_file.code, 0) << to_file.err;
    EXPECT_EQ(to_file.out, "");
    const Result<EventHistory> again = read_events(named);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_TRUE(*again == events) << format;

    const Ended to_output = ended({"export", file_, "--to", format});
    EXPECT_EQ(to_output.code, 0) << to_output.err;
    std::ifstream stream(named);
    EXPECT_EQ(to_output.out, std::string(std::istreambuf_iterator<char>(stream), {})) << format;

    // From there into each of the others, still the same.
    for (const std::string other : {"edn", "jsonl", "csv"}) {
      const std::string next = folder_.path() / ("next." + other);
      EXPECT_EQ(ended({"export", named, "--output", next}).code, 0);
      const Result<EventHistory> third = read_events(next);
      ASSERT_TRUE(third) << third.error().detail;
      EXPECT_TRUE(*third == events) << format << " to " << other;
    }
    EXPECT_EQ(ended({"check", named, "--only", "linearizable"}).code, 1) << format;
    const Ended stale = ended({"check", named, "--only", "stale-reads"});
    EXPECT_EQ(stale.code, 1) << "versions go with the ops: " << stale.out;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "history.edn.part"));
}

TEST_F(RecordedRun, is_not_exported_where_it_is_not_said_how_or_where_it_would_be_lost) {
  const Ended no_format = ended({"export", file_});
  EXPECT_EQ(no_format.code, 64);
  EXPECT_THAT(no_format.err, HasSubstr("--to one of csv, csv-steps, edn, "));
  const Ended unknown = ended({"export", file_, "--to", "xml"});
  EXPECT_EQ(unknown.code, 64);
  EXPECT_THAT(unknown.err, HasSubstr("'xml' is not one of"));
  const Ended onto_itself = ended({"export", file_, "--to", "csv", "-o", file_});
  EXPECT_EQ(onto_itself.code, 64);
  EXPECT_TRUE(read_history(file_));
  const Ended nowhere = ended({"export", file_, "-o", "no/such/folder.csv"});
  EXPECT_EQ(nowhere.code, 64);
  EXPECT_THAT(nowhere.err, HasSubstr("no/such/folder.csv"));
  EXPECT_EQ(ended({"export", folder_.path() / "nothing", "--to", "csv"}).code, 64);
}

TEST_F(RecordedRun, has_a_curve_over_the_clock_error) {
  const Ended text = ended({"check", file_, "--clock-error", "1ms"});
  EXPECT_EQ(text.code, 1) << text.err;
  EXPECT_THAT(text.out,
              HasSubstr("5 ops on 1 key, model register, order of versions known, intervals widened by 1.00 ms"));
  EXPECT_THAT(text.out, HasSubstr("violations, if clocks were so far apart"));
  const json report = json::parse(ended({"check", file_, "--clock-error", "100us", "--json"}).out);
  std::vector<int> stale_reads;
  std::vector<Nanoseconds> errors_ns;
  for (const json& point : report["clock_error_curve"]) {
    errors_ns.push_back(point["clock_error_ns"]);
    stale_reads.push_back(point["violations"]["stale-reads"]);
  }
  // The write ends 70 us before the read begins: clocks 35 us apart, each, would explain it.
  EXPECT_EQ(errors_ns, (std::vector<Nanoseconds>{0, 1 * us, 5 * us, 20 * us, 50 * us, 100 * us}));
  EXPECT_EQ(stale_reads, (std::vector<int>{1, 1, 1, 1, 0, 0}));
  EXPECT_TRUE(json::parse(ended({"check", file_, "--json"}).out)["clock_error_curve"].empty());
  const std::string untimed = folder_.write("untimed.edn", "{:process 0, :type :invoke, :f :read, :value nil}\n");
  const Ended refused = ended({"check", untimed, "--clock-error", "1ms"});
  EXPECT_EQ(refused.code, 64);
  EXPECT_THAT(refused.err, HasSubstr("has no times"));
}

TEST_F(RecordedRun, is_judged_check_by_check_with_the_ops_that_prove_it) {
  const Ended all = ended({"check", folder_.path()});
  EXPECT_EQ(all.code, 1);
  const json report = json::parse(ended({"check", file_, "--json"}).out);
  EXPECT_EQ(report["checks"].size(), CheckRegistry::all().size());
  std::string sentences;
  for (const json& check : report["checks"]) {
    EXPECT_LE(check["violations"].size(), 10U);
    for (const json& violation : check["violations"]) {
      EXPECT_GE(violation["ops"].size(), 1U) << check["name"];
      EXPECT_LE(violation["ops"].size(), 4U) << check["name"];
      sentences += violation["sentence"].get<std::string>() + "\n";
    }
  }
  EXPECT_THAT(sentences, HasSubstr("client 2's read of 1000 (op 2, 0.0002 s to 0.00023 s) returned an old value"));
  EXPECT_THAT(sentences, HasSubstr("its update was hit by the fault skip"));
  const Ended valid = ended({"check", file_, "--only", "monotonic-reads", "--only", "dirty-reads"});
  EXPECT_EQ(valid.code, 0) << valid.out;
  EXPECT_THAT(valid.out, Not(HasSubstr("stale-reads")));
  EXPECT_EQ(ended({"check", file_, "--only", "monotonic-reads,dirty-reads"}).out, valid.out);
  EXPECT_EQ(ended({"check", file_, "--only", "stale-read"}).code, 64);
  EXPECT_EQ(ended({"check", file_, "--model", "register"}).code, 1);
  EXPECT_EQ(ended({"check", file_, "--model", "registers"}).code, 64);
  const Ended not_told = ended({"check", file_, "--model", "kv", "--only", "stale-reads"});
  EXPECT_EQ(not_told.code, 2);
  EXPECT_THAT(not_told.err, HasSubstr("stale-reads says nothing of a history of model kv"));
}

TEST_F(RecordedRun, has_its_wrong_reads_explained) {
  const Ended list = ended({"explain", file_, "--list"});
  EXPECT_EQ(list.out, "2 lost invalidation\n4 write acknowledged but never applied\n") << list.err;
  const Ended first = ended({"explain", folder_.path()});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("Cause: lost invalidation."));
  EXPECT_THAT(first.out, testing::StartsWith(ended({"explain", file_, "2"}).out));
  EXPECT_THAT(first.out, HasSubstr("1 of 2 acknowledged writes never reached the database, and 1 read missed one"));
  EXPECT_THAT(ended({"explain", file_, "2", "--mermaid"}).out, testing::StartsWith("sequenceDiagram\n"));
  const Ended behind = ended({"explain", file_, "4"});
  EXPECT_EQ(behind.code, 0) << behind.err;
  EXPECT_THAT(behind.out, HasSubstr("did not show a write that had been acknowledged"));
  EXPECT_THAT(behind.out, HasSubstr("Cause: write acknowledged but never applied."));
  const Ended right = ended({"explain", file_, "0"});
  EXPECT_EQ(right.code, 0);
  EXPECT_THAT(right.out, HasSubstr("was not stale"));
  EXPECT_EQ(ended({"explain", file_, "1"}).code, 64) << "a write";
  EXPECT_EQ(ended({"explain", file_, "99"}).code, 64);
}

TEST_F(RecordedRun, that_is_cut_is_no_pass_and_says_so) {
  const std::uintmax_t size = std::filesystem::file_size(file_);
  for (const std::uintmax_t left : {size - 1, size / 2, std::uintmax_t{100}}) {
    std::filesystem::resize_file(file_, left);
    const Ended checked = ended({"check", file_, "--only", "phantom-reads"});
    EXPECT_EQ(checked.code, 2) << checked.out;
    EXPECT_THAT(checked.err, HasSubstr("truncated"));
    const Ended explained = ended({"explain", file_});
    EXPECT_THAT(explained.out + explained.err, HasSubstr("truncated"));
    EXPECT_EQ(ended({"check", file_, "--model", "cas-register"}).code, 2);
    for (const std::string format : {"edn", "jsonl", "csv"}) {
      const std::string named = folder_.path() / ("cut." + format);
      EXPECT_EQ(ended({"export", file_, "-o", named}).code, 0);
      const Ended again = ended({"check", named, "--only", "phantom-reads"});
      EXPECT_EQ(again.code, 2) << format << again.out;
      EXPECT_THAT(again.out, HasSubstr("truncated"));
    }
  }
  EXPECT_THAT(ended({"explain", file_}).out, HasSubstr("its history is cut"));
}

TEST_F(RecordedRun, of_others_is_judged_with_the_exit_code_of_its_verdict) {
  const std::string begin =
      "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n";
  const auto ended_read = [](const std::string& value) {
    return "{:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value " + value +
           "}\n";
  };
  EXPECT_EQ(ended({"check", folder_.write("valid.edn", begin + ended_read("1"))}).code, 0);
  const Ended invalid = ended({"check", folder_.write("invalid.edn", begin + ended_read("nil"))});
  EXPECT_EQ(invalid.code, 1);
  EXPECT_EQ(ended({"check", folder_.write("nothing.json", "[]")}).code, 2);
  EXPECT_EQ(ended({"check", folder_.write("text.edn", "what is this?")}).code, 64);
  EXPECT_EQ(ended({"check", folder_.write("empty.edn", "")}).code, 64);
}

TEST_F(RecordedRun, of_others_without_times_counts_positions_not_seconds) {
  const std::string text =
      "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n"
      "{:process 0, :type :invoke, :f :write, :value 2}\n{:process 0, :type :ok, :f :write, :value 2}\n"
      "{:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value 1}\n";
  const std::string file = folder_.write("untimed.edn", text);
  const Ended told = ended({"check", file});
  EXPECT_EQ(told.code, 1);
  EXPECT_THAT(told.out, HasSubstr("Instants are positions in the file, not times, since no op has a time"));
  EXPECT_THAT(told.out, HasSubstr("(op 2, positions 4 to 5)"));
  EXPECT_THAT(told.out, HasSubstr("1 position "));
  EXPECT_THAT(told.out, Not(testing::ContainsRegex("[0-9] (ns|us|ms|s)[ ,)]")));
  const json report = json::parse(ended({"check", file, "--json"}).out);
  EXPECT_EQ(report["instants"], "positions");
  EXPECT_EQ(report["notes"].size(), 2U);
  EXPECT_THAT(report["notes"][1], HasSubstr("has no end mark"));
  const Ended searched = ended({"check", file, "--model", "cas-register"});
  EXPECT_THAT(searched.out, HasSubstr("(op 1, positions 2 to 3)"));
  const json own = json::parse(ended({"check", file_, "--json"}).out);
  EXPECT_EQ(own["instants"], "nanoseconds");
  EXPECT_TRUE(own["notes"].empty());
  EXPECT_EQ(json::parse(ended({"check", folder_.write("whole.edn", "[" + text + "]"), "--json"}).out)["notes"].size(),
            1U);
}

TEST_F(RecordedRun, of_others_with_a_last_line_that_may_be_cut_says_so) {
  const std::string file =
      folder_.write("cut.log", "INFO x - 0\t:invoke\t:write\t1\nINFO x - 0\t:ok\t:write\t1\nINFO x - 0\t:invo");
  EXPECT_THAT(ended({"check", file}).out, HasSubstr("The last line, line 3, has no end of line"));
}

TEST(ReportText, calls_what_contradicts_itself_a_defect_of_our_own) {
  Report report;
  report.verdict = Verdict::valid;
  report.defects = {"The zone test disagrees."};
  EXPECT_THAT(report_text(report, 80, Marks{}), HasSubstr("DEFECT OF STALEMATE: The zone test disagrees."));
  EXPECT_EQ(json::parse(report_json(report))["defects"].size(), 1U);
}

}  // namespace
}  // namespace stalemate
