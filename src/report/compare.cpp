// Runs side by side.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/duration.hpp"
#include "report/phrases.hpp"
#include "report/summary.hpp"
#include "report/text_table.hpp"
#include "report/words.hpp"

namespace stalemate {
namespace {

// A run under a name that tells it from the others.
struct Named {
  const RunResults& results;
  std::string name;
};

// In the order of the comparison; two or more.
using Runs = std::vector<Named>;

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

// What `text_of` gives of each run, in one text.
template <class TextOf>
std::string of_each(const Runs& runs, std::string_view between, TextOf text_of) {
  std::string all;
  for (const Named& run : runs) {
    all += fmt::format("{}{}", &run == &runs.front() ? "" : between, text_of(run));
  }
  return all;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += (all.empty() ? "" : ", ") + text;
  }
  return all.empty() ? "none" : all;
}

// "time to live" for time_to_live_ns.
std::string spoken_name(std::string_view name) {
  std::string words(name.substr(0, name.size() - (name.ends_with("_ns") ? 3 : 0)));
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string spoken_value(const AskedSetting& setting) {
  if (const auto* flag = std::get_if<bool>(&setting.value)) {
    return *flag ? "yes" : "no";
  }
  if (const auto* number = std::get_if<double>(&setting.value)) {
    return short_number(*number);
  }
  if (const auto* text = std::get_if<std::string>(&setting.value)) {
    return *text;
  }
  const auto count = std::get<std::uint64_t>(setting.value);
  if (setting.name.ends_with("_ns")) {
    return count == 0 ? "none" : spoken_duration(static_cast<Nanoseconds>(count));
  }
  return with_thousands(count);
}

// Numbers that are too near to be told apart by three digits.
std::string exact_value(const AskedSetting& setting) {
  const auto* number = std::get_if<double>(&setting.value);
  const auto* count = std::get_if<std::uint64_t>(&setting.value);
  return number != nullptr  ? fmt::format("{}", *number)
         : count != nullptr ? fmt::format("{}{}", *count, setting.name.ends_with("_ns") ? " ns" : "")
                            : spoken_value(setting);
}

// The first lines of a comparison tell of these, by the engines that took part.
bool is_subject(std::string_view setting) {
  return setting == "database" || setting == "cache";
}

bool has_effect(const SettingValue* value) {
  return value != nullptr && !std::holds_alternative<std::monostate>(*value);
}

// How the runs, one after the other, tell what they were asked for; empty where it is the same in all in which it has
// an effect.
std::string differing_values(const std::vector<AskedSetting>& told) {
  bool differ = false;
  bool are_near = false;
  for (const AskedSetting& one : told) {
    for (const AskedSetting& other : told) {
      if (has_effect(&one.value) && has_effect(&other.value) && one.value != other.value) {
        differ = true;
        are_near = are_near || spoken_value(one) == spoken_value(other);
      }
    }
  }
  std::string text;
  for (const AskedSetting& setting : told) {
    text += (&setting == &told.front() ? "" : " against ") + (!has_effect(&setting.value) ? "-"
                                                              : are_near                  ? exact_value(setting)
                                                                                          : spoken_value(setting));
  }
  return differ ? text : "";
}

// What each run was asked for under that name.
std::vector<AskedSetting> told_of(const Runs& runs, const std::string& name) {
  std::vector<AskedSetting> told;
  for (const Named& run : runs) {
    const SettingValue* value = run.results.asked.find(name);
    told.push_back({name, value == nullptr ? SettingValue() : *value});
  }
  return told;
}

std::vector<AskedSetting> durations_of(const Runs& runs) {
  std::vector<AskedSetting> told;
  for (const Named& run : runs) {
    told.push_back({"duration_ns", static_cast<std::uint64_t>(run.results.duration_ns)});
  }
  return told;
}

// The names of all settings that any of the runs tells, as they come.
std::vector<std::string> setting_names(const Runs& runs) {
  std::vector<std::string> names;
  for (const Named& run : runs) {
    for (const AskedSetting& setting : run.results.asked.settings) {
      if (!is_subject(setting.name) && std::ranges::find(names, setting.name) == names.end()) {
        names.push_back(setting.name);
      }
    }
  }
  return names;
}

// What differs between the runs apart from what the comparison is about (scenario, pattern, engines). A setting without
// effect in one of them follows from another that differs.
std::vector<std::string> differences(const Runs& runs) {
  std::vector<std::string> found;
  const auto differ = [&](std::string_view what, auto text_of) {
    const auto differs = [&](const Named& run) { return text_of(run.results) != text_of(runs.front().results); };
    if (std::ranges::any_of(runs, differs)) {
      found.push_back(fmt::format("{} {}", what,
                                  of_each(runs, " against ", [&](const Named& run) { return text_of(run.results); })));
    }
  };
  using Results = const RunResults&;
  differ("seed", [](Results r) { return std::to_string(r.seed); });
  const auto differ_as_asked = [&found](const std::vector<AskedSetting>& told) {
    if (const std::string values = differing_values(told); !values.empty()) {
      found.push_back(fmt::format("{} {}", spoken_name(told.front().name), values));
    }
  };
  differ_as_asked(durations_of(runs));
  for (const std::string& name : setting_names(runs)) {
    differ_as_asked(told_of(runs, name));
  }
  differ("faults", [](Results r) { return joined(r.asked.faults); });
  differ("interrupted", [](Results r) { return std::string(r.interrupted ? "yes" : "no"); });
  return found;
}

// What only others tell, since this run's results were written by another version.
std::string untold_sentence(const Runs& runs, const Named& run) {
  std::vector<std::string> untold;
  for (const std::string& name : setting_names(runs)) {
    const bool is_told =
        std::ranges::any_of(runs, [&name](const Named& other) { return has_effect(other.results.asked.find(name)); });
    if (is_told && run.results.asked.find(name) == nullptr) {
      untold.push_back(spoken_name(name));
    }
  }
  return untold.empty() ? std::string()
                        : fmt::format(
                              " The results of {} come from another version and do not tell: {}. What was "
                              "asked for there may differ.",
                              run.name, joined(untold));
}

std::string alike_paragraph(const Runs& runs) {
  std::string text;
  const std::vector<std::string> found = differences(runs);
  for (const std::string& difference : found) {
    text += fmt::format("{}{}", text.empty() ? "Not like with like: " : "; ", difference);
  }
  text += text.empty() ? "" : ".";
  for (const Named& run : runs) {
    text += untold_sentence(runs, run);
  }
  for (const Named& run : runs) {
    const std::string stand_in = stand_in_phrase(run.results);
    if (!stand_in.empty()) {
      text += fmt::format("{}In {}, {}: its times are not those of {}.", text.empty() ? "" : " ", run.name, stand_in,
                          stand_in.substr(stand_in.rfind(" for ") + 5));
    }
  }
  for (const Named& run : runs) {
    if (run.results.standstills.count > 0) {
      text +=
          fmt::format("{}In {}, {}.", text.empty() ? "" : " ", run.name, standstill_warning(run.results.standstills));
    }
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
  const bool checked = results.stale && results.stale->checked > 0;
  if (checked && wrong_reads(results) > 0) {
    return fmt::format("in {} {} was served an old quantity", name,
                       one_in_phrase(wrong_reads(results), results.stale->checked, "read"));
  }
  if (mostly_failed(results.reads) || mostly_failed(results.writes)) {
    return fmt::format("of {} nothing is known, since most of its {} did not end ok", name,
                       mostly_failed(results.reads) ? "reads" : "writes");
  }
  if (checked) {
    return fmt::format("in {} no checked read was old", name);
  }
  if (results.samples && looks(*results.samples) > 0) {
    const SampleCounts& samples = *results.samples;
    return samples.incoherent_keys == 0
               ? fmt::format("in {} no look at a product was seen to be wrong", name)
               : fmt::format("in {} {} at a random product would have shown a quantity other than the database's", name,
                             one_in_phrase(samples.incoherent_keys, looks(samples), "look"));
  }
  if (!results.cache) {
    const std::string isolation = isolation_of(results);
    return fmt::format("in {} there is no old copy to be shown, and the rest is the database's promise ({})", name,
                       isolation.empty() ? "isolation unknown" : isolation);
  }
  return fmt::format("of {} nothing is known", name);
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
      std::string text = cell(run.results);
      any = any || !text.empty();
      row.push_back(text.empty() ? "-" : std::move(text));
    }
    if (any) {
      table_.rows.push_back(std::move(row));
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
  const auto if_any = [](std::uint64_t count) { return count == 0 ? std::string() : with_thousands(count); };
  table.add("dropped", [&](const RunResults& r) { return if_any(r.reads.dropped + r.writes.dropped); });
  table.add("late", [&](const RunResults& r) { return if_any(r.reads.late + r.writes.late); });
  table.add("failed or unknown",
            [&](const RunResults& r) { return if_any(r.reads.fail + r.reads.info + r.writes.fail + r.writes.info); });
  table.add("retries", [&](const RunResults& r) { return if_any(r.retries); });
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
  add_agreement_rows(table);
  add_time_rows(table);
  text += "\n" + table.text(width) + "\n";
  for (const std::string& sentence : sentences(runs)) {
    text += wrap(sentence, width, "- ");
  }
  return text;
}

}  // namespace stalemate
