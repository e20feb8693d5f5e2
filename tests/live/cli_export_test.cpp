// What 'export' writes for other people's tools, read with those tools' own readers. Needs Node, and no servers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "live/program.hpp"
#include "record/history_writer.hpp"

namespace stalemate {
namespace {

using json = nlohmann::json;
using testing::HasSubstr;

std::string reader(const std::string& script) {
  return std::string(STALEMATE_SOURCE_DIR) + "/tests/readers/" + script;
}

/// A history of some ops, all different, whose steps and latencies are known by their numbers.
class Exports : public testing::Test {
 protected:
  static constexpr Nanoseconds us = 1000;

  void SetUp() override {
    if (!std::filesystem::exists(reader("node_modules"))) {
      GTEST_SKIP() << reader("node_modules") << " is not there; ./dev test fetches it";
    }
  }

  static Op op(std::uint32_t number) {
    const bool is_read = number % 3 != 0;
    const bool is_info = number % 1000 == 999;
    const Nanoseconds start = Nanoseconds{number} * 20 * us;
    return {.index = number,
            .key = Key{number % 7},
            .client = static_cast<ClientId>(number % 5),
            .kind = is_read ? OpKind::read : OpKind::write,
            .outcome = is_info ? Outcome::info : Outcome::ok,
            .error = is_info ? ErrorCode::timed_out : ErrorCode::none,
            .value = is_read ? (number % 2 == 0 ? absent : 1000) : static_cast<Value>(2000 + number),
            .intended_ns = start,
            .invocation_ns = start + number % 11,
            .completion_ns = is_info ? never : start + 11 + Nanoseconds{number % 5000} * us};
  }

  static Step step(std::uint32_t number) {
    const bool is_read = number % 3 != 0;
    const bool is_skipped = number % 100 == 3;
    return {.op = number,
            .store = is_read ? Store::cache : Store::database,
            .command = is_read ? Command::get : Command::write,
            .role = is_read ? Role::lookup : Role::update,
            .outcome = is_skipped ? Outcome::fail : Outcome::ok,
            .fault = static_cast<FaultId>(is_skipped ? 1 : 0),
            .skipped = is_skipped,
            .value = op(number).value,
            .version = is_read ? unknown_version : (std::uint64_t{1} << 63U) + number,
            .start_ns = op(number).invocation_ns,
            .end_ns = op(number).invocation_ns + (is_skipped ? 0 : 5)};
  }

  void record(std::uint32_t ops) {
    HistoryHeader header;
    header.scenario_name = "numbered";
    header.pattern = "cache-aside";
    header.program = "stalemate test";
    header.started_at = "2026-11-30T02:36:48Z";
    header.fault_names = {"", "skip"};
    header.initial_value = 1000;
    header.key_count = 7;
    header.client_count = 5;
    auto writer = HistoryWriter::create(folder_.path() / "history.stale", header, {.lanes = 1});
    ASSERT_TRUE(writer);
    for (std::uint32_t number = 0; number < ops; ++number) {
      (*writer)->lane(0).append(op(number));
      (*writer)->lane(0).append(step(number));
    }
    ASSERT_TRUE((*writer)->close({.duration_ns = 1'000'000}));
  }

  [[nodiscard]] Ended ended(const std::vector<std::string>& arguments) const {
    return run_stalemate(folder_.path(), arguments);
  }
  void expect_written(const std::string& file) const {
    const Ended done = ended({"export", ".", "-o", file});
    EXPECT_EQ(done.code, 0) << file << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / (file + ".part")));
  }
  /// The rows of a query of DuckDB.
  [[nodiscard]] json duckdb(const std::string& query) const {
    const std::string out =
        output_of("cd '" + folder_.path().native() + "' && node '" + reader("duckdb.mjs") + "' \"" + query + "\"");
    json rows = json::parse(out, nullptr, false);
    EXPECT_FALSE(rows.is_discarded()) << out;
    return rows;
  }

  OwnFolder folder_{};
};

// More ops than one group of rows holds.
TEST_F(Exports, of_ops_and_steps_in_parquet_are_what_duckdb_reads) {
  constexpr std::uint32_t ops = 300'000;
  record(ops);
  expect_written("a.parquet");
  expect_written("a.steps.parquet");
  std::int64_t times = 0;
  std::int64_t values = 0;
  std::uint32_t absences = 0;
  std::uint32_t infos = 0;
  for (std::uint32_t number = 0; number < ops; ++number) {
    const Op one = op(number);
    times += one.intended_ns + 3 * one.invocation_ns + (one.outcome == Outcome::ok ? 7 * one.completion_ns : 0);
    values += one.value == absent ? 0 : std::int64_t{one.value} * one.key.index + one.client;
    absences += one.value == absent ? 1 : 0;
    infos += one.outcome == Outcome::info ? 1 : 0;
  }
  const json all = duckdb(
      "select count(*) n, count(distinct op) d, sum(intended_ns + 3 * invocation_ns + 7 * coalesce(completion_ns, "
      "0))::text"
      " times, sum(value::bigint * key + client)::text vals, count(*) filter (value is null) absent, count(*) filter "
      "(outcome = 'info' and error = 'timed_out' and completion_ns is null) infos, count(*) filter (error is null) "
      "fine "
      "from 'a.parquet'");
  EXPECT_EQ(all, json::parse(fmt::format(
                     R"([{{"n":"{}","d":"{}","times":"{}","vals":"{}","absent":"{}","infos":"{}","fine":"{}"}}])", ops,
                     ops, times, values, absences, infos, ops - infos)));
  EXPECT_EQ(duckdb("select op, client, key, kind, outcome, value, intended_ns, invocation_ns, completion_ns from "
                   "'a.parquet' where op = 299999 - 1"),
            json::parse(R"([{"op":299998,"client":3,"key":6,"kind":"read","outcome":"ok","value":null,"intended_ns":)"
                        R"("5999960000","invocation_ns":"5999960006","completion_ns":"6004958011"}])"));
  EXPECT_EQ(duckdb("select count(distinct row_group_id) n, max(row_group_num_rows) most from "
                   "parquet_metadata('a.parquet')"),
            json::parse(R"([{"n":"3","most":"131072"}])"));
  EXPECT_EQ(
      duckdb("select store, command, role, outcome, fault, error, count(*) n, max(version)::text v from "
             "'a.steps.parquet' group by all order by n"),
      json::parse(R"([{"store":"db","command":"update","role":"update","outcome":"fail","fault":"skip","error":null,)"
                  R"("n":"1000","v":"9223372036855075511"},)"
                  R"({"store":"cache","command":"get","role":"lookup","outcome":"fail","fault":"skip","error":null,)"
                  R"("n":"2000","v":null},)"
                  R"({"store":"db","command":"update","role":"update","outcome":"ok","fault":null,"error":null,)"
                  R"("n":"99000","v":"9223372036855075805"},)"
                  R"({"store":"cache","command":"get","role":"lookup","outcome":"ok","fault":null,"error":null,)"
                  R"("n":"198000","v":null}])"));
  EXPECT_EQ(duckdb("select count(*) n from 'a.steps.parquet' s join 'a.parquet' o using (op) where s.start_ns = "
                   "o.invocation_ns and s.value is not distinct from o.value"),
            json::parse(fmt::format(R"([{{"n":"{}"}}])", ops)));
  EXPECT_EQ(duckdb("select value::text v from parquet_kv_metadata('a.parquet') where key::text = 'stalemate.pattern'"),
            json::parse(R"([{"v":"cache-aside"}])"));
}

TEST_F(Exports, of_nothing_are_whole_files) {
  record(0);
  for (const char* file : {"a.parquet", "a.steps.parquet", "a.hlog", "a.prom", "steps.csv"}) {
    expect_written(file);
  }
  EXPECT_EQ(duckdb("select count(*) n from 'a.parquet'"), json::parse(R"([{"n":"0"}])"));
  EXPECT_EQ(output_of("node '" + reader("hdr.cjs") + "' '" + (folder_.path() / "a.hlog").native() + "'"),
            "{\"start_s\":1796006208,\"tags\":{}}\n");
}

TEST_F(Exports, for_hdrhistogram_are_what_its_reader_reads_and_prints) {
  record(40'000);
  expect_written("a.hlog");
  const std::string read = "node '" + reader("hdr.cjs") + "' '" + (folder_.path() / "a.hlog").native() + "'";
  const json tags = json::parse(output_of(read))["tags"];
  std::uint64_t reads = 0;
  double sum_ns = 0;
  for (std::uint32_t number = 0; number < 40'000; ++number) {
    const Op one = op(number);
    if (one.kind == OpKind::read && one.outcome == Outcome::ok) {
      ++reads;
      sum_ns += static_cast<double>(one.completion_ns - one.intended_ns);
    }
  }
  EXPECT_EQ(tags["read_response"]["count"], reads);
  EXPECT_NEAR(tags["read_response"]["mean"], sum_ns / static_cast<double>(reads),
              sum_ns / static_cast<double>(reads) / 1000);
  EXPECT_EQ(tags["write_service"]["count"], 40'000 - reads - 40);
  for (const std::string series : {"read_response", "read_service", "write_response", "write_service"}) {
    const Ended printed = ended({"export", ".", "--to", "hgrm", "--series", series});
    EXPECT_EQ(printed.code, 0) << printed.err;
    EXPECT_EQ(printed.out, output_of(read + " " + series)) << series;
  }
}

TEST_F(Exports, for_prometheus_are_what_promtool_takes) {
  if (std::filesystem::exists("/usr/bin/promtool")) {
    record(5000);
    expect_written("a.prom");
    EXPECT_EQ(output_of("promtool check metrics <'" + (folder_.path() / "a.prom").native() + "'; echo $?"), "0\n");
  } else {
    GTEST_SKIP() << "promtool (Debian's package prometheus) is not there; unit tests read the text letter by letter";
  }
}

TEST_F(Exports, that_cannot_be_written_leave_nothing_and_say_why) {
  record(20'000);
  const std::string in_folder = "cd '" + folder_.path().native() + "' && trap '' XFSZ && ulimit -f 1 && ";
  for (const std::string file : {"a.edn", "a.jsonl", "a.csv", "a.parquet", "steps.csv", "a.steps.parquet", "a.hlog"}) {
    EXPECT_EQ(output_of(in_folder + STALEMATE_PROGRAM + " export . -o " + file + "; echo $?"),
              "stalemate: cannot write " + file + ": File too large\n70\n");
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / file));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / (file + ".part")));
    EXPECT_EQ(output_of("cd '" + folder_.path().native() + "' && { " + STALEMATE_PROGRAM + " export . --to " +
                        (file == "steps.csv"         ? "csv-steps"
                         : file == "a.steps.parquet" ? "parquet-steps"
                                                     : file.substr(2)) +
                        "; echo $? >code; } | head -c 1 >first; cat code"),
              "0\n")
        << "who reads may stop early: " << file;
  }
}

TEST_F(Exports, of_what_a_history_does_not_hold_are_refused) {
  record(3);
  folder_.write("untimed.edn", "{:process 0, :type :invoke, :f :read, :value nil}\n");
  const auto expect_refused = [this](const std::vector<std::string>& arguments, const std::string& why) {
    const Ended refused = ended(arguments);
    EXPECT_EQ(refused.code, 64) << why;
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, HasSubstr(why));
  };
  expect_refused({"export", "untimed.edn", "-o", "a.parquet"}, "untimed.edn has no times");
  expect_refused({"export", "untimed.edn", "-o", "a.prom"}, "calls to stores, which untimed.edn does not hold");
  expect_refused({"export", ".", "-o", "a.hgrm"},
                 "choose it with --series read_response, read_service, write_response");
  expect_refused({"export", ".", "-o", "a.hgrm", "--series", "reads"}, "'reads' is not read_response");
  expect_refused({"export", ".", "--to", "promtheus"}, "did you mean 'prometheus'");
}

}  // namespace
}  // namespace stalemate
