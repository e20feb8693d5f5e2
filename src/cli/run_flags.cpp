#include "cli/run_flags.hpp"

#include <CLI/App.hpp>
#include <algorithm>

#include "cli/whole_number.hpp"
#include "core/fault.hpp"

namespace stalemate {

void RunFlags::field(CLI::App& app, const std::string& names, std::string key, const std::string& help) {
  const std::string flag = names.substr(names.rfind("--"));
  app.add_option_function<std::string>(
         names, [this, flag, key](const std::string& text) { fields_.push_back({flag, key, text}); }, help)
      ->group("Load");
}

void RunFlags::describe(CLI::App& app) {
  field(app, "-r,--read-every", "read_every", "time between two reads: 10ms, 100us, 1m30s");
  field(app, "-w,--write-every", "write_every", "time between two writes");
  field(app, "--read-rate", "read_rate", "reads a second, instead of -r");
  field(app, "--write-rate", "write_rate", "writes a second, instead of -w");
  field(app, "-d,--duration", "duration", "how long ops are begun");
  field(app, "--arrivals", "arrivals", "constant or poisson");
  field(app, "--pacing", "pacing", "open, or ticker: the origin's closed loop");
  field(app, "--keys", "keys", "this many generated products besides the origin's six");
  field(app, "--key-distribution", "key_distribution", "uniform, zipfian, hotspot or latest");
  field(app, "--clients", "clients", "logical clients, each with its own connections");
  field(app, "--pattern", "pattern", "the caching pattern; see 'stalemate list patterns'");
  field(app, "--seed", "seed", "the same seed makes the same plan");
  app.add_flag("--serialize", serialize_, "one global readers-writer lock, as the origin has")->group("Load");
  app.add_option("--skip", skip_, "leave out this share of calls: fill=1%,db=1%,invalidate=1%")->group("Faults");
  app.add_option("--fault", faults_, "NAME=TEXT, may be repeated; see 'stalemate list faults'")->group("Faults");
  app.add_flag("--no-faults", no_faults_, "none of the scenario's faults")->group("Faults");
  app.add_option("--db", stores.database_urls,
                 "postgres://USER:PASSWORD@HOST:PORT/DATABASE instead of a private server; repeat for more nodes")
      ->group("Servers");
  app.add_option("--replica", stores.replica_url,
                 "postgres://... of a standby of --db, for patterns that read from one")
      ->group("Servers");
  app.add_option_function<std::string>(
         "--cache",
         [this](const std::string& url) {
           stores.cache_url = url;
           cache_given_ = true;
         },
         "redis://:PASSWORD@HOST:PORT/DB instead of a private server")
      ->group("Servers");
  app.add_option("--cockroach", stores.cockroach_path, "the cockroach binary, if it is not in PATH")->group("Servers");
  app.add_flag("--replace", stores.replace_table, "drop a table 'stock' that stalemate did not make")->group("Servers");
  app.add_option("--threads", threads, "worker threads; 0: one a core")->check(whole_number(0, 256))->group("Load");
  app.add_option("--out", out, "where run folders are made")->capture_default_str()->group("Output");
  app.add_flag("--json", json, "print the results as JSON")->group("Output");
  app.add_flag("--no-live", no_live, "no screen while it runs")->group("Output");
  app.add_option("--fail-if", fail_if, "exit 99 if true, such as 'stale.stale>0' or 'latency.read.response.p99_ns>5ms'")
      ->group("Output");
}

Result<Scenario> RunFlags::scenario(const std::string& name_or_path) const {
  Result<Scenario> scenario = load_scenario(name_or_path);
  if (!scenario) {
    return scenario;
  }
  for (const FieldFlag& field : fields_) {
    if (const Result<void> set = set_field(*scenario, field.key, field.text); !set) {
      // "--duration: '0s' ..." rather than "--duration: duration: '0s' ...".
      const std::string_view sentence = set.error().detail;
      const std::string key = field.key + ": ";
      return failed(set.error().code,
                    field.flag + ": " + std::string(sentence.substr(sentence.starts_with(key) ? key.size() : 0)));
    }
  }
  scenario->serialize = scenario->serialize || serialize_;
  if (out.empty()) {
    return failed(ErrorCode::wrong_type, "--out must name a folder, such as runs");
  }
  if (!stores.replica_url.empty() && stores.database_urls.empty()) {
    return failed(ErrorCode::wrong_type, "--replica names a standby of the database that --db names; give both");
  }
  if (cache_given_ && stores.cache_url.empty()) {
    return failed(ErrorCode::wrong_type,
                  "--cache: '' is not the URL of a Redis server; write for example redis://127.0.0.1:6379/0, or leave "
                  "--cache out for a private one");
  }
  if (const Result<void> faults = apply_faults(*scenario); !faults) {
    return std::unexpected(faults.error());
  }
  if (const Result<void> valid = validate(*scenario); !valid) {
    return std::unexpected(valid.error());
  }
  if (const Result<void> valid = validate_registered(*scenario); !valid) {
    return std::unexpected(valid.error());
  }
  return scenario;
}

void RunFlags::set_default(const std::string& key, const std::string& text) {
  // read_every and read_rate say the same thing.
  const std::string subject = key.substr(0, key.find('_'));
  const auto same = [&subject](const FieldFlag& field) { return field.key.starts_with(subject); };
  if (std::ranges::none_of(fields_, same)) {
    fields_.insert(fields_.begin(), {"default", key, text});
  }
}

Result<void> RunFlags::apply_faults(Scenario& scenario) const {
  if (no_faults_) {
    scenario.faults.clear();
  }
  std::vector<std::pair<std::string, std::string>> given;
  if (!skip_.empty()) {
    given.emplace_back("skip", skip_);
  }
  for (const std::string& fault : faults_) {
    const std::size_t equals = fault.find('=');
    if (equals == std::string::npos || equals == 0) {
      return failed(ErrorCode::wrong_type,
                    "--fault: '" + fault + "' is not a fault; write NAME=TEXT, for example stall=cache@5s+500ms");
    }
    given.emplace_back(fault.substr(0, equals), fault.substr(equals + 1));
  }
  for (const auto& [name, text] : given) {
    const auto same_name = [&name](const auto& fault) { return fault.first == name; };
    std::erase_if(scenario.faults, same_name);
    scenario.faults.emplace_back(name, text);
  }
  return {};
}

}  // namespace stalemate
