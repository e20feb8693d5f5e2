// Judges and checks that state the same property: a run of the explorer, written as a history, gets the same verdict
// from both. Where their definitions differ on purpose, a test here says how.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "check/check.hpp"
#include "core/random.hpp"
#include "explore/model/machine.hpp"
#include "explore/scope.hpp"

namespace stalemate {
namespace {

constexpr char written_by_nobody = 127;

/// No judge: it keeps all events of a run, 4 bytes each.
class EventLog final : public Judge {
 public:
  [[nodiscard]] bool concerns(const Scope&) const override { return true; }
  [[nodiscard]] std::string start(const JudgedScope&) const override { return {}; }
  [[nodiscard]] bool observe(const JudgedScope&, std::string& memory, const JudgedEvent& event) const override {
    const Value value = event.kind == JudgedEventKind::commit ? event.value : event.ending.value;
    const bool can_be_written = value >= 0 && value <= static_cast<Value>(writes_max);
    memory += {static_cast<char>(event.kind), static_cast<char>(event.op), static_cast<char>(event.ending.outcome),
               can_be_written ? static_cast<char>(value) : written_by_nobody};
    return true;
  }
  [[nodiscard]] static std::vector<JudgedEvent> events_of(const std::string& memory) {
    std::vector<JudgedEvent> events;
    for (std::size_t place = 0; place < memory.size(); place += 4) {
      JudgedEvent event;
      event.kind = static_cast<JudgedEventKind>(memory[place]);
      event.op = static_cast<std::uint8_t>(memory[place + 1]);
      event.ending.outcome = static_cast<Outcome>(memory[place + 2]);
      const Value byte = static_cast<unsigned char>(memory[place + 3]);
      const Value value = byte < 128 ? byte : byte - 256;
      (event.kind == JudgedEventKind::commit ? event.value : event.ending.value) = value;
      events.push_back(event);
    }
    return events;
  }
};

const Judge& event_log() {
  static const EventLog log;
  return log;
}

const JudgeInfo event_log_info = {"event-log", "", "", default_scope, false, event_log};

/// Every judge, and behind them the log.
std::vector<const JudgeInfo*> judges_and_log() {
  std::vector<const JudgeInfo*> judges;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    judges.push_back(&judge);
  }
  judges.push_back(&event_log_info);
  return judges;
}

/// One run of the explorer, to its end.
struct Run {
  std::vector<JudgedEvent> events = {};
  std::set<std::string_view> violated = {};                      ///< names of judges that saw it on the way
  std::map<std::string_view, std::string> trouble_at_rest = {};  ///< what each judge said at the end, if it is at rest
  bool is_at_rest = false;
  Value row = 0;
  std::optional<SlotContent> entry = {};  ///< in the cache
};

Run random_run(Machine& machine, SeededRandom& random) {
  constexpr std::size_t steps_max = 200;
  const std::span<const JudgeInfo* const> judges = machine.panel().judges();
  Run run;
  MachineState state = machine.first();
  std::vector<Successor> successors;
  JudgeMask violated = 0;
  for (std::size_t step = 0; step < steps_max; ++step) {
    machine.expand(state, successors);
    if (successors.empty()) {
      break;
    }
    const Successor& chosen = successors[random.draw_below(static_cast<std::uint32_t>(successors.size()))];
    violated = static_cast<JudgeMask>(violated | chosen.violated);
    state = chosen.state;
  }
  run.is_at_rest = machine.at_rest(state);
  const World world = machine.worlds()[state.world];
  run.row = world.row;
  run.entry = machine.worlds().slots(world.cache)[Slot::entry];
  for (std::size_t judge = 0; judge + 1 < judges.size(); ++judge) {
    if ((violated >> judge & 1U) != 0) {
      run.violated.insert(judges[judge]->name);
    }
    if (run.is_at_rest) {
      run.trouble_at_rest[judges[judge]->name] =
          machine.panel().trouble_at_rest(state.panel, judge, machine.worlds(), world);
    }
  }
  run.events = EventLog::events_of(machine.panel().memory_of(state.panel, judges.size() - 1));
  return run;
}

/// The run as if it had been recorded: event n at n + 1 ns. A write's version is its place among the first commits.
History history_of(const Run& run, const Scope& scope) {
  const std::vector<ScopeOp> scope_ops = ops_of(scope);
  std::vector<Op> ops;
  std::vector<Step> steps;
  std::map<std::uint8_t, std::size_t> place_of;
  std::map<Value, std::size_t> write_of;
  for (std::size_t number = 0; number < run.events.size(); ++number) {
    const JudgedEvent& event = run.events[number];
    const auto now_ns = static_cast<Nanoseconds>(number + 1);
    if (event.kind == JudgedEventKind::begin) {
      const ScopeOp& scope_op = scope_ops[event.op];
      place_of[event.op] = ops.size();
      if (scope_op.kind == OpKind::write) {
        write_of[scope_op.value] = ops.size();
      }
      ops.push_back({.index = static_cast<OpIndex>(ops.size()),
                     .key = Key{0},
                     .client = scope_op.process,
                     .kind = scope_op.kind,
                     .value = scope_op.value,
                     .intended_ns = now_ns,
                     .invocation_ns = now_ns});
    } else if (event.kind == JudgedEventKind::end) {
      Op& op = ops[place_of.at(event.op)];
      op.outcome = event.ending.outcome;
      op.completion_ns = op.outcome == Outcome::info ? never : now_ns;
      op.value = op.kind == OpKind::read ? event.ending.value : op.value;
    } else if (const auto write = write_of.find(event.value); write != write_of.end()) {
      steps.push_back({.op = static_cast<OpIndex>(write->second),
                       .store = Store::database,
                       .command = Command::write,
                       .role = Role::update,
                       .outcome = Outcome::ok,
                       .value = event.value,
                       .version = static_cast<Version>(steps.size() + 1),
                       .start_ns = now_ns,
                       .end_ns = now_ns});
      write_of.erase(write);
    }
  }
  HistoryHeader header;
  header.initial_value = 0;
  header.key_count = 1;
  header.client_count = static_cast<std::uint32_t>(scope.processes.size());
  History history = make_history(header, ops, steps);
  if (run.is_at_rest) {
    history.rest.push_back({0, run.row, run.entry ? run.entry->value : absent});
  }
  return history;
}

/// Whether all that clients wrote and read has a place among the versions: no acknowledged write is missing in the
/// database, no failed one is there, and every value read was the row's.
bool is_placed(const History& history) {
  std::set<Value> applied = {history.header.initial_value};
  for (const StepRecord& step : history.steps()) {
    applied.insert(step.value());
  }
  for (const OpRecord& op : history.ops()) {
    const bool is_write = op.kind() == OpKind::write;
    if (is_write && op.outcome() != Outcome::info && applied.contains(op.value()) != (op.outcome() == Outcome::ok)) {
      return false;
    }
    if (!is_write && op.outcome() == Outcome::ok && !applied.contains(op.value())) {
      return false;
    }
  }
  return !history.steps().empty();
}

/// Whether a read returned a value that the database applied only later, as update-first and write-behind allow.
bool has_early_read(const History& history) {
  std::map<Value, Nanoseconds> applied_ns;
  applied_ns[history.header.initial_value] = 0;
  for (const StepRecord& step : history.steps()) {
    applied_ns[step.value()] = step.start_ns();
  }
  return std::ranges::any_of(history.ops(), [&](const OpRecord& op) {
    return op.kind() == OpKind::read && op.outcome() == Outcome::ok && applied_ns.at(op.value()) > op.completion_ns();
  });
}

/// A write of unknown outcome that was not applied.
bool has_write_without_version(const History& history) {
  return std::ranges::any_of(history.ops(), [&](const OpRecord& op) {
    return op.kind() == OpKind::write && op.outcome() == Outcome::info && history.steps_of(op.index()).empty();
  });
}

std::string described(const MachineOptions& options, const History& history) {
  std::ostringstream text;
  text << options.pattern->name << " in " << to_text(options.scope);
  for (const VirtualFaultInfo* fault : options.faults) {
    text << " " << fault->name;
  }
  for (const OpRecord& record : history.ops()) {
    const Op op = to_op(record);
    text << "\n  client " << op.client << " " << name_of(op.kind) << " " << op.value << " " << op.invocation_ns << ".."
         << op.completion_ns << " " << name_of(op.outcome);
    for (const StepRecord& step : history.steps_of(op.index)) {
      text << ", version " << step.version();
    }
  }
  return text.str() + "\n";
}

/// How many runs there were of each kind, so that a test can tell that it compared something.
struct Compared {
  std::uint64_t runs = 0;
  std::uint64_t placed = 0;
  std::uint64_t early = 0;                                  ///< a value was read before it was applied
  std::uint64_t unknown = 0;                                ///< verdicts of checks
  std::map<std::string_view, std::uint64_t> violated = {};  ///< by judge, of the runs compared
  std::uint64_t seen_before_acknowledged = 0;
};

class Comparison {
 public:
  Comparison(const MachineOptions& options, const Run& run, Compared& compared)
      : run_(run), history_(history_of(run, options.scope)), report_(check_all(history_)), compared_(compared) {
    what_ = described(options, history_);
    ++compared_.runs;
  }

  void compare() {
    expect_same("linearizable", "linearizable");
    compare_rest();
    if (!is_placed(history_)) {
      return;
    }
    ++compared_.placed;
    expect_same("monotonic-writes", "monotonic-writes");
    expect_same("writes-follow-reads", "writes-follow-reads");
    compared_.early += has_early_read(history_) ? 1 : 0;
    expect_same("monotonic-reads", "monotonic-reads");
    expect_same("read-your-writes", "read-your-writes");
    compare_freshness();
  }

 private:
  [[nodiscard]] const CheckResult& result(std::string_view check) const { return *find_result(report_, check); }

  [[nodiscard]] bool is_violated_by(std::string_view judge) const {
    const auto trouble = run_.trouble_at_rest.find(judge);
    return run_.violated.contains(judge) || (trouble != run_.trouble_at_rest.end() && !trouble->second.empty());
  }

  // A check says unknown where a judge sees no violation in two cases: it had nothing to judge, or a write of unknown
  // outcome was not applied, which the explorer knows and a history does not.
  void expect_same(std::string_view judge, std::string_view check) {
    const bool is_violated = is_violated_by(judge);
    compared_.violated[judge] += is_violated ? 1 : 0;
    const bool may_be_unknown = result(check).sample == 0 || has_write_without_version(history_);
    if (!is_violated && may_be_unknown && result(check).verdict == Verdict::unknown) {
      ++compared_.unknown;
      return;
    }
    EXPECT_EQ(result(check).verdict, is_violated ? Verdict::invalid : Verdict::valid)
        << "the judge " << judge << (is_violated ? " sees a violation" : " sees none") << ", the check " << check
        << " does not: " << what_;
  }

  // `fresh` asks for acknowledged writes only. `stale-reads` counts a write of unknown outcome as completed as well,
  // once a completed read has returned it or something newer.
  void compare_freshness() {
    const CheckResult& stale = result("stale-reads");
    const bool is_by_reads_only =
        stale.verdict == Verdict::invalid && std::ranges::all_of(stale.stale_reads, [&](const StaleRead& read) {
          return history_.find_op(read.newer_write)->outcome() == Outcome::info;
        });
    if (is_by_reads_only && !is_violated_by("fresh")) {
      ++compared_.seen_before_acknowledged;
      return;
    }
    expect_same("fresh", "stale-reads");
  }

  // `converges` judges the memories of application servers too, and forgives an entry that is bound to expire.
  // `convergence` is told the cache's entry, and nothing of its end.
  void compare_rest() {
    if (!run_.is_at_rest) {
      return;
    }
    const bool differs = result("convergence").verdict == Verdict::invalid;
    const bool expires = run_.entry && run_.entry->expires;
    compared_.violated["converges"] += differs && !expires ? 1 : 0;
    const std::string& trouble = run_.trouble_at_rest.at("converges");
    EXPECT_EQ(trouble.starts_with("At rest the cache"), differs && !expires) << trouble << what_;
  }

  const Run& run_;
  History history_;
  Report report_;
  std::string what_;
  Compared& compared_;
};

bool are_same(const JudgedEvent& left, const JudgedEvent& right) {
  return left.kind == right.kind && left.op == right.op && left.ending == right.ending && left.value == right.value;
}

/// Runs of every pattern: without faults, with each fault, and with two of all faults.
Compared compare_runs(std::uint64_t runs_each) {
  std::vector<std::vector<const VirtualFaultInfo*>> fault_sets = {{}, {}};
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    fault_sets.push_back({&fault});
    fault_sets[1].push_back(&fault);
  }
  const std::array<std::string_view, 6> scopes = {"w,w,rr,rr", "wr,wr,r",  "ww,w,r",
                                                  "rw,w,rr",   "rwrw,wrr", "w@0,rr@0,rr@0"};
  Compared compared;
  std::uint64_t seed = 1;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    for (const std::vector<const VirtualFaultInfo*>& faults : fault_sets) {
      ++seed;
      const MachineOptions options = {
          .pattern = &pattern,
          .scope = parse_scope(scopes.at((seed + seed / fault_sets.size()) % scopes.size())).value(),
          .faults = faults,
          .faults_max = static_cast<std::uint8_t>(std::min<std::size_t>(faults.size(), 2)),
          .judges = judges_and_log(),
          .time_to_live_ns = seed % 3 == 0 ? Nanoseconds{1'000'000'000} : pattern.needs.time_to_live_ns,
          .every_event = seed % 2 == 0};
      Machine machine(options);
      Machine again(options);
      SeededRandom random(seed);
      SeededRandom same(seed);
      for (std::uint64_t number = 0; number < runs_each && !machine.overflowed(); ++number) {
        const Run run = random_run(machine, random);
        EXPECT_TRUE(std::ranges::equal(run.events, random_run(again, same).events, are_same)) << "of one seed";
        Comparison(options, run, compared).compare();
      }
      if (testing::Test::HasFailure()) {
        return compared;
      }
    }
  }
  return compared;
}

TEST(JudgesAndChecks, agree_on_explored_runs) {
  const Compared compared = compare_runs(6);
  EXPECT_GT(compared.placed * 2, compared.runs);
  EXPECT_GT(compared.early, 0U);
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    // Nearly every pattern writes the row before it acknowledges, so hardly any run breaks monotonic-writes.
    if (judge.name != "monotonic-writes") {
      EXPECT_GT(compared.violated.at(judge.name), 0U) << judge.name << " was never violated";
    }
  }
}

TEST(JudgesAndChecksSoak, agree_on_many_explored_runs) {
  const Compared compared = compare_runs(500);
  EXPECT_GT(compared.seen_before_acknowledged, 0U);
}

}  // namespace
}  // namespace stalemate
