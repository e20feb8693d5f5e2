// What a fault does by itself, against a twin that walks every path and repeats it without the fault.
#include <gtest/gtest.h>

#include <map>

#include "explore/matrix/fault_alone.hpp"
#include "explore/matrix/matrix.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)

/// Walks every path up to a number of steps; of each that violates a property with faults it asks whether the same
/// order of steps does without.
class NaiveAlone {
 public:
  explicit NaiveAlone(const MachineOptions& options) : machine_(options), plain_(without_faults(options)) {}

  std::map<std::string, std::size_t> run(std::size_t steps_max) {
    for (std::size_t depth = 1; depth <= steps_max; ++depth) {
      walk(machine_.first(), 0, depth);
    }
    return lengths_;
  }

 private:
  static MachineOptions without_faults(MachineOptions options) {
    options.faults_max = 0;
    return options;
  }
  void walk(const MachineState& state, JudgeMask seen, std::size_t depth) {
    if (path_.size() == depth) {
      return;
    }
    std::vector<Successor> successors;
    machine_.expand(state, successors);
    for (const Successor& successor : successors) {
      path_.push_back(successor.choice);
      const auto violated = static_cast<JudgeMask>(successor.violated | machine_.violated_at_rest(successor.state));
      if ((violated & ~seen) != 0 && successor.state.faults > 0) {
        note(static_cast<JudgeMask>(violated & ~seen & ~repeated()));
      }
      walk(successor.state, static_cast<JudgeMask>(seen | violated), depth);
      path_.pop_back();
    }
  }
  void note(JudgeMask blamed) {
    for (std::size_t judge = 0; judge < machine_.panel().judges().size(); ++judge) {
      if ((blamed >> judge & 1U) != 0) {
        lengths_.try_emplace(std::string(machine_.panel().judges()[judge]->name), path_.size());
      }
    }
  }
  /// What is violated by the path's steps without faults, brought to an end.
  JudgeMask repeated() {
    MachineState state = plain_.first();
    unsigned violated = 0;
    for (const Choice& choice : path_) {
      if (choice.kind == ChoiceKind::act) {
        violated |= step(state, choice.who, choice.variant);
      }
    }
    for (std::size_t process = 0; process < plain_.behaviour().clients(); ++process) {
      while (plain_.is_in_op(state, process)) {
        violated |= step(state, static_cast<std::uint8_t>(process), 0);
      }
    }
    return static_cast<JudgeMask>(violated);
  }
  JudgeMask step(MachineState& state, std::uint8_t process, std::uint8_t variant) {
    std::vector<Successor> successors;
    plain_.expand(state, successors);
    std::erase_if(successors, [&](const Successor& each) { return each.choice.who != process; });
    if (successors.empty()) {
      return 0;
    }
    const Successor taken = successors[variant < successors.size() ? variant : 0];
    state = taken.state;
    return static_cast<JudgeMask>(taken.violated | plain_.violated_at_rest(state));
  }

  Machine machine_;
  Machine plain_;
  std::vector<Choice> path_ = {};
  std::map<std::string, std::size_t> lengths_ = {};
};

std::map<std::string, std::size_t> alone_in(const MachineOptions& options, std::size_t steps_max) {
  std::map<std::string, std::size_t> lengths;
  for (const Path& path : search_fault_alone(options, {}, StepBounds(options.judges.size(), steps_max)).violations) {
    lengths.emplace(path.judge->name, path.choices.size());
  }
  return lengths;
}

// The patterns made up for tests have no background process and wait for nobody, and nothing of theirs expires.
TEST(FaultAlone, is_what_a_walk_of_all_paths_finds_that_repeats_each_without_its_faults) {
  for (const char* const fault : {"crash", "lost-request", "lost-reply", "evict", "restart", "refused"}) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const Scripted pattern = random_pattern(seed);
      const PatternInfo info = info_of(pattern);
      for (const char* const scope : {"w,r", "w,w"}) {
        SCOPED_TRACE(std::string(fault) + " " + scope + " " + std::to_string(seed));
        MachineOptions options = machine_options(info, scope, 1);
        options.faults = {VirtualFaultRegistry::find(fault)};
        EXPECT_EQ(alone_in(options, 8), NaiveAlone(options).run(8));
      }
    }
  }
}

const JudgeFinding& alone_of(const MatrixRow& row, std::string_view fault, std::string_view judge) {
  const auto cell = std::ranges::find_if(
      row.cells, [&](const MatrixCell& each) { return each.fault != nullptr && each.fault->name == fault; });
  return finding_of(cell->alone, *JudgeRegistry::find(judge));
}

TEST(FaultAlone, shows_what_a_pattern_that_is_broken_anyway_hides) {
  const MatrixRow row = matrix_row(*PatternRegistry::find("cache-aside"), matrix_judges(), {});
  const JudgeFinding& lost = alone_of(row, "lost-request", "fresh");
  ASSERT_EQ(lost.finding, Finding::violated);
  EXPECT_EQ(faults_of(*lost.witness), 1U);
  EXPECT_EQ(alone_of(row, "crash", "converges").finding, Finding::violated);
  EXPECT_EQ(alone_of(row, "evict", "converges").finding, Finding::violated)
      << "where there was a hit a reader now fills, and may do so too late";
  EXPECT_EQ(alone_of(row, "crash", "fresh").finding, Finding::holds) << "a dead writer has acknowledged nothing";
}

TEST(FaultAlone, of_what_holds_without_it_is_all_that_is_violated_with_it) {
  for (const char* const name : {"lease", "gumball", "versioned-tombstone"}) {
    ExplorationOptions options;
    options.pattern = PatternRegistry::find(name);
    options.judges = {JudgeRegistry::find("converges"), JudgeRegistry::find("fresh")};
    options.scope = *parse_scope("w,rr");
    options.faults_max = 1;
    for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
      SCOPED_TRACE(std::string(name) + " " + std::string(fault.name));
      options.faults = {&fault};
      options.fault_alone = false;
      const Exploration shortest = explore(options);
      options.fault_alone = true;
      const Exploration alone = explore(options);
      for (const JudgeInfo* judge : options.judges) {
        const auto& one = finding_of(shortest, *judge).witness;
        const auto& other = finding_of(alone, *judge).witness;
        ASSERT_EQ(one.has_value(), other.has_value()) << judge->name;
        EXPECT_TRUE(!one || one->choices.size() == other->choices.size()) << judge->name;
      }
    }
  }
}

}  // namespace
}  // namespace stalemate
