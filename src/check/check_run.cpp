// CheckRun: all wanted checks over one history, key by key, in parts that may run at once.
#include <algorithm>
#include <memory>
#include <utility>

#include "check/check.hpp"
#include "check/history_index.hpp"
#include "check/key_builder.hpp"
#include "check/key_check.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

bool is_wanted(const CheckInfo& info, const CheckOptions& options, Model model) {
  if ((info.models & model_bit(model)) == 0) {
    return false;
  }
  return options.only.empty() || std::ranges::find(options.only, info.name) != options.only.end();
}

/// `parts` + 1 keys: the parts' borders, so that each part has about as many ops as any other.
std::vector<std::uint32_t> borders_of(const HistoryIndex& index, std::uint32_t parts) {
  std::vector<std::uint32_t> borders = {0};
  std::uint32_t key = 0;
  for (std::uint32_t part = 1; part < parts; ++part) {
    const std::uint64_t wanted = index.op_count() * part / parts;
    while (key < index.key_count() && index.ops_before(key) < wanted) {
      ++key;
    }
    borders.push_back(key);
  }
  borders.push_back(index.key_count());
  return borders;
}

}  // namespace

struct CheckRun::State {
  State(const History& history, CheckOptions asked, std::uint32_t parts)
      : options(std::move(asked)), index(history), borders(borders_of(index, parts)), found(parts) {
    for (const CheckInfo& info : CheckRegistry::all()) {
      if (is_wanted(info, options, Model::distinct_register)) {
        infos.push_back(&info);
      }
    }
  }

  CheckOptions options;
  HistoryIndex index;
  std::vector<std::uint32_t> borders;
  std::vector<const CheckInfo*> infos;
  std::vector<std::vector<std::unique_ptr<KeyCheck>>> found;  // by part, then as infos
};

CheckRun::CheckRun(const History& history, CheckOptions options, std::uint32_t parts) {
  STALEMATE_ASSERT(parts > 0 && options.batch_ops > 0, "a check run has at least one part, a batch one op");
  state_ = std::make_unique<State>(history, std::move(options), parts);
}
CheckRun::CheckRun(CheckRun&&) noexcept = default;
CheckRun& CheckRun::operator=(CheckRun&&) noexcept = default;
CheckRun::~CheckRun() = default;

std::uint32_t CheckRun::parts() const {
  return static_cast<std::uint32_t>(state_->found.size());
}

void CheckRun::check_part(std::uint32_t part) {
  STALEMATE_ASSERT(part < parts(), "the part exists");
  std::vector<std::unique_ptr<KeyCheck>>& checks = state_->found[part];
  STALEMATE_ASSERT(checks.empty(), "each part is checked once");
  for (const CheckInfo* info : state_->infos) {
    checks.push_back(info->make(state_->options));
  }
  KeyBuilder builder(state_->index, state_->options.clock_error_ns, state_->options.batch_ops);
  builder.build(state_->borders[part], state_->borders[part + 1], [&checks](std::span<const KeyPart> parts) {
    for (const std::unique_ptr<KeyCheck>& check : checks) {
      check->look(parts);
    }
  });
}

Report CheckRun::report() {
  State& state = *state_;
  Report report;
  report.model = Model::distinct_register;
  report.versions_known = state.index.versions_known();
  report.ops = state.index.op_count();
  report.keys = state.index.keys_with_ops();
  report.clock_error_ns = state.options.clock_error_ns;
  const Summary summary{.history = state.index.history(),
                        .options = state.options,
                        .index = state.index,
                        .versions_known = state.index.versions_known(),
                        .has_writes = state.index.has_writes(),
                        .repeated_keys = state.index.repeated_keys()};
  for (std::size_t i = 0; i < state.infos.size(); ++i) {
    KeyCheck& first = *state.found.front()[i];
    for (std::size_t part = 1; part < state.found.size(); ++part) {
      first.absorb(*state.found[part][i]);
    }
    CheckResult result = first.result(summary);
    result.name = state.infos[i]->name;
    result.decides = result.decides && state.infos[i]->decides;
    if (!summary.repeated_keys.empty() && result.verdict == Verdict::valid && !first.judges_repeated_values()) {
      result.verdict = Verdict::unknown;
      result.note = std::to_string(summary.repeated_keys.size()) +
                    " keys had a value written twice, so that values do not name writes; this check left them out.";
    }
    if (!result.defect.empty()) {
      report.defects.push_back(result.defect);
    }
    report.results.push_back(std::move(result));
  }
  report.verdict = verdict_of(report.results);
  return report;
}

Verdict verdict_of(std::span<const CheckResult> results) {
  Verdict verdict = Verdict::valid;
  bool has_deciding = false;
  for (const CheckResult& result : results) {
    if (!result.decides) {
      continue;
    }
    has_deciding = true;
    if (result.verdict == Verdict::invalid) {
      return Verdict::invalid;
    }
    if (result.verdict == Verdict::unknown) {
      verdict = Verdict::unknown;
    }
  }
  return has_deciding ? verdict : Verdict::unknown;
}

const CheckResult* find_result(const Report& report, std::string_view name) {
  const auto place = std::ranges::find(report.results, name, &CheckResult::name);
  return place == report.results.end() ? nullptr : &*place;
}

Report check_all(const History& history, const CheckOptions& options) {
  CheckRun run(history, options);
  run.check_part(0);
  return run.report();
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return "valid";
    case Verdict::invalid: return "invalid";
    case Verdict::unknown: return "unknown";
  }
  STALEMATE_ASSERT(false, "a verdict outside the enumeration");
}

}  // namespace stalemate
