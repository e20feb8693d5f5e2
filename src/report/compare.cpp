// Runs side by side.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <span>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/duration.hpp"
#include "report/alike.hpp"
#include "report/findings.hpp"
#include "report/phrases.hpp"
#include "report/summary.hpp"
#include "report/text_table.hpp"
#include "report/words.hpp"

namespace stalemate {
namespace {

bool names_differ(std::span<const RunResults> runs) {
  for (std::size_t place = 1; place < runs.size(); ++place) {
    const std::span earlier = runs.first(place);
    if (std::ranges::find(earlier, runs[place].scenario, &RunResults::scenario) != earlier.end()) {
      return false;
    }
  }
  return true;
}

Runs named(std::span<const RunResults> runs) {
  constexpr std::array<std::string_view, compared_runs_max> ordinals = {"the first",  "the second", "the third",
                                                                        "the fourth", "the fifth",  "the sixth"};
  const bool by_scenario = names_differ(runs);
  Runs all;
  for (std::size_t place = 0; place < runs.size(); ++place) {
    all.push_back({runs[place], by_scenario ? runs[place].scenario : std::string(ordinals[place])});
  }
  return all;
}

std::string decapitalized(std::string text) {
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z') {
    text.front() = static_cast<char>(text.front() - 'A' + 'a');
  }
  return text;
}

std::string work_sentence(const Runs& runs) {
  const auto done = [](const RunResults& results) {
    return fmt::format("completed {} and {}", done_phrase(results.reads, "read"), done_phrase(results.writes, "write"));
  };
  const RunResults& first = runs.front().results;
  const bool all_alike = std::ranges::all_of(runs, [&first](const Named& run) {
    return run.results.reads.ok == run.results.reads.planned && run.results.writes.ok == run.results.writes.planned &&
           run.results.plan == first.plan;
  });
  if (all_alike) {
    return fmt::format("{} {}.", runs.size() == 2 ? "Both" : "Each", done(first));
  }
  return of_each(runs, "; ", [&](const Named& run) { return run.name + " " + done(run.results); }) + ".";
}

std::string agreement_clause(const std::string& name, const RunResults& results) {
  if (!results.samples) {
    return fmt::format("{} has {} to compare", name, results.cache ? "no samples" : "no second copy");
  }
  const SampleCounts& samples = *results.samples;
  if (samples.taken == 0) {
    return fmt::format("of {} no sample could be taken", name);
  }
  const std::string found = share_phrase(samples.incorrect, samples.taken, "sample");
  if (samples.incorrect == 0) {
    return fmt::format("in {}, {} found cache and database apart ({} of moments)", name, found,
                       bounds_phrase(0, samples.taken));
  }
  return fmt::format("in {}, {} found cache and database apart (mean {}, longest {})", name, found,
                     spoken_duration(samples.mean_episode_ns), spoken_duration(samples.longest_episode_ns));
}

std::string stale_clause(const std::string& name, const RunResults& results) {
  if (!results.stale || results.stale->checked == 0) {
    return fmt::format("{}: not checked", name);
  }
  const StaleReads& stale = *results.stale;
  return fmt::format(
      "{}: {}, {}", name, share_phrase(stale.stale, stale.checked, "read"),
      stale.stale == 0 ? bounds_phrase(0, stale.checked) : "the worst by " + spoken_duration(stale.worst_staleness_ns));
}

std::uint64_t lost_writes(const RunResults& results) {
  return results.lost ? results.lost->writes : 0;
}

std::string lost_clause(const std::string& name, const RunResults& results) {
  return results.lost && results.lost->checked > 0
             ? fmt::format("{}: {}", name, share_phrase(results.lost->writes, results.lost->checked, "write"))
             : fmt::format("{}: not checked", name);
}

// "92 us against 110 us (1.2 times)": how often the first run's time each other one is.
std::string against(const Runs& runs, OpLatency Latency::* kind, Nanoseconds LatencyFigures::* figure) {
  const Nanoseconds first_ns = (runs.front().results.latency.*kind).response.*figure;
  return of_each(runs, " against ", [&](const Named& run) {
    const LatencyFigures& response = (run.results.latency.*kind).response;
    const Nanoseconds time_ns = response.*figure;
    if (response.count == 0) {
      return std::string("none");
    }
    const bool is_compared = &run != &runs.front() && first_ns > 0 && time_ns > 0;
    return spoken_duration(time_ns) + (is_compared ? fmt::format(" ({} times)", times_phrase(first_ns, time_ns)) : "");
  });
}

// "read median 92 us against 110 us (1.2 times), p99 ..."; empty where there are no two to compare.
std::string times_clause(const Runs& runs, std::string_view op, OpLatency Latency::* kind) {
  const auto has_any = [kind](const Named& run) { return (run.results.latency.*kind).response.count > 0; };
  if (std::ranges::count_if(runs, has_any) < 2) {
    return "";
  }
  return fmt::format("{} median {}, p99 {}", op, against(runs, kind, &LatencyFigures::p50_ns),
                     against(runs, kind, &LatencyFigures::p99_ns));
}

std::string times_sentence(const Runs& runs) {
  const std::string reads = times_clause(runs, "read", &Latency::read);
  const std::string writes = times_clause(runs, "write", &Latency::write);
  if (reads.empty() && writes.empty()) {
    return "";
  }
  return fmt::format("Response times, {}: {}{}{}. One run each: a small difference may be chance.",
                     of_each(runs, " against ", [](const Named& run) { return run.name; }), reads,
                     reads.empty() || writes.empty() ? "" : "; ", writes);
}

std::string customer_clause(const std::string& name, const RunResults& results) {
  const std::vector<std::string> clauses = customers_clauses(results);
  std::string unknown = little_known(results, clauses.empty() ? Found::nothing : Found::something);
  if (!unknown.empty()) {
    unknown.pop_back();
    unknown = decapitalized(std::move(unknown));
  }
  if (!clauses.empty()) {
    return fmt::format("in {} {}{}{}", name, joined(clauses), unknown.empty() ? "" : ", and ", unknown);
  }
  if (!unknown.empty()) {
    return fmt::format("in {}, {}", name, unknown);
  }
  if (results.stale && results.stale->checked > 0) {
    return fmt::format("in {} no checked read was old", name);
  }
  if (results.samples && looks(*results.samples) > 0) {
    return fmt::format("in {} no look at a product was seen to be wrong", name);
  }
  if (!results.cache) {
    const std::string isolation = isolation_of(results);
    return fmt::format("in {} there is no old copy to be shown, and the rest is the database's promise ({})", name,
                       isolation.empty() ? "isolation unknown" : isolation);
  }
  return fmt::format("of {} nothing is known", name);
}

// "invalid (dirty-reads 230 of 1,200 reads), convergence could not judge, stale-reads left 12 reads unjudged"
std::string verdict_clause(const std::string& name, const RunResults& results) {
  if (results.checks.empty()) {
    return fmt::format("{}: not checked", name);
  }
  const std::vector<CheckFound> violated = violated_checks(results);
  std::string clause = fmt::format("{}: {}", name, results.verdict);
  clause += violated.empty() ? "" : fmt::format(" ({})", checks_phrase(violated));
  for (const CheckFound& check : undecided_checks(results)) {
    clause += fmt::format(", {} could not judge", check.name);
  }
  for (const CheckFound& check : results.checks) {
    if (check.decides && check.verdict != "unknown" && check.unjudged > 0) {
      clause += fmt::format(", {} left {} unjudged", check.name, counted(check.unjudged, one_of(check)));
    }
  }
  return clause;
}

std::vector<std::string> sentences(const Runs& runs) {
  const auto clauses = [&runs](auto clause) {
    return of_each(runs, "; ", [&clause](const Named& run) { return clause(run.name, run.results); }) + ".";
  };
  std::vector<std::string> all = {work_sentence(runs)};
  std::string agreement = clauses(agreement_clause);
  agreement.front() = agreement.front() == 'i' ? 'I' : agreement.front();
  all.push_back(std::move(agreement));
  if (std::ranges::any_of(runs, [](const Named& run) { return run.results.stale.has_value(); })) {
    all.push_back("Stale reads, " + clauses(stale_clause));
  }
  if (std::ranges::any_of(runs, [](const Named& run) { return lost_writes(run.results) > 0; })) {
    all.push_back("Acknowledged writes that never reached the database, " + clauses(lost_clause));
  }
  if (std::ranges::any_of(runs, [](const Named& run) { return !run.results.checks.empty(); })) {
    all.push_back("The history as the checks found it, " + clauses(verdict_clause));
  }
  std::string times = times_sentence(runs);
  if (!times.empty()) {
    all.push_back(std::move(times));
  }
  all.push_back("To a customer: " + clauses(customer_clause));
  return all;
}

class SideBySide {
 public:
  explicit SideBySide(const Runs& runs) : runs_(runs) {
    std::vector<std::string>& heading = table_.rows.emplace_back(1);
    for (const Named& run : runs) {
      heading.push_back(run.name);
    }
  }

  /// `cell` gives a run's cell, "" where it has none; a row of none is left out.
  template <class Cell>
  void add(std::string label, Cell cell) {
    std::vector<std::string> row = {std::move(label)};
    bool any = false;
    for (const Named& run : runs_) {
      const std::string text = cell(run.results);
      any = any || !text.empty();
      row.push_back(text.empty() ? "-" : text);
    }
    if (any) {
      table_.rows.push_back(std::move(row));
    }
  }
  /// `count` gives a run's; a row of zeros is left out.
  template <class Count>
  void add_if_any(std::string label, Count count) {
    if (std::ranges::any_of(runs_, [&count](const Named& run) { return count(run.results) > 0; })) {
      add(std::move(label), [&count](const RunResults& results) { return with_thousands(count(results)); });
    }
  }
  [[nodiscard]] std::string text(std::size_t width) const { return table_.text(width); }

 private:
  const Runs& runs_;
  TextTable table_;
};

void add_work_rows(SideBySide& table) {
  table.add("reads planned", [](const RunResults& r) { return with_thousands(r.plan.reads); });
  table.add("reads ok", [](const RunResults& r) { return with_thousands(r.reads.ok); });
  table.add("writes planned", [](const RunResults& r) { return with_thousands(r.plan.writes); });
  table.add("writes ok", [](const RunResults& r) { return with_thousands(r.writes.ok); });
  table.add("reads per write",
            [](const RunResults& r) { return r.drift.done_ratio ? decimal(*r.drift.done_ratio) : ""; });
  table.add_if_any("dropped", [](const RunResults& r) { return r.reads.dropped + r.writes.dropped; });
  table.add_if_any("late", [](const RunResults& r) { return r.reads.late + r.writes.late; });
  table.add_if_any("failed or unknown",
                   [](const RunResults& r) { return r.reads.fail + r.reads.info + r.writes.fail + r.writes.info; });
  table.add_if_any("retries", [](const RunResults& r) { return r.retries; });
}

void add_agreement_rows(SideBySide& table) {
  table.add("cache hits", [](const RunResults& r) {
    const std::optional<double> ratio = r.cache ? hit_ratio(*r.cache) : std::nullopt;
    return ratio ? percent(*ratio) : "";
  });
  const auto of_samples = [](std::uint64_t SampleCounts::* count) {
    return [count](const RunResults& r) { return r.samples ? with_thousands(*r.samples.*count) : ""; };
  };
  table.add("samples correct", of_samples(&SampleCounts::correct));
  table.add("samples incorrect", of_samples(&SampleCounts::incorrect));
  table.add("keys affected", of_samples(&SampleCounts::keys_affected));
  table.add("never repaired", of_samples(&SampleCounts::unrepaired_keys));
  table.add("longest apart",
            [](const RunResults& r) { return r.samples ? spoken_duration(r.samples->longest_episode_ns) : ""; });
  table.add("stale reads", [](const RunResults& r) { return r.stale ? with_thousands(r.stale->stale) : ""; });
  table.add("reads checked", [](const RunResults& r) { return r.stale ? with_thousands(r.stale->checked) : ""; });
  table.add("lost writes", [](const RunResults& r) { return r.lost ? with_thousands(r.lost->writes) : ""; });
  table.add("reads missing one", [](const RunResults& r) { return r.lost ? with_thousands(r.lost->reads) : ""; });
}

// The checks that found violations in one of the runs, except those whose figures have their own rows.
void add_check_rows(SideBySide& table, const Runs& runs) {
  std::set<std::string> names;
  for (const Named& run : runs) {
    for (const CheckFound& check : violated_checks(run.results)) {
      if (!has_own_figures(check)) {
        names.insert(check.name);
      }
    }
  }
  for (const std::string& name : names) {
    table.add(name, [&name](const RunResults& r) {
      const auto found = std::ranges::find(r.violations, name, &NamedCount::name);
      const auto check = std::ranges::find(r.checks, name, &CheckFound::name);
      const bool is_unknown = check != r.checks.end() && check->verdict == "unknown";
      return found == r.violations.end() ? "" : is_unknown ? "unknown" : with_thousands(found->count);
    });
  }
}

void add_load_rows(SideBySide& table) {
  const auto of_loads = [](std::uint64_t DatabaseLoads::* count) {
    return [count](const RunResults& r) { return r.loads ? with_thousands((*r.loads).*count) : ""; };
  };
  table.add("loads of db", of_loads(&DatabaseLoads::count));
  table.add("loads a read",
            [](const RunResults& r) { return r.loads && r.loads->share ? short_number(*r.loads->share) : ""; });
  table.add("most in 1 s", of_loads(&DatabaseLoads::most_in_one_second));
  table.add("while loading", of_loads(&DatabaseLoads::while_loading));
  table.add("fills refused", of_loads(&DatabaseLoads::refused_fills));
}

void add_time_rows(SideBySide& table) {
  const auto add = [&](const std::string& label, OpLatency Latency::* kind, Nanoseconds LatencyFigures::* figure) {
    table.add(label, [=](const RunResults& r) {
      const LatencyFigures& response = (r.latency.*kind).response;
      return response.count == 0 ? "" : format_duration_short(response.*figure);
    });
  };
  add("read p50", &Latency::read, &LatencyFigures::p50_ns);
  add("read p99", &Latency::read, &LatencyFigures::p99_ns);
  add("read max", &Latency::read, &LatencyFigures::max_ns);
  add("write p50", &Latency::write, &LatencyFigures::p50_ns);
  add("write p99", &Latency::write, &LatencyFigures::p99_ns);
  add("write max", &Latency::write, &LatencyFigures::max_ns);
}

}  // namespace

std::string compare(std::span<const RunResults> compared, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a comparison has room for sentences");
  STALEMATE_ASSERT(compared.size() >= 2 && compared.size() <= compared_runs_max, "as many runs as have a name");
  const Runs runs = named(compared);
  std::string text;
  for (const Named& run : runs) {
    text += wrap(fmt::format("{} on {}", run.results.pattern, engines_phrase(run.results)), width, run.name + ": ");
  }
  const std::string alike = alike_paragraph(runs);
  text += alike.empty() ? "" : "\n" + wrap(alike, width);
  SideBySide table(runs);
  add_work_rows(table);
  add_load_rows(table);
  add_agreement_rows(table);
  add_check_rows(table, runs);
  add_time_rows(table);
  text += "\n" + table.text(width) + "\n";
  for (const std::string& sentence : sentences(runs)) {
    text += wrap(sentence, width, "- ");
  }
  return text;
}

}  // namespace stalemate
