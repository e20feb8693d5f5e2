// convergence: whether, with everything at rest after the run, each key's entry was absent or equal to its row.
//
//   row    7      entry   7 or none      converged
//   row    7      entry   6              not converged: it stays wrong until the next write or expiry
//
// Cost: one comparison a key.

#include <algorithm>

#include "check/checks/key_check.hpp"
#include "check/exact/step_version.hpp"
#include "check/passes/step_facts.hpp"
#include "check/words.hpp"
#include "core/absent_row.hpp"

namespace stalemate {

namespace {

class ConvergenceCheck final : public KeyCheck {
 public:
  explicit ConvergenceCheck(const CheckOptions& options) : tally_(options) {}

  void absorb(KeyCheck&) override {}
  [[nodiscard]] bool judges_repeated_values() const override { return true; }

  CheckResult result(const Summary& summary) override {
    for (const RestRecord& rest : summary.history.rest) {
      ++tally_.sample;
      if (rest.entry != absent && rest.entry != rest.row) {
        ++tally_.count;
        add(summary.history, rest);
      }
    }
    CheckResult result = result_of(tally_, "keys");
    const HistoryHeader& header = summary.history.header;
    result.violations =
        violations_of(with_writes(summary.history), summary, [&](const Suspect& suspect, std::span<const Op> ops) {
          std::string sentence = "At rest after the run the row of " + words_of_key(header, suspect.key) + " held " +
                                 words_of_value(header, static_cast<Value>(suspect.amounts[0])) + " but its entry " +
                                 words_of_value(header, static_cast<Value>(suspect.amounts[1])) + ".";
          const bool is_lost = is_newer_than_row(summary.history, suspect, ops);
          for (const Op& op : ops) {
            sentence += " The " + std::string(op.value == suspect.amounts[0] ? "row" : "entry") + " was " +
                        words_of_op(header, op) + ".";
          }
          return is_lost ? sentence + " The entry's is the newer one: the database had it, and lost it." : sentence;
        });
    if (summary.history.rest.empty()) {
      result.verdict = Verdict::unknown;
      // Without a cache there is nothing that could disagree with the rows.
      result.decides = had_cache(header);
      result.note = result.decides ? "The history does not say what the rows and entries held after the run."
                                   : "No cache took part.";
    }
    return result;
  }

 private:
  /// Whether the entry is of a write that the database had applied after what its row holds. `ops`: the writes of both;
  /// none of the row where it is what it started with.
  static bool is_newer_than_row(const History& history, const Suspect& suspect, std::span<const Op> ops) {
    const auto version_of = [&](Value value) {
      const auto op = std::ranges::find(ops, value, &Op::value);
      Version version = unknown_version;
      for (const StepRecord& step : op == ops.end() ? std::span<const StepRecord>() : history.steps_of(op->index)) {
        version = is_update(step) && packed_version::is_told(step) ? std::max(version, step.version()) : version;
      }
      return version;
    };
    const auto row = static_cast<Value>(suspect.amounts[0]);
    const Version of_row = version_of(row);
    return (of_row != unknown_version || row == history.header.initial_value) &&
           version_of(static_cast<Value>(suspect.amounts[1])) > of_row;
  }

  static bool had_cache(const HistoryHeader& header) {
    return std::ranges::any_of(header.engines, [](const EngineFacts& engine) { return engine.role == "cache"; });
  }

  void add(const History& history, const RestRecord& rest) {
    Suspect suspect{.at_ns = 0, .key = Key{rest.key}, .amounts = {rest.row, rest.entry}};
    if (history.trailer.has_value()) {
      suspect.at_ns = history.trailer->duration_ns;
    }
    tally_.suspects.add(suspect);
  }

  /// The suspects with the first two writes of what their row and entry held.
  [[nodiscard]] Suspects with_writes(const History& history) const {
    std::vector<Suspect> suspects(tally_.suspects.kept().begin(), tally_.suspects.kept().end());
    for (OpPosition position = 0; !suspects.empty() && position < history.ops().size(); ++position) {
      const OpRecord& op = history.ops()[position];
      if (op.kind() == OpKind::read || op.kind() == OpKind::background) {
        continue;
      }
      for (Suspect& suspect : suspects) {
        const bool is_held = row_after(op.value()) == suspect.amounts[0] || row_after(op.value()) == suspect.amounts[1];
        if (op.key() == suspect.key && is_held && suspect.op_count < 2) {
          suspect.ops[suspect.op_count++] = position;
        }
      }
    }
    Suspects found(suspects.size());
    std::ranges::for_each(suspects, [&found](const Suspect& suspect) { found.add(suspect); });
    return found;
  }

  Tally tally_;
};

const bool convergence_registered =
    CheckRegistry::add({.name = "convergence",
                        .summary = "at rest after the run, each key's entry is absent or equal to its row",
                        .models = model_bit(Model::distinct_register),
                        .decides = true,
                        .cost = CheckCost::rest,
                        .make = make_key_check<ConvergenceCheck>});

}  // namespace

}  // namespace stalemate
