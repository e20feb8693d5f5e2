// What CI reads, read back: XML by a real parser, Markdown and annotations for what a foreign text could do in them.
#include "report/ci/verdict_sheet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/text/printable.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Every byte that a text can hold, bytes that are no UTF-8, characters that no XML knows, and the ends of mark-up.
std::string hostile_text() {
  std::string text =
      "]]> --> <b>&amp;\"' ``` | @all https://e.org ::error::x %0A \xEF\xBF\xBE\xEF\xBF\xBF \xED\xA0\x80 ";
  for (int byte = 0; byte < 256; ++byte) {
    text += static_cast<char>(byte);
  }
  return text + "\n```\n</details>\n::stop-commands::x\n\xE2\x82";
}

VerdictSheet sheet_with(const std::string& foreign) {
  VerdictSheet sheet{.command = "check", .subject = foreign, .headline = foreign, .again = "again " + foreign};
  for (const CaseVerdict verdict :
       {CaseVerdict::passed, CaseVerdict::failed, CaseVerdict::unknown, CaseVerdict::tolerated, CaseVerdict::vacuous}) {
    sheet.cases.push_back({.name = foreign, .fact = foreign, .verdict = verdict, .proof = foreign});
  }
  return sheet;
}

// What Python's XML parser makes of it; fails the test where it is not well-formed.
json parsed_by_python(const std::string& xml) {
  const OwnFolder folder;
  std::ofstream(folder.path() / "junit.xml", std::ios::binary) << xml;
  std::ofstream(folder.path() / "read.py") << R"(import json, sys, xml.etree.ElementTree as tree
def told(node):
    return {"tag": node.tag, "has": node.attrib, "text": node.text or "", "nodes": [told(child) for child in node]}
print(json.dumps(told(tree.parse(sys.argv[1]).getroot())))
)";
  const std::string command = "python3 " + (folder.path() / "read.py").string() + " " +
                              (folder.path() / "junit.xml").string() + " > " + (folder.path() / "read.json").string();
  // NOLINTNEXTLINE(concurrency-mt-unsafe,bugprone-command-processor): a test has one thread, and the words are its own
  EXPECT_EQ(std::system(command.c_str()), 0) << xml;
  std::ifstream read(folder.path() / "read.json");
  return json::parse(read, nullptr, false);
}

TEST(Junit, says_the_fact_in_the_name_and_the_proof_in_the_body) {
  const VerdictSheet sheet{
      .command = "run",
      .subject = "before.toml",
      .headline = "Is it stale?",
      .again = "stalemate run before.toml",
      .cases = {{.name = "stale-reads",
                 .fact = "12 of 1,203 reads were stale (worst 42 ms)",
                 .verdict = CaseVerdict::failed,
                 .proof = "1. a read\n2. a write\n"},
                {.name = "regular", .fact = "no violation among 3 reads", .verdict = CaseVerdict::passed}}};
  const json suite = parsed_by_python(junit_of(sheet))["nodes"][0];
  EXPECT_EQ(suite["has"]["name"], "stalemate run before.toml");
  EXPECT_EQ(suite["has"]["tests"], "2");
  EXPECT_EQ(suite["has"]["failures"], "1");
  const json& stale = suite["nodes"][0];
  EXPECT_EQ(stale["has"]["name"], "stale-reads: 12 of 1,203 reads were stale (worst 42 ms)");
  EXPECT_EQ(stale["has"]["classname"], "stalemate.run.before_toml");
  EXPECT_EQ(stale["nodes"][0]["tag"], "failure");
  EXPECT_EQ(stale["nodes"][0]["text"], "1. a read\n2. a write\n\nOnce more: stalemate run before.toml\n");
  EXPECT_TRUE(suite["nodes"][1]["nodes"].empty());
}

TEST(Junit, is_well_formed_whatever_the_texts_hold_and_loses_none_of_it) {
  const std::string foreign = hostile_text();
  const json suite = parsed_by_python(junit_of(sheet_with(foreign)))["nodes"][0];
  EXPECT_EQ(suite["has"]["tests"], "5");
  EXPECT_EQ(suite["has"]["failures"], "1");
  EXPECT_EQ(suite["has"]["errors"], "1");
  EXPECT_EQ(suite["has"]["skipped"], "2");
  std::string shown = printable_lines(foreign);
  for (const auto& [character, escape] : {std::pair("\xEF\xBF\xBE", "\\ufffe"), std::pair("\xEF\xBF\xBF", "\\uffff")}) {
    shown.replace(shown.find(character), 3, escape);
  }
  EXPECT_EQ(suite["nodes"][0]["has"]["name"], shown + ": " + shown);
  EXPECT_EQ(suite["nodes"][1]["nodes"][0]["text"], shown + "\nOnce more: again " + shown + "\n");
  EXPECT_EQ(suite["nodes"][2]["nodes"][0]["tag"], "error");
  EXPECT_EQ(suite["nodes"][3]["nodes"][0]["tag"], "skipped");
  EXPECT_EQ(suite["nodes"][5]["text"], shown);
}

TEST(Markdown, has_a_row_a_case_and_a_proof_to_fold_out) {
  const std::string page =
      markdown_of({.command = "check",
                   .subject = "a.edn",
                   .headline = "invalid.",
                   .cases = {{.name = "stale-reads",
                              .fact = "1 of 2 reads was stale",
                              .verdict = CaseVerdict::failed,
                              .proof = "op 3 read 1\n"},
                             {.name = "regular", .fact = "no violation", .verdict = CaseVerdict::passed}}},
                  "More.\n");
  EXPECT_THAT(page, StartsWith("## stalemate check a.edn\n\ninvalid.\n\n| verdict | what | found |\n|---|---|---|\n"));
  EXPECT_THAT(page, HasSubstr("| ❌ failed | stale-reads | 1 of 2 reads was stale |\n| ✅ passed | regular |"));
  EXPECT_THAT(page, HasSubstr("<details><summary>❌ stale-reads: 1 of 2 reads was stale</summary>\n\n```text\nop 3"));
  EXPECT_THAT(page, EndsWith("More.\n"));
}

TEST(Markdown, keeps_foreign_text_from_becoming_markup) {
  const std::string page = markdown_of(sheet_with(hostile_text()));
  // Outside fences every line is ours, whole; inside, none closes its fence.
  EXPECT_THAT(page, AllOf(Not(HasSubstr("\n````text\n```\n````")), HasSubstr("\n````text\n"), HasSubstr("&lt;b&gt;"),
                          HasSubstr("\\<b\\>"), HasSubstr("https\\://e.org"), HasSubstr("\\@all")));
  std::size_t details = 0;
  for (std::size_t place = page.find("<details>"); place != std::string::npos;
       place = page.find("<details>", place + 1)) {
    ++details;
  }
  EXPECT_EQ(details, 5U);
  EXPECT_EQ(in_markdown("a|b\n<c>"), "a\\|b\\\\u000a\\<c\\>");
  EXPECT_EQ(fenced("a\n````\nb"), "`````text\na\n````\nb\n`````\n");
}

TEST(Markdown, stays_below_its_limit_and_says_what_it_leaves_out) {
  VerdictSheet sheet{.command = "explore", .subject = "p", .headline = "h"};
  for (int place = 0; place < 500; ++place) {
    sheet.cases.push_back({.name = "case",
                           .fact = std::string(300, 'f'),
                           .verdict = CaseVerdict::failed,
                           .proof = std::string(30'000, 'a') + "\n" + std::string(3'000, 'b') + "\n"});
  }
  constexpr std::size_t bytes_max = 100'000;
  const std::string page = markdown_of(sheet, "", bytes_max);
  EXPECT_LE(page.size(), bytes_max);
  EXPECT_THAT(page, AllOf(HasSubstr(" more do not fit here; `--junit` has them."), HasSubstr("... and 2 more lines"),
                          HasSubstr(" more proofs do not fit here")));
  EXPECT_LE(markdown_of(sheet, std::string(1 << 20, 'x'), bytes_max).size(), bytes_max);
}

TEST(Annotations, are_at_most_ten_of_which_the_last_counts_the_rest) {
  VerdictSheet sheet{.command = "check", .subject = "a.edn"};
  for (int place = 0; place < 12; ++place) {
    sheet.cases.push_back(
        {.name = "n", .fact = "f", .verdict = place % 2 == 0 ? CaseVerdict::failed : CaseVerdict::unknown});
    sheet.cases.push_back({.name = "fine", .fact = "f", .verdict = CaseVerdict::passed});
  }
  const std::string lines = annotations_of(sheet);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 10);
  EXPECT_THAT(lines, StartsWith("::error title=stalemate check%3A n::a.edn: f\n"));
  EXPECT_THAT(lines, EndsWith("::error title=stalemate check::3 more of a.edn failed or could not be judged\n"));
  EXPECT_THAT(lines, Not(HasSubstr("fine")));
}

TEST(Annotations, keep_foreign_text_in_its_place) {
  const std::string lines = annotations_of(sheet_with(hostile_text()));
  EXPECT_EQ(std::ranges::count(lines, '\n'), 2);
  EXPECT_EQ(std::ranges::count(lines, '\r'), 0);
  EXPECT_THAT(lines, HasSubstr("%250A"));
  const std::string title = lines.substr(0, lines.find("::", 2));
  EXPECT_EQ(std::ranges::count(title, ','), 0);
  EXPECT_EQ(std::ranges::count(title.substr(2), ':'), 0);
}

TEST(TextForGithub, has_no_command_whatever_it_holds) {
  EXPECT_EQ(without_commands("a::b\n::error::x\n  \t::add-mask::y\r::z\n- ::w"),
            "a::b\n\\::error::x\n  \t\\::add-mask::y\r\\::z\n- ::w");
  EXPECT_EQ(without_commands("it was ##[error]x, ##[group]"), "it was \\##[error]x, \\##[group]");
  EXPECT_EQ(without_commands("::"), "\\::");
  EXPECT_EQ(without_commands(""), "");
}

TEST(Marks, say_what_passed_what_failed_and_what_is_not_known) {
  const VerdictSheet sheet = sheet_with("a");
  EXPECT_EQ(marked_lines(sheet.cases, marks_of(true)), "✓ a: a\n✗ a: a\n? a: a\n✗ a: a\n  a: a\n");
  EXPECT_EQ(marked_lines(sheet.cases, marks_of(false)), "+ a: a\nx a: a\n? a: a\nx a: a\n  a: a\n");
}

TEST(CaseOfACheck, says_how_many_of_how_many_and_what_was_not_judged) {
  CheckFound stale{.name = "stale-reads",
                   .verdict = "invalid",
                   .decides = true,
                   .count = 12,
                   .sample = 1203,
                   .sample_of = "reads",
                   .first = "client 1's read ..."};
  EXPECT_EQ(title_of(case_of(stale, "42 ms")), "stale-reads: 12 of 1,203 reads were stale (worst 42 ms)");
  stale.unjudged = 3;
  stale.verdict = "valid";
  EXPECT_EQ(case_of(stale, "").fact, "no violation among 1,203 reads; 3 reads could not be judged");
  stale.verdict = "unknown";
  stale.note = "No order.";
  EXPECT_EQ(case_of(stale, "").fact, "could not be judged: No order.");
  EXPECT_EQ(case_of(stale, "").verdict, CaseVerdict::unknown);
  const CheckFound zones{
      .name = "linearizable", .verdict = "invalid", .decides = true, .count = 1, .sample = 9, .sample_of = "values"};
  EXPECT_EQ(case_of(zones, "").fact, "1 of 9 values violates it");
}

TEST(CasesOfARun, are_its_deciding_checks_or_that_there_were_none) {
  RunResults results;
  EXPECT_EQ(title_of(cases_of(results, "").front()), "checks: the history was not checked");
  EXPECT_EQ(cases_of(results, "").front().verdict, CaseVerdict::unknown);
  results.stale = StaleReads{.checked = 9, .stale = 2, .worst_staleness_ns = 42'000'000};
  results.checks = {{.name = "loads", .verdict = "valid", .decides = false},
                    {.name = "stale-reads",
                     .verdict = "invalid",
                     .decides = true,
                     .count = 2,
                     .sample = 9,
                     .sample_of = "reads",
                     .first = "first"}};
  const std::vector<VerdictCase> cases = cases_of(results, "1. a story\n");
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(title_of(cases.front()), "stale-reads: 2 of 9 reads were stale (worst 42 ms)");
  EXPECT_EQ(cases.front().proof, "1. a story\n");
}

}  // namespace
}  // namespace stalemate
