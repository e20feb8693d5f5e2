// Two runs side by side.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/duration.hpp"
#include "report/phrases.hpp"
#include "report/summary.hpp"
#include "report/text_table.hpp"
#include "report/words.hpp"

namespace stalemate {
namespace {

// The two runs with names that tell them apart.
struct Pair {
  const RunResults& before;
  const RunResults& after;
  std::string before_name;
  std::string after_name;
};

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

// The first two lines of a comparison tell of these, by the engines that took part.
bool is_subject(std::string_view setting) {
  return setting == "database" || setting == "cache";
}

bool has_effect(const SettingValue* value) {
  return value != nullptr && !std::holds_alternative<std::monostate>(*value);
}

// What differs between the runs apart from what the comparison is about (scenario, pattern, engines). A setting without
// effect in one of them follows from another that differs.
std::vector<std::string> differences(const Pair& pair) {
  std::vector<std::string> found;
  const auto differ = [&](std::string_view what, const std::string& before, const std::string& after) {
    if (before != after) {
      found.push_back(fmt::format("{} {} against {}", what, before, after));
    }
  };
  const auto differ_as_asked = [&](const AskedSetting& before, const AskedSetting& after) {
    const bool is_near = spoken_value(before) == spoken_value(after);
    differ(spoken_name(before.name), is_near ? exact_value(before) : spoken_value(before),
           is_near ? exact_value(after) : spoken_value(after));
  };
  differ("seed", std::to_string(pair.before.seed), std::to_string(pair.after.seed));
  differ_as_asked({"duration_ns", static_cast<std::uint64_t>(pair.before.duration_ns)},
                  {"duration_ns", static_cast<std::uint64_t>(pair.after.duration_ns)});
  for (const AskedSetting& before : pair.before.asked.settings) {
    const SettingValue* value = pair.after.asked.find(before.name);
    if (!is_subject(before.name) && has_effect(&before.value) && has_effect(value)) {
      differ_as_asked(before, {before.name, *value});
    }
  }
  differ("faults", joined(pair.before.asked.faults), joined(pair.after.asked.faults));
  differ("interrupted", pair.before.interrupted ? "yes" : "no", pair.after.interrupted ? "yes" : "no");
  return found;
}

// What only one of the two tells, since the other was written by another version.
std::string untold_sentence(const std::string& name, const Asked& asked, const Asked& other) {
  std::vector<std::string> untold;
  for (const AskedSetting& setting : other.settings) {
    if (!is_subject(setting.name) && has_effect(&setting.value) && asked.find(setting.name) == nullptr) {
      untold.push_back(spoken_name(setting.name));
    }
  }
  return untold.empty() ? std::string()
                        : fmt::format(
                              " The results of {} come from another version and do not tell: {}. What was "
                              "asked for there may differ.",
                              name, joined(untold));
}

std::string alike_paragraph(const Pair& pair) {
  std::string text;
  const std::vector<std::string> found = differences(pair);
  for (const std::string& difference : found) {
    text += fmt::format("{}{}", text.empty() ? "Not like with like: " : "; ", difference);
  }
  text += text.empty() ? "" : ".";
  text += untold_sentence(pair.before_name, pair.before.asked, pair.after.asked);
  text += untold_sentence(pair.after_name, pair.after.asked, pair.before.asked);
  for (const auto& [name, results] :
       {std::pair{&pair.before_name, &pair.before}, std::pair{&pair.after_name, &pair.after}}) {
    const std::string stand_in = stand_in_phrase(*results);
    if (!stand_in.empty()) {
      text += fmt::format("{}In {}, {}: its times are not those of {}.", text.empty() ? "" : " ", *name, stand_in,
                          stand_in.substr(stand_in.rfind(" for ") + 5));
    }
  }
  return text;
}

std::string work_sentence(const Pair& pair) {
  const auto kept = [](const RunResults& results) {
    return results.reads.ok == results.reads.planned && results.writes.ok == results.writes.planned;
  };
  if (kept(pair.before) && kept(pair.after) && pair.before.plan == pair.after.plan) {
    return fmt::format("Both completed {} and {}.", done_phrase(pair.before.reads, "read"),
                       done_phrase(pair.before.writes, "write"));
  }
  return fmt::format("{} completed {} and {}; {} completed {} and {}.", pair.before_name,
                     done_phrase(pair.before.reads, "read"), done_phrase(pair.before.writes, "write"), pair.after_name,
                     done_phrase(pair.after.reads, "read"), done_phrase(pair.after.writes, "write"));
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

// "92 us against 110 us (1.2 times)"
std::string against(Nanoseconds before_ns, Nanoseconds after_ns) {
  std::string text = fmt::format("{} against {}", spoken_duration(before_ns), spoken_duration(after_ns));
  if (before_ns > 0 && after_ns > 0) {
    text += fmt::format(" ({} times)", times_phrase(before_ns, after_ns));
  }
  return text;
}

// "read median 92 us against 110 us (1.2 times), p99 ..."; empty where a run has none.
std::string times_clause(const Pair& pair, std::string_view op, OpLatency Latency::* kind) {
  const LatencyFigures& before = (pair.before.latency.*kind).response;
  const LatencyFigures& after = (pair.after.latency.*kind).response;
  if (before.count == 0 || after.count == 0) {
    return "";
  }
  return fmt::format("{} median {}, p99 {}", op, against(before.p50_ns, after.p50_ns),
                     against(before.p99_ns, after.p99_ns));
}

std::string times_sentence(const Pair& pair) {
  const std::string reads = times_clause(pair, "read", &Latency::read);
  const std::string writes = times_clause(pair, "write", &Latency::write);
  if (reads.empty() && writes.empty()) {
    return "";
  }
  return fmt::format("Response times, {} against {}: {}{}{}. One run each: a small difference may be chance.",
                     pair.before_name, pair.after_name, reads, reads.empty() || writes.empty() ? "" : "; ", writes);
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

std::vector<std::string> sentences(const Pair& pair) {
  std::vector<std::string> all = {work_sentence(pair)};
  std::string agreement =
      agreement_clause(pair.before_name, pair.before) + "; " + agreement_clause(pair.after_name, pair.after) + ".";
  agreement.front() = agreement.front() == 'i' ? 'I' : agreement.front();
  all.push_back(std::move(agreement));
  if (pair.before.stale || pair.after.stale) {
    all.push_back(fmt::format("Stale reads, {}; {}.", stale_clause(pair.before_name, pair.before),
                              stale_clause(pair.after_name, pair.after)));
  }
  if (lost_writes(pair.before) + lost_writes(pair.after) > 0) {
    all.push_back(fmt::format("Acknowledged writes that never reached the database, {}; {}.",
                              lost_clause(pair.before_name, pair.before), lost_clause(pair.after_name, pair.after)));
  }
  std::string times = times_sentence(pair);
  if (!times.empty()) {
    all.push_back(std::move(times));
  }
  all.push_back(fmt::format("To a customer: {}; {}.", customer_clause(pair.before_name, pair.before),
                            customer_clause(pair.after_name, pair.after)));
  return all;
}

class SideBySide {
 public:
  explicit SideBySide(const Pair& pair) : pair_(pair) {
    table_.rows.push_back({"", pair.before_name, pair.after_name});
  }

  /// `cell` gives a run's cell, "" where it has none; a row of none is left out.
  template <class Cell>
  void add(std::string label, Cell cell) {
    std::string before = cell(pair_.before);
    std::string after = cell(pair_.after);
    if (!before.empty() || !after.empty()) {
      table_.rows.push_back({std::move(label), before.empty() ? "-" : before, after.empty() ? "-" : after});
    }
  }
  [[nodiscard]] std::string text(std::size_t width) const { return table_.text(width); }

 private:
  const Pair& pair_;
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

std::string compare(const RunResults& before, const RunResults& after, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a comparison has room for sentences");
  const bool same_name = before.scenario == after.scenario;
  const Pair pair{before, after, same_name ? "the first" : before.scenario, same_name ? "the second" : after.scenario};
  std::string text =
      wrap(fmt::format("{} on {}", before.pattern, engines_phrase(before)), width, pair.before_name + ": ") +
      wrap(fmt::format("{} on {}", after.pattern, engines_phrase(after)), width, pair.after_name + ": ");
  const std::string alike = alike_paragraph(pair);
  text += alike.empty() ? "" : "\n" + wrap(alike, width);
  SideBySide table(pair);
  add_work_rows(table);
  add_agreement_rows(table);
  add_time_rows(table);
  text += "\n" + table.text(width) + "\n";
  for (const std::string& sentence : sentences(pair)) {
    text += wrap(sentence, width, "- ");
  }
  return text;
}

}  // namespace stalemate
