// The summary of one run.
#include "report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/duration.hpp"
#include "core/text/key_names.hpp"
#include "report/findings.hpp"
#include "report/limit.hpp"
#include "report/words/phrases.hpp"
#include "report/words/samples_words.hpp"
#include "report/words/server_trouble.hpp"
#include "report/words/text_table.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// "16 keys, 10 generated and the origin's 6": --keys says how many are generated, but of a service and of a table of
// the user's, whose rows are not the origin's.
std::string keys_phrase(const RunResults& results) {
  const std::uint64_t keys = results.asked.keys();
  std::string text = counted(keys, "key");
  const bool has_origin_rows = results.pattern != application_subject && results.asked.find("data") == nullptr;
  if (keys > origin_key_count && has_origin_rows) {
    text +=
        fmt::format(", {} generated and the origin's {}", with_thousands(keys - origin_key_count), origin_key_count);
  }
  return text;
}

// What the writes do that are no plain ones.
void add_changes(const Asked& asked, std::string& text) {
  if (asked.add_share() > 0) {
    add_sentence(text, fmt::format("Of the writes {} add to {}{}.", percent(asked.add_share()),
                                   asked.add_from() == "cache" ? "what the pattern's read returned" : "the row's value",
                                   asked.add_guard() ? ", and only where the row still holds it" : ""));
  }
  if (asked.delete_share() > 0) {
    add_sentence(text,
                 fmt::format("A write deletes its row with a chance of {}, unless that row's last write did; then "
                             "it inserts it.{}",
                             percent(asked.delete_share()),
                             asked.negative_entries() ? " Entries may say that there is no row." : ""));
  }
}

std::string asked_paragraph(const RunResults& results) {
  const Asked& asked = results.asked;
  std::string text =
      fmt::format("{} and {} a second for {}, {}, on {} ({}), by {}.", rate_of(asked.read_rate(), "read"),
                  rate_of(asked.write_rate(), "write"), spoken_duration(results.duration_ns),
                  asked.arrivals() == "poisson" ? "at random times" : "evenly spaced", keys_phrase(results),
                  asked.key_distribution(), counted(asked.clients(), "client"));
  add_changes(asked, text);
  if (asked.pacing() == "ticker") {
    add_sentence(text, "Closed loop, as the origin's: one reader and one writer, each waiting for its own last op.");
  }
  if (asked.serialize()) {
    add_sentence(text, "Every op under the origin's global lock.");
  }
  if (results.merged) {
    add_sentence(text, fmt::format("Merged from {} runs, {}, each of which asked for so much a second.",
                                   with_thousands(results.merged->runs.size()), results.merged->time));
  }
  if (!asked.faults.empty()) {
    add_sentence(text, fmt::format("{}: {}.", asked.faults.size() == 1 ? "Fault" : "Faults", faults_phrase(results)));
  }
  return text;
}

std::string ratio_sentence(const Drift& drift) {
  if (!drift.wanted_ratio || !drift.done_ratio) {
    return "";
  }
  const std::string wanted = decimal(*drift.wanted_ratio);
  const std::string done = decimal(*drift.done_ratio);
  return done == wanted ? fmt::format("{} reads for each write, as planned.", done)
                        : fmt::format("{} reads for each write, where {} were planned.", done, wanted);
}

std::string late_sentence(const RunResults& results) {
  if (results.reads.late + results.writes.late == 0) {
    return "";
  }
  return fmt::format("Sent more than {} later than planned: {}, {}.", spoken_duration(results.asked.late_bound_ns()),
                     counted(results.reads.late, "read"), counted(results.writes.late, "write"));
}

std::string done_paragraph(const RunResults& results) {
  std::string text = fmt::format("{} {}: {} and {}.", results.interrupted ? "Interrupted after" : "Completed in",
                                 spoken_duration(results.elapsed_ns), done_phrase(results.reads, "read"),
                                 done_phrase(results.writes, "write"));
  add_sentence(text, ratio_sentence(results.drift));
  add_sentence(text, late_sentence(results));
  for (const PlannedStop& stop : results.stops) {
    add_sentence(text, stop_sentence(stop));
  }
  if (results.retries > 0) {
    add_sentence(
        text, fmt::format("{} repeated because the database asked for it (SQLSTATE 40001).",
                          results.retries == 1 ? "1 attempt was" : with_thousands(results.retries) + " attempts were"));
  }
  std::vector<NamedCount> of_calls = results.faults;
  std::erase_if(of_calls, [&results](const NamedCount& fault) {
    return std::ranges::find(results.stops, fault.name, &PlannedStop::fault) != results.stops.end();
  });
  if (!of_calls.empty()) {
    add_sentence(text, fmt::format("Store calls hit by a fault: {}.", counts_phrase(of_calls)));
  }
  if (!results.errors.empty()) {
    add_sentence(text, fmt::format("Ops that did not end ok: {}.", counts_phrase(results.errors)));
  }
  for (const Outage& outage : results.outages) {
    add_sentence(text, outage_sentence(outage));
  }
  for (const Refusal& refusal : results.refusals) {
    add_sentence(text, refusal_sentence(refusal));
  }
  return text;
}

std::string cache_paragraph(const CacheCounts& cache) {
  const std::optional<double> ratio = hit_ratio(cache);
  if (!ratio) {
    return "It was never asked.";
  }
  std::string text =
      fmt::format("{} and {}: {} of lookups hit", counted(cache.hits, "hit"),
                  cache.misses == 1 ? "1 miss" : with_thousands(cache.misses) + " misses", percent(*ratio));
  if (cache.predicted_hit_ratio) {
    return text + fmt::format("; the plan predicts {}.", percent(*cache.predicted_hit_ratio));
  }
  return text +
         (cache.not_predicted.empty() ? "." : fmt::format("; none is predicted, since {}.", cache.not_predicted));
}

std::string warm_up_paragraph(const WarmUp& warm_up) {
  std::string text = fmt::format("The first {}, measured apart: {} and {}.", spoken_duration(warm_up.duration_ns),
                                 done_phrase(warm_up.reads, "read"), done_phrase(warm_up.writes, "write"));
  if (warm_up.cache) {
    add_sentence(text, cache_paragraph(*warm_up.cache));
  }
  if (warm_up.loads > 0) {
    add_sentence(text, fmt::format("{} of rows.", counted(warm_up.loads, "load")));
  }
  const LatencyFigures& response = warm_up.latency.read.response;
  if (response.count > 0) {
    add_sentence(text, fmt::format("Half of the reads took {} or less, 99 % {} or less.",
                                   spoken_duration(response.p50_ns), spoken_duration(response.p99_ns)));
  }
  return text;
}

std::string loads_paragraph(const RunResults& results) {
  const DatabaseLoads& loads = *results.loads;
  std::string text = fmt::format("{} of rows{}; at most {} began in one second.", counted(loads.count, "load"),
                                 loads.share ? fmt::format(", {} for each read", short_number(*loads.share)) : "",
                                 with_thousands(loads.most_in_one_second));
  if (loads.while_loading > 0) {
    add_sentence(text, fmt::format("{} began while the same key was being loaded already.",
                                   share_phrase(loads.while_loading, loads.count, "load")));
  }
  if (loads.refused_fills > 0) {
    add_sentence(
        text, fmt::format("The cache refused {}, which might have been stale.", counted(loads.refused_fills, "fill")));
  }
  return text;
}

std::string stale_paragraph(const StaleReads& stale) {
  if (stale.checked == 0) {
    return "No read could be checked.";
  }
  if (stale.stale == 0) {
    return fmt::format("0 of {} checked were stale: {}.", counted(stale.checked, "read"),
                       bounds_phrase(0, stale.checked));
  }
  std::string text =
      fmt::format("{} returned an older value than one already acknowledged ({}).",
                  share_phrase(stale.stale, stale.checked, "read"), bounds_phrase(stale.stale, stale.checked));
  add_sentence(text, fmt::format("Half of them were stale by {} or more, the worst by {} and {}.",
                                 spoken_duration(stale.median_staleness_ns), spoken_duration(stale.worst_staleness_ns),
                                 counted(stale.worst_versions, "version")));
  std::vector<NamedCount> causes = stale.causes;
  if (stale.unexplained > 0) {
    causes.push_back({"unexplained", stale.unexplained});
  }
  return text + fmt::format(" Causes: {}.", counts_phrase(causes));
}

std::string lost_paragraph(const RunResults& results) {
  const LostWrites& lost = *results.lost;
  std::string text;
  if (lost.overtaken > 0) {
    add_sentence(text,
                 fmt::format("{} were overtaken by a newer one before the database had them, and nobody missed them.",
                             share_phrase(lost.overtaken, lost.checked, "acknowledged write")));
  }
  if (lost.writes == 0) {
    return text;
  }
  const bool has_failed_over = std::ranges::any_of(results.in_force, [](const FaultInForce& stretch) {
    return stretch.fault == "rollback" && stretch.at == "database";
  });
  add_sentence(
      text,
      fmt::format("{} never reached the database{}{}.", share_phrase(lost.writes, lost.checked, "acknowledged write"),
                  has_failed_over ? ", or were gone once its standby had taken over" : "",
                  results.asked.add_share() > 0 ? ", or were overwritten by an add that had not seen them" : ""));
  if (lost.reads > 0) {
    add_sentence(text,
                 fmt::format("{} began after such a write was acknowledged and returned what had been there before it",
                             counted(lost.reads, "read")));
    text += lost.reads_not_stale == lost.reads ? "; the database having no newer version, none of them counts as stale."
            : lost.reads_not_stale == 0
                ? "; all of them are stale, too."
                : fmt::format("; {} of them are not among the stale ones.", with_thousands(lost.reads_not_stale));
  }
  return text;
}

constexpr std::string_view switched_off =
    "Sampling was switched off, so rows and entries were not compared while it ran.";

// Of a service of the user's own that was not sampled: what it reads once all is at rest is all that is compared with
// its rows.
std::string rest_words(const RunResults& results) {
  const SettingValue* const sample_every = results.asked.find("sample_every_ns");
  const bool is_switched_off = sample_every != nullptr && *sample_every == SettingValue(std::uint64_t{0});
  const auto found = std::ranges::find(results.checks, "convergence", &CheckFound::name);
  if (found == results.checks.end() || found->sample == 0) {
    return std::string(is_switched_off ? switched_off
                                       : "Rows and entries were not compared: what is kept where is known to the "
                                         "application alone.");
  }
  return fmt::format("Once all was at rest, {} were read with another value than the row held. {}",
                     share_phrase(found->count, found->sample, "key"),
                     is_switched_off ? switched_off
                                     : "While it ran nothing was compared, since what is kept where is known to it "
                                       "alone.");
}

std::string disagreed_paragraph(const RunResults& results) {
  std::string text;
  if (results.samples) {
    text = samples_words(results);
  } else if (results.pattern == application_subject) {
    text = rest_words(results);
  } else if (results.cache) {
    text = switched_off;
  } else {
    text = "There is no cache: the database holds the only copy, and nothing can differ from it.";
  }
  if (results.origin) {
    add_sentence(text, fmt::format("Counted as the origin does: {} correct, {} incorrect.",
                                   with_thousands(results.origin->correct), with_thousands(results.origin->incorrect)));
  }
  return text;
}

std::vector<std::string> ops_row(std::string label, const OpCounts& ops) {
  std::vector<std::string> row = {std::move(label)};
  for (const std::uint64_t count :
       {ops.planned, ops.sent, ops.ok, ops.fail, ops.info, ops.late, ops.dropped, ops.not_reached}) {
    row.push_back(with_thousands(count));
  }
  return row;
}

std::vector<std::string> latency_row(std::string label, const LatencyFigures& figures) {
  std::vector<std::string> row = {std::move(label)};
  for (const Nanoseconds figure_ns :
       {figures.mean_ns, figures.p50_ns, figures.p90_ns, figures.p99_ns, figures.p99_9_ns, figures.max_ns}) {
    row.push_back(figures.count == 0 ? "-" : format_duration_short(figure_ns));
  }
  return row;
}

std::string tables(const RunResults& results, std::size_t width) {
  const TextTable ops = {{{"ops", "planned", "sent", "ok", "fail", "info", "late", "dropped", "not reached"},
                          ops_row("reads", results.reads),
                          ops_row("writes", results.writes)}};
  const TextTable response = {{{"response time", "mean", "p50", "p90", "p99", "p99.9", "max"},
                               latency_row("reads", results.latency.read.response),
                               latency_row("writes", results.latency.write.response)}};
  const TextTable service = {{{"service time", "mean", "p50", "p90", "p99", "p99.9", "max"},
                              latency_row("reads", results.latency.read.service),
                              latency_row("writes", results.latency.write.service)}};
  return ops.text(width) + "\n" + response.text(width) + "\n" + service.text(width);
}

}  // namespace

std::string summary_heading(const RunResults& results) {
  return fmt::format("{}: {} on {}, seed {}", results.scenario, results.pattern, engines_phrase(results), results.seed);
}

std::vector<SummaryParagraph> summary_paragraphs(const RunResults& results) {
  std::vector<SummaryParagraph> paragraphs;
  const auto paragraph = [&paragraphs](std::string_view label, std::string sentences) {
    if (!sentences.empty()) {
      paragraphs.push_back({.label = label, .text = std::move(sentences)});
    }
  };
  const std::string stand_in = stand_in_phrase(results);
  paragraph("Asked", asked_paragraph(results));
  paragraph("Done", done_paragraph(results));
  for (const std::string& cause : results.drift.causes) {
    if (!cause.starts_with("none:")) {
      paragraph("Not done", capitalized(cause) + ".");
    }
  }
  paragraph("Limit", limit_sentence(results));
  const bool is_named = std::ranges::any_of(
      results.engines, [](const EngineUsed& engine) { return engine.is_named && !engine.instead_of.empty(); });
  paragraph("Engine", stand_in.empty() ? ""
                      : is_named       ? stand_in + ", which the scenario asks for, since --db names it."
                                       : stand_in + ", which was not at hand.");
  if (results.warm_up) {
    paragraph("Warm-up", warm_up_paragraph(*results.warm_up));
  }
  if (results.cache) {
    paragraph("Cache", cache_paragraph(*results.cache));
  }
  if (results.loads) {
    paragraph("Database", loads_paragraph(results));
  }
  paragraph("Disagreed", disagreed_paragraph(results));
  if (results.stale) {
    paragraph("Stale", stale_paragraph(*results.stale));
  }
  if (results.lost) {
    paragraph("Lost", lost_paragraph(results));
  }
  paragraph("Checks", checks_paragraph(results));
  paragraph("Customers", customers_paragraph(results));
  for (const std::string& warning : results.warnings) {
    paragraph("Warning", warning);
  }
  if (results.history.truncated) {
    paragraph("Warning", fmt::format("the history is truncated: it holds {}.", counted(results.history.ops, "op")));
  }
  paragraph("Again", results.replay);
  return paragraphs;
}

std::string summarize(const RunResults& results, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a summary has room for sentences");
  std::string text = wrap(summary_heading(results), width) + "\n";
  std::string_view last_label;
  for (const auto& [label, sentences] : summary_paragraphs(results)) {
    text += wrap(sentences, width, align_left(label == last_label ? "" : label, 11));
    last_label = label;
  }
  return text + "\n" + tables(results, width);
}

}  // namespace stalemate
