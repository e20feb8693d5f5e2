#include "live/idle_options.hpp"

namespace stalemate {
namespace {

const std::map<std::string, Idle>& options_of_run() {
  static const std::map<std::string, Idle> options = {
      {"--add-from", {{"before", "--add-from", "cache"}, "no write of this scenario is an add"}},
      {"--add-guard", {{"before", "--add-guard"}, "no write of this scenario is an add"}},
      {"--negative-entries", {{"before", "--negative-entries"}, "no write of this scenario is a delete"}},
      {"--zipf-exponent", {{"before", "--zipf-exponent", "1.2"}, "it is for key_distribution zipfian and latest"}},
      {"--hotspot-keys", {{"before", "--hotspot-keys", "0.2"}, "it is for key_distribution hotspot"}},
      {"--hotspot-ops", {{"before", "--hotspot-ops", "0.8"}, "it is for key_distribution hotspot"}},
      {"--clients", {{"before", "--pacing", "ticker", "--clients", "16"}, "pacing ticker has two clients"}},
      {"--ttl", {{"after", "--ttl", "5s"}, "--ttl would change nothing, as this scenario has no cache"}},
      {"--sample-every", {{"after", "--sample-every", "1s"}, "this scenario has no cache"}},
      {"--threads", {{"before", "--serialize", "--threads", "2"}, "serialize runs every op on one thread"}},
      {"--skip", {{"after", "--skip", "fill=1%"}, "pattern none never makes such a call, only load, update"}},
      {"--fault", {{"after", "--fault", "delay=cache=1ms"}, "pattern none never makes such a call"}},
      {"--no-faults", {{}, "it says what the run is: without faults"}},
      {"--db", {{}, "every run has a database"}},
      {"--replica",
       {{"before", "--db", "postgres://u@h/d", "--replica", "postgres://u@h/d"},
        "--replica would not be used, as pattern cache-aside reads from no replica"}},
      {"--cache", {{"after", "--cache", "redis://h"}, "--cache would not be used, as this scenario has no cache"}},
      {"--cockroach", {{"before", "--cockroach", "/bin/true"}, "the scenario's database is postgres"}},
      {"--replace", {{"before", "--replace"}, "--replace is for a table of your own database"}},
      {"--use-existing-rows",
       {{"before", "--use-existing-rows"}, "--use-existing-rows is for a scenario that names a table of yours"}},
      {"--instances", {{"before", "--instances", "2"}, "--instances"}},
      {"--out", {{}, "every run has a folder"}},
      {"--json", {{}, "every run has results"}},
      {"--no-live", {{}, "every run has a screen or lines"}},
      {"--ui", {{"before", "--ui=x"}, "--ui: 'x' is no port"}},
      {"--fail-if", {{"before", "--fail-if", "reads.droped>0"}, "did you mean 'reads.dropped'?"}},
      {"--junit",
       {{"before", "--junit", "nowhere/a.xml"}, "--junit: cannot write nowhere/a.xml: No such file or directory"}},
      {"--markdown", {{"before", "--markdown", "-", "--json"}, "--markdown - and --json both want standard output"}},
      {"--annotations", {{"before", "--annotations", "--json"}, "--annotations and --json do not go together"}},
  };
  return options;
}

// What has an effect in neither half of the demonstration.
const std::map<std::string, Idle>& options_of_demo() {
  static const std::map<std::string, Idle> options = [] {
    std::map<std::string, Idle> all = options_of_run();
    for (auto& [name, idle] : all) {
      if (!idle.words.empty()) {
        idle.words.erase(idle.words.begin());
      }
    }
    for (const char* flag : {"--ttl", "--sample-every", "--skip", "--fault", "--cache", "--cockroach"}) {
      all[flag] = {{}, "one half has a use for it"};
    }
    all.erase("--instances");
    all["--skip"] = {{"--skip", "refresh=1%"}, "pattern cache-aside never makes such a call"};
    all["--fault"] = {{"--fault", "delay=refresh=1ms"}, "pattern cache-aside never makes such a call"};
    all["--cockroach"] = {{"--db", "postgres://u@h/d", "--cockroach", "/bin/true"}, "give one of them"};
    all["--fail-if"] = {{"--fail-if", "reads.dropped>0"}, "demo takes no --fail-if"};
    all["--junit"] = {{"--junit", "a.xml"}, "--junit: demo shows what goes wrong and judges nothing"};
    all["--annotations"] = {{"--annotations"}, "--annotations: demo shows what goes wrong and judges nothing"};
    return all;
  }();
  return options;
}

// A sweep has the options of a run, each at its place, and its own.
const std::map<std::string, Idle>& options_of_sweep() {
  static const std::map<std::string, Idle> options = [] {
    std::map<std::string, Idle> all = options_of_run();
    for (const char* flag : {"--instances", "--ui", "--junit", "--markdown", "--annotations"}) {
      all.erase(flag);
    }
    for (auto& [name, idle] : all) {
      if (!idle.words.empty()) {
        idle.words.insert(idle.words.end(), {"--over", "op_limit=1s,2s"});
      }
    }
    all["--fail-if"] = {{"before", "--fail-if", "reads.dropped>0"}, "sweep takes no --fail-if"};
    all["--over"] = {{"before", "--over", "ttl=1s,2s", "--find", "ttl=1s..9s where hit_ratio>0.5"}, "leave --over out"};
    all["--of"] = {{"before", "--of", "read_p99", "--find", "ttl=1s..9s where hit_ratio>0.5"}, "leave --of out"};
    all["--find"] = {{"after", "--find", "write_rate where hit_ratio>0.5"}, "this scenario has no cache"};
    all["--steps"] = {{"before", "--over", "ttl=1s,2s", "--steps", "3"}, "--steps is only for --find"};
    all["--linear"] = {{"before", "--over", "read_rate=0..1", "--linear"}, "--linear would change nothing"};
    all["--budget"] = {{"before", "--over", "ttl=1s,2s", "--budget", "3s"}, "over before one run of 20s is"};
    all["--repeat"] = {{}, "every point has runs"};
    all["--svg"] = {{"before", "--over", "ttl=1s,2s", "--svg", "nowhere/a.svg"},
                    "--svg: cannot write nowhere/a.svg: No such file"};
    return all;
  }();
  return options;
}

const std::map<std::string, Idle>& options_of_decide() {
  static const std::map<std::string, Idle> options = [] {
    std::map<std::string, Idle> all = options_of_run();
    for (const char* flag : {"--instances", "--ui", "--junit", "--markdown", "--annotations"}) {
      all.erase(flag);
    }
    all["--fail-if"] = {{"before", "--fail-if", "reads.dropped>0"}, "decide takes no --fail-if"};
    all["--with"] = {{"before", "--with", "none"}, "none is decided about in any case"};
    all["--want"] = {{"before", "--want", "read_p99"}, "--want"};
    all["--budget"] = {{}, "it bounds the rounds"};
    all["--rounds"] = {{"before", "--rounds", "0"}, "is not a whole number from 1 to 100"};
    all["--no-turn"] = {{}, "every decision has a turn"};
    return all;
  }();
  return options;
}

// A harmless witness, for replay.
constexpr const char* any_token = "x";

}  // namespace

std::map<std::string, std::map<std::string, Idle>> options_of_commands() {
  std::map<std::string, std::map<std::string, Idle>> all;
  all["run"] = options_of_run();
  all["demo"] = options_of_demo();
  all["sweep"] = options_of_sweep();
  all["decide"] = options_of_decide();
  all["report"] = {{"--out", {{}, "it names the file"}}};
  all["up"] = {
      {"--cockroach",
       {{"before", "--cockroach", "/bin/true"}, "--cockroach would not be used, as the database of before is"}}};
  all["replay"] = {
      {"--db", {{any_token, "--db", "postgres://u@h/d"}, "--db is only for --live"}},
      {"--cache", {{any_token, "--cache", "redis://h"}, "--cache is only for --live"}},
      {"--replace", {{any_token, "--live", "--replace"}, "--replace is only for --db"}},
      {"--diagram", {{any_token, "--diagram", "text", "--json"}, "--diagram and --json do not go together"}},
      {"--json", {{any_token, "--diagram", "text", "--json"}, "--diagram and --json do not go together"}},
      {"--live", {{any_token, "--diagram", "text", "--live"}, "--diagram and --live do not go together"}},
  };
  all["explain"] = {
      {"--list", {{"r", "7", "--list"}, "--list names every wrong read, so leave out the 7"}},
      {"--mermaid", {{"r", "--mermaid", "--list"}, "--list and --mermaid do not go together"}},
  };
  all["check"] = {
      {"--clock-error", {{"untimed.edn", "--clock-error", "1ms"}, "untimed.edn has no times"}},
      {"--only", {{}, "it says what is judged"}},
      {"--model", {{}, "it says what the file holds"}},
      {"--budget", {{}, "it bounds whatever search there is"}},
      {"--every-key", {{}, "the search of a history may end at its first invalid key"}},
      {"--excerpt",
       {{"untimed.edn", "--excerpt", "--initial", "1"},
        "what held before an --excerpt is not known, so leave out one"}},
      {"--initial",
       {{"untimed.edn", "--initial", "1", "--excerpt"},
        "what held before an --excerpt is not known, so leave out one"}},
      {"--json", {{}, "every history has a report"}},
      {"--junit",
       {{"untimed.edn", "--junit", "nowhere/a.xml"}, "--junit: cannot write nowhere/a.xml: No such file or directory"}},
      {"--markdown",
       {{"untimed.edn", "--markdown", "-", "--json"}, "--markdown - and --json both want standard output"}},
      {"--annotations", {{"untimed.edn", "--annotations", "--json"}, "--annotations and --json do not go together"}},
      {"--page",
       {{"untimed.edn", "--page", "nowhere/a.html"}, "--page: cannot write nowhere/a.html: No such file or directory"}},
  };
  all["compare"] = {
      {"--json", {{}, "every comparison has figures"}},
      {"--markdown", {{"a", "b", "--markdown", "-", "--json"}, "--markdown - and --json both want standard output"}},
      {"--junit", {{"a", "b", "--junit", "a.xml"}, "--junit: compare puts runs side by side and judges none"}},
      {"--annotations", {{"a", "b", "--annotations"}, "--annotations: compare puts runs side by side and judges none"}},
  };
  all["proxy"] = {
      {"--cache", {{}, "it is a gate"}},   {"--database", {{}, "it is a gate"}},
      {"--fault", {{}, "it is a rule"}},   {"--faults", {{}, "it is a file of rules"}},
      {"--control", {{}, "it is a port"}}, {"--record", {{}, "every proxy has calls to record"}},
  };
  all["merge"] = {{"--out", {{}, "it names the folder"}}};
  all["export"] = {
      {"--excerpt", {{"untimed.edn", "--to", "csv", "--excerpt", "--initial", "1"}, "leave out one of the two"}},
      {"--initial", {{"untimed.edn", "--to", "csv", "--initial", "1", "--excerpt"}, "leave out one of the two"}},
      {"--to", {{}, "it names the form"}},
      {"--series", {{"untimed.edn", "--to", "csv", "--series", "read_service"}, "csv has no use for it"}},
      {"--output", {{}, "it names the file"}},
  };
  return all;
}

}  // namespace stalemate
