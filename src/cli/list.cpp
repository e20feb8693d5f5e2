// stalemate list KIND: tables generated from the registries.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "check/check.hpp"
#include "cli/run/figures.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "core/engine.hpp"
#include "core/faults/call_names.hpp"
#include "core/faults/fault.hpp"
#include "core/pattern/pattern.hpp"
#include "core/text/nearest.hpp"
#include "core/text/sequence_text.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"
#include "explore/judge.hpp"
#include "explore/model/virtual_fault.hpp"
#include "export/export_format.hpp"
#include "report/words/words.hpp"
#include "scenario/data_section.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows scenario_rows() {
  Rows rows;
  for (const BuiltinScenario& scenario : builtin_scenarios()) {
    rows.emplace_back(scenario.name, scenario.question);
  }
  return rows;
}

std::string_view feed_phrase(FeedKind feed) {
  switch (feed) {
    case FeedKind::none: break;
    case FeedKind::outbox: return "an outbox in the database";
    case FeedKind::change_log: return "the database's log of changes";
    case FeedKind::cache_queue: return "a queue in the cache";
    case FeedKind::local_queue: return "a queue in the server's memory";
    case FeedKind::invalidations: return "pushes of the cache";
  }
  return "";
}

// What it needs of the stores beyond rows and entries, behind its summary.
std::string needs_phrase(const PatternNeeds& needs) {
  std::string text;
  const auto add = [&text](std::string_view need) {
    text += need.empty() ? "" : fmt::format("{}{}", text.empty() ? "" : ", ", need);
  };
  add(needs.row_versions ? "row versions" : "");
  add(needs.replica ? "a replica" : "");
  add(needs.cache_calls == CacheCalls::leases ? "leases in the cache" : "");
  add(needs.cache_calls == CacheCalls::commands ? "cache commands" : "");
  add(feed_phrase(needs.feed));
  return text.empty() ? text : fmt::format(" (needs {})", text);
}

Rows pattern_rows() {
  Rows rows;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    rows.emplace_back(pattern.name, std::string(pattern.summary) + needs_phrase(pattern.needs));
  }
  return rows;
}

Rows fault_rows() {
  Rows rows;
  for (const FaultInfo& fault : FaultRegistry::all()) {
    rows.emplace_back(fault.name, fmt::format("{} (for example --fault '{}')", fault.summary, fault.sentence));
  }
  return rows;
}

Rows call_rows() {
  Rows rows;
  for (const CallName& call : call_names()) {
    rows.emplace_back(call.name, call.meaning);
  }
  return rows;
}

void add_fields(Rows& rows, std::span<const ScenarioField> fields) {
  for (const ScenarioField& field : fields) {
    std::string facts = fmt::format("{}: {}", field.kind, field.range);
    facts += field.default_value.empty() ? "" : fmt::format("; default {}", field.default_value);
    facts += field.flags.empty() ? "" : fmt::format("; flag {}", field.flags);
    rows.emplace_back(field.key, fmt::format("{} ({})", field.meaning, facts));
  }
}

Rows field_rows() {
  Rows rows;
  add_fields(rows, scenario_fields());
  add_fields(rows, data_fields());
  return rows;
}

// What it is called, how one is named, and what it can do.
Rows engine_rows() {
  Rows rows;
  for (const EngineInfo& engine : EngineRegistry::all()) {
    const ServerKind* const server = engine.database != nullptr ? engine.database->server : engine.cache->server;
    const bool is_found = server != nullptr && server->find({});
    std::string schemes;
    for (const std::string_view scheme : engine.schemes) {
      schemes += fmt::format("{}{}://", schemes.empty() ? "" : ", ", scheme);
    }
    rows.emplace_back(
        engine.name,
        fmt::format("{}, a {}; URLs {}; {}{}{}", engine.title, engine.role() == Store::database ? "database" : "cache",
                    schemes, is_found ? fmt::format("private here: {}", server->title) : "not installed here",
                    engine.abilities == 0 ? "" : "; can do ", names_of(engine.abilities)));
  }
  return rows;
}

Rows figure_rows() {
  Rows rows;
  for (const ShortFigure& figure : short_figures()) {
    const std::string path = figure.path.empty() ? std::string() : fmt::format(" ({})", figure.path);
    rows.emplace_back(figure.name, std::string(figure.meaning) + path);
  }
  return rows;
}

Rows check_rows() {
  Rows rows;
  for (const CheckInfo& check : CheckRegistry::all()) {
    rows.emplace_back(check.name, check.summary);
  }
  return rows;
}

Rows format_rows() {
  Rows rows;
  for (const ExportFormat& format : ExportFormatRegistry::all()) {
    rows.emplace_back(format.name, fmt::format("{} (files named *{})", format.summary, format.ending));
  }
  return rows;
}

Rows virtual_fault_rows() {
  Rows rows;
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    rows.emplace_back(fault.name, fault.summary);
  }
  return rows;
}

Rows property_rows() {
  Rows rows;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    rows.emplace_back(judge.name, judge.summary);
  }
  return rows;
}

struct Listing {
  std::string_view name;
  std::string_view summary;
  Rows (*rows)();
};

constexpr Listing listings[] = {
    {"calls", "the words for store calls in --skip and other faults", call_rows},
    {"checks", "what 'check' and the end of every run judge", check_rows},
    {"engines", "what --db and --cache can be, by name or by URL", engine_rows},
    {"faults", "what --fault can do", fault_rows},
    {"fields", "what a scenario's file can say: docs/scenarios.md", field_rows},
    {"figures", "short names; every number of docs/results.md can be named, too", figure_rows},
    {"formats", "what 'export' writes", format_rows},
    {"patterns", "what --pattern can be", pattern_rows},
    {"properties", "what 'explore' judges", property_rows},
    {"scenarios", "what 'run' can run", scenario_rows},
    {"virtual-faults", "what 'explore --faults' can do", virtual_fault_rows},
};

// "A, B and C", in alphabetical order as the table is.
std::string kind_names() {
  std::string names;
  for (const Listing& listing : listings) {
    names += &listing == std::begin(listings) ? "" : &listing == std::end(listings) - 1 ? " and " : ", ";
    names += listing.name;
  }
  return names;
}

// One line a row. On a terminal its width is kept, and a long meaning goes on in the next line.
void print_rows(const Rows& rows) {
  const std::size_t columns = isatty(STDOUT_FILENO) == 1 ? columns_of(STDOUT_FILENO) : any_width;
  std::size_t width = 0;
  for (const auto& [name, meaning] : rows) {
    width = std::max(width, name.size());
  }
  for (const auto& [name, meaning] : rows) {
    fmt::print("{}", wrap(meaning, columns, fmt::format("{:<{}}  ", name, width)));
  }
}

class List final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("KIND", kind_, kind_names() + "; all of them if left out");
    app.add_option("NAME", name_, "print this scenario's TOML");
  }

  ExitCode run() override {
    if (!name_.empty()) {
      return print_scenario();
    }
    for (const Listing& listing : listings) {
      if (kind_.empty()) {
        fmt::print("{} ({}):\n", listing.name, listing.summary);
      }
      if (kind_.empty() || kind_ == listing.name) {
        print_rows(listing.rows());
      }
      if (kind_.empty()) {
        fmt::print("\n");
      }
    }
    std::vector<std::string_view> known;
    std::ranges::transform(listings, std::back_inserter(known), &Listing::name);
    if (!kind_.empty() && std::ranges::find(known, kind_) == known.end()) {
      return say(ExitCode::usage, fmt::format("there is no list of '{}'{}; there are {}", kind_,
                                              did_you_mean(kind_, known), kind_names()));
    }
    return ExitCode::ok;
  }

 private:
  [[nodiscard]] ExitCode print_scenario() const {
    if (kind_ != "scenarios") {
      return say(ExitCode::usage, "only scenarios have a text to print; write 'stalemate list scenarios NAME'");
    }
    const Result<Scenario> scenario = load_scenario(name_);
    if (!scenario) {
      return say(scenario.error());
    }
    fmt::print("{}", to_toml(*scenario));
    return ExitCode::ok;
  }

  std::string kind_ = {};
  std::string name_ = {};
};

[[maybe_unused]] const bool list_registered =
    register_subcommand<List>("list", "what there is by name: calls, checks, faults, fields, patterns, scenarios ...");

}  // namespace
}  // namespace stalemate
