#include "explore/application/application_telling.hpp"

#include "explore/telling/telling_details.hpp"

namespace stalemate {
namespace {

std::string words_of_told(Value value) {
  return value == absent ? "nothing" : value == foreign_value ? "a value that nobody wrote" : std::to_string(value);
}

class ApplicationTeller {
 public:
  explicit ApplicationTeller(const ApplicationWitness& witness)
      : witness_(witness), ops_(ops_of(witness.scope)), told_ops_(ops_.size()) {}

  Telling run(bool violated) {
    Telling telling;
    telling.violated = violated;
    for (const TakenStep& taken : witness_.run) {
      if (taken.step.kind != StepKind::rest) {
        telling.steps.push_back(told(taken, telling));
      } else if (taken.reads) {
        telling.row = taken.reads->row.value_or(0);
        telling.entry = taken.reads->entry;
      }
    }
    if (violated) {
      telling.conclusion = witness_.trouble.empty() ? std::string(witness_.judge->violation) : witness_.trouble;
      telling.details = witness_.trouble.empty()
                            ? details_of({witness_.scope, witness_.judge->name, telling.steps.size()}, told_ops_)
                            : words_of_rest();
    }
    return telling;
  }

 private:
  [[nodiscard]] Party process(std::uint8_t number) const {
    return {Party::Kind::client, number, name_of_process(witness_.scope, number)};
  }
  static Party store_party(Store store) {
    return store == Store::cache ? Party{.kind = Party::Kind::cache, .name = "cache"}
                                 : Party{.kind = Party::Kind::database, .name = "database"};
  }

  ToldStep told(const TakenStep& taken, Telling& telling) {
    ToldStep step;
    step.fault = name_of(taken.step.fault);
    switch (taken.step.kind) {
      case StepKind::begin: step.actor = process(taken.step.process); break;
      case StepKind::let_go:
        step.actor = process(taken.step.process);
        step.target = store_party(taken.call.store);
        step.act = taken.call.text + words_of_reply(taken);
        step.arrives = trouble_of(taken.step.fault).takes_effect;
        break;
      case StepKind::arrive:
        step.actor = process(taken.step.process);
        step.target = store_party(taken.call.store);
        step.act = "(its earlier request arrives) " + taken.call.text + words_of_reply(taken);
        break;
      case StepKind::crash:
        step.actor = process(taken.step.process);
        step.act = "dies";
        break;
      case StepKind::remember:
      case StepKind::strike:
      case StepKind::rest:
        step.actor = store_party(Store::cache);
        step.act = words_of_strike(taken.step);
        break;
    }
    for (const std::string& call : taken.set_free) {
      step.act += (step.act.empty() ? "" : "; ") + std::string("what waited goes on: ") + call;
    }
    tell_events(taken, step, telling);
    return step;
  }

  static std::string words_of_reply(const TakenStep& taken) {
    std::string words = taken.reply.empty() ? "" : ": " + taken.reply;
    words += taken.waits ? ": it waits for a lock" : "";
    return words + (words_of(taken.step.fault).empty() || taken.step.kind == StepKind::arrive
                        ? ""
                        : ": " + std::string(words_of(taken.step.fault)));
  }

  static std::string words_of_strike(const ScheduleStep& step) {
    if (step.kind == StepKind::remember) {
      return "its standby stops following";
    }
    return step.fault == ApplicationFault::evict     ? "drops the key's entries"
           : step.fault == ApplicationFault::restart ? "is started again, empty"
                                                     : "fails over to its standby";
  }

  void tell_events(const TakenStep& taken, ToldStep& step, Telling& telling) {
    const std::size_t number = telling.steps.size() + 1;
    for (const JudgedEvent& event : taken.events) {
      if (event.kind == JudgedEventKind::begin) {
        const ScopeOp& op = ops_[event.op];
        step.begins = op.kind == OpKind::write ? "begins to write " + words_of_told(op.value) : "begins to read";
        told_ops_[event.op].first_step = number;
      } else if (event.kind == JudgedEventKind::end) {
        telling.ended.push_back({event.op, event.ending});
        told_ops_[event.op].last_step = number;
        told_ops_[event.op].ending = event.ending;
        const bool is_own = ops_[event.op].process == step.actor.process && !step.actor.is_store();
        const std::string whose = is_own ? "its" : name_of_process(witness_.scope, ops_[event.op].process) + "'s";
        step.ends += (step.ends.empty() ? "" : "; ") + whose + words_of_end(ops_[event.op], event.ending);
      }
    }
  }

  static std::string words_of_end(const ScopeOp& op, const Ending& ending) {
    const bool writes = op.kind == OpKind::write;
    if (ending.outcome != Outcome::ok) {
      return std::string(writes ? " write" : " read") +
             (ending.outcome == Outcome::fail ? " fails" : " ends without an answer");
    }
    return writes ? " write of " + words_of_told(op.value) + " is acknowledged"
                  : " read returns " + words_of_told(ending.value);
  }

  /// What every instance reads at rest.
  [[nodiscard]] std::string words_of_rest() const {
    const std::optional<RestReads>& reads = witness_.run.back().reads;
    if (!reads) {
      return {};
    }
    std::string words;
    for (std::size_t place = 0; place < reads->by_instance.size(); ++place) {
      const std::optional<Value>& value = reads->by_instance[place];
      words += (words.empty() ? "" : ", ") + name_of_process(witness_.scope, place) +
               (value ? " reads " + words_of_told(*value) : " gets no answer");
    }
    words = "Read again at rest: " + words + "; the row is " + (reads->row ? words_of_told(*reads->row) : "not known");
    return words + (reads->entry ? ", and the entry is " + words_of_told(*reads->entry) + "." : ".");
  }

  const ApplicationWitness& witness_;
  std::vector<ScopeOp> ops_;
  std::vector<ToldOp> told_ops_;
};

}  // namespace

Telling tell(const ApplicationWitness& witness, bool violated) {
  return ApplicationTeller(witness).run(violated);
}

}  // namespace stalemate
