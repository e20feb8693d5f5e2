#include "report/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "check/check.hpp"
#include "core/text/duration.hpp"
#include "core/text/words.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// Beyond these a person notices. Source: Nielsen, "Usability Engineering" (1993), chapter 5: 0.1 s feels instantaneous,
// 1 s is the limit for a flow of thought that is not interrupted.
constexpr Nanoseconds felt_ns = 100'000'000;
constexpr Nanoseconds interrupting_ns = 1'000'000'000;

// "linearizable, regular"
std::string names_of(const std::vector<CheckFound>& checks) {
  std::vector<std::string> names;
  std::ranges::transform(checks, std::back_inserter(names), &CheckFound::name);
  return joined(names);
}

// Reads and writes that are wrong in ways without figures in the results.
void add_violations(std::vector<std::string>& clauses, const RunResults& results) {
  std::vector<CheckFound> others;
  for (const CheckFound& check : violated_checks(results)) {
    if (has_own_figures(check)) {
      continue;
    }
    if (check.sample > 0 && !check.customers.empty()) {
      clauses.push_back(fmt::format("{} {}", share_phrase(check.count, check.sample, one_of(check)), check.customers));
    } else {
      others.push_back(check);
    }
  }
  if (!others.empty()) {
    clauses.push_back("the checks of the history found violations of " + names_of(others));
  }
}

// "3 failed, 8 may or may not have been done, 4,126 never sent"
std::string unanswered_phrase(const OpCounts& ops) {
  std::string phrase;
  for (const auto& [count, words] :
       {std::pair{ops.fail, " failed"}, std::pair{ops.info, " may or may not have been done"},
        std::pair{ops.dropped, " never sent"}}) {
    if (count > 0) {
      phrase += fmt::format("{}{}{}", phrase.empty() ? "" : ", ", with_thousands(count), words);
    }
  }
  return phrase;
}

void add_unanswered(std::vector<std::string>& clauses, const OpCounts& ops, std::string_view noun,
                    std::string_view what) {
  const std::uint64_t unanswered = ops.fail + ops.info + ops.dropped;
  if (unanswered > 0) {
    clauses.push_back(fmt::format("{} got no {} ({})", share_phrase(unanswered, ops.planned - ops.not_reached, noun),
                                  what, unanswered_phrase(ops)));
  }
}

void add_slow(std::vector<std::string>& clauses, const LatencyFigures& response, std::string_view noun) {
  if (response.p99_ns >= felt_ns) {
    clauses.push_back(fmt::format("one {} in a hundred took {} or longer", noun, spoken_duration(response.p99_ns)));
  } else if (response.max_ns >= interrupting_ns) {
    clauses.push_back(fmt::format("the slowest {} took {}", noun, spoken_duration(response.max_ns)));
  }
}

bool was_checked(const RunResults& results) {
  return results.stale && results.stale->checked > 0;
}

// No more digits than that many events support.
std::string minute_rate(double each_second, std::uint64_t events) {
  const double a_minute = each_second * 60;
  const double unit = std::pow(10.0, std::floor(std::log10(std::max(a_minute, 1.0))) - (events < 100 ? 0 : 1));
  return a_minute < 1 ? "less than one"
                      : "about " + with_thousands(static_cast<std::uint64_t>(std::round(a_minute / unit) * unit));
}

// A count in the whole run, as a rate a second.
double a_second(std::uint64_t count, const RunResults& results) {
  const double elapsed_s = static_cast<double>(results.elapsed_ns) / 1e9;
  return elapsed_s > 0 ? static_cast<double>(count) / elapsed_s : 0;
}

std::string served_stale(const RunResults& results) {
  const std::uint64_t wrong = wrong_reads(results);
  return fmt::format(
      "{} was served a quantity that was no longer true, with no sign of it: {} a minute at this traffic.",
      one_in_phrase(wrong, results.stale->checked, "read"), minute_rate(a_second(wrong, results), wrong));
}

std::string would_have_seen(const RunResults& results) {
  const SampleCounts& samples = *results.samples;
  const std::uint64_t all = looks(samples);
  const double share = static_cast<double>(samples.incoherent_keys) / static_cast<double>(all);
  const double done_rate = a_second(results.reads.ok, results);
  return fmt::format(
      "{} at a random product and moment ({} of {}) would have shown a quantity other than the database's, with no "
      "sign "
      "of it. At {} a second that is {} a minute, if all products are read alike.",
      one_in_phrase(samples.incoherent_keys, all, "look"), with_thousands(samples.incoherent_keys), with_thousands(all),
      rate_of(done_rate, "read"), minute_rate(share * done_rate, samples.incoherent_keys));
}

std::string without_cache(const RunResults& results) {
  constexpr std::string_view no_copy = "No customer can be shown an old copy, since there is none.";
  if (was_checked(results)) {
    return fmt::format("{} Of {} none returned an old quantity.", no_copy,
                       counted(results.stale->checked, "checked read"));
  }
  const std::string isolation = isolation_of(results);
  return fmt::format(
      "{} Whether the database kept its promise ({}) is for the checks of the history to say, and they did not.",
      no_copy, isolation.empty() ? "isolation unknown" : isolation);
}

std::string nothing_seen(const RunResults& results) {
  if (const std::string unknown = little_known(results, Found::nothing); !unknown.empty()) {
    return unknown;
  }
  return results.cache || results.pattern == application_subject
             ? "Nothing was seen that a customer would have noticed; the sample sizes above say how far that goes."
             : without_cache(results);
}

// " Not judged by CHECK, CHECK: why.", of those that say the same together.
std::string not_judged_sentences(const RunResults& results) {
  std::vector<std::pair<std::string, std::string>> names_by_reason;
  for (const CheckFound& check : results.checks) {
    if (!check.decides || (check.verdict != "unknown" && check.unjudged == 0)) {
      continue;
    }
    const std::string reason = check.note.empty() ? counted(check.unjudged, one_of(check)) + "." : check.note;
    const auto same = std::ranges::find(names_by_reason, reason, &std::pair<std::string, std::string>::first);
    if (same == names_by_reason.end()) {
      names_by_reason.emplace_back(reason, check.name);
    } else {
      same->second += ", " + check.name;
    }
  }
  std::string text;
  for (const auto& [reason, names] : names_by_reason) {
    text += fmt::format(" Not judged by {}: {}", names, reason);
  }
  return text;
}

// What the paragraph says in addition to wrong reads, lost writes and incoherent samples.
std::vector<std::string> other_clauses(const RunResults& results) {
  std::vector<std::string> clauses;
  add_violations(clauses, results);
  add_unanswered(clauses, results.reads, "read", "answer");
  add_unanswered(clauses, results.writes, "write", "confirmation");
  add_slow(clauses, results.latency.read.response, "read");
  add_slow(clauses, results.latency.write.response, "write");
  return clauses;
}

}  // namespace

std::vector<CheckFound> violated_checks(const RunResults& results) {
  std::vector<CheckFound> violated;
  const auto is_violated = [](const CheckFound& check) { return check.decides && check.verdict == "invalid"; };
  std::ranges::copy_if(results.checks, std::back_inserter(violated), is_violated);
  if (results.checks.empty()) {
    for (const NamedCount& named : results.violations) {
      const CheckInfo* const check = CheckRegistry::find(named.name);
      if (named.count > 0 && (check == nullptr || check->decides)) {
        violated.push_back({.name = named.name, .verdict = "invalid", .decides = true, .count = named.count});
      }
    }
  }
  return violated;
}

std::vector<CheckFound> undecided_checks(const RunResults& results) {
  std::vector<CheckFound> undecided;
  std::ranges::copy_if(results.checks, std::back_inserter(undecided),
                       [](const CheckFound& check) { return check.decides && check.verdict == "unknown"; });
  return undecided;
}

std::string one_of(const CheckFound& check) {
  std::string noun = check.sample_of.empty() ? "case" : check.sample_of;
  if (noun.ends_with('s')) {
    noun.pop_back();
  }
  return noun;
}

bool has_own_figures(const CheckFound& check) {
  return check.name == "stale-reads" || check.name == "lost-updates";
}

std::string checks_phrase(const std::vector<CheckFound>& checks) {
  std::string phrase;
  for (const CheckFound& check : checks) {
    phrase += fmt::format("{}{} {}", phrase.empty() ? "" : ", ", check.name, with_thousands(check.count));
    phrase += check.sample == 0 ? "" : fmt::format(" of {}", counted(check.sample, one_of(check)));
  }
  return phrase;
}

std::string checks_paragraph(const RunResults& results) {
  if (results.checks.empty()) {
    return "";
  }
  const auto deciding = std::ranges::count_if(results.checks, &CheckFound::decides);
  const std::vector<CheckFound> violated = violated_checks(results);
  const std::vector<CheckFound> undecided = undecided_checks(results);
  std::string text = fmt::format("The history is {}: of {}", results.verdict,
                                 counted(static_cast<std::uint64_t>(deciding), "deciding check"));
  text += violated.empty() ? ", none found a violation"
                           : fmt::format(", {} found violations ({})", violated.size(), checks_phrase(violated));
  text += undecided.empty() ? "." : fmt::format("; {} could not judge it.", undecided.size());
  for (const CheckFound& check : violated) {
    if (!has_own_figures(check) && !check.customers.empty() && !check.first.empty()) {
      text += fmt::format(" {}, the first: {}", check.name, check.first);
    }
  }
  return text + not_judged_sentences(results);
}

std::vector<std::string> customers_clauses(const RunResults& results) {
  std::vector<std::string> clauses;
  if (was_checked(results) && wrong_reads(results) > 0) {
    clauses.push_back(one_in_phrase(wrong_reads(results), results.stale->checked, "read") +
                      " was served an old quantity");
  }
  if (results.lost && results.lost->writes > 0) {
    clauses.push_back(one_in_phrase(results.lost->writes, results.lost->checked, "write") +
                      " was confirmed and is gone");
  }
  std::ranges::move(other_clauses(results), std::back_inserter(clauses));
  if (clauses.empty() && results.samples && looks(*results.samples) > 0 && results.samples->incoherent_keys > 0) {
    clauses.push_back(one_in_phrase(results.samples->incoherent_keys, looks(*results.samples), "look") +
                      " at a random product would have shown a quantity other than the database's");
  }
  return clauses;
}

std::string little_known(const RunResults& results, Found found) {
  const bool sampled = results.samples && looks(*results.samples) > 0;
  const std::string nothing = found == Found::nothing ? "Nothing is known: " : "Nothing else is known: ";
  const std::string not_all = found == Found::nothing ? "No all-clear: " : "That may not be all: ";
  for (const auto& [noun, ops] : {std::pair{"reads", &results.reads}, std::pair{"writes", &results.writes}}) {
    if (mostly_failed(*ops)) {
      return fmt::format("{}{} of the {} ended ok.", nothing, ops->ok == 0 ? "none" : "less than half", noun);
    }
  }
  if (results.stale && results.stale->checked == 0) {
    return nothing + "no read could be checked.";
  }
  if (results.cache && !sampled && !results.stale) {
    return nothing + "no sample was taken and no read was checked.";
  }
  if (!results.stale && results.verdict.empty()) {
    return not_all + "the history was not checked.";
  }
  if (const std::vector<CheckFound> undecided = undecided_checks(results); !undecided.empty()) {
    return fmt::format("{}{} could not judge the run.", not_all, names_of(undecided));
  }
  return "";
}

std::string customers_paragraph(const RunResults& results) {
  const bool sampled = results.samples && looks(*results.samples) > 0;
  const bool has_wrong_reads = was_checked(results) && wrong_reads(results) > 0;
  const bool has_lost_writes = results.lost && results.lost->writes > 0;
  std::string text;
  if (has_wrong_reads) {
    text = capitalized(served_stale(results));
  }
  if (has_lost_writes) {
    add_sentence(text, has_wrong_reads ? "" : "No checked read was old, but what customers wrote was lost.");
    add_sentence(text, fmt::format("{} was confirmed to the customer who sent it, and is gone.",
                                   capitalized(one_in_phrase(results.lost->writes, results.lost->checked, "write"))));
  }
  const std::vector<std::string> clauses = other_clauses(results);
  for (const std::string& clause : clauses) {
    add_sentence(text, capitalized(clause) + ".");
  }
  if (!has_wrong_reads && sampled && results.samples->incoherent_keys > 0) {
    const bool is_risk = was_checked(results) && text.empty();
    add_sentence(text, is_risk ? "No checked read was served an old quantity, but the risk was there: " +
                                     would_have_seen(results)
                               : capitalized(would_have_seen(results)));
  }
  add_sentence(text, text.empty() ? nothing_seen(results) : little_known(results, Found::something));
  if (results.samples && results.samples->unrepaired_keys > 0) {
    const std::uint64_t keys = results.samples->unrepaired_keys;
    add_sentence(text, fmt::format("{} wrong until the next write or expiry.",
                                   keys == 1 ? "1 product stays" : with_thousands(keys) + " products stay"));
  }
  return text;
}

}  // namespace stalemate
