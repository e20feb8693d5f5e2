// Names, ranges, and setting one field; reading and writing files is in parse.cpp and write.cpp.
#include "scenario/scenario.hpp"

#include <algorithm>
#include <cmath>

#include "core/assert.hpp"
#include "core/pattern/pattern.hpp"
#include "core/text/duration.hpp"
#include "core/text/key_names.hpp"
#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"
#include "scenario/change_check.hpp"
#include "scenario/effect.hpp"
#include "scenario/engine_check.hpp"
#include "scenario/fields.hpp"

namespace stalemate {
namespace {

// More ops than this many are planned with a chance below 10^-20: Poisson counts spread by the root of their mean.
double most_ops(double rate, const Scenario& scenario) {
  const double mean = rate * static_cast<double>(scenario.duration_ns) * 1e-9;
  return scenario.arrivals == Arrivals::poisson ? mean + 10 * std::sqrt(mean) + 40 : mean;
}

// The ticker always has one client that reads and one that writes.
unsigned clients_in(const Scenario& scenario) {
  return scenario.pacing == Pacing::ticker ? 2 : scenario.clients;
}

Result<void> check_sizes(const Scenario& scenario) {
  constexpr double ops_max = 4'294'967'000.0;     // OpIndex, less the index of no op
  constexpr double writes_max = 2'147'480'000.0;  // Value, less the initial one
  const double writes = most_ops(scenario.write_rate, scenario);
  if (writes > writes_max) {
    return failed(ErrorCode::wrong_type,
                  "write_rate times duration is " + with_thousands(static_cast<std::uint64_t>(writes)) +
                      " writes; a run can tell apart at most 2,147,480,000, so lower one of the two");
  }
  const double ops = writes + most_ops(scenario.read_rate, scenario);
  if (ops > ops_max) {
    return failed(ErrorCode::wrong_type, "the rates times duration are " +
                                             with_thousands(static_cast<std::uint64_t>(ops)) +
                                             " ops; a run can hold at most 4,294,967,000, so lower one of them");
  }
  return {};
}

std::string nearest_fault(std::string_view name) {
  std::vector<std::string_view> known;
  for (const FaultInfo& info : FaultRegistry::all()) {
    known.push_back(info.name);
  }
  return did_you_mean_of(name, known);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// As a scenario may write it, exact: "5s", "7.5s".
std::string instant_text(Nanoseconds instant_ns) {
  constexpr Nanoseconds second_ns = 1'000'000'000;
  const Nanoseconds part_ns = instant_ns % second_ns;
  if (instant_ns < second_ns || part_ns == 0) {
    return format_duration(instant_ns);
  }
  std::string part = std::to_string(second_ns + part_ns).substr(1);
  part.erase(part.find_last_not_of('0') + 1);
  return std::to_string(instant_ns / second_ns) + "." + part + "s";
}

// WHAT HOW, CALL=VALUE or SERVER@TIME+LENGTH.
std::string statement_of(std::string_view name, std::string_view clause) {
  const std::size_t end = clause.find_first_of(" =@");
  const std::string what(clause.substr(0, end));
  std::string how(end == std::string_view::npos ? std::string_view() : trimmed(clause.substr(end + 1)));
  if (end != std::string_view::npos && clause[end] == '@') {
    const std::size_t plus = how.find('+');
    const Result<Nanoseconds> begin_ns = parse_duration(std::string_view(how).substr(0, plus));
    const Result<Nanoseconds> length_ns =
        parse_duration(plus == std::string::npos ? std::string_view() : std::string_view(how).substr(plus + 1));
    how = begin_ns && length_ns ? instant_text(*begin_ns) + ".." + instant_text(*begin_ns + *length_ns) : "";
  }
  return what.empty() || how.empty() ? std::string(name) + "=" + std::string(clause)
                                     : what + ": " + std::string(name) + " " + how;
}

}  // namespace

std::string_view name_of(Arrivals arrivals) {
  switch (arrivals) {
    case Arrivals::constant: return "constant";
    case Arrivals::poisson: return "poisson";
  }
  STALEMATE_ASSERT(false, "arrivals outside the enumeration");
}

std::string_view name_of(Pacing pacing) {
  switch (pacing) {
    case Pacing::open: return "open";
    case Pacing::ticker: return "ticker";
  }
  STALEMATE_ASSERT(false, "a pacing outside the enumeration");
}

std::string_view name_of(KeyDistribution distribution) {
  switch (distribution) {
    case KeyDistribution::uniform: return "uniform";
    case KeyDistribution::zipfian: return "zipfian";
    case KeyDistribution::hotspot: return "hotspot";
    case KeyDistribution::latest: return "latest";
  }
  STALEMATE_ASSERT(false, "a key distribution outside the enumeration");
}

std::string_view name_of(AddFrom from) {
  switch (from) {
    case AddFrom::database: return "database";
    case AddFrom::cache: return "cache";
  }
  STALEMATE_ASSERT(false, "a place to add from outside the enumeration");
}

std::span<const ScenarioField> scenario_fields() {
  static const std::vector<ScenarioField> all = [] {
    std::vector<ScenarioField> abouts;
    for (const Field& field : fields()) {
      abouts.push_back(field.about);
    }
    return abouts;
  }();
  return all;
}

Result<void> set_field(Scenario& scenario, std::string_view key, std::string_view text) {
  const Field* field = find_field(key);
  if (field == nullptr) {
    return failed(ErrorCode::wrong_type, "unknown scenario key '" + std::string(key) + "'" + key_hint(key));
  }
  // Digits may be meant as a text too, so that a name may be '7'.
  Scenario changed = scenario;
  Result<void> done = field->set(changed, key, value_of_text(text));
  if (!done && !field->set(changed, key, std::string(text))) {
    return done;
  }
  done = field->check(changed, key);
  if (done) {
    scenario = std::move(changed);
  }
  return done;
}

Result<void> validate(const Scenario& scenario) {
  for (const Field& field : fields()) {
    Result<void> checked = field.check(scenario, field.about.key);
    if (!checked) {
      return checked;
    }
  }
  if (scenario.pacing == Pacing::ticker && scenario.arrivals != Arrivals::constant) {
    return failed(ErrorCode::wrong_type, "arrivals must be constant where pacing is ticker, not '" +
                                             std::string(name_of(scenario.arrivals)) + "'");
  }
  if (const unsigned clients = clients_in(scenario); scenario.threads > clients) {
    return failed(ErrorCode::wrong_type, "threads must be " + with_thousands(clients) + " or fewer, as there are " +
                                             with_thousands(clients) + " clients, each on one thread; not " +
                                             with_thousands(scenario.threads));
  }
  if (scenario.warm_up_ns >= scenario.duration_ns) {
    return failed(ErrorCode::wrong_type, "warm_up is the first part of the duration, so it must be shorter than " +
                                             format_duration(scenario.duration_ns) + ", not " +
                                             format_duration(scenario.warm_up_ns));
  }
  // The default may be too long for a very short run; whoever sets it must get samples.
  if (scenario.sample_interval_ns > scenario.duration_ns &&
      scenario.sample_interval_ns != Scenario().sample_interval_ns) {
    return failed(ErrorCode::wrong_type, "sample_every: the first sample would be due after " +
                                             format_duration(scenario.sample_interval_ns) +
                                             ", and the run ends after " + format_duration(scenario.duration_ns) +
                                             "; give a shorter one, or none for no samples");
  }
  for (auto fault = scenario.faults.begin(); fault != scenario.faults.end(); ++fault) {
    if (std::find_if(scenario.faults.begin(), fault, [&](const auto& other) { return other.first == fault->first; }) !=
        fault) {
      return failed(ErrorCode::wrong_type, "faults." + fault->first + " is there twice; write it once, with commas");
    }
  }
  if (const Result<void> data = scenario.data ? check_dataset(*scenario.data) : Result<void>(); !data) {
    return data;
  }
  return check_sizes(scenario);
}

Result<NamedFault> parse_fault_statement(std::string_view statement) {
  const auto wrong = [statement](std::string_view why) {
    return failed(ErrorCode::wrong_type, "'" + std::string(statement) + "' is not a fault, as " + std::string(why) +
                                             "; write WHAT: FAULT HOW, for example invalidate: lost-request n=3");
  };
  const std::size_t colon = statement.find(':');
  if (colon == std::string_view::npos || statement.contains(',')) {
    return wrong(colon == std::string_view::npos ? "it has no colon" : "it is to be one clause, without a comma");
  }
  const std::string_view what = trimmed(statement.substr(0, colon));
  const std::string_view rest = trimmed(statement.substr(colon + 1));
  const std::string_view name = rest.substr(0, rest.find(' '));
  const std::string_view how = trimmed(rest.substr(name.size()));
  if (what.empty() || name.empty()) {
    return wrong(what.empty() ? "nothing stands before its colon" : "nothing stands behind its colon");
  }
  const FaultInfo* fault = find_fault(name);
  if (fault == nullptr) {
    return failed(ErrorCode::wrong_type, "'" + std::string(statement) + "': there is no fault '" + std::string(name) +
                                             "'" + nearest_fault(name));
  }
  // A clause without a blank would be read as a joined one.
  const std::string words = std::string(what) + " ";
  if (how.empty() && fault->parse(words + "2s..5s") && !fault->parse(words + "100%")) {
    return failed(ErrorCode::wrong_type, "'" + std::string(statement) + "' does not say from when to when; write for " +
                                             "example " + std::string(what) + ": " + std::string(name) + " 2s..5s");
  }
  return NamedFault(fault->name, words + std::string(how.empty() ? "100%" : how));
}

std::vector<std::string_view> clauses_of_fault(std::string_view text) {
  std::vector<std::string_view> clauses;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    clauses.push_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return clauses;
}

std::vector<std::string> fault_statements(std::string_view name, std::string_view text) {
  std::vector<std::string> statements;
  for (const std::string_view clause : clauses_of_fault(text)) {
    statements.push_back(statement_of(name, clause));
  }
  return statements;
}

void add_fault_clause(std::vector<NamedFault>& faults, const NamedFault& clause) {
  const auto same = std::ranges::find(faults, clause.first, &NamedFault::first);
  if (same == faults.end()) {
    faults.push_back(clause);
  } else {
    same->second += ", " + clause.second;
  }
}

Result<ConfiguredFault> configure_fault(std::string_view name, std::string_view text) {
  const std::string key = "faults." + std::string(name);
  const FaultInfo* fault = find_fault(name);
  if (fault == nullptr) {
    return failed(ErrorCode::wrong_type, key + ": there is no fault of that name" + nearest_fault(name));
  }
  Result<ConfiguredFault> configured = fault->parse(text);
  if (!configured) {
    return failed(ErrorCode::wrong_type, key + ": " + configured.error().detail);
  }
  return configured;
}

bool has_fault(const Scenario& scenario, const std::function<bool(const ConfiguredFault&)>& is) {
  return std::ranges::any_of(scenario.faults, [&is](const NamedFault& named) {
    const Result<ConfiguredFault> fault = configure_fault(named.first, named.second);
    return fault && is(*fault);
  });
}

bool has_event(const Scenario& scenario, const std::function<bool(const ServerEvent&)>& is) {
  return has_fault(scenario, [&is](const ConfiguredFault& fault) { return std::ranges::any_of(fault.events, is); });
}

void leave_out_needless_cache(Scenario& scenario) {
  scenario.has_cache = scenario.has_cache && why_no_cache(scenario).empty();
}

Result<void> validate_registered(const Scenario& scenario) {
  const PatternInfo* pattern = PatternRegistry::find(scenario.pattern);
  if (pattern == nullptr) {
    std::vector<std::string_view> known;
    for (const PatternInfo& info : PatternRegistry::all()) {
      known.push_back(info.name);
    }
    return failed(ErrorCode::wrong_type,
                  "pattern: there is no pattern '" + scenario.pattern + "'" + did_you_mean(scenario.pattern, known));
  }
  if (!scenario.has_cache && pattern->entry_after_write != EntryAfterWrite::no_cache) {
    return failed(ErrorCode::wrong_type,
                  "pattern: '" + scenario.pattern + "' needs a cache, and cache is false; pattern none needs none");
  }
  for (const auto& [name, text] : scenario.faults) {
    const Result<ConfiguredFault> configured = configure_fault(name, text);
    if (!configured) {
      return std::unexpected(configured.error());
    }
  }
  if (Result<void> fine = check_engines(scenario); !fine) {
    return fine;
  }
  if (Result<void> fine = check_changes(scenario); !fine) {
    return fine;
  }
  return check_effects(scenario);
}

}  // namespace stalemate
