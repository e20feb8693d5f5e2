// The flags of a run, shared by `run` and `demo`: each sets one field of the scenario or says where things are.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cli/stores/stores.hpp"
#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

struct Application;

/// What the command line says of a run.
class RunFlags {
 public:
  /// A field's value where no flag gives one: key and text.
  using Defaults = std::vector<std::pair<std::string, std::string>>;

  /// Declares the flags: one for each field of the scenario that has one, and those of servers and output. `defaults`
  /// stand where neither a key nor its twin (read_every for read_rate) is given. This object must outlive the parsing.
  void describe(CLI::App& app, Defaults defaults = {});

  /// The scenarios of those names or paths with the flags applied, valid. A flag that has an effect in some of them is
  /// left out of the others; so is a pattern out of those without a cache, which stay as they are. Requires: at least
  /// one name.
  /// Errors: a sentence that names the flag or the file and what would be right; among them a flag that has an effect
  /// in none of the scenarios.
  [[nodiscard]] Result<std::vector<Scenario>> scenarios(std::span<const std::string> names) const;
  /// As scenarios, of one.
  [[nodiscard]] Result<Scenario> scenario(const std::string& name) const;

  /// Whether what the flags say of servers goes with these scenarios. Done for those of scenarios() already.
  /// Errors: a sentence that names the flag.
  [[nodiscard]] Result<void> check_stores(std::span<const Scenario> scenarios) const;

  /// The load that the flags ask for, put on a user's own service: a scenario without pattern, faults and cache.
  /// Errors: a sentence that names the first flag that is not for an application.
  [[nodiscard]] Result<Scenario> application_scenario(const std::string& name, const std::string& question) const;
  /// Adds the faults and samples that the flags ask for, and the cache if that service has one.
  /// Errors: a sentence that says of the first that the service cannot have why not.
  [[nodiscard]] Result<void> fit_to_application(Scenario& scenario, const Application& application) const;
  /// The flags of the load and its faults as they were given, " --read-every 1ms --keys 100".
  [[nodiscard]] std::string load_given() const;

  /// Whether a flag says this of the scenario.
  [[nodiscard]] bool are_given_for(std::string_view key) const;

  StoresWanted stores = {};
  std::string out = "runs";  ///< where run folders are made
  bool json = false;         ///< results on standard output, as JSON
  bool no_live = false;      ///< no live screen and no lines
  std::vector<std::string> fail_if = {};

 private:
  struct FieldFlag {
    std::string flag;  ///< as in messages
    std::string key;
    std::string text;
  };
  using Faults = std::vector<std::pair<std::string, std::string>>;

  void describe_place(CLI::App& app, const char* flag, std::string& place, const char* meaning);
  void describe_field(CLI::App& app, const ScenarioField& field);
  [[nodiscard]] std::string default_of(const ScenarioField& field) const;
  [[nodiscard]] Result<void> check_twins() const;
  [[nodiscard]] Result<void> check_application_flags() const;
  [[nodiscard]] Result<Faults> given_faults() const;
  [[nodiscard]] Result<void> apply(Scenario& scenario, const Faults& given, bool takes_pattern) const;
  [[nodiscard]] Result<void> leave_out_idle(std::vector<Scenario>& scenarios, const Faults& given) const;
  [[nodiscard]] Result<void> check_replica(std::span<const Scenario> scenarios) const;

  Defaults defaults_ = {};
  std::vector<FieldFlag> fields_ = {};  ///< in the order given
  std::vector<std::string> faults_ = {};
  std::optional<std::string> skip_ = {};
  bool no_faults_ = false;
  std::string empty_place_ = {};  ///< the flag of one that was given as ''; empty if none was
};

/// " (did you mean '--ttl'?)" for an option that is not one of `run`, where a setting is called so elsewhere; else "".
[[nodiscard]] std::string run_flag_hint(std::string_view option);

}  // namespace stalemate
