// Which flags of a run are for a user's own service.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "cli/output/results_folder.hpp"
#include "cli/run/application_faults.hpp"
#include "cli/run/application_survey.hpp"
#include "cli/run/run_flags.hpp"
#include "core/text/key_names.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

constexpr std::string_view sampling_key = "sample_every";

struct NotForApplications {
  std::string_view key;
  std::string_view why;
};

constexpr std::array<NotForApplications, 11> not_for_applications = {{
    {"pattern", "its own code is what caches"},
    {"serialize", "the origin's lock is around our own patterns"},
    {"time_to_live", "its own code says how long entries live"},
    {"connect_limit", "[application] ready_limit says how long it may take to be ready"},
    {"op_limit", "[requests] time_limit says how long a request may take"},
    {"add_share", "its requests say what they change"},
    {"add_from", "its requests say what they change"},
    {"add_guard", "its requests say what they change"},
    {"delete_share", "its requests say what they change"},
    {"negative_entries", "its own code is what caches"},
    {"retries_max", "its own code repeats what it wants repeated"},
}};

std::unexpected<Error> refused(const std::string& flag, std::string_view why) {
  return failed(ErrorCode::wrong_type, fmt::format("{} is not for an application: {}; leave it out", flag, why));
}

// A service has rows of its own, and none of the origin's.
Result<void> leave_out_origin_keys(Scenario& scenario) {
  scenario.keys -= origin_key_count;
  if (scenario.keys >= origin_key_count) {
    return {};
  }
  return failed(ErrorCode::wrong_type, fmt::format("--keys: the run of an application has {} keys or more, not {}",
                                                   origin_key_count, scenario.keys));
}

}  // namespace

Result<void> RunFlags::check_application_flags() const {
  for (const FieldFlag& field : fields_) {
    const auto found = std::ranges::find(not_for_applications, field.key, &NotForApplications::key);
    if (found != not_for_applications.end()) {
      return refused(field.flag, found->why);
    }
  }
  if (no_faults_) {
    return refused("--no-faults", "its file has none");
  }
  const std::pair<bool, std::string_view> places[] = {
      {stores.names_database(), "--db"},          {stores.names_cache(), "--cache"},
      {!stores.replica_url.empty(), "--replica"}, {!stores.cockroach_path.empty(), "--cockroach"},
      {stores.replace_table, "--replace"},        {stores.use_existing_rows, "--use-existing-rows"},
      {!empty_place_.empty(), empty_place_}};
  for (const auto& [is_given, flag] : places) {
    if (is_given) {
      return refused(std::string(flag), "[stores] of its file says where its stores are");
    }
  }
  return {};
}

Result<Scenario> RunFlags::application_scenario(const std::string& name, const std::string& question) const {
  if (are_given_for(sampling_key)) {
    // Whether that has an effect is for fit_to_application to say.
    RunFlags others = *this;
    std::erase_if(others.fields_, [](const FieldFlag& field) { return field.key == sampling_key; });
    return others.application_scenario(name, question);
  }
  Result<void> fine = check_twins();
  if (fine) {
    fine = check_application_flags();
  }
  if (fine && out.empty()) {
    fine = failed(ErrorCode::wrong_type, "--out must name a folder, such as runs");
  }
  Scenario scenario;
  scenario.name = name;
  scenario.question = question;
  scenario.pattern = "none";
  scenario.has_cache = false;
  if (fine) {
    fine = apply(scenario, {}, false);
  }
  std::vector<Scenario> all = {std::move(scenario)};
  if (fine) {
    fine = leave_out_idle(all, {});
  }
  if (fine) {
    fine = validate(all.front());
  }
  if (fine) {
    fine = validate_registered(all.front());
  }
  if (fine && are_given_for("keys")) {
    fine = leave_out_origin_keys(all.front());
  }
  if (!fine) {
    return std::unexpected(fine.error());
  }
  return std::move(all.front());
}

Result<void> RunFlags::fit_to_application(Scenario& scenario, const Application& application) const {
  const std::string why = why_no_survey(application);
  scenario.sample_interval_ns = why.empty() ? scenario.sample_interval_ns : 0;
  for (const FieldFlag& field : fields_) {
    if (field.key != sampling_key) {
      continue;
    }
    if (!why.empty()) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{} would change nothing, as {}; leave it out", field.flag, why));
    }
    if (const Result<void> set = set_field(scenario, field.key, field.text); !set) {
      return set;
    }
  }
  Result<Faults> given = given_faults();
  if (!given) {
    return std::unexpected(given.error());
  }
  scenario.has_cache = application.stores.wants_cache;
  scenario.faults = *std::move(given);
  return check_application_faults(scenario, application);
}

std::string RunFlags::load_given() const {
  std::string words;
  for (const FieldFlag& field : fields_) {
    words += field.text == "true" ? " " + field.flag : fmt::format(" {} {}", field.flag, shell_word(field.text));
  }
  words += skip_ ? " --skip " + shell_word(*skip_) : "";
  for (const std::string& fault : faults_) {
    words += " --fault " + shell_word(fault);
  }
  return words;
}

}  // namespace stalemate
