// The summary of one run.
#include "report/summary.hpp"

#include <cmath>

#include <fmt/format.h>

#include "check/check.hpp"
#include "core/assert.hpp"
#include "core/duration.hpp"
#include "report/phrases.hpp"
#include "report/server_trouble.hpp"
#include "report/text_table.hpp"
#include "report/words.hpp"

namespace stalemate {
namespace {

std::string capitalized(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

// Adds a sentence to a paragraph.
void say(std::string& paragraph, std::string_view sentence) {
  if (!sentence.empty()) {
    paragraph.append(paragraph.empty() ? "" : " ").append(sentence);
  }
}

// "1 write", "0.5 writes".
std::string rate_of(double a_second, std::string_view noun) {
  const std::string number = short_number(a_second);
  return fmt::format("{} {}{}", number, noun, number == "1" ? "" : "s");
}

std::string asked_paragraph(const RunResults& results) {
  const Asked& asked = results.asked;
  std::string text =
      fmt::format("{} and {} a second for {}, {}, on {} ({}), by {}.", rate_of(asked.read_rate(), "read"),
                  rate_of(asked.write_rate(), "write"), spoken_duration(results.duration_ns),
                  asked.arrivals() == "poisson" ? "at random times" : "evenly spaced", counted(asked.keys(), "key"),
                  asked.key_distribution(), counted(asked.clients(), "client"));
  if (asked.pacing() == "ticker") {
    say(text, "Closed loop, as the origin's: one reader and one writer, each waiting for its own last op.");
  }
  if (asked.serialize()) {
    say(text, "Every op under the origin's global lock.");
  }
  for (const std::string& fault : asked.faults) {
    say(text, fmt::format("Fault: {}.", fault));
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
  say(text, ratio_sentence(results.drift));
  say(text, late_sentence(results));
  if (results.retries > 0) {
    say(text, fmt::format("{} repeated because the database asked for it (SQLSTATE 40001).",
                          results.retries == 1 ? "1 attempt was" : with_thousands(results.retries) + " attempts were"));
  }
  if (!results.faults.empty()) {
    say(text, fmt::format("Store calls hit by a fault: {}.", counts_phrase(results.faults)));
  }
  if (!results.errors.empty()) {
    say(text, fmt::format("Ops that did not end ok: {}.", counts_phrase(results.errors)));
  }
  for (const Outage& outage : results.outages) {
    say(text, outage_sentence(outage));
  }
  for (const Refusal& refusal : results.refusals) {
    say(text, refusal_sentence(refusal));
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
  return text + (cache.predicted_hit_ratio ? fmt::format("; the plan predicts {}.", percent(*cache.predicted_hit_ratio))
                                           : std::string("."));
}

std::string episodes_sentences(const SampleCounts& samples) {
  const std::uint64_t episodes = samples.transient + samples.persistent;
  std::string text =
      fmt::format("Over {} of {}, {}: {} gone by the next sample, {} not.", with_thousands(samples.keys_affected),
                  counted(samples.keys, "key"), counted(episodes, "episode"), with_thousands(samples.transient),
                  with_thousands(samples.persistent));
  say(text,
      fmt::format("They lasted {} in the mean, {} at most (to about {}).", spoken_duration(samples.mean_episode_ns),
                  spoken_duration(samples.longest_episode_ns), spoken_duration(samples.interval_ns)));
  if (samples.unrepaired_keys > 0) {
    say(text, fmt::format(
                  "After the last op {} still wrong.",
                  samples.unrepaired_keys == 1 ? "1 key was" : with_thousands(samples.unrepaired_keys) + " keys were"));
  }
  return text;
}

std::string samples_paragraph(const SampleCounts& samples) {
  std::string text;
  if (samples.taken == 0) {
    text = "No sample could be taken, so nothing is known.";
  } else if (samples.incorrect == 0) {
    text = fmt::format(
        "{} of {} found an entry that differs from its row: {} of moments; so many samples cannot say more.", 0,
        counted(samples.taken, "sample"), bounds_phrase(0, samples.taken));
  } else {
    text = fmt::format(
        "{} found an entry that differs from its row ({}, wider where one disagreement shows in several samples).",
        share_phrase(samples.incorrect, samples.taken, "sample"), bounds_phrase(samples.incorrect, samples.taken));
    say(text, episodes_sentences(samples));
  }
  if (samples.skipped > 0) {
    say(text, fmt::format("{} left out, because a server did not answer in time.",
                          samples.skipped == 1 ? "1 sample was" : with_thousands(samples.skipped) + " samples were"));
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
  say(text, fmt::format("Half of them were stale by {} or more, the worst by {} and {}.",
                        spoken_duration(stale.median_staleness_ns), spoken_duration(stale.worst_staleness_ns),
                        counted(stale.worst_versions, "version")));
  std::vector<NamedCount> causes = stale.causes;
  if (stale.unexplained > 0) {
    causes.push_back({"unexplained", stale.unexplained});
  }
  return text + fmt::format(" Causes: {}.", counts_phrase(causes));
}

std::string lost_paragraph(const LostWrites& lost) {
  std::string text;
  if (lost.overtaken > 0) {
    say(text, fmt::format("{} were overtaken by a newer one before the database had them, and nobody missed them.",
                          share_phrase(lost.overtaken, lost.checked, "acknowledged write")));
  }
  if (lost.writes == 0) {
    return text;
  }
  say(text,
      fmt::format("{} never reached the database.", share_phrase(lost.writes, lost.checked, "acknowledged write")));
  if (lost.reads > 0) {
    say(text, fmt::format("{} began after such a write was acknowledged and returned what had been there before it",
                          counted(lost.reads, "read")));
    text += lost.reads_not_stale == lost.reads ? "; the database having no newer version, none of them counts as stale."
            : lost.reads_not_stale == 0
                ? "; all of them are stale, too."
                : fmt::format("; {} of them are not among the stale ones.", with_thousands(lost.reads_not_stale));
  }
  return text;
}

std::string disagreed_paragraph(const RunResults& results) {
  std::string text;
  if (results.samples) {
    text = samples_paragraph(*results.samples);
  } else if (!results.cache) {
    text = "There is no cache: the database holds the only copy, and nothing can differ from it.";
  }
  if (results.origin) {
    say(text, fmt::format("Counted as the origin does: {} correct, {} incorrect.",
                          with_thousands(results.origin->correct), with_thousands(results.origin->incorrect)));
  }
  return text;
}

std::string minute_rate(double a_second) {
  const double a_minute = a_second * 60;
  return a_minute < 1    ? "less than one"
         : a_minute < 10 ? fmt::format("about {:.2g}", a_minute)
                         : "about " + short_number(a_minute);
}

std::string served_stale(const RunResults& results) {
  const std::uint64_t wrong = wrong_reads(results);
  const double elapsed_s = static_cast<double>(results.elapsed_ns) / 1e9;
  const double a_second = elapsed_s > 0 ? static_cast<double>(wrong) / elapsed_s : 0;
  return fmt::format(
      "{} was served a quantity that was no longer true, with no sign of it: {} a minute at this traffic.",
      one_in_phrase(wrong, results.stale->checked, "read"), minute_rate(a_second));
}

std::string would_have_seen(const RunResults& results) {
  const SampleCounts& samples = *results.samples;
  const std::uint64_t all = looks(samples);
  const double share = static_cast<double>(samples.incoherent_keys) / static_cast<double>(all);
  return fmt::format(
      "{} at a random product and moment ({} of {}) would have shown a quantity other than the database's, with no "
      "sign "
      "of it. At {} a second that is {} a minute, if all products are read alike.",
      one_in_phrase(samples.incoherent_keys, all, "look"), with_thousands(samples.incoherent_keys), with_thousands(all),
      rate_of(results.asked.read_rate(), "read"), minute_rate(share * results.asked.read_rate()));
}

std::string without_cache(const RunResults& results) {
  constexpr std::string_view no_copy = "No customer can be shown an old copy, since there is none.";
  if (results.stale && results.stale->checked > 0) {
    return fmt::format("{} Of {} none returned an old quantity.", no_copy,
                       counted(results.stale->checked, "checked read"));
  }
  const std::string isolation = isolation_of(results);
  return fmt::format(
      "{} Whether the database kept its promise ({}) is for the checks of the history to say, not for this "
      "summary.",
      no_copy, isolation.empty() ? "isolation unknown" : isolation);
}

// Why seeing nothing wrong means nothing; empty where it means something.
std::string little_known(const RunResults& results) {
  const bool sampled = results.samples && looks(*results.samples) > 0;
  for (const auto& [noun, ops] : {std::pair{"reads", &results.reads}, std::pair{"writes", &results.writes}}) {
    if (mostly_failed(*ops)) {
      return fmt::format("Nothing is known: {} of the {} ended ok.", ops->ok == 0 ? "none" : "less than half", noun);
    }
  }
  if (results.stale && results.stale->checked == 0) {
    return "Nothing is known: no read could be checked.";
  }
  if (results.cache && !sampled && !results.stale) {
    return "Nothing is known: no sample was taken and no read was checked.";
  }
  return "";
}

// Those that make a history invalid: a measure may count what nobody promised.
std::vector<NamedCount> deciding_violations(const RunResults& results) {
  std::vector<NamedCount> deciding;
  for (const NamedCount& named : results.violations) {
    const CheckInfo* check = CheckRegistry::find(named.name);
    if (named.count > 0 && (check == nullptr || check->decides)) {
      deciding.push_back(named);
    }
  }
  return deciding;
}

// Where no read is known to have been wrong and no look would have been.
std::string nothing_seen(const RunResults& results) {
  if (results.lost && results.lost->writes > 0) {
    return "No checked read was wrong, but what customers wrote was lost.";
  }
  if (const std::vector<NamedCount> violations = deciding_violations(results); !violations.empty()) {
    return fmt::format(
        "No checked read was old, yet the checks of the history found violations ({}); 'stalemate check' "
        "shows them.",
        counts_phrase(violations));
  }
  if (const std::string unknown = little_known(results); !unknown.empty()) {
    return unknown;
  }
  return results.cache
             ? "Nothing was seen that a customer would have noticed; the sample sizes above say how far that goes."
             : without_cache(results);
}

std::string customers_paragraph(const RunResults& results) {
  const bool sampled = results.samples && looks(*results.samples) > 0;
  const bool checked = results.stale && results.stale->checked > 0;
  std::string text;
  if (checked && wrong_reads(results) > 0) {
    text = served_stale(results);
  } else if (sampled && results.samples->incoherent_keys > 0) {
    text = (checked ? "No checked read was served an old quantity, but the risk was there: " : "") +
           would_have_seen(results);
  } else {
    text = nothing_seen(results);
  }
  if (results.lost && results.lost->writes > 0) {
    say(text, fmt::format("{} was confirmed to the customer who sent it, and is gone.",
                          capitalized(one_in_phrase(results.lost->writes, results.lost->checked, "write"))));
  }
  if (results.samples && results.samples->unrepaired_keys > 0) {
    const std::uint64_t keys = results.samples->unrepaired_keys;
    say(text, fmt::format("{} wrong until the next write or expiry.",
                          keys == 1 ? "1 product stays" : with_thousands(keys) + " products stay"));
  }
  return capitalized(std::move(text));
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

std::string summarize(const RunResults& results, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a summary has room for sentences");
  std::string text = wrap(
      fmt::format("{}: {} on {}, seed {}", results.scenario, results.pattern, engines_phrase(results), results.seed),
      width);
  text += "\n";
  std::string_view last_label;
  const auto paragraph = [&](std::string_view label, const std::string& sentences) {
    if (!sentences.empty()) {
      text += wrap(sentences, width, align_left(label == last_label ? "" : label, 11));
      last_label = label;
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
  paragraph("Engine", stand_in.empty() ? "" : stand_in + ", which was not at hand.");
  if (results.cache) {
    paragraph("Cache", cache_paragraph(*results.cache));
  }
  paragraph("Disagreed", disagreed_paragraph(results));
  if (results.stale) {
    paragraph("Stale", stale_paragraph(*results.stale));
  }
  if (results.lost) {
    paragraph("Lost", lost_paragraph(*results.lost));
  }
  paragraph("Customers", customers_paragraph(results));
  for (const std::string& warning : results.warnings) {
    paragraph("Warning", warning);
  }
  if (results.history.truncated) {
    paragraph("Warning", fmt::format("the history is truncated: it holds {}.", counted(results.history.ops, "op")));
  }
  paragraph("Again", results.replay);
  return text + "\n" + tables(results, width);
}

}  // namespace stalemate
