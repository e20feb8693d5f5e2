// Faults as sentences, WHAT: FAULT HOW: read and told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "core/faults/fault.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

TEST(FaultSentences, of_every_fault_are_read_as_its_own_clauses) {
  for (const FaultInfo& info : FaultRegistry::all()) {
    const Result<NamedFault> fault = parse_fault_statement(info.sentence);
    ASSERT_TRUE(fault) << info.name << ": " << fault.error().detail;
    EXPECT_EQ(fault->first, info.name);
    const Result<ConfiguredFault> configured = configure_fault(fault->first, fault->second);
    EXPECT_TRUE(configured) << configured.error().detail;
  }
}

TEST(FaultSentences, are_what_every_notation_of_a_fault_is_told_in) {
  const auto all = [](std::string_view name, std::string_view text) { return fault_statements(name, text); };
  EXPECT_THAT(all("skip", "fill=1%, update 2% n=3"), testing::ElementsAre("fill: skip 1%", "update: skip 2% n=3"));
  EXPECT_THAT(all("restart", "db@5s+2500ms,cache 9s..10s kept"),
              testing::ElementsAre("db: restart 5s..7.5s", "cache: restart 9s..10s kept"));
  EXPECT_THAT(all("delay", "db=15ms"), testing::ElementsAre("db: delay 15ms"));
  EXPECT_THAT(all("skip", "fill"), testing::ElementsAre("skip=fill")) << "no clause, told as it is";
  EXPECT_THAT(all("stall", "db@soon"), testing::ElementsAre("stall=db@soon"));
}

TEST(FaultSentences, that_are_told_mean_the_fault_that_they_tell) {
  for (const FaultInfo& info : FaultRegistry::all()) {
    std::vector<NamedFault> told;
    for (const std::string& statement : fault_statements(info.name, info.example)) {
      const Result<NamedFault> clause = parse_fault_statement(statement);
      ASSERT_TRUE(clause) << statement << ": " << clause.error().detail;
      add_fault_clause(told, *clause);
    }
    ASSERT_EQ(told.size(), 1U);
    const Result<ConfiguredFault> wanted = configure_fault(info.name, info.example);
    Result<ConfiguredFault> meant = configure_fault(told[0].first, told[0].second);
    ASSERT_TRUE(meant) << info.name << ": " << meant.error().detail;
    ASSERT_EQ(meant->clauses.size(), wanted->clauses.size()) << info.name;
    for (std::size_t place = 0; place < meant->clauses.size(); ++place) {
      const CallClause& one = meant->clauses[place];
      const CallClause& other = wanted->clauses[place];
      EXPECT_EQ(std::tie(one.word, one.calls, one.share, one.nth, one.key),
                std::tie(other.word, other.calls, other.share, other.nth, other.key));
      EXPECT_TRUE(one.window == other.window && one.trouble == other.trouble && one.crash == other.crash) << info.name;
    }
    ASSERT_EQ(meant->events.size(), wanted->events.size()) << info.name;
    for (std::size_t place = 0; place < meant->events.size(); ++place) {
      EXPECT_EQ(meant->events[place].at_ns, wanted->events[place].at_ns) << info.name;
      EXPECT_EQ(meant->events[place].target, wanted->events[place].target) << info.name;
    }
  }
}

TEST(FaultSentences, of_another_form_are_refused_with_what_would_be_right) {
  const auto told = [](std::string_view text) {
    const Result<NamedFault> fault = parse_fault_statement(text);
    return fault ? "(accepted)" : fault.error().detail;
  };
  EXPECT_EQ(told("invalidate lost-request"),
            "'invalidate lost-request' is not a fault, as it has no colon; write WHAT: FAULT HOW, for example "
            "invalidate: lost-request n=3");
  EXPECT_THAT(told("invalidate: lost-reqest n=3"),
              testing::StartsWith("'invalidate: lost-reqest n=3': there is no fault 'lost-reqest' (did you mean "
                                  "'lost-request'?); they are crash, delay, "));
  EXPECT_EQ(told("cache: evict"),
            "'cache: evict' does not say from when to when; write for example cache: evict 2s..5s");
  for (const char* const text : {"", ":", "a:", ": skip", "fill: skip 1%, update: skip 1%", "  :  "}) {
    EXPECT_NE(told(text), "(accepted)") << text;
  }
}

}  // namespace
}  // namespace stalemate
