#include "report/page/run_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/assert.hpp"
#include "core/text/printable.hpp"
#include "report/bounds.hpp"
#include "report/comparison/sentences.hpp"
#include "report/findings.hpp"
#include "report/results/alike.hpp"
#include "report/results/results_json.hpp"
#include "report/summary.hpp"
#include "report/words/phrases.hpp"
#include "report/words/server_trouble.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using PageJson = nlohmann::ordered_json;

constexpr Nanoseconds ns_a_us = 1'000;
constexpr unsigned words_width = 100;

// One figure that stands by itself: the words for it, its sample, its bound.
PageJson tile(std::string_view label, std::string value, std::string detail, std::string_view tone = "") {
  return {{"label", label}, {"value", std::move(value)}, {"detail", std::move(detail)}, {"tone", tone}};
}

void add_stale_tiles(PageJson& tiles, const RunResults& results) {
  if (!results.stale || results.stale->checked == 0) {
    tiles.push_back(tile("Stale reads", "not known",
                         results.stale ? "no read could be checked" : "the history was not checked", "bad"));
    return;
  }
  const StaleReads& stale = *results.stale;
  tiles.push_back(tile("Stale reads", stale.stale == 0 ? "none" : percent_of(stale.stale, stale.checked),
                       fmt::format("{} of {}; {}", with_thousands(stale.stale), counted(stale.checked, "checked read"),
                                   bounds_phrase(stale.stale, stale.checked)),
                       stale.stale == 0 ? "" : "bad"));
  if (stale.stale > 0) {
    tiles.push_back(
        tile("Worst staleness", spoken_duration(stale.worst_staleness_ns),
             fmt::format("at least; half of them {} or more, the worst {} behind",
                         spoken_duration(stale.median_staleness_ns), counted(stale.worst_versions, "version")),
             "bad"));
  }
  if (results.lost && results.lost->writes > 0) {
    tiles.push_back(tile("Lost writes", with_thousands(results.lost->writes),
                         fmt::format("of {}", counted(results.lost->checked, "acknowledged write")), "bad"));
  }
}

void add_latency_tile(PageJson& tiles, std::string_view label, const LatencyFigures& response, std::string_view noun) {
  if (response.count > 0) {
    tiles.push_back(tile(label, spoken_duration(response.p99_ns),
                         fmt::format("half within {}; response time of {}", spoken_duration(response.p50_ns),
                                     counted(response.count, noun))));
  }
}

PageJson tiles_of(const RunResults& results) {
  PageJson tiles = PageJson::array();
  add_stale_tiles(tiles, results);
  add_latency_tile(tiles, "99 % of reads within", results.latency.read.response, "read");
  add_latency_tile(tiles, "99 % of writes within", results.latency.write.response, "write");
  if (results.cache && hit_ratio(*results.cache)) {
    const CacheCounts& cache = *results.cache;
    tiles.push_back(
        tile("Lookups that hit", percent(*hit_ratio(cache)),
             fmt::format("of {}; {}", with_thousands(cache.hits + cache.misses),
                         cache.predicted_hit_ratio
                             ? "the plan predicts " + percent(*cache.predicted_hit_ratio)
                             : "none is predicted" +
                                   (cache.not_predicted.empty() ? std::string() : ", since " + cache.not_predicted))));
  }
  const double elapsed_s = static_cast<double>(results.elapsed_ns) / 1e9;
  const std::uint64_t done = results.reads.ok + results.writes.ok;
  const std::uint64_t planned = results.reads.planned + results.writes.planned;
  tiles.push_back(tile("Ops a second", elapsed_s > 0 ? short_number(static_cast<double>(done) / elapsed_s) : "0",
                       fmt::format("{} of {} planned ended ok, in {}", with_thousands(done), with_thousands(planned),
                                   spoken_duration(results.elapsed_ns)),
                       done < planned ? "bad" : ""));
  return tiles;
}

PageJson null_for_zero(const std::vector<Nanoseconds>& times_ns) {
  PageJson list = PageJson::array();
  for (const Nanoseconds time_ns : times_ns) {
    list.push_back(time_ns == 0 ? PageJson() : PageJson(time_ns));
  }
  return list;
}

PageJson ops_json(const OpsOverTime& ops) {
  return {{"planned", ops.planned},
          {"ok", ops.ok},
          {"fail", ops.fail},
          {"info", ops.info},
          {"response_p50_ns", null_for_zero(ops.response_p50_ns)},
          {"response_p99_ns", null_for_zero(ops.response_p99_ns)},
          {"response_max_ns", null_for_zero(ops.response_max_ns)},
          {"service_p99_ns", null_for_zero(ops.service_p99_ns)}};
}

PageJson timeline_json(const Timeline& timeline) {
  return {{"stretch_ns", timeline.stretch_ns},
          {"stretches", timeline.stretches},
          {"end_ns", timeline.end_ns},
          {"reads", ops_json(timeline.reads)},
          {"writes", ops_json(timeline.writes)},
          {"hits", timeline.hits},
          {"misses", timeline.misses},
          {"loads", timeline.loads},
          {"retries", timeline.retries},
          {"faulted", timeline.faulted},
          {"stale", timeline.stale},
          {"stale_worst_ns", null_for_zero(timeline.stale_worst_ns)}};
}

PageJson strips_of(const RunPictures& pictures) {
  PageJson keys = PageJson::array();
  for (std::size_t i = 0; i < pictures.disagreements.keys.size(); ++i) {
    const KeyDisagreement& key = pictures.disagreements.keys[i];
    PageJson spans = PageJson::array();
    for (const DisagreementSpan& span : key.spans) {
      spans.push_back({span.begin_ns / ns_a_us, span.end_ns / ns_a_us});
    }
    PageJson stale_us = PageJson::array();
    for (const Nanoseconds begin_ns : key.stale_reads_ns) {
      stale_us.push_back(begin_ns / ns_a_us);
    }
    keys.push_back({{"key", pictures.key_names[i]},
                    {"total_ns", key.total_ns},
                    {"episodes", key.episodes},
                    {"stale", key.stale},
                    {"spans_us", std::move(spans)},
                    {"stale_us", std::move(stale_us)}});
  }
  return {{"judged", pictures.disagreements.keys_judged},
          {"disagreeing", pictures.disagreements.keys_disagreeing},
          {"keys", std::move(keys)}};
}

PageJson lanes_of(const StorySequence& sequence) {
  PageJson lanes = PageJson::array();
  for (std::size_t i = 0; i < sequence.names.size(); ++i) {
    const std::string& name = sequence.names[i];
    const bool is_client = i < sequence.ops && name.starts_with("client ");
    const bool is_read = name.find(" read ") != std::string::npos;
    // "client 3 read 17": who, and which op.
    const std::size_t end = is_client ? name.rfind(is_read ? " read " : " ", name.rfind(' ') - 1) : std::string::npos;
    lanes.push_back({{"name", name.substr(0, end)},
                     {"note", end == std::string::npos ? "" : name.substr(end + 1)},
                     {"tone", i >= sequence.ops ? "store"
                              : is_read         ? "read"
                                                : "write"}});
  }
  return lanes;
}

PageJson sequence_json(const StaleReadTold& told) {
  PageJson steps = PageJson::array();
  for (const SequenceRow& row : told.sequence.rows) {
    steps.push_back({{"from", row.from},
                     {"to", row.to.value_or(row.from)},
                     {"time", row.left},
                     {"label", row.words},
                     {"tone", row.arrives ? "ok" : "lost"}});
  }
  PageJson marks = PageJson::array();
  if (!told.certain.empty() && told.steps_before_certain > 0) {
    marks.push_back({{"after", told.steps_before_certain - 1}, {"text", told.certain}});
  }
  return {{"lanes", lanes_of(told.sequence)}, {"steps", std::move(steps)}, {"marks", std::move(marks)}};
}

PageJson stale_reads_json(const RunOnPage& run) {
  PageJson reads = PageJson::array();
  for (const StaleReadTold& told : run.pictures->stale_reads) {
    PageJson cell;
    if (!told.cell.pattern.empty()) {
      cell = {{"pattern", told.cell.pattern},
              {"property", told.cell.property},
              {"fault", told.cell.fault},
              {"command", told.cell.command}};
    }
    reads.push_back({{"read", told.read},
                     {"key", told.key},
                     {"client", told.client},
                     {"begin_ns", told.begin_ns},
                     {"lower_ns", told.lower_ns},
                     {"upper_ns", told.upper_ns},
                     {"versions", told.versions},
                     {"cause", told.cause},
                     {"returned", told.words.read},
                     {"missed", told.words.missed},
                     {"conclusion", told.words.conclusion},
                     {"sequence", sequence_json(told)},
                     {"cell", std::move(cell)},
                     {"command", fmt::format("stalemate explain {} {}", run.run, told.read)}});
  }
  return {{"of", run.pictures->stale_reads_found}, {"reads", std::move(reads)}};
}

PageJson pictures_json(const RunOnPage& run) {
  if (!run.pictures) {
    return {};
  }
  PageJson visibility = PageJson::array();
  for (const VisibilityPoint& point : run.pictures->visibility) {
    visibility.push_back(
        {{"t", point.t}, {"reads", point.reads}, {"visible", point.visible}, {"least", point.visible_least}});
  }
  return {{"timeline", timeline_json(run.pictures->timeline)},
          {"strips", strips_of(*run.pictures)},
          {"visibility", std::move(visibility)},
          {"visibility_note", run.pictures->visibility_note},
          {"stale_reads", stale_reads_json(run)}};
}

// When something was different: faults of the plan, and servers that did not answer.
PageJson bands_of(const RunResults& results) {
  PageJson bands = PageJson::array();
  const auto add = [&bands](Nanoseconds from_ns, Nanoseconds to_ns, std::string label) {
    bands.push_back({{"from", from_ns}, {"to", to_ns}, {"label", std::move(label)}});
  };
  for (const FaultInForce& fault : results.in_force) {
    add(fault.start_ns, fault.end_ns,
        fault.at == "calls" ? "calls hit by " + fault.fault : fmt::format("{} of the {}", fault.fault, fault.at));
  }
  if (results.in_force.empty()) {
    for (const PlannedStop& stop : results.stops) {
      add(stop.start_ns, stop.end_ns, fmt::format("{} of the {}", stop.fault, stop.role));
    }
  }
  for (const Outage& outage : results.outages) {
    add(outage.start_ns, outage.end_ns, fmt::format("the {} did not answer", outage.role));
  }
  return bands;
}

PageJson paragraphs_json(const RunResults& results) {
  PageJson paragraphs = PageJson::array();
  for (const SummaryParagraph& paragraph : summary_paragraphs(results)) {
    paragraphs.push_back({{"label", paragraph.label}, {"text", paragraph.text}});
  }
  return paragraphs;
}

PageJson run_json(const RunOnPage& run) {
  const VerdictOnPage verdict = verdict_on_page(run.results);
  return {{"name", run.results.scenario},
          {"heading", summary_heading(run.results)},
          {"question", run.results.question},
          {"run", run.run},
          {"verdict",
           {{"sentence", verdict.sentence},
            {"more", verdict.more},
            {"tone", verdict.tone},
            {"checks", checks_paragraph(run.results)}}},
          {"not_judged", not_judged(run)},
          {"without_pictures", run.without_pictures},
          {"tiles", tiles_of(run.results)},
          {"paragraphs", paragraphs_json(run.results)},
          {"bands", bands_of(run.results)},
          {"pictures", pictures_json(run)},
          {"results", PageJson::parse(to_json(run.results))}};
}

// What else differs between the runs, so that they cannot simply be compared; empty where nothing does.
std::string why_not_alike(std::span<const RunOnPage> runs) {
  if (runs.size() < 2) {
    return {};
  }
  std::vector<RunResults> results;
  std::ranges::transform(runs, std::back_inserter(results), &RunOnPage::results);
  return alike_paragraph(named(results));
}

std::string title_of(std::span<const RunOnPage> runs) {
  std::string title;
  for (const RunOnPage& run : runs) {
    title += fmt::format("{}{}: {}", title.empty() ? "" : " | ", run.results.scenario, run.results.pattern);
  }
  return title;
}

}  // namespace

VerdictOnPage verdict_on_page(const RunResults& results) {
  const std::string paragraph = customers_paragraph(results);
  const std::size_t end = end_of_sentence(paragraph);
  const bool is_bad = !customers_clauses(results).empty() || results.verdict == "invalid";
  const bool is_known = little_known(results, Found::nothing).empty() && results.verdict == "valid";
  return {.sentence = paragraph.substr(0, end),
          .more = end < paragraph.size() ? paragraph.substr(end + 1) : std::string(),
          .tone = is_bad     ? "bad"
                  : is_known ? "good"
                             : "warn"};
}

std::vector<std::string> not_judged(const RunOnPage& run) {
  const RunResults& results = run.results;
  std::vector<std::string> sentences;
  const auto add = [&sentences](std::string sentence) {
    if (!sentence.empty() && std::ranges::find(sentences, sentence) == sentences.end()) {
      sentences.push_back(std::move(sentence));
    }
  };
  if (results.interrupted) {
    add(fmt::format("The run was interrupted after {}: of what was planned, {} and {} were never reached.",
                    spoken_duration(results.elapsed_ns), counted(results.reads.not_reached, "read"),
                    counted(results.writes.not_reached, "write")));
  }
  add(little_known(results, customers_clauses(results).empty() ? Found::nothing : Found::something));
  for (const CheckFound& check : results.checks) {
    if (check.decides && (check.verdict == "unknown" || check.unjudged > 0)) {
      add(fmt::format("Not judged by {}: {}", check.name,
                      check.note.empty() ? counted(check.unjudged, one_of(check)) + "." : check.note));
    }
  }
  if (results.history.truncated) {
    add(fmt::format("The history is truncated: it holds {}.", counted(results.history.ops, "op")));
  }
  add(run.without_pictures);
  if (run.pictures) {
    std::ranges::for_each(run.pictures->notes, add);
  }
  for (const std::string& warning : results.warnings) {
    add(capitalized(warning) + (warning.ends_with('.') ? "" : "."));
  }
  return sentences;
}

std::string run_page_data(std::span<const RunOnPage> runs) {
  STALEMATE_ASSERT(!runs.empty(), "a page shows at least one run");
  PageJson data = {{"title", title_of(runs)}, {"not_alike", why_not_alike(runs)}, {"runs", PageJson::array()}};
  for (const RunOnPage& run : runs) {
    data["runs"].push_back(run_json(run));
  }
  return data.dump(-1, ' ', false, PageJson::error_handler_t::replace);
}

Page run_page(std::span<const RunOnPage> runs, const std::string& generator) {
  std::string words;
  for (const RunOnPage& run : runs) {
    words += (words.empty() ? "" : "\n") + summarize(run.results, words_width);
  }
  return {.title = printable(title_of(runs)),
          .kind = "run",
          .data_json = run_page_data(runs),
          .words = printable_lines(words),
          .generator = generator};
}

}  // namespace stalemate
