#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "live/own_servers.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Verdict : public OwnServersTest {};

TEST_F(Verdict, finds_the_stale_reads_that_lost_invalidations_cause_and_none_without_a_cache) {
  const Ended stale =
      run("before", {"-r", "2ms", "-w", "10ms", "-d", "1s", "--no-faults", "--skip", "invalidate=100%", "--fail-if",
                     "stale.stale>0", "--fail-if", "reads.planned==500", "--fail-if", "violations.stale-reads>0"});
  EXPECT_EQ(stale.code, 99) << stale.err;
  EXPECT_THAT(stale.out, ContainsRegex("[x✗] fail-if violations.stale-reads>0: yes, it is [0-9]+\n"));
  EXPECT_THAT(stale.out, HasSubstr("fail-if stale.stale>0: yes, it is "));
  EXPECT_THAT(stale.out, HasSubstr("fail-if reads.planned==500: yes, it is 500\n"));
  EXPECT_THAT(stale.err, HasSubstr("3 of 3 conditions of --fail-if came true"));
  EXPECT_THAT(stale.out, HasSubstr("Stale"));
  const std::filesystem::path stale_run = only_run(folder_.path());
  const json found = results_in(stale_run);
  EXPECT_GT(found["stale"]["stale"], 50);
  EXPECT_GT(found["stale"]["worst_versions"], 1);
  EXPECT_GT(found["samples"]["incorrect"], 0);
  EXPECT_GT(found["samples"]["persistent"], 0);
  EXPECT_EQ(found["faults"]["skip"], found["writes"]["sent"]);

  std::filesystem::rename(folder_.path() / "runs", folder_.path() / "stale");
  const Ended clean = run("after", {"-r", "2ms", "-w", "10ms", "-d", "1s", "--no-faults", "--pattern", "none",
                                    "--fail-if", "stale.stale>0", "--fail-if", "reads.dropped>0"});
  EXPECT_EQ(clean.code, 0) << clean.err;
  const std::filesystem::path clean_run = only_run(folder_.path());
  const json none = results_in(clean_run);
  EXPECT_EQ(none["stale"]["stale"], 0);
  EXPECT_EQ(none["stale"]["checked"], 500);
  EXPECT_EQ(none["engines"][0]["isolation"], "serializable");
  EXPECT_TRUE(none["cache"].is_null());

  const std::filesystem::path stale_folder = folder_.path() / "stale" / "before" / stale_run.filename();
  const Ended invalid = run_stalemate(folder_.path(), {"check", stale_folder});
  EXPECT_EQ(invalid.code, 1) << invalid.err;
  EXPECT_THAT(invalid.out, HasSubstr("stale-reads"));
  const Ended invalid_json = run_stalemate(folder_.path(), {"check", "--json", stale_folder / "history.stale"});
  EXPECT_EQ(invalid_json.code, 1);
  EXPECT_TRUE(json::accept(invalid_json.out));
  const Ended valid = run_stalemate(folder_.path(), {"check", clean_run});
  EXPECT_EQ(valid.code, 0) << valid.out << valid.err;

  const Ended compared = run_stalemate(folder_.path(), {"compare", stale_folder, clean_run / "results.json"});
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("before"));
  EXPECT_THAT(compared.out, HasSubstr("after"));
}

TEST_F(Verdict, counts_as_the_origin_does_where_the_run_is_serialised) {
  const Ended ended =
      run("before", {"-r", "2ms", "-w", "10ms", "-d", "1s", "--serialize", "--skip", "invalidate=50%", "--no-live"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results["origin"]["correct"].get<int>() + results["origin"]["incorrect"].get<int>(), 0);
  EXPECT_EQ(results["origin"]["correct"], results["samples"]["correct"]);
  EXPECT_EQ(results["origin"]["incorrect"], results["samples"]["incoherent_keys"]);
  EXPECT_TRUE(results["asked"]["serialize"]);
}

TEST_F(Verdict, explains_what_the_failures_of_before_make_stale) {
  for (const bool serialize : {false, true}) {
    std::vector<std::string> flags = {
        "-r", "1ms", "-w", "2ms", "-d", "3s", "--no-live", "--skip", "fill=1%,update=1%,invalidate=1%"};
    if (serialize) {
      flags.emplace_back("--serialize");
    }
    const Ended ended = run("before", flags);
    EXPECT_EQ(ended.code, 0) << ended.err;
    const json stale = results_in(only_run(folder_.path()))["stale"];
    // One in a thousand may stay without a cause; a short run has fewer stale reads than that.
    EXPECT_GT(stale["stale"], 0);
    EXPECT_LE(stale["unexplained"].get<double>(), stale["stale"].get<double>() / 1000) << stale.dump(2);
    std::filesystem::remove_all(folder_.path() / "runs");
  }
}

// The entry is set before the database is asked, so readers see what the database then refuses.
TEST_F(Verdict, tells_of_reads_of_what_the_database_refused_wherever_a_run_is_told_of) {
  ASSERT_EQ(run("before", {"-d", "200ms", "--no-faults", "--no-live"}).code, 0);
  std::filesystem::rename(folder_.path() / "runs", folder_.path() / "fine");
  ASSERT_THAT(sql("CREATE FUNCTION refuse_every_fifth() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.quantity % 5 "
                  "= 0 THEN RAISE EXCEPTION ''no fifth value''; END IF; RETURN NEW; END'"),
              HasSubstr("CREATE FUNCTION"));
  ASSERT_THAT(sql("CREATE TRIGGER refuse BEFORE UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION refuse_every_fifth()"),
              HasSubstr("CREATE TRIGGER"));
  const Ended ended =
      run("before", {"-r", "2ms", "-w", "8ms", "-d", "2s", "--no-faults", "--no-live", "--pattern", "update-first"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path run_folder = only_run(folder_.path());
  const json results = results_in(run_folder);
  EXPECT_GT(results["refusals"][0]["count"], 20);
  EXPECT_EQ(results["verdict"], "invalid");
  const json& checks = results["checks"];
  const auto dirty = std::ranges::find_if(checks, [](const json& check) { return check["name"] == "dirty-reads"; });
  ASSERT_NE(dirty, checks.end());
  EXPECT_GT((*dirty)["count"], 20);
  const std::string shown = "showed a quantity that the database had refused";
  EXPECT_THAT(as_one_line(ended.out), HasSubstr(shown));
  EXPECT_THAT(ended.out, Not(HasSubstr("Nothing was seen")));

  const Ended compared = run_stalemate(folder_.path(), {"compare", "fine/before/latest", "runs/before/latest"});
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(as_one_line(compared.out), HasSubstr(shown));
  const Ended explained = run_stalemate(folder_.path(), {"explain", "runs/before/latest"});
  EXPECT_EQ(explained.code, 0) << explained.err;
  EXPECT_THAT(as_one_line(explained.out), HasSubstr(fmt::format("dirty-reads {} of", (*dirty)["count"].get<int>())));
  const Ended listed = run_stalemate(folder_.path(), {"explain", "--list", "runs/before/latest"});
  const std::size_t cause = listed.out.find(" dirty set\n");
  ASSERT_NE(cause, std::string::npos) << listed.out;
  const std::size_t line = listed.out.rfind('\n', cause) + 1;
  const Ended one =
      run_stalemate(folder_.path(), {"explain", "runs/before/latest", listed.out.substr(line, cause - line)});
  EXPECT_THAT(one.out, HasSubstr("returned a value that never reached the database"));
}

TEST_F(Verdict, has_a_figure_for_every_check_where_nothing_is_wrong_and_nothing_could_be_judged_too) {
  std::vector<std::string> flags = {"-r", "5ms", "-w", "10ms", "-d", "500ms", "--no-faults", "--no-live"};
  for (const CheckInfo& check : CheckRegistry::all()) {
    // A measure may count what nobody promised: two loads of a key at once, say.
    flags.insert(flags.end(),
                 {"--fail-if", fmt::format("violations.{}>{}", check.name, check.decides ? 0 : 1'000'000)});
  }
  const Ended ended = run("after", flags);
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json violations = results_in(only_run(folder_.path()))["violations"];
  EXPECT_EQ(violations.size(), CheckRegistry::all().size());
  EXPECT_EQ(violations["linearizable"], 0);
  EXPECT_EQ(violations["convergence"], 0) << "there is no cache to judge";
}

TEST_F(Verdict, of_a_run_that_was_never_behind_passes_a_threshold_of_how_long_it_was) {
  const Ended ended = run("after", {"-d", "200ms", "--no-live", "--fail-if", "limit.behind_ns>10s"});
  EXPECT_EQ(ended.code, 0) << ended.err;
}

TEST_F(Verdict, cannot_pass_a_threshold_that_this_run_has_no_figure_for) {
  const Ended ended = run("after", {"-d", "200ms", "--no-live", "--fail-if", "cache.misses>0"});
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("no figure for cache.misses"));
}

// The command line printed below that sentence.
std::string command_below(const std::string& out, const std::string& sentence) {
  const std::size_t begin = out.find(sentence + "\n  ") + sentence.size() + 3;
  return out.find(sentence) == std::string::npos ? "" : out.substr(begin, out.find('\n', begin) - begin);
}

TEST(Demonstration, with_a_cockroach_that_cannot_be_used_fails_before_anything_is_run) {
  const OwnFolder folder;
  for (const auto& [program, words] : {std::pair{"/nonexistent", "'/nonexistent' is not a program"},
                                       std::pair{"/bin/echo", "is it a cockroach binary?"}}) {
    const Ended ended = run_stalemate(folder.path(), {"demo", "-d", "2s", "--no-live", "--cockroach", program});
    EXPECT_EQ(ended.code, 69);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr(words));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(run_folders(folder.path()).empty());
  }
}

TEST(Demonstration, runs_both_halves_and_what_is_left_where_nothing_fails) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"demo", "-d", "2s", "--no-live"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  for (const char* name : {"before", "after", "before-no-skips"}) {
    EXPECT_THAT(ended.out, HasSubstr(name));
    const std::filesystem::path latest = folder.path() / "runs" / name / "latest";
    EXPECT_TRUE(std::filesystem::is_symlink(latest));
    const json results = results_in(latest);
    const bool is_third = std::string_view(name) == "before-no-skips";
    EXPECT_EQ(results["scenario"], name);
    EXPECT_EQ(results["asked"]["faults"].size(), std::string_view(name) == "before" ? 3U : 0U);
    if (is_third) {
      EXPECT_GT(results["reads"]["planned"], 1'000) << "ten times as many as the others, at random times";
    } else {
      EXPECT_EQ(results["reads"]["planned"], 200);
      EXPECT_EQ(results["writes"]["planned"], 100);
    }
    EXPECT_TRUE(std::filesystem::exists(latest / "history.stale"));
    EXPECT_TRUE(std::filesystem::exists(latest / "scenario.toml"));
  }
  EXPECT_EQ(run_folders(folder.path()).size(), 4U) << "three runs, and the page of all three";
  EXPECT_THAT(ended.out, ContainsRegex("before +after +before-no-skips\n"));
  EXPECT_THAT(ended.out, HasSubstr("What is left when nothing fails: in before-no-skips no call was left out"));
  EXPECT_EQ(left_running(), "");
}

TEST(Demonstration, ends_with_commands_that_work_as_they_stand) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"demo", "-d", "2s", "--no-live", "--skip", "invalidate=60%"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::string here = "cd '" + folder.path().native() + "' && ";
  const std::string explain = command_below(ended.out, "Why a read was stale, step by step:");
  EXPECT_THAT(output_of(here + explain), HasSubstr("Cause: ")) << explain;
  const std::string help = command_below(ended.out, "What else there is:");
  EXPECT_THAT(output_of(here + help), HasSubstr("explain")) << help;
  const Ended compared = run_stalemate(folder.path(), {"compare", "runs/before", "runs/after", "runs/before-no-skips"});
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(ended.out, HasSubstr(compared.out)) << "a folder of runs stands for the latest";
  for (const char* command : {"check", "explain", "export"}) {
    std::vector<std::string> words = {command, "runs/before"};
    if (std::string_view(command) == "export") {
      words.insert(words.end(), {"--to", "csv"});
    }
    const Ended looked = run_stalemate(folder.path(), words);
    EXPECT_EQ(looked.code, std::string_view(command) == "check" ? 1 : 0) << looked.err;
  }
}

TEST(Demonstration, interrupted_in_its_last_run_still_compares_the_two_before) {
  const OwnFolder folder;
  Program program(folder.path(), {"demo", "-d", "2s"});
  const auto is_in_the_last_run = [&program] {
    const std::string err = program.err();
    const std::size_t last = err.find("before-no-skips: The same cache");
    return last != std::string::npos && err.find(" s of 2.0 s: ", last) != std::string::npos;
  };
  while (!is_in_the_last_run()) {
    usleep(10'000);
  }
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("interrupted no against no against yes"));
  EXPECT_EQ(left_running(), "");
}

}  // namespace
}  // namespace stalemate
