#include "cli/run/run_flags.hpp"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>

#include "cli/stores/rows_of_user.hpp"
#include "core/assert.hpp"
#include "core/faults/fault.hpp"
#include "core/pattern/pattern.hpp"
#include "scenario/effect.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {
namespace {

constexpr const char* load_group = "Load (where the scenario says nothing, the default)";

// "--ttl" of "--ttl,--time-to-live"; "--duration" of "-d,--duration".
std::string long_flag(std::string_view flags) {
  const std::string_view from_long = flags.substr(flags.find("--"));
  return std::string(from_long.substr(0, from_long.find(',')));
}

// The reason that holds in every scenario, told of the first; empty if there is an effect in one.
template <class Why>
std::string why_in_all(std::span<const Scenario> scenarios, Why why) {
  for (const Scenario& scenario : scenarios) {
    if (why(scenario).empty()) {
      return {};
    }
  }
  return why(scenarios.front());
}

std::unexpected<Error> wrong(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

// A setting's error begins with its key: "--duration: '0s' ..." rather than "--duration: duration: '0s' ...".
std::unexpected<Error> wrong_flag(const std::string& flag, const std::string& key, const Error& error) {
  const std::string_view sentence = error.detail;
  const bool begins = sentence.starts_with(key + ": ");
  return failed(error.code, flag + ": " + std::string(sentence.substr(begins ? key.size() + 2 : 0)));
}

bool needs_replica(const Scenario& scenario) {
  const PatternInfo* pattern = PatternRegistry::find(scenario.pattern);
  return pattern != nullptr && pattern->needs.replica;
}

}  // namespace

std::string run_flag_hint(std::string_view option) {
  std::string hint;
  for (const std::string_view key :
       keys_called(option.substr(std::min(option.find_first_not_of('-'), option.size())))) {
    const auto field = std::ranges::find(scenario_fields(), key, &ScenarioField::key);
    if (!field->flags.empty()) {
      hint += (hint.empty() ? " (did you mean '" : " or '") + long_flag(field->flags) + "'";
    }
  }
  return hint.empty() ? hint : hint + "?)";
}

void RunFlags::describe_field(CLI::App& app, const ScenarioField& field) {
  const std::string flag = long_flag(field.flags);
  const auto note = [this, flag, key = std::string(field.key)](const std::string& text) {
    fields_.push_back({flag, key, text});
  };
  const std::string names(field.flags);
  const std::string meaning(field.meaning);
  if (field.kind == "true or false") {
    app.add_flag_function(names, [note](std::int64_t /*count*/) { note("true"); }, meaning)->group(load_group);
    return;
  }
  app.add_option_function<std::string>(names, note, meaning)->default_str(default_of(field))->group(load_group);
}

std::string RunFlags::default_of(const ScenarioField& field) const {
  const std::string_view rival = rival_of(field.key);
  for (const auto& [key, text] : defaults_) {
    if (key == field.key) {
      return text;
    }
    if (key == rival) {
      Scenario scenario;
      const Result<void> set = set_field(scenario, key, text);
      STALEMATE_ASSERT(set.has_value(), "defaults are in range");
      return fmt::format("{}", field.key.starts_with("read") ? scenario.read_rate : scenario.write_rate);
    }
  }
  return default_text(field);
}

// An empty text is no address; it is kept so that it can be refused.
void RunFlags::describe_place(CLI::App& app, const char* flag, std::string& place, const char* meaning) {
  const auto take = [this, flag, &place](const std::string& text) {
    place = text;
    if (text.empty()) {
      empty_place_ = flag;
    }
  };
  app.add_option_function<std::string>(flag, take, meaning)->group("Servers");
}

void RunFlags::describe(CLI::App& app, Defaults defaults) {
  defaults_ = std::move(defaults);
  for (const ScenarioField& field : scenario_fields()) {
    if (!field.flags.empty()) {
      describe_field(app, field);
    }
  }
  app.add_option_function<std::string>(
         "--skip", [this](const std::string& text) { skip_ = text; },
         "leave out this share of calls: fill=1%,update=1%,invalidate=1%")
      ->group("Faults");
  app.add_option("--fault", faults_,
                 "'WHAT: FAULT HOW', such as 'invalidate: lost-request n=3', or FAULT=TEXT; may be repeated; see "
                 "'stalemate list faults' and 'list calls'")
      ->group("Faults");
  app.add_flag("--no-faults", no_faults_, "none of the scenario's faults")->group("Faults");
  app.add_option_function<std::vector<std::string>>(
         "--db", [this](const std::vector<std::string>& texts) { take_database(stores, texts); },
         "postgres://USER:PASSWORD@HOST:PORT/DATABASE, or another URL of 'stalemate list engines', instead of a "
         "private "
         "server; repeat for more nodes of one cluster; without a password the one in PGPASSWORD. Or the name of an "
         "engine, for a private server of that")
      ->group("Servers");
  describe_place(app, "--replica", stores.replica_url,
                 "postgres://... of a standby of --db, for patterns that read from one");
  app.add_option_function<std::string>(
         "--cache", [this](const std::string& text) { take_cache(stores, text); },
         "redis://:PASSWORD@HOST:PORT/DB, or another URL of 'stalemate list engines', instead of a private server; "
         "without a password the one in REDISCLI_AUTH. Or the name of an engine, for a private server of that")
      ->group("Servers");
  describe_place(app, "--cockroach", stores.cockroach_path, "the cockroach binary, if it is not in PATH");
  app.add_flag("--replace", stores.replace_table, "with --db: drop a table 'stock' that stalemate did not make")
      ->group("Servers");
  app.add_flag("--use-existing-rows", stores.use_existing_rows,
               "with --db: a scenario's section [data] may use rows of a table of yours, and puts them back")
      ->group("Servers");
  app.add_option("--out", out, "where run folders are made")->capture_default_str()->group("Output");
  app.add_flag("--json", json, "print the results as JSON")->group("Output");
  app.add_flag("--no-live", no_live, "no screen while it runs")->group("Output");
  app.add_option("--fail-if", fail_if,
                 "exit 99 if true, such as 'stale.stale>0' or 'read_p99>5ms'; see 'stalemate list figures'")
      ->group("Output");
}

Result<Scenario> RunFlags::scenario(const std::string& name) const {
  Result<std::vector<Scenario>> all = scenarios(std::span(&name, 1));
  if (!all) {
    return std::unexpected(all.error());
  }
  return std::move(all->front());
}

Result<std::vector<Scenario>> RunFlags::scenarios(std::span<const std::string> names) const {
  if (const Result<void> fine = check_twins(); !fine) {
    return std::unexpected(fine.error());
  }
  if (out.empty()) {
    return wrong("--out must name a folder, such as runs");
  }
  const Result<Faults> given = given_faults();
  if (!given) {
    return std::unexpected(given.error());
  }
  std::vector<Scenario> all;
  for (const std::string& name : names) {
    Result<Scenario> scenario = load_scenario(name);
    if (!scenario) {
      return std::unexpected(scenario.error());
    }
    all.push_back(std::move(*scenario));
  }
  const bool has_cache = std::ranges::any_of(all, &Scenario::has_cache);
  for (Scenario& scenario : all) {
    if (const Result<void> done = apply(scenario, *given, scenario.has_cache || !has_cache); !done) {
      return std::unexpected(done.error());
    }
  }
  if (const Result<void> fine = leave_out_idle(all, *given); !fine) {
    return std::unexpected(fine.error());
  }
  for (const Scenario& scenario : all) {
    Result<void> valid = validate(scenario);
    if (valid) {
      valid = validate_registered(scenario);
    }
    if (!valid) {
      // All faults given by flags were handled before; this one is from the scenario.
      const bool is_idle = valid.error().detail.contains("can hit nothing");
      return failed(valid.error().code,
                    valid.error().detail + (is_idle ? ", with --no-faults, or give it anew with --fault" : ""));
    }
  }
  if (const Result<void> fine = check_stores(all); !fine) {
    return std::unexpected(fine.error());
  }
  std::ranges::for_each(all, leave_out_needless_cache);
  return all;
}

Result<void> RunFlags::check_twins() const {
  for (auto one = fields_.begin(); one != fields_.end(); ++one) {
    for (auto other = fields_.begin(); other != one; ++other) {
      if (rival_of(one->key) == other->key) {
        return wrong(fmt::format("{} and {} say the same thing in two ways; give one of them", other->flag, one->flag));
      }
    }
  }
  return {};
}

Result<RunFlags::Faults> RunFlags::given_faults() const {
  Faults given;
  if (skip_) {
    given.emplace_back("skip", *skip_);
  }
  for (const std::string& fault : faults_) {
    if (fault.contains(':')) {
      const Result<NamedFault> clause = parse_fault_statement(fault);
      if (!clause) {
        return wrong("--fault: " + clause.error().detail);
      }
      add_fault_clause(given, *clause);
      continue;
    }
    const std::size_t equals = fault.find('=');
    if (equals == std::string::npos || equals == 0) {
      return wrong("--fault: '" + fault +
                   "' is not a fault; write 'WHAT: FAULT HOW', for example 'cache: stall "
                   "5s..5.5s', or FAULT=TEXT, for example stall=cache@5s+500ms");
    }
    const FaultInfo* known = find_fault(fault.substr(0, equals));
    const std::string name = known == nullptr ? fault.substr(0, equals) : std::string(known->name);
    if (std::ranges::find(given, name, &Faults::value_type::first) != given.end()) {
      return wrong(fmt::format("the fault {0} is given twice; give it once, with commas: --fault {0}=A,B", name));
    }
    given.emplace_back(name, fault.substr(equals + 1));
  }
  return given;
}

bool RunFlags::are_given_for(std::string_view key) const {
  return std::ranges::find(fields_, key, &FieldFlag::key) != fields_.end();
}

// Makes of the scenario what the flags say, whether or not they make sense in it.
Result<void> RunFlags::apply(Scenario& scenario, const Faults& given, bool takes_pattern) const {
  for (const auto& [key, text] : defaults_) {
    const auto says = [&](const FieldFlag& field) { return field.key == key || field.key == rival_of(key); };
    if (std::ranges::none_of(fields_, says)) {
      const Result<void> set = set_field(scenario, key, text);
      STALEMATE_ASSERT(set.has_value(), "defaults are in range");
    }
  }
  for (const FieldFlag& field : fields_) {
    if (field.key == "pattern" && !takes_pattern) {
      continue;
    }
    if (const Result<void> set = set_field(scenario, field.key, field.text); !set) {
      return wrong_flag(field.flag, field.key, set.error());
    }
  }
  use_engines(scenario, stores);
  if (no_faults_) {
    scenario.faults.clear();
  }
  for (const auto& fault : given) {
    std::erase_if(scenario.faults, [&](const auto& other) { return other.first == fault.first; });
    scenario.faults.push_back(fault);
  }
  return {};
}

Result<void> RunFlags::leave_out_idle(std::vector<Scenario>& scenarios, const Faults& given) const {
  for (const FieldFlag& field : fields_) {
    const auto why = [&](const Scenario& scenario) { return why_idle(scenario, field.key); };
    if (const std::string reason = why_in_all(scenarios, why); !reason.empty()) {
      return wrong(fmt::format("{} would change nothing, as {}; leave it out", field.flag, reason));
    }
    for (Scenario& scenario : scenarios) {
      if (!why(scenario).empty()) {
        reset_field(scenario, field.key);
      }
    }
  }
  for (const auto& [name, text] : given) {
    for (std::string_view rest = text; !rest.empty();) {
      const std::string part(rest.substr(0, rest.find(',')));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      const auto why = [&](const Scenario& scenario) { return parts_of_fault(scenario, name, part).why; };
      if (const std::string reason = why_in_all(scenarios, why); !reason.empty()) {
        return wrong(fmt::format("faults.{}: {} can hit nothing, as {}; leave it out", name, part, reason));
      }
    }
    for (Scenario& scenario : scenarios) {
      const FaultParts parts = parts_of_fault(scenario, name, text);
      if (!parts.first_idle.empty()) {
        std::erase_if(scenario.faults, [&](const auto& fault) { return fault.first == name; });
        if (!parts.live.empty()) {
          scenario.faults.emplace_back(name, parts.live);
        }
      }
    }
  }
  return {};
}

Result<void> RunFlags::check_stores(std::span<const Scenario> scenarios) const {
  if (const Result<void> fine = check_words(stores); !fine) {
    return fine;
  }
  if (!empty_place_.empty()) {
    return wrong(empty_place_ + ": '' names nothing; give it a text or leave it out");
  }
  if (const std::string why = why_in_all(scenarios, why_no_cache); stores.names_cache() && !why.empty()) {
    return wrong(fmt::format("--cache would not be used, as {}; leave it out", why));
  }
  if (const Result<void> fine = check_rows_of_user(scenarios, stores); !fine) {
    return fine;
  }
  if (stores.replace_table && stores.database_urls.empty()) {
    return wrong("--replace is for a table of your own database, which --db names; a private one is made anew");
  }
  if (!stores.cockroach_path.empty()) {
    if (!stores.database_urls.empty()) {
      return wrong("--cockroach starts a private database, and --db names one of yours; give one of them");
    }
    if (std::ranges::none_of(scenarios, [](const Scenario& s) { return s.database == "cockroach"; })) {
      return wrong(fmt::format("--cockroach would not be used, as the scenario's database is {}; leave it out",
                               scenarios.front().database));
    }
  }
  return check_replica(scenarios);
}

Result<void> RunFlags::check_replica(std::span<const Scenario> scenarios) const {
  const auto reads = std::ranges::find_if(scenarios, needs_replica);
  if (!stores.replica_url.empty()) {
    if (stores.database_urls.empty()) {
      return wrong("--replica names a standby of the database that --db names; give both");
    }
    if (reads == scenarios.end()) {
      return wrong(fmt::format("--replica would not be used, as pattern {} reads from no replica; leave it out",
                               scenarios.front().pattern));
    }
    return {};
  }
  if (reads == scenarios.end()) {
    return {};
  }
  if (!stores.database_urls.empty()) {
    return wrong(fmt::format("pattern {} reads from a replica; name one with --replica", reads->pattern));
  }
  const ServerKind* const server = database_of(*reads).server;
  const Result<FoundServer> found = server == nullptr
                                        ? failed(ErrorCode::unavailable, "")
                                        : server->find({.with_replica = true, .program = stores.cockroach_path});
  if (found && !found->start_replica) {
    return wrong(
        fmt::format("pattern {} reads from a replica, and a private {} has none; use database postgres, or servers of "
                    "your own with --db and --replica",
                    reads->pattern, find_engine(reads->database, Store::database)->title));
  }
  return {};
}

}  // namespace stalemate
