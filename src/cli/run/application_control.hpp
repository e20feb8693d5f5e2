// A hand on the stores of a user's own service: what the faults of a run's servers ask for is done at the gates;
// restarts and evictions are done to private servers.
#pragma once

#include "drive/session.hpp"
#include "gated/run/run_stage.hpp"

namespace stalemate {

class ApplicationControl final : public ServerControl {
 public:
  /// `stage` outlives it.
  explicit ApplicationControl(RunStage& stage) : stage_(stage) {}
  Result<void> carry_out(const ServerEvent& event) override;
  Result<bool> strike(const ServerEvent& event, Key key, std::uint64_t draw) override;

 private:
  RunStage& stage_;
};

}  // namespace stalemate
