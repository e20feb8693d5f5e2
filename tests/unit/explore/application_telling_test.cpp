#include "explore/application/application_telling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_world.hpp"

namespace stalemate {
namespace {

using ::testing::HasSubstr;
using testing_explore::cache_aside;
using testing_explore::early_invalidation;
using testing_explore::ScriptedWorld;
using testing_explore::Service;
using testing_explore::versioned_tombstone;

Telling told(Service service, std::string_view scope, std::string_view judge, const ScheduleFaults& faults = {}) {
  ScheduleSearchOptions options;
  options.scope = *parse_scope(scope);
  options.faults = faults;
  options.judges = {JudgeRegistry::find(judge)};
  ScriptedWorld world(service);
  const Result<ScheduleSearchResult> result = search_schedules(world, options);
  EXPECT_TRUE(result.has_value() && result->witnesses.size() == 1);
  return tell(result->witnesses.at(0));
}

TEST(ApplicationTelling, numbers_the_steps_in_the_applications_own_commands) {
  const std::string story = story_of(told(cache_aside, "w,r", "converges"));
  EXPECT_THAT(story, HasSubstr(". reader 1 begins to read\n"));
  EXPECT_THAT(story, HasSubstr(". reader 1 GET product:{key}: (nil)\n"));
  EXPECT_THAT(story, HasSubstr(". reader 1 select quantity from products where id = {key}: 0\n"));
  EXPECT_THAT(story, HasSubstr(". writer 1 begins to write 1\n"));
  EXPECT_THAT(story, HasSubstr("its write of 1 is acknowledged\n"));
  EXPECT_THAT(story, HasSubstr("  7. "));
  EXPECT_THAT(story, HasSubstr("At rest the instance of writer 1 reads 0, and the row is 1.\n"));
  EXPECT_THAT(story, HasSubstr("Read again at rest: writer 1 reads 0, reader 1 reads 0; the row is 1.\n"));
  EXPECT_EQ(story.find("  8. "), std::string::npos);
}

TEST(ApplicationTelling, names_the_read_and_the_write_that_it_missed) {
  const Telling telling = told(cache_aside, "w,rr", "fresh");
  EXPECT_EQ(telling.conclusion, "The read missed a write that had been acknowledged before the read began.");
  EXPECT_THAT(telling.details, HasSubstr("It is reader 1's read, which returned 0"));
  EXPECT_THAT(telling.details, HasSubstr("It missed writer 1's write of 1, acknowledged"));
}

TEST(ApplicationTelling, names_faults_where_they_strike) {
  const Telling lost = told(versioned_tombstone, "w,r", "converges", {{ApplicationFault::delayed}, 1});
  EXPECT_THAT(story_of(lost), HasSubstr(": the request stays behind"));
  EXPECT_THAT(story_of(lost), HasSubstr("   [delayed]\n"));
  EXPECT_THAT(story_of(lost), HasSubstr("(its earlier request arrives) "));
  const Telling back = told(versioned_tombstone, "w,rr", "converges", {{ApplicationFault::rollback}, 1});
  EXPECT_THAT(story_of(back), HasSubstr("its standby stops following"));
  EXPECT_THAT(story_of(back), HasSubstr("fails over to its standby"));
  const Telling dead = told(versioned_tombstone, "w,r", "converges", {{ApplicationFault::crash}, 1});
  EXPECT_THAT(story_of(dead), HasSubstr("writer 1 dies; its write ends without an answer   [crash]\n"));
}

TEST(ApplicationTelling, tells_who_waits_for_a_lock_and_who_sets_it_free) {
  ScriptedWorld world(early_invalidation);
  const ApplicationWitness witness{
      .judge = JudgeRegistry::find("converges"), .scope = *parse_scope("w,w"), .choices = {}};
  ScheduleRun run(world, witness.scope, {});
  ASSERT_TRUE(run.start());
  for (int step = 0; !run.enabled().empty(); ++step) {
    const std::vector<ScheduleStep> enabled = run.enabled();
    // Turn by turn, so that both want the row.
    ASSERT_TRUE(run.take(step % 2 == 0 ? enabled.front() : enabled.back()));
  }
  ApplicationWitness seen = witness;
  seen.run = run.taken();
  const Telling telling = tell(seen, false);
  EXPECT_THAT(story_of(telling), HasSubstr("for update: it waits for a lock"));
  EXPECT_THAT(story_of(telling), HasSubstr("what waited goes on: select quantity"));
  EXPECT_TRUE(telling.conclusion.empty());
}

TEST(ApplicationTelling, draws_processes_and_stores) {
  const std::string diagram = text_diagram_of(told(cache_aside, "w,r", "converges"), any_width);
  for (const char* party : {"reader 1", "writer 1", "database", "cache"}) {
    EXPECT_THAT(diagram, HasSubstr(party));
  }
}

}  // namespace
}  // namespace stalemate
