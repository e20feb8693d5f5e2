#include "cli/stores/replay_on_stores.hpp"

#include <memory>
#include <utility>

#include "cli/stores/stores.hpp"
#include "replay/live_process.hpp"
#include "replay/replay_live.hpp"

namespace stalemate {
namespace {

Scenario scenario_of(const Witness& witness, const StoresWanted& wanted) {
  Scenario scenario;
  scenario.name = "replay";
  scenario.pattern = witness.options.pattern->name;
  scenario.clients = static_cast<std::uint16_t>(witness.options.scope.processes.size());
  use_engines(scenario, wanted);
  return scenario;
}

}  // namespace

Result<LiveReplay> replay_on_stores(const Witness& witness, const Telling& telling, const StoresWanted& wanted) {
  if (const Result<void> possible = can_be_forced(witness, telling); !possible) {
    return std::unexpected(possible.error());
  }
  // The explorer's replica has every commit at once, unless it lags.
  StoresWanted without_replica = wanted;
  without_replica.without_replica = true;
  const Scenario scenario = scenario_of(witness, wanted);
  if (const Result<void> fine = validate_registered(scenario); !fine) {
    return std::unexpected(fine.error());
  }
  const Result<std::unique_ptr<Stores>> stores = Stores::prepare(scenario, without_replica);
  if (!stores) {
    return std::unexpected(stores.error());
  }
  const Result<std::unique_ptr<CacheHand>> hand = (*stores)->reach_into_cache(live_key);
  if (!hand) {
    return std::unexpected(hand.error());
  }
  Result<std::vector<std::string>> differences = replay_live(witness, telling, **stores, **hand);
  if (!differences) {
    return std::unexpected(differences.error());
  }
  if (std::string lost = (*stores)->confirm_claim(); !lost.empty()) {
    return failed(ErrorCode::unavailable, std::move(lost));
  }
  LiveReplay replay = {.differences = std::move(*differences)};
  for (const EngineUsed& engine : (*stores)->engines()) {
    replay.engines.push_back(engine.name + " " + engine.version);
  }
  return replay;
}

}  // namespace stalemate
