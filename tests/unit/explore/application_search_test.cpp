#include <gtest/gtest.h>

#include <map>
#include <span>

#include "explore/application/schedule_search.hpp"
#include "sanitized.hpp"
#include "scripted_world.hpp"

namespace stalemate {
namespace {

using testing_explore::Asks;
using testing_explore::cache_aside;
using testing_explore::early_invalidation;
using testing_explore::hasty_cache_aside;
using testing_explore::moody_cache_aside;
using testing_explore::no_cache;
using testing_explore::ScriptedWorld;
using testing_explore::Service;
using testing_explore::Talk;
using testing_explore::told_near_cache;
using testing_explore::versioned_tombstone;

std::vector<const JudgeInfo*> judges_of_scope(const Scope& scope) {
  std::vector<const JudgeInfo*> judges;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    if (judge.instance().concerns(scope)) {
      judges.push_back(&judge);
    }
  }
  return judges;
}

ScheduleSearchOptions options_of(std::string_view scope, const ScheduleFaults& faults = {}) {
  ScheduleSearchOptions options;
  options.scope = *parse_scope(scope);
  options.faults = faults;
  options.judges = judges_of_scope(options.scope);
  return options;
}

ScheduleSearchResult searched(Service service, const ScheduleSearchOptions& options) {
  ScriptedWorld world(service);
  Result<ScheduleSearchResult> result = search_schedules(world, options);
  EXPECT_TRUE(result.has_value()) << result.error().detail;
  return *std::move(result);
}

std::map<std::string_view, std::size_t> lengths_in(const ScheduleSearchResult& result) {
  std::map<std::string_view, std::size_t> lengths;
  for (const ApplicationWitness& witness : result.witnesses) {
    lengths[witness.judge->name] = steps_of(witness);
  }
  return lengths;
}

/// The search's slow twin: every order of steps, one by one, without asking what commutes.
struct EveryOrder {
  std::map<std::string_view, std::size_t> lengths = {};
  std::uint64_t schedules = 0;
  std::map<std::string_view, std::uint64_t> violations = {};

  static EveryOrder of(Service service, const ScheduleSearchOptions& options) {
    EveryOrder every;
    ScriptedWorld world(service);
    std::vector<std::size_t> path;
    std::vector<std::size_t> widths;
    do {
      ScheduleRun run(world, options.scope, options.faults);
      EXPECT_TRUE(run.start());
      for (std::size_t depth = 0; !run.enabled().empty(); ++depth) {
        const std::vector<ScheduleStep> enabled = run.enabled();
        if (depth == path.size()) {
          path.push_back(0);
          widths.push_back(enabled.size());
        }
        EXPECT_TRUE(run.take(enabled.at(path[depth])));
      }
      every.note(run, options);
      while (!path.empty() && path.back() + 1 == widths.back()) {
        path.pop_back();
        widths.pop_back();
      }
      if (!path.empty()) {
        ++path.back();
      }
    } while (!path.empty());
    return every;
  }

  void note(const ScheduleRun& run, const ScheduleSearchOptions& options) {
    ++schedules;
    bool has_fault = options.faults.faults_max == 0;
    for (const TakenStep& step : run.taken()) {
      has_fault = has_fault || is_fault(step.step);
    }
    for (const JudgeInfo* judge : has_fault ? options.judges : std::vector<const JudgeInfo*>()) {
      if (const auto violation = violation_in(run.taken(), options.scope, *judge)) {
        const bool rests = run.taken()[violation->step].step.kind == StepKind::rest;
        const std::size_t steps = violation->step + (rests ? 0 : 1);
        const auto known = lengths.try_emplace(judge->name, steps).first;
        known->second = std::min(known->second, steps);
        ++violations[judge->name];
      }
    }
  }
};

ScheduleFaults faults_of_one_kind(ApplicationFault fault) {
  return {.faults = {fault}, .faults_max = 1};
}

TEST(ApplicationSearch, finds_the_four_of_thirty_five_orders_in_which_cache_aside_keeps_the_old_value) {
  const ScheduleSearchOptions options = options_of("w,r");
  const EveryOrder every = EveryOrder::of(cache_aside, options);
  EXPECT_EQ(every.schedules, 35U);
  EXPECT_EQ(every.violations.at("converges"), 4U);
  const ScheduleSearchResult result = searched(cache_aside, options);
  EXPECT_TRUE(result.is_proof());
  EXPECT_EQ(result.orders, 35U);
  EXPECT_LT(result.schedules, 35U);
  ASSERT_EQ(result.witnesses.size(), 1U);
  EXPECT_EQ(result.witnesses.front().judge->name, "converges");
  EXPECT_EQ(steps_of(result.witnesses.front()), 7U);
  EXPECT_TRUE(result.witnesses.front().repeated);
}

struct NamedService {
  const char* name;
  Service service;
};
constexpr NamedService services[] = {{"cache-aside", cache_aside},
                                     {"hasty cache-aside", hasty_cache_aside},
                                     {"versioned tombstone", versioned_tombstone},
                                     {"no cache", no_cache},
                                     {"early invalidation", early_invalidation},
                                     {"near cache that is told", told_near_cache}};

void expect_same_as_every_order(const NamedService& service, const ScheduleSearchOptions& options) {
  const EveryOrder every = EveryOrder::of(service.service, options);
  const ScheduleSearchResult result = searched(service.service, options);
  EXPECT_TRUE(result.is_proof()) << service.name;
  EXPECT_EQ(lengths_in(result), every.lengths) << service.name;
  EXPECT_EQ(result.orders, every.schedules) << service.name;
  EXPECT_LE(result.schedules, every.schedules) << service.name;
  const ScheduleSearchResult again = searched(service.service, options);
  EXPECT_EQ(result.trace_hash, again.trace_hash) << service.name;
  EXPECT_EQ(result.unrepeatable, 0U) << service.name;
}

TEST(ApplicationSearch, agrees_with_every_order_one_by_one) {
  for (const NamedService& service : services) {
    for (const char* scope : {"w,r", "w,rr", "wr,r"}) {
      expect_same_as_every_order(service, options_of(scope));
    }
  }
}

TEST(ApplicationSearch, agrees_with_every_order_of_three_processes) {
  for (const NamedService& service : std::span(services).first(test::tried(std::size(services)))) {
    // With a row's lock there would be millions of orders, and between two writers alone some hundred.
    const bool locks = service.service == early_invalidation;
    expect_same_as_every_order(service, options_of(locks ? "w,w" : "w,w,r"));
    expect_same_as_every_order(service, options_of(locks ? "ww,w" : "w,r,r"));
  }
}

TEST(ApplicationSearch, agrees_with_every_order_under_each_fault) {
  for (const NamedService& service : std::span(services).first(test::tried(std::size(services)))) {
    for (const ApplicationFault fault : application_faults()) {
      SCOPED_TRACE(name_of(fault));
      expect_same_as_every_order(service, options_of("w,r", faults_of_one_kind(fault)));
    }
  }
}

// Were a step that tells another instance something taken to commute with that instance's, one of two orders would
// never be tried: in one the copy is dropped before it is made, and in the other after.
TEST(ApplicationSearch, finds_the_copy_that_is_made_after_its_instance_was_told_to_drop_it) {
  for (const char* scope : {"w,r", "r,w"}) {
    const ScheduleSearchResult result = searched(told_near_cache, options_of(scope));
    EXPECT_TRUE(result.is_proof());
    EXPECT_TRUE(lengths_in(result).contains("converges")) << scope;
  }
}

TEST(ApplicationSearch, a_step_that_touches_everything_is_tried_in_every_place) {
  Footprint listens{.everything = true, .processes = 1};
  EXPECT_FALSE(commute(listens, {.begins = true}));
  EXPECT_FALSE(commute({.processes = 2}, listens));
}

TEST(ApplicationSearch, without_reduction_tries_every_order) {
  ScheduleSearchOptions options = options_of("w,r");
  options.reduce = false;
  const ScheduleSearchResult result = searched(cache_aside, options);
  EXPECT_EQ(result.schedules, 35U);
  EXPECT_EQ(result.orders, 35U);
  EXPECT_EQ(lengths_in(result).at("converges"), 7U);
}

TEST(ApplicationSearch, repeats_every_witness_by_its_choices_alone) {
  for (const NamedService& service : services) {
    ScriptedWorld world(service.service);
    for (const char* scope : {"w,rr", "wr,r", "w,w,r"}) {
      const Result<ScheduleSearchResult> result = search_schedules(world, options_of(scope));
      ASSERT_TRUE(result.has_value());
      for (const ApplicationWitness& witness : result->witnesses) {
        const Result<RepeatedRun> again = repeat_run(world, witness);
        ASSERT_TRUE(again.has_value());
        EXPECT_TRUE(again->violated) << service.name << " " << scope << " " << witness.judge->name;
        EXPECT_EQ(again->run.size(), witness.choices.size());
      }
    }
  }
}

TEST(ApplicationSearch, tells_of_an_application_that_is_not_repeatable_and_proves_nothing_of_it) {
  const ScheduleSearchResult result = searched(moody_cache_aside, options_of("w,r"));
  EXPECT_GT(result.unrepeatable, 0U);
  EXPECT_NE(result.difference.find("mood:{key}"), std::string::npos) << result.difference;
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.is_proof());
  EXPECT_FALSE(result.orders.has_value());
}

TEST(ApplicationSearch, given_up_for_lack_of_time_says_how_far_it_came) {
  ScheduleSearchOptions options = options_of("w,r,r");
  std::uint64_t asked = 0;
  std::uint64_t told = 0;
  options.out_of_time = [&] { return ++asked > 50; };
  options.on_schedule = [&](const ScheduleProgress& progress) { told = progress.schedules; };
  const ScheduleSearchResult result = searched(cache_aside, options);
  EXPECT_FALSE(result.complete);
  EXPECT_FALSE(result.is_proof());
  EXPECT_EQ(result.schedules, 50U);
  EXPECT_EQ(told, 50U);
  EXPECT_GT(result.left, 10U);
  EXPECT_LT(result.left, 1600U);
}

TEST(ApplicationSearch, a_schedule_without_end_is_given_up_and_proves_nothing) {
  const Service spinning = [](testing_explore::Talk& talk, OpKind kind, Value value, int schedule) {
    if (kind == OpKind::write) {
      cache_aside(talk, kind, value, schedule);
      return;
    }
    while (!talk.call({.asks = testing_explore::Asks::get}).there) {
    }
  };
  ScheduleSearchOptions options = options_of("w,r");
  options.steps_max = 12;
  const ScheduleSearchResult result = searched(spinning, options);
  EXPECT_GT(result.too_long, 0U);
  EXPECT_FALSE(result.is_proof());
}

TEST(ApplicationSearch, a_request_that_is_never_answered_leaves_its_schedule_stuck) {
  const Service silent = [](testing_explore::Talk& talk, OpKind, Value, int) {
    talk.send({.asks = testing_explore::Asks::select});
  };
  const ScheduleSearchResult result = searched(silent, options_of("w,r"));
  EXPECT_EQ(result.stuck, result.schedules - result.redundant);
  EXPECT_FALSE(result.is_proof());
}

TEST(ApplicationSearch, counts_reads_that_nobody_can_have_written) {
  const Service inventive = [](testing_explore::Talk& talk, OpKind kind, Value value, int schedule) {
    if (kind == OpKind::write) {
      cache_aside(talk, kind, value, schedule);
      return;
    }
    const bool is_there = talk.call({.asks = testing_explore::Asks::get}).there;
    talk.answer(Outcome::ok, is_there ? absent : foreign_value);
  };
  const ScheduleSearchResult result = searched(inventive, options_of("w,r"));
  EXPECT_GT(result.strange.foreign, 0U);
  EXPECT_EQ(result.strange.missing, 0U);
  EXPECT_TRUE(lengths_in(result).contains("linearizable"));
}

TEST(ApplicationSearch, of_a_service_that_never_does_a_write_proves_nothing) {
  const Service refuses = [](Talk& talk, OpKind kind, Value value, int schedule) {
    kind == OpKind::read ? no_cache(talk, kind, value, schedule) : talk.answer(Outcome::fail);
  };
  const ScheduleSearchResult result = searched(refuses, options_of("w,r"));
  EXPECT_TRUE(result.complete);
  EXPECT_FALSE(result.is_proof());
  EXPECT_EQ(result.never_done, std::vector<std::string>{"writer 1's write"});
  EXPECT_EQ(result.not_done, result.schedules - result.redundant);
  EXPECT_EQ(result.first_not_done, "writer 1's write: fail");
}

TEST(ApplicationSearch, of_a_service_that_refuses_one_of_two_writes_is_a_proof) {
  // As one does that asks whether the row is still the same.
  const Service refuses = [](Talk& talk, OpKind kind, Value value, int schedule) {
    if (kind == OpKind::write && talk.call({.asks = Asks::select}).value != 0) {
      talk.answer(Outcome::fail);
      return;
    }
    no_cache(talk, kind, value, schedule);
  };
  const ScheduleSearchResult result = searched(refuses, options_of("w,w,r"));
  EXPECT_TRUE(result.is_proof());
  EXPECT_GT(result.not_done, 0U);
}

TEST(ApplicationSearch, judges_rest_by_the_reads_alone_where_the_row_is_not_told) {
  ScriptedWorld world(cache_aside, false);
  const Result<ScheduleSearchResult> result = search_schedules(world, options_of("w,r"));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(lengths_in(*result).at("converges"), 7U);
}

}  // namespace
}  // namespace stalemate
