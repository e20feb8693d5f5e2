#include "scenario/fields.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text/key_names.hpp"
#include "core/text/nearest.hpp"
#include "scenario/field_kinds.hpp"

namespace stalemate {
namespace {

using namespace field_kinds;  // NOLINT(google-build-using-namespace): the table below is made of them

/// The optional parts of a row: all but its key, kind and meaning.
struct More {
  std::string_view flags = {};                     ///< as CLI11 writes them; empty: the file alone sets it
  std::string_view result = {};                    ///< its place in results.json, where that is not in `asked`
  std::vector<std::string_view> synonyms = {};     ///< what other tools call it
  std::string (*idle)(const Scenario&) = nullptr;  ///< as Field::idle
};

template <class Kind>
Field field(std::string_view key, std::string_view meaning, More more = {}) {
  Field made = {.about = {.key = key,
                          .kind = Kind::kind,
                          .meaning = meaning,
                          .range = Kind::range(),
                          .default_value = Kind::show(Scenario()),
                          .flags = more.flags,
                          .result = std::string(more.result),
                          .synonyms = std::move(more.synonyms)},
                .set = Kind::set,
                .check = Kind::check,
                .show = Kind::show,
                .told = nullptr,
                .idle = more.idle};
  if constexpr (requires { Kind::default_value(); }) {
    made.about.default_value = Kind::default_value();
  }
  if constexpr (requires { Kind::told; }) {
    made.told = Kind::told;
    if (more.result.empty()) {
      made.about.result = "asked." + std::string(key);
      if constexpr (requires { Kind::suffix; }) {
        made.about.result += Kind::suffix;
      }
    }
  }
  return made;
}

std::string only_for(std::string_view distributions, const Scenario& scenario) {
  return "it is for key_distribution " + std::string(distributions) + ", and here that is " +
         std::string(name_of(scenario.key_distribution));
}

std::string idle_zipf(const Scenario& scenario) {
  const bool is_zipf =
      scenario.key_distribution == KeyDistribution::zipfian || scenario.key_distribution == KeyDistribution::latest;
  return is_zipf ? std::string() : only_for("zipfian and latest", scenario);
}

std::string idle_hotspot(const Scenario& scenario) {
  return scenario.key_distribution == KeyDistribution::hotspot ? std::string() : only_for("hotspot", scenario);
}

std::string idle_clients(const Scenario& scenario) {
  return scenario.pacing == Pacing::ticker ? "pacing ticker has two clients, one that reads and one that writes" : "";
}

std::string idle_threads(const Scenario& scenario) {
  return scenario.serialize ? "serialize runs every op on one thread" : "";
}

std::string idle_add(const Scenario& scenario) {
  return scenario.add_share > 0 ? std::string() : "no write of this scenario is an add (add_share is 0)";
}

std::string idle_add_from(const Scenario& scenario) {
  return idle_add(scenario).empty() ? why_no_cache(scenario) : idle_add(scenario);
}

std::string idle_negative_entries(const Scenario& scenario) {
  return scenario.delete_share > 0 ? why_no_cache(scenario)
                                   : "no write of this scenario is a delete (delete_share is 0), so every row is there";
}

std::vector<Field> make_fields() {
  using S = Scenario;
  return {
      field<NameField>("name", "the scenario's name; the file's name if not given",
                       {.result = "scenario", .synonyms = {"scenario", "id"}}),
      field<TextField<&S::question>>("question", "the question it puts, in one line",
                                     {.result = "question", .synonyms = {"description", "title", "summary"}}),
      field<TextField<&S::pattern>>(
          "pattern", "the caching pattern (stalemate list patterns)",
          {.flags = "--pattern", .result = "pattern", .synonyms = {"strategy", "policy", "caching", "cache_pattern"}}),
      field<EngineField<&S::database>>(
          "database",
          "the database engine (stalemate list engines), such as postgres, or cockroach (without its program: "
          "serializable postgres)",
          {.synonyms = {"db", "engine", "store", "backend"}}),
      field<FlagField<&S::has_cache>>("cache", "whether there is a cache, for patterns that use one",
                                      {.synonyms = {"has_cache", "use_cache"}}),
      field<EngineField<&S::cache_engine>>("cache_engine", "the engine of that cache (stalemate list engines)",
                                           {.synonyms = {"redis", "cache_store", "cache_type"}, .idle = why_no_cache}),
      field<DurationField<&S::duration_ns, millisecond, 24 * hour>>(
          "duration", "how long ops are started",
          {.flags = "-d,--duration",
           .result = "duration_s",
           .synonyms = {"runtime", "run_time", "time", "length", "test_time", "maxexecutiontime"}}),
      field<DurationField<&S::warm_up_ns, millisecond, 24 * hour, true>>(
          "warm_up", "the first part of the duration, which is measured separately",
          {.flags = "--warm-up", .synonyms = {"warmup", "warmup_time", "warm_up_time", "ramp_time", "rampup"}}),
      field<IntervalField<&S::read_rate>>("read_every", "the time from one read to the next; or read_rate",
                                          {.flags = "-r,--read-every", .synonyms = {"read_interval", "reads_every"}}),
      field<RateField<&S::read_rate>>(
          "read_rate", "reads a second, over all clients; or read_every",
          {.flags = "--read-rate", .synonyms = {"rate", "qps", "rps", "throughput", "target", "reads", "read_qps"}}),
      field<IntervalField<&S::write_rate>>(
          "write_every", "the time from one write to the next; or write_rate",
          {.flags = "-w,--write-every", .synonyms = {"write_interval", "writes_every"}}),
      field<RateField<&S::write_rate>>(
          "write_rate", "writes a second, over all clients; or write_every",
          {.flags = "--write-rate",
           .synonyms = {"rate", "qps", "rps", "throughput", "target", "writes", "write_qps", "update_rate"}}),
      field<NumberField<&S::add_share, 1, false>>(
          "add_share", "this share of the writes adds to the value that it has loaded first (read-modify-write)",
          {.flags = "--add-share",
           .synonyms = {"add", "adds", "rmw", "read_modify_write", "readmodifywriteproportion", "increment"}}),
      field<ChoiceField<AddFrom, &S::add_from, 2>>(
          "add_from", "where an add loads the value; database: the row, cache: what the pattern's reads return",
          {.flags = "--add-from", .synonyms = {"rmw_from", "add_source"}, .idle = idle_add_from}),
      field<FlagField<&S::add_guard>>(
          "add_guard",
          "an add writes only if the row still holds what it loaded (compare-and-set), else it loads again",
          {.flags = "--add-guard",
           .synonyms = {"guard", "cas", "compare_and_set", "compare_and_swap", "optimistic"},
           .idle = idle_add}),
      field<NumberField<&S::delete_share, 1, false>>(
          "delete_share",
          "the chance that a write deletes its row, unless that row's last write did; then it inserts it",
          {.flags = "--delete-share",
           .synonyms = {"delete", "deletes", "delete_proportion", "insert", "inserts", "insertproportion"}}),
      field<FlagField<&S::negative_entries>>(
          "negative_entries", "a read that finds no row fills the cache with an entry that says so ('-')",
          {.flags = "--negative-entries",
           .synonyms = {"negative", "negative_caching", "cache_null", "cache_absent"},
           .idle = idle_negative_entries}),
      field<ChoiceField<Arrivals, &S::arrivals, 2>>(
          "arrivals", "when ops are wanted; constant: evenly spaced, poisson: at random",
          {.flags = "--arrivals", .synonyms = {"arrival", "arrival_process", "inter_arrival"}}),
      field<ChoiceField<Pacing, &S::pacing, 2>>(
          "pacing", "open: as planned, however slow the system is; ticker: the origin's closed loop",
          {.flags = "--pacing", .synonyms = {"loop", "open_loop", "closed_loop"}}),
      field<FlagField<&S::serialize>>("serialize", "one global readers-writer lock around every op, as the origin has",
                                      {.flags = "--serialize", .synonyms = {"lock", "global_lock", "mutex"}}),
      field<IntegerField<std::uint32_t, &S::keys, 0, 10'000'000, origin_key_count>>(
          "keys",
          "generated keys in addition to the origin's six; of a service all of them, at least six; results count all",
          {.flags = "--keys",
           .synonyms = {"key_count", "records", "recordcount", "record_count", "rows", "items", "products"}}),
      field<ChoiceField<KeyDistribution, &S::key_distribution, 4>>(
          "key_distribution", "which keys ops choose; latest: reads favour what was written last",
          {.flags = "--key-distribution",
           .synonyms = {"distribution", "requestdistribution", "request_distribution", "keys_distribution"}}),
      field<NumberField<&S::zipf_exponent, 4, true>>(
          "zipf_exponent", "of zipfian and latest: larger is more skewed",
          {.flags = "--zipf-exponent", .synonyms = {"theta", "skew", "zipf", "alpha", "exponent"}, .idle = idle_zipf}),
      field<NumberField<&S::hotspot_keys, 1, true>>(
          "hotspot_keys", "of hotspot: this share of the keys ...",
          {.flags = "--hotspot-keys", .synonyms = {"hotspot", "hotspotdatafraction"}, .idle = idle_hotspot}),
      field<NumberField<&S::hotspot_ops, 1, false>>(
          "hotspot_ops", "... gets this share of the ops",
          {.flags = "--hotspot-ops", .synonyms = {"hotspotopnfraction"}, .idle = idle_hotspot}),
      field<IntegerField<std::uint16_t, &S::clients, 1, 4096>>(
          "clients", "logical clients, each with its own connections and one op at a time",
          {.flags = "--clients",
           .synonyms = {"client", "threadcount", "thread_count", "workers", "users", "connections", "concurrency",
                        "processes"},
           .idle = idle_clients}),
      field<IntegerField<std::uint16_t, &S::threads, 0, 256>>(
          "threads", "that serve the clients; 0: one a processor; in near-cache each is one application server",
          {.flags = "--threads",
           .synonyms = {"worker_threads", "thread", "cores", "servers", "application_servers"},
           .idle = idle_threads}),
      field<SeedField>("seed", "the same seed plans the same ops",
                       {.flags = "--seed", .result = "seed", .synonyms = {"random_seed"}}),
      field<DurationField<&S::time_to_live_ns, millisecond, 24 * hour, true>>(
          "time_to_live", "how long a cache entry lives; none: until it is deleted (ttl-only, refresh-ahead: 1 s)",
          {.flags = "--ttl,--time-to-live",
           .synonyms = {"ttl", "cache_ttl", "expiry", "expiration", "expire", "expires", "expire_after", "max_age",
                        "lifetime"},
           .idle = why_no_cache}),
      field<DurationField<&S::sample_interval_ns, millisecond, 24 * hour, true>>(
          "sample_every",
          "how often rows (of more than 10,000 the first 10,000) are compared with entries; none: never",
          {.flags = "--sample-every",
           .synonyms = {"sample_interval", "sampling", "sample_rate", "sampler"},
           .idle = why_no_cache}),
      field<DurationField<&S::connect_limit_ns, millisecond, hour>>(
          "connect_limit", "the longest wait for a connection",
          {.flags = "--connect-limit", .synonyms = {"connect_timeout", "connection_timeout"}}),
      field<DurationField<&S::op_limit_ns, millisecond, hour>>(
          "op_limit", "the longest wait for a store's answer",
          {.flags = "--op-limit", .synonyms = {"timeout", "op_timeout", "request_timeout", "deadline"}}),
      field<DurationField<&S::late_bound_ns, microsecond, hour>>(
          "late_bound", "an op sent later than this after its intended start counts as late",
          {.flags = "--late-bound", .synonyms = {"late", "late_after"}}),
      field<DurationField<&S::drain_limit_ns, millisecond, hour>>(
          "drain_limit", "after the last intended start, ops not sent by then are dropped",
          {.flags = "--drain-limit", .synonyms = {"drain", "grace", "drain_timeout"}}),
      field<IntegerField<std::uint8_t, &S::retries_max, 0, 255>>(
          "retries_max",
          "how often an op is repeated after SQLSTATE 40001, or an add that its guard held back, at most",
          {.flags = "--retries-max", .synonyms = {"retries", "max_retries", "retry"}}),
  };
}

// A word as keys are written: "Cache-TTL" is cache_ttl.
std::string as_key(std::string_view word) {
  std::string key(word);
  std::ranges::transform(key, key.begin(), [](char letter) {
    return letter == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  });
  return key;
}

}  // namespace

std::span<const Field> fields() {
  static const std::vector<Field> all = make_fields();
  return all;
}

const Field* find_field(std::string_view key) {
  const std::span<const Field> all = fields();
  const auto place = std::ranges::find(all, key, [](const Field& one) { return one.about.key; });
  return place == all.end() ? nullptr : &*place;
}

std::span<const std::string_view> field_keys() {
  static const std::vector<std::string_view> keys = [] {
    std::vector<std::string_view> names;
    for (const Field& one : fields()) {
      names.push_back(one.about.key);
    }
    return names;
  }();
  return keys;
}

std::string default_text(const ScenarioField& field) {
  const std::string& toml = field.default_value;
  return toml.size() >= 2 && toml.front() == '"' ? toml.substr(1, toml.size() - 2) : toml;
}

std::string_view rival_of(std::string_view key) {
  constexpr std::array pairs = {std::pair<std::string_view, std::string_view>("read_every", "read_rate"),
                                std::pair<std::string_view, std::string_view>("write_every", "write_rate")};
  for (const auto& [every, rate] : pairs) {
    if (key == every || key == rate) {
      return key == every ? rate : every;
    }
  }
  return {};
}

std::vector<std::string_view> keys_called(std::string_view word) {
  const std::string key = as_key(word);
  std::vector<std::string_view> keys;
  for (const Field& one : fields()) {
    if (one.about.key == key || std::ranges::find(one.about.synonyms, key) != one.about.synonyms.end()) {
      keys.push_back(one.about.key);
    }
  }
  return keys;
}

std::string key_hint(std::string_view word) {
  const std::vector<std::string_view> keys = keys_called(word);
  if (keys.empty()) {
    return did_you_mean(word, field_keys());
  }
  std::string hint;
  for (const std::string_view& key : keys) {
    hint += (&key == keys.data() ? " (did you mean '" : " or '") + std::string(key) + "'";
  }
  return hint + "?)";
}

}  // namespace stalemate
