// A scenario: one question put to a database and a cache, as read from TOML and changed by flags.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/asked_setting.hpp"
#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/faults/fault.hpp"
#include "core/types.hpp"

namespace stalemate {

/// When ops are wanted. `constant`: evenly spaced; `poisson`: at random, memoryless.
enum class Arrivals : std::uint8_t { constant, poisson };

/// `open`: arrivals follow the plan however slow the system is. `ticker`: the origin's closed loop, one reader and one
/// writer, each on a ticker that keeps one tick and drops the rest.
enum class Pacing : std::uint8_t { open, ticker };

/// Which keys ops choose; plan/key_choice.hpp defines each.
enum class KeyDistribution : std::uint8_t { uniform, zipfian, hotspot, latest };

/// Where an add finds the value that it adds to. `database`: the row; `cache`: what a read of the pattern returns.
enum class AddFrom : std::uint8_t { database, cache };

/// The names used in TOML, flags and output, such as "poisson".
[[nodiscard]] std::string_view name_of(Arrivals arrivals);
[[nodiscard]] std::string_view name_of(Pacing pacing);
[[nodiscard]] std::string_view name_of(KeyDistribution distribution);
[[nodiscard]] std::string_view name_of(AddFrom from);

/// Everything that decides a run, apart from the servers' addresses. Rates are ops a second over all clients.
/// Invariant (checked by validate): durations and rates positive and sane, clients 1 to 4096, keys 6 to 10,000,006.
struct Scenario {
  std::string name = {};      ///< file name without .toml
  std::string question = {};  ///< one line
  std::string pattern = "cache-aside";
  std::string database = "postgres";  ///< the engine, as in the EngineRegistry
  bool has_cache = true;
  std::string cache_engine = "redis";
  Nanoseconds duration_ns = 20'000'000'000;
  Nanoseconds warm_up_ns = 0;  ///< the first part of the duration, which is measured separately; 0: none
  double read_rate = 10;
  double write_rate = 1;
  double add_share = 0;  ///< of the writes: adds, which load the value first
  AddFrom add_from = AddFrom::database;
  bool add_guard = false;         ///< an add writes only where the row still holds what it loaded
  double delete_share = 0;        ///< of the writes: deletes; the next write of the key inserts the row
  bool negative_entries = false;  ///< a read that finds no row sets an entry that says so
  Arrivals arrivals = Arrivals::constant;
  Pacing pacing = Pacing::open;
  bool serialize = false;  ///< one global readers-writer lock around every op, as the origin has
  std::uint32_t keys = 6;  ///< all of them: the origin's six and the generated ones
  KeyDistribution key_distribution = KeyDistribution::uniform;
  double zipf_exponent = 0.99;  ///< `zipfian` and `latest`: more than 0, at most 4
  double hotspot_keys = 0.2;    ///< `hotspot`: this share of the keys ...
  double hotspot_ops = 0.8;     ///< ... gets this share of the ops
  std::uint16_t clients = 16;
  std::uint16_t threads = 0;  ///< that serve the clients; 0: one a processor
  std::uint64_t seed = 1;
  Nanoseconds time_to_live_ns = 0;  ///< of cache entries; 0: none
  /// Name and text, in the order given, each name once.
  std::vector<std::pair<std::string, std::string>> faults = {};
  Nanoseconds sample_interval_ns = 100'000'000;
  Nanoseconds connect_limit_ns = 5'000'000'000;
  Nanoseconds op_limit_ns = 5'000'000'000;
  Nanoseconds late_bound_ns = 1'000'000;       ///< an op sent later than this after its intended start counts as late
  Nanoseconds drain_limit_ns = 5'000'000'000;  ///< after the last intended start, ops not yet sent by then are dropped
  std::uint8_t retries_max = 10;               ///< of SQLSTATE 40001, and of an add that its guard held back, an op
  std::optional<Dataset> data = {};            ///< the user's own table; none: the table stock

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// What a TOML key (or its flag) means; for the generated tables. All live forever.
struct ScenarioField {
  std::string_view key;                    ///< such as "read_every"
  std::string_view kind;                   ///< what stands behind it, such as "duration"
  std::string_view meaning;                ///< one line
  std::string range;                       ///< the values it takes, such as "1ms to 24h"
  std::string default_value;               ///< as TOML; empty: none
  std::string_view flags;                  ///< of `run` and `demo`, with commas, such as "-d,--duration"; empty: none
  std::string result;                      ///< where results.json tells it; empty: under another key
  std::vector<std::string_view> synonyms;  ///< what other tools call it
};

/// The default as a flag would give it: without quotes.
[[nodiscard]] std::string default_text(const ScenarioField& field);

/// Every key a scenario file may hold, in the order of the docs and of to_toml. There are two sections: `[data]`
/// with the keys of data_section.hpp, and `[faults]` with a line `name = "text"` for each fault, as in the fault
/// registry.
[[nodiscard]] std::span<const ScenarioField> scenario_fields();

/// The key that sets the same thing in another way (read_every and read_rate); empty if there is none.
[[nodiscard]] std::string_view rival_of(std::string_view key);

/// The keys that other tools call by this word, or that are the word itself, apart from dashes and capitals.
[[nodiscard]] std::vector<std::string_view> keys_called(std::string_view word);

/// Why nothing in the scenario uses a cache; empty where something does. An unknown pattern is assumed to use one.
[[nodiscard]] std::string why_no_cache(const Scenario& scenario);

/// Every setting that results tell under `asked`, in the order of the table; without a value if it has no effect here.
[[nodiscard]] std::vector<AskedSetting> asked_settings(const Scenario& scenario);

/// Sets one field from text, as a flag gives it: set_field(scenario, "read_every", "10ms"). Strings stand without
/// quotes. Errors: wrong_type: an unknown key (with the nearest), a text of another kind, a value out of range.
[[nodiscard]] Result<void> set_field(Scenario& scenario, std::string_view key, std::string_view text);

/// Reads a scenario file. `source_name` is its path or name: it stands in messages and, without folders and ".toml", is
/// the scenario's name unless the text has a `name` key. Unset fields keep the defaults above. The result is valid, and
/// its pattern and faults are registered and readable.
/// Errors: wrong_type, in the form "FILE:LINE: sentence". Unknown keys and sections name the nearest known one.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text, std::string_view source_name);

/// The ranges of every field and what must hold between them; the plan must fit OpIndex, and the values written Value.
/// Errors: wrong_type, a sentence that begins with the key.
[[nodiscard]] Result<void> validate(const Scenario& scenario);

/// Removes a cache that nothing in the scenario uses, so that none is started and judged.
void leave_out_needless_cache(Scenario& scenario);

/// The engines are registered and can do what the pattern and the faults need; the pattern is registered, every fault
/// is registered, named once, and has a text its parser takes; and nothing of the scenario is without effect
/// (effect.hpp), except settings at their defaults. Errors: wrong_type, a sentence that begins with the key; unknown
/// names come with the nearest.
[[nodiscard]] Result<void> validate_registered(const Scenario& scenario);

/// The fault of that name, as the FaultRegistry's parser makes it of the text.
/// Errors: wrong_type, a sentence that begins with "faults.NAME"; an unknown name comes with the nearest.
[[nodiscard]] Result<ConfiguredFault> configure_fault(std::string_view name, std::string_view text);

/// Whether a fault of the scenario, as it is configured, is such a one; one that cannot be configured is none.
[[nodiscard]] bool has_fault(const Scenario& scenario, const std::function<bool(const ConfiguredFault&)>& is);
/// Whether one of their events is.
[[nodiscard]] bool has_event(const Scenario& scenario, const std::function<bool(const ServerEvent&)>& is);

/// A fault by name and text, as Scenario::faults has them.
using NamedFault = std::pair<std::string, std::string>;

/// "WHAT: FAULT HOW", such as "invalidate: lost-request n=3", as the fault's name and a clause of its text.
/// Errors: wrong_type: it is of another form, or there is no such fault.
[[nodiscard]] Result<NamedFault> parse_fault_statement(std::string_view statement);

/// A fault's text, a part for each clause, without the blanks around it. At least one.
[[nodiscard]] std::vector<std::string_view> clauses_of_fault(std::string_view text);

/// The reverse of parse_fault_statement: a fault's clauses as such statements, in order; "NAME=CLAUSE" of one that
/// cannot be read.
[[nodiscard]] std::vector<std::string> fault_statements(std::string_view name, std::string_view text);

/// Adds a clause to the fault of that name, or the fault itself.
void add_fault_clause(std::vector<NamedFault>& faults, const NamedFault& clause);

/// The scenario as TOML, every field written: parse_scenario(to_toml(s), "any") == s for every valid s that has a
/// name and whose pattern and faults are registered.
[[nodiscard]] std::string to_toml(const Scenario& scenario);

/// A scenario that comes with the program: scenarios/NAME.toml, embedded when it was built.
struct BuiltinScenario {
  std::string_view name;
  std::string question;
  std::string_view text;
};

/// All of them, sorted by name.
[[nodiscard]] std::span<const BuiltinScenario> builtin_scenarios();

/// A built-in scenario by its name, or the file at that path (anything with a slash or ending in ".toml").
/// Errors: as parse_scenario; an unknown name names the nearest; a file that cannot be read.
[[nodiscard]] Result<Scenario> load_scenario(std::string_view name_or_path);

}  // namespace stalemate
