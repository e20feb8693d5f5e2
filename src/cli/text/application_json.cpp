// Explorations of a user's own service for machines: JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/text/application_text.hpp"
#include "cli/text/explore_words.hpp"
#include "explore/application/application_telling.hpp"

namespace stalemate {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson json_of_scopes(const std::vector<Scope>& scopes) {
  OrderedJson texts = OrderedJson::array();
  for (const Scope& scope : scopes) {
    texts.push_back(to_text(scope));
  }
  return texts;
}

OrderedJson json_of_faults(const std::vector<ApplicationFault>& faults) {
  OrderedJson names = OrderedJson::array();
  for (const ApplicationFault fault : faults) {
    names.push_back(name_of(fault));
  }
  return names;
}

OrderedJson json_of_findings(const ExploredApplication& explored, const std::vector<ApplicationFinding>& findings) {
  OrderedJson all = OrderedJson::array();
  for (const ApplicationFinding& finding : findings) {
    OrderedJson one = {{"property", finding.judge->name},
                       {"verdict", name_of(finding.finding)},
                       {"proved", json_of_scopes(finding.proved)},
                       {"open", json_of_scopes(finding.open)}};
    if (finding.witness) {
      const Telling telling = tell(*finding.witness);
      one["shortest"] = finding.shortest;
      one["witness"] = {{"processes", to_text(finding.witness->scope)},
                        {"faults", faults_of(*finding.witness)},
                        {"repeated", finding.witness->repeated},
                        {"steps", json_of_steps(telling)},
                        {"conclusion", telling.conclusion},
                        {"details", telling.details},
                        {"token", token_of(*finding.witness, explored.subject)}};
    }
    all.push_back(one);
  }
  return all;
}

OrderedJson json_of_search(const ScheduleSearchResult& result) {
  OrderedJson one = {{"processes", to_text(result.scope)},
                     {"faults_max", result.faults_max},
                     {"complete", result.complete},
                     {"proof", result.is_proof()},
                     {"schedules", result.schedules},
                     {"redundant", result.redundant},
                     {"left", result.left},
                     {"steps", result.steps},
                     {"orders", nullptr},
                     {"unrepeatable", result.unrepeatable},
                     {"difference", result.difference},
                     {"too_long", result.too_long},
                     {"stuck", result.stuck},
                     {"not_done", result.not_done},
                     {"first_not_done", result.first_not_done},
                     {"never_done", result.never_done},
                     {"uncommitted", result.uncommitted},
                     {"reads_of_foreign_values", result.strange.foreign},
                     {"reads_of_nothing", result.strange.missing}};
  if (result.orders) {
    one["orders"] = *result.orders;
  }
  return one;
}

}  // namespace

std::string json_of(const ExploredApplication& explored) {
  const ApplicationExploration& exploration = explored.exploration;
  OrderedJson searches = OrderedJson::array();
  for (const ScheduleSearchResult& result : exploration.searches) {
    searches.push_back(json_of_search(result));
  }
  const OrderedJson whole = {{"application", explored.name},
                             {"file", explored.file},
                             {"question", explored.question},
                             {"stores", explored.stores},
                             {"faults", json_of_faults(explored.faults)},
                             {"faults_max", explored.faults_max},
                             {"verdict", name_of(worst_of(exploration))},
                             {"findings", json_of_findings(explored, exploration.findings)},
                             {"findings_with_faults", json_of_findings(explored, exploration.with_faults)},
                             {"searches", searches},
                             {"faults_not_met", json_of_faults(faults_not_met(exploration, explored.faults))},
                             {"out_of_time", exploration.out_of_time},
                             {"behaves_like", patterns_like(exploration.findings)},
                             {"trace_hash", fmt::format("{:016x}", exploration.trace_hash)}};
  return whole.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string json_of(const ForcedRun& forced, std::string_view token) {
  const Telling telling = tell(forced.witness, forced.violated);
  const OrderedJson whole = {{"property", forced.witness.judge->name},     {"violated", forced.violated},
                             {"processes", to_text(forced.witness.scope)}, {"steps", json_of_steps(telling)},
                             {"conclusion", telling.conclusion},           {"details", telling.details},
                             {"differences", forced.differences},          {"token", token}};
  return whole.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace stalemate
