// A witness has the fewest steps that its scope and every part of it allow.
#include <gtest/gtest.h>

#include <ostream>

#include "explore/matrix/matrix.hpp"
#include "naive.hpp"
#include "sanitized.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)

constexpr std::size_t none_found = 1000;

/// The steps of each judge's witness; none_found where there is none.
std::map<std::string, std::size_t> lengths_of(const Exploration& exploration) {
  std::map<std::string, std::size_t> lengths;
  for (const JudgeFinding& finding : exploration.findings) {
    EXPECT_NE(finding.finding, Finding::unknown) << finding.judge->name;
    EXPECT_EQ(finding.end, SearchEnd::complete) << finding.judge->name;
    lengths[std::string(finding.judge->name)] = finding.witness ? finding.witness->choices.size() : none_found;
  }
  return lengths;
}

ExplorationOptions asked(const PatternInfo& pattern, const Scope& scope,
                         const std::vector<const VirtualFaultInfo*>& faults) {
  ExplorationOptions options;
  options.pattern = &pattern;
  options.scope = scope;
  options.judges = all_judges();
  options.faults = faults;
  options.faults_max = faults.empty() ? 0 : 1;
  return options;
}

/// Of the scope and all its parts, each on its own, by an enumerator that remembers no states.
std::map<std::string, std::size_t> naive_lengths_of(const ExplorationOptions& options) {
  std::map<std::string, std::size_t> lengths;
  for (const JudgeInfo* judge : options.judges) {
    lengths[std::string(judge->name)] = none_found;
  }
  for (const Scope& part : parts_of(*options.scope)) {
    MachineOptions machine = machine_options(*options.pattern, to_text(part), options.faults_max);
    machine.faults = options.faults;
    for (const auto& [judge, steps] : Naive(machine).run(200)) {
      lengths[judge] = std::min(lengths[judge], steps);
    }
  }
  return lengths;
}

TEST(Shortest, is_what_an_enumerator_of_all_paths_of_all_parts_finds) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const Scripted pattern = random_pattern(seed);
    const PatternInfo info = info_of(pattern);
    for (const std::string_view scope : {"w,w", "w,rr", "wr,w", "rw,r"}) {
      const ExplorationOptions options = asked(info, *parse_scope(scope), {});
      EXPECT_EQ(lengths_of(explore(options)), naive_lengths_of(options)) << scope;
    }
    const ExplorationOptions faulty = asked(info, *parse_scope("w,r"), all_faults());
    EXPECT_EQ(lengths_of(explore(faulty)), naive_lengths_of(faulty));
  }
}

TEST(Shortest, is_never_shorter_in_a_part_of_the_scope) {
  std::vector<std::vector<const VirtualFaultInfo*>> faults = {{}};
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    faults.push_back({&fault});
  }
  const std::vector<const char*> scopes = test::sanitized ? std::vector{"rw,r"} : std::vector{"w,w,r", "rw,r"};
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (const std::vector<const VirtualFaultInfo*>& some : faults) {
      for (const char* const text : scopes) {
        const Scope scope = *parse_scope(text);
        const std::map<std::string, std::size_t> whole = lengths_of(explore(asked(pattern, scope, some)));
        for (const Scope& part : parts_of(scope)) {
          for (const auto& [judge, steps] : lengths_of(explore(asked(pattern, part, some)))) {
            EXPECT_LE(whole.at(judge), steps)
                << pattern.name << ", " << judge << ", " << to_text(part) << " of " << text
                << (some.empty() ? "" : ", ") << (some.empty() ? "" : some.front()->name);
          }
        }
      }
    }
  }
}

/// Figures of the matrix that were too high, as fewer processes once came before fewer steps.
struct Known {
  const char* pattern;
  const char* fault;
  const char* judge;
  std::size_t steps;
};
std::ostream& operator<<(std::ostream& out, const Known& known) {
  return out << known.pattern << ' ' << known.fault << ' ' << known.judge;
}
class KnownShortest : public testing::TestWithParam<Known> {};

TEST_P(KnownShortest, is_found_in_the_scope_of_the_matrix_and_in_the_part_that_has_it) {
  const Known& known = GetParam();
  const std::string fault = known.fault;
  const std::vector<const VirtualFaultInfo*> faults =
      fault.empty() ? std::vector<const VirtualFaultInfo*>() : std::vector{VirtualFaultRegistry::find(fault)};
  const Exploration whole = explore(asked(*PatternRegistry::find(known.pattern), *parse_scope(default_scope), faults));
  const Witness& witness = *finding_of(whole, *JudgeRegistry::find(known.judge)).witness;
  EXPECT_EQ(witness.choices.size(), known.steps);
  const Exploration part = explore(asked(*PatternRegistry::find(known.pattern), witness.options.scope, faults));
  EXPECT_EQ(finding_of(part, *JudgeRegistry::find(known.judge)).witness->choices.size(), known.steps);
}

INSTANTIATE_TEST_SUITE_P(Figures, KnownShortest,
                         testing::Values(Known{"update-after-write", "", "fresh", 5},
                                         Known{"lock", "expire", "linearizable", 10},
                                         Known{"gumball", "lost-request", "linearizable", 6},
                                         Known{"update-first", "crash", "converges", 2}));

TEST(Shortest, is_told_apart_from_one_that_a_limit_left_in_doubt) {
  ExplorationOptions options = asked(*PatternRegistry::find("near-cache"), *parse_scope(default_scope), {});
  options.judges = {JudgeRegistry::find("converges")};
  options.limits.states_max = 3000;
  const Exploration exploration = explore(options);
  EXPECT_EQ(exploration.findings.front().finding, Finding::violated);
  EXPECT_EQ(exploration.findings.front().end, SearchEnd::states_max);
}

/// Whether an op of the run began while another client's was going on.
bool overlaps(const Witness& witness) {
  Machine machine(witness.options);
  MachineState state = machine.first();
  std::vector<Successor> successors;
  bool found = false;
  for (const Choice& choice : witness.choices) {
    const bool begins = choice.kind == ChoiceKind::act && choice.who < machine.behaviour().clients() &&
                        machine.behaviour().node(state.at.at(choice.who)).kind == NodeKind::idle;
    for (std::size_t client = 0; client < machine.behaviour().clients(); ++client) {
      found = found || (begins && machine.is_in_op(state, client));
    }
    machine.expand(state, successors);
    state = std::ranges::find(successors, choice, &Successor::choice)->state;
  }
  return found;
}

TEST(OneAfterAnother, no_two_ops_overlap_and_cache_aside_is_right_but_for_its_faults) {
  ExplorationOptions options = asked(*PatternRegistry::find("cache-aside"), *parse_scope("w,w,rr,rr"), {});
  options.one_after_another = true;
  for (const JudgeFinding& finding : explore(options).findings) {
    EXPECT_TRUE(finding.finding == Finding::holds || finding.finding == Finding::vacuous) << finding.judge->name;
  }
  options.faults = {VirtualFaultRegistry::find("lost-request")};
  options.faults_max = 1;
  const Exploration faulty = explore(options);
  const std::optional<Witness>& witness = finding_of(faulty, *JudgeRegistry::find("fresh")).witness;
  ASSERT_TRUE(witness);
  EXPECT_EQ(faults_of(*witness), 1U);
  EXPECT_FALSE(overlaps(*witness));
}

TEST(OneAfterAnother, finds_only_what_overlapping_ops_can_do_too_in_as_few_steps) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    ExplorationOptions options = asked(pattern, *parse_scope("w,rr"), all_faults());
    const std::map<std::string, std::size_t> overlapping = lengths_of(explore(options));
    options.one_after_another = true;
    const Exploration apart = explore(options);
    for (const JudgeFinding& finding : apart.findings) {
      if (finding.witness) {
        EXPECT_LE(overlapping.at(std::string(finding.judge->name)), finding.witness->choices.size()) << pattern.name;
        EXPECT_FALSE(overlaps(*finding.witness)) << pattern.name << " " << finding.judge->name;
      }
    }
  }
}

/// What is said of lengths where a limit was passed is never wrong: `limited` is a search of `whole`.
void expect_brackets(const JudgeFinding& whole, const JudgeFinding& limited) {
  const std::size_t shortest = whole.witness ? whole.witness->choices.size() : none_found;
  if (limited.end != SearchEnd::complete) {
    EXPECT_LT(limited.steps_ruled_out, shortest) << whole.judge->name;
    EXPECT_TRUE(!limited.witness || limited.steps_ruled_out + 1 < limited.witness->choices.size())
        << whole.judge->name << ": else it is known to be the shortest";
  } else if (limited.witness) {
    EXPECT_EQ(limited.witness->choices.size(), shortest) << whole.judge->name;
  }
}

TEST(Shortest, is_within_what_a_limited_search_does_not_rule_out) {
  std::size_t undecided = 0;
  for (const char* const name : {"cache-aside", "lease", "outbox", "update-first"}) {
    for (const bool alone : {false, true}) {
      ExplorationOptions options =
          asked(*PatternRegistry::find(name), *parse_scope("w,rr"), {VirtualFaultRegistry::find("lost-request")});
      options.fault_alone = alone;
      const Exploration whole = explore(options);
      for (const std::uint64_t states : {3U, 20U, 60U, 200U, 600U}) {
        SCOPED_TRACE(std::string(name) + (alone ? " alone " : " ") + std::to_string(states));
        options.limits.states_max = options.limits.pairs_max = states;
        const Exploration limited = explore(options);
        for (const JudgeInfo* judge : options.judges) {
          expect_brackets(finding_of(whole, *judge), finding_of(limited, *judge));
          undecided +=
              finding_of(limited, *judge).steps_ruled_out > 0 && finding_of(limited, *judge).end != SearchEnd::complete
                  ? 1
                  : 0;
        }
      }
    }
  }
  EXPECT_GT(undecided, 20U);
}

}  // namespace
}  // namespace stalemate
