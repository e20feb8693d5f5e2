#include "cli/run/check_run.hpp"

#include <span>
#include <vector>

#include "check/causes/causes.hpp"
#include "cli/check_history.hpp"

namespace stalemate {
namespace {

StaleReads stale_reads_of(const CheckResult& check) {
  StaleReads stale;
  stale.checked = check.sample;
  stale.stale = check.count;
  for (const Distribution& distribution : check.distributions) {
    if (distribution.id == FigureId::staleness_lower) {
      stale.worst_staleness_ns = distribution.max;
      stale.median_staleness_ns = distribution.p50;
    } else if (distribution.id == FigureId::staleness_upper) {
      stale.worst_staleness_upper_ns = distribution.max;
    } else if (distribution.id == FigureId::versions_behind) {
      stale.worst_versions = static_cast<std::uint64_t>(distribution.max);
    }
  }
  return stale;
}

// Reads beyond CheckOptions::stale_reads_max were counted but not kept, so nothing is known of their causes.
void add_causes(std::span<const CauseInfo* const> causes, StaleReads& stale) {
  stale.unexplained = stale.stale;
  for (const CauseCount& cause : count_causes(causes)) {
    if (cause.cause != nullptr) {
      add_count(stale.causes, name_of(cause.cause), cause.count);
      stale.unexplained -= cause.count;
    }
  }
}

LostWrites lost_writes_of(const CheckResult& check) {
  const auto count = [&check](FigureId id) { return static_cast<std::uint64_t>(value_of(check, id)); };
  return {.checked = check.sample,
          .writes = check.count,
          .reads = count(FigureId::reads_behind_lost_write),
          .reads_not_stale = count(FigureId::reads_behind_lost_write_not_stale),
          .overtaken = count(FigureId::writes_overtaken)};
}

Nanoseconds incoherent_key_ns(const Report& report) {
  const CheckResult* check = find_result(report, "incoherence");
  return check == nullptr ? 0 : static_cast<Nanoseconds>(value_of(*check, FigureId::incoherent_key_time));
}

CheckFound found_of(const CheckResult& check) {
  const CheckInfo* const info = CheckRegistry::find(check.name);
  return {.name = check.name,
          .verdict = std::string(name_of(check.verdict)),
          .decides = check.decides,
          .count = check.verdict == Verdict::invalid ? check.count : 0,
          .sample = check.sample,
          .sample_of = std::string(check.sample_of),
          .unjudged = check.unjudged,
          .customers = info == nullptr ? std::string() : std::string(info->customers),
          .first = check.violations.empty() ? std::string() : check.violations.front().sentence,
          .note = check.note};
}

DatabaseLoads loads_of(const CheckResult& check, std::uint64_t reads_sent) {
  DatabaseLoads loads{
      .count = check.sample,
      .most_in_one_second = static_cast<std::uint64_t>(value_of(check, FigureId::loads_in_one_second_max)),
      .while_loading = check.count,
      .refused_fills = static_cast<std::uint64_t>(value_of(check, FigureId::fills_refused))};
  if (reads_sent > 0) {
    loads.share = static_cast<double>(loads.count) / static_cast<double>(reads_sent);
  }
  return loads;
}

void tell(const Report& report, std::span<const CauseInfo* const> causes, RunResults& results) {
  if (const CheckResult* check = find_result(report, "stale-reads")) {
    results.stale = stale_reads_of(*check);
    results.stale->incoherent_key_ns = incoherent_key_ns(report);
    add_causes(causes, *results.stale);
  }
  if (const CheckResult* check = find_result(report, "lost-updates")) {
    results.lost = lost_writes_of(*check);
  }
  if (const CheckResult* check = find_result(report, "loads"); check->verdict != Verdict::unknown) {
    results.loads = loads_of(*check, results.reads.sent);
    if (results.warm_up) {
      results.warm_up->loads = static_cast<std::uint64_t>(value_of(*check, FigureId::loads_in_warm_up));
    }
  }
  note_checks(report, results);
  for (const std::string& defect : report.defects) {
    results.warnings.push_back("a defect of stalemate: " + defect);
  }
}

}  // namespace

void note_checks(const Report& report, RunResults& results) {
  results.verdict = name_of(report.verdict);
  for (const CheckResult& check : report.results) {
    const CheckFound& found = results.checks.emplace_back(found_of(check));
    results.violations.push_back({found.name, found.count});
  }
}

Result<RunPictures> check_run(const std::filesystem::path& path, RunResults& results, Waiting& waiting,
                              const HistoryReader& checked) {
  waiting.next("reading the history");
  const Result<History> history = read_on_all_cores(path);
  if (!history) {
    return std::unexpected(history.error());
  }
  CheckOptions options;
  options.warm_up_ns = results.warm_up ? results.warm_up->duration_ns : 0;
  options.disagreement_gap_ns = drawn_gap_ns(*history);
  const Report report = check_on_all_cores(*history, options, checking(waiting));
  waiting.next("looking for the causes of stale reads");
  const CheckResult* const stale = find_result(report, "stale-reads");
  CauseFinder finder(*history, crew_of_all_cores());
  const std::vector<const CauseInfo*> causes =
      stale == nullptr ? std::vector<const CauseInfo*>() : finder.causes_of(stale->stale_reads);
  if (results.verdict.empty()) {
    tell(report, causes, results);
  }
  if (checked) {
    checked(*history, report, results);
  }
  waiting.next("drawing the page");
  return pictures_of(*history, report, causes, finder, crew_of_all_cores());
}

}  // namespace stalemate
