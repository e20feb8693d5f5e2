#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "core/faults/call_names.hpp"
#include "core/faults/fault.hpp"
#include "core/random.hpp"
#include "core/text/duration.hpp"
#include "unit/faults/configured.hpp"

namespace stalemate {
namespace {

using test::configured;
using test::told;

TEST(FaultRegistry, holds_every_fault_and_each_takes_its_own_example) {
  std::vector<std::string_view> names;
  for (const FaultInfo& info : FaultRegistry::all()) {
    names.push_back(info.name);
    const Result<ConfiguredFault> fault = info.parse(info.example);
    ASSERT_TRUE(fault.has_value()) << info.name << ": " << fault.error().detail;
    EXPECT_NE(fault->clauses.empty(), fault->events.empty()) << info.name;
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"crash", "delay", "delayed", "duplicated", "lost-reply", "lost-request",
                                            "refused", "restart", "skip", "stall"}));
}

// Which calls are hit in an op of that chance.
RoleMask hit_by(const ConfiguredFault& fault, std::uint64_t draw) {
  unsigned hit = 0;
  for (const CallClause& clause : fault.clauses) {
    for (unsigned place = 0; place < 7; ++place) {
      const auto call = static_cast<RoleMask>(1U << place);
      hit |= (clause.calls & call) != 0 && is_in_share(clause, call, draw) ? call : 0U;
    }
  }
  return static_cast<RoleMask>(hit);
}

// What is done to such a call, or nothing.
CallTrouble trouble_of(const ConfiguredFault& fault, Role role) {
  for (const CallClause& clause : fault.clauses) {
    if ((clause.calls & role_bit(role)) != 0) {
      return clause.trouble;
    }
  }
  return {};
}

// How often each role is hit in `draws` ops.
std::array<int, 6> hits_of(const ConfiguredFault& fault, std::uint64_t seed, int draws) {
  std::array<int, 6> hits = {};
  SeededRandom random(seed);
  for (int i = 0; i < draws; ++i) {
    const RoleMask mask = hit_by(fault, random.next());
    for (std::size_t role = 0; role < hits.size(); ++role) {
      hits[role] += (mask >> role) & 1;
    }
  }
  return hits;
}

std::string value_for(std::string_view fault) {
  return fault == "delay" || fault == "delayed" || fault == "duplicated" ? "15ms" : "1%";
}

// One vocabulary: a word means the same calls in every fault that takes it, and those are the calls that it hits.
TEST(CallFaults, take_the_words_for_calls_and_hit_what_they_mean) {
  std::size_t call_faults = 0;
  for (const FaultInfo& info : FaultRegistry::all()) {
    const Result<ConfiguredFault> example = info.parse(info.example);
    ASSERT_TRUE(example.has_value()) << info.name;
    if (example->clauses.empty()) {
      continue;
    }
    ++call_faults;
    for (const CallName& call : call_names()) {
      const Result<ConfiguredFault> fault = info.parse(std::string(call.name) + "=" + value_for(info.name));
      if (!fault) {
        EXPECT_THAT(fault.error().detail, testing::HasSubstr("cannot be")) << info.name << " " << call.name;
        continue;
      }
      ASSERT_EQ(fault->clauses.size(), 1U);
      EXPECT_EQ(fault->clauses[0].word, call.name);
      EXPECT_EQ(fault->clauses[0].calls, call.calls);
      SeededRandom random(1);
      unsigned ever_hit = 0;
      for (int op = 0; op < 5000; ++op) {
        ever_hit |= hit_by(*fault, random.next());
      }
      EXPECT_EQ(ever_hit, call.calls) << info.name << " " << call.name;
    }
  }
  EXPECT_GE(call_faults, 2U);
}

TEST(Outages, take_the_words_that_mean_the_calls_of_a_server) {
  for (const std::string_view server : {"db", "cache"}) {
    EXPECT_NE(find_call(server), nullptr);
    EXPECT_EQ(told("stall", std::string(server) + "@5s+500ms"), "(accepted)");
  }
  EXPECT_NE(told("stall", "update@5s+500ms"), "(accepted)");
}

TEST(CallNames, give_each_call_one_name_and_each_store_all_of_its_calls) {
  unsigned calls = 0;
  unsigned groups = 0;
  for (const CallName& call : call_names()) {
    EXPECT_EQ(find_call(call.name), &call);
    EXPECT_FALSE(call.meaning.empty());
    const bool is_group = (call.calls & (call.calls - 1)) != 0;
    unsigned& seen = is_group ? groups : calls;
    EXPECT_EQ(seen & call.calls, 0U) << call.name << " is named twice";
    seen |= call.calls;
  }
  EXPECT_EQ(calls, 0b1111111U);
  EXPECT_EQ(groups, 0b111111U);
  for (const Role role : {Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate, Role::refresh}) {
    ASSERT_NE(find_call(name_of(role)), nullptr);
    EXPECT_EQ(find_call(name_of(role))->calls, role_bit(role));
  }
}

TEST(Skip, hits_each_role_by_its_own_chance) {
  const Result<ConfiguredFault> fault = configured("skip", "fill=1%,update=0.25,invalidate=100%");
  ASSERT_TRUE(fault.has_value());
  constexpr int draws = 200'000;
  const std::array<int, 6> hits = hits_of(*fault, 7, draws);
  EXPECT_EQ(hits[static_cast<std::size_t>(Role::lookup)], 0);
  EXPECT_EQ(hits[static_cast<std::size_t>(Role::load)], 0);
  EXPECT_EQ(hits[static_cast<std::size_t>(Role::refresh)], 0);
  EXPECT_EQ(hits[static_cast<std::size_t>(Role::invalidate)], draws);
  // Within five standard deviations of a binomial count.
  EXPECT_NEAR(hits[static_cast<std::size_t>(Role::fill)], draws * 0.01, 5 * std::sqrt(draws * 0.01));
  EXPECT_NEAR(hits[static_cast<std::size_t>(Role::update)], draws * 0.25, 5 * std::sqrt(draws * 0.25));
  EXPECT_TRUE(is_skip(trouble_of(*fault, Role::fill)));
  EXPECT_EQ(trouble_of(*fault, Role::fill).delay_ns, 0);
}

TEST(Skip, roles_are_hit_independently) {
  const Result<ConfiguredFault> fault = configured("skip", "update=50%,invalidate=50%");
  SeededRandom random(3);
  std::array<int, 4> cells = {};
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const RoleMask mask = hit_by(*fault, random.next());
    const bool update = (mask & role_bit(Role::update)) != 0;
    const bool invalidate = (mask & role_bit(Role::invalidate)) != 0;
    ++cells[(update ? 2U : 0U) + (invalidate ? 1U : 0U)];
  }
  for (const int cell : cells) {
    EXPECT_NEAR(cell, draws / 4.0, 5 * std::sqrt(draws * 0.25 * 0.75));
  }
}

RC_GTEST_PROP(Skip, one_roles_chance_moves_no_other_roles_hits, (std::uint64_t seed)) {
  const Result<ConfiguredFault> alone = configured("skip", "invalidate=30%");
  const Result<ConfiguredFault> both = configured("skip", "fill=60%,invalidate=30%");
  SeededRandom left(seed);
  SeededRandom right(seed);
  for (int i = 0; i < 50; ++i) {
    const RoleMask mask = hit_by(*both, right.next());
    RC_ASSERT(hit_by(*alone, left.next()) == (mask & role_bit(Role::invalidate)));
  }
}

TEST(Skip, refuses_what_is_no_chance_or_no_role_and_says_what_would_be_right) {
  EXPECT_EQ(told("skip", "fil=1%"),
            "there is no call 'fil' (did you mean 'fill'?); they are fill, update, invalidate, refresh");
  EXPECT_EQ(told("skip", "fill=101%"),
            "fill: '101%' is not a chance; write more than 0% and at most 100%, such as 1% or 0.01");
  EXPECT_EQ(told("skip", "load=1%"),
            "a load cannot be skipped, as it would have no answer; write one of fill, update, invalidate, refresh");
  EXPECT_EQ(told("skip", "db=1%"),
            "a load cannot be skipped, as it would have no answer; 'db' means it, too; write one of fill, update, "
            "invalidate, refresh");
  EXPECT_EQ(told("skip", "fill"), "'fill' is not NAME=VALUE; write for example fill=1%,update=1%,invalidate=1%");
  EXPECT_EQ(told("skip", "fill=1%,fill=2%"),
            "'fill' is there twice; write for example fill=1%,update=1%,invalidate=1%");
  for (const char* text : {"",
                           ",",
                           "=",
                           "fill=",
                           "fill=%",
                           "fill=0",
                           "fill=0%",
                           "fill=-1%",
                           "fill=1.5",
                           "fill=nan",
                           "fill=inf%",
                           "fill=1e-3",
                           "fill=1 %",
                           " fill=1%",
                           "fill=1%,",
                           "fill=1%%",
                           "fill=0x1",
                           "fill=+1%",
                           "fill=1%;update=1%",
                           "FILL=1%"}) {
    EXPECT_NE(told("skip", text), "(accepted)") << text;
  }
}

TEST(Refused, hits_updates_of_the_row_by_its_chance_and_no_other_call) {
  const Result<ConfiguredFault> fault = configured("refused", "update=25%");
  ASSERT_TRUE(fault.has_value());
  constexpr int draws = 100'000;
  const std::array<int, 6> hits = hits_of(*fault, 3, draws);
  for (std::size_t role = 0; role < hits.size(); ++role) {
    const double wanted = role == static_cast<std::size_t>(Role::update) ? draws * 0.25 : 0;
    EXPECT_NEAR(hits.at(role), wanted, 5 * std::sqrt(wanted)) << role;
  }
  EXPECT_EQ(trouble_of(*fault, Role::update), refused_write);
  EXPECT_FALSE(is_skip(trouble_of(*fault, Role::update)));
  EXPECT_EQ(hits_of(*configured("refused", "update=100%"), 3, 10)[static_cast<std::size_t>(Role::update)], 10);
  for (const char* const text : {"update=0", "update=0%", "update=101%", "update=often"}) {
    EXPECT_THAT(told("refused", text), testing::HasSubstr("is not a chance")) << text;
  }
  EXPECT_THAT(told("refused", "load=1%"), testing::HasSubstr("cannot be rolled back"));
  EXPECT_NE(told("refused", "1%"), "(accepted)");
}

TEST(Delay, is_the_stores_or_the_roles_own) {
  const Result<ConfiguredFault> fault = configured("delay", "fill=7ms,db=15ms,cache=2ms");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(trouble_of(*fault, Role::load).delay_ns, 15'000'000);
  EXPECT_EQ(trouble_of(*fault, Role::update).delay_ns, 15'000'000);
  EXPECT_EQ(trouble_of(*fault, Role::lookup).delay_ns, 2'000'000);
  EXPECT_EQ(trouble_of(*fault, Role::fill).delay_ns, 7'000'000);
  EXPECT_EQ(trouble_of(*fault, Role::invalidate).delay_ns, 2'000'000);
  EXPECT_FALSE(is_skip(trouble_of(*fault, Role::fill)));
}

TEST(Delay, hits_the_named_roles_in_every_op_and_no_other) {
  const Result<ConfiguredFault> fault = configured("delay", "db=1ms,lookup=1ms");
  SeededRandom random(1);
  const RoleMask mask = role_bit(Role::load) | role_bit(Role::update) | role_bit(Role::lookup);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(hit_by(*fault, random.next()), mask);
  }
  EXPECT_EQ(trouble_of(*fault, Role::fill).delay_ns, 0);
}

TEST(Delay, refuses_other_texts) {
  EXPECT_EQ(told("delay", "dv=1ms"),
            "there is no call 'dv' (did you mean 'db'?); they are lookup, load, fill, update, invalidate, refresh, db, "
            "cache");
  EXPECT_EQ(told("delay", "db=1ms,load=2ms,update=3ms"),
            "db: each of its calls has a delay of its own here, so leave it out");
  EXPECT_EQ(told("delay", "db=15").substr(0, 29), "db: '15' is not a duration: i");
  for (const char* text : {"", "db", "db=", "db=0s", "db=-1ms", "db=25h", "db=1ms,,", "db=1ms db=2ms", "15ms"}) {
    EXPECT_NE(told("delay", text), "(accepted)") << text;
  }
}

TEST(Stall, pauses_and_resumes_the_named_server) {
  const Result<ConfiguredFault> fault = configured("stall", "cache@5s+500ms,db@1s+2s");
  ASSERT_TRUE(fault.has_value());
  ASSERT_EQ(fault->events.size(), 4U);
  const auto event = [&](std::size_t place, Nanoseconds at_ns, Target target, ServerEventKind kind) {
    const ServerEvent& one = fault->events[place];
    return one.at_ns == at_ns && one.target == target && one.kind == kind && one.fault == no_fault;
  };
  EXPECT_TRUE(event(0, 1'000'000'000, Target::database, ServerEventKind::pause));
  EXPECT_TRUE(event(1, 3'000'000'000, Target::database, ServerEventKind::resume));
  EXPECT_TRUE(event(2, 5'000'000'000, Target::cache, ServerEventKind::pause));
  EXPECT_TRUE(event(3, 5'500'000'000, Target::cache, ServerEventKind::resume));
}

TEST(Restart, kills_and_starts_the_named_server) {
  const Result<ConfiguredFault> fault = configured("restart", "db@5s+2s");
  ASSERT_TRUE(fault.has_value());
  ASSERT_EQ(fault->events.size(), 2U);
  EXPECT_EQ(fault->events[0].kind, ServerEventKind::kill);
  EXPECT_EQ(fault->events[1].kind, ServerEventKind::start);
  EXPECT_EQ(fault->events[1].at_ns, 7'000'000'000);
}

TEST(Outages, of_one_server_may_not_overlap) {
  EXPECT_EQ(told("stall", "db@5s+500ms,db@5.2s+1s"),
            "'db@5.2s+1s' begins or ends during another of the same server; write for example cache@5s+500ms");
  EXPECT_NE(told("stall", "db@5s+1s,db@6s+1s"), "(accepted)");
  EXPECT_EQ(told("stall", "db@5s+500ms,cache@5.2s+1s"), "(accepted)");
}

TEST(Outages, refuse_other_texts) {
  EXPECT_EQ(told("restart", "cahce@5s+1s"), "there is no server 'cahce' (did you mean 'cache'?); they are db, cache");
  for (const char* text :
       {"", "cache", "cache@5s", "cache+5s", "@+", "cache@+1s", "cache@5s+", "cache@0s+1s", "cache@5s+0s",
        "cache@-1s+1s", "cache+1s@5s", "cache@5s+1s,", "cache @5s+1s", "cache@5s+1s+1s", "cache@25h+1s"}) {
    EXPECT_NE(told("stall", text), "(accepted)") << text;
  }
}

TEST(FaultRegistry, knows_a_fault_by_its_former_name) {
  EXPECT_EQ(find_fault("refuse"), FaultRegistry::find("refused"));
  EXPECT_EQ(find_fault("skip"), FaultRegistry::find("skip"));
  EXPECT_EQ(find_fault(""), nullptr);
}

// Texts near the grammar, so that the parsers' insides are reached.
RC_GTEST_PROP(Faults, hostile_texts_give_a_fault_or_a_sentence, ()) {
  const auto character = rc::gen::elementOf(std::string("filldbcache=%,@+.0159smhnk-  \n\x01\xff"));
  const auto text = *rc::gen::container<std::string>(character);
  for (const FaultInfo& info : FaultRegistry::all()) {
    const Result<ConfiguredFault> fault = info.parse(text);
    RC_ASSERT((fault.has_value() || (fault.error().code == ErrorCode::wrong_type && !fault.error().detail.empty())));
  }
}

RC_GTEST_PROP(Stall, reads_back_what_was_written, ()) {
  const auto begin_ns = *rc::gen::inRange<Nanoseconds>(1, 86'400'000'000'000);
  const auto length_ns = *rc::gen::inRange<Nanoseconds>(1, 86'400'000'000'000);
  const Result<ConfiguredFault> fault =
      configured("stall", "db@" + format_duration(begin_ns) + "+" + format_duration(length_ns));
  RC_ASSERT(fault.has_value());
  RC_ASSERT(fault->events[0].at_ns == begin_ns);
  RC_ASSERT(fault->events[1].at_ns == begin_ns + length_ns);
}

}  // namespace
}  // namespace stalemate
