// What a run of our patterns drives: stores on servers.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/interrupt.hpp"
#include "cli/run/run_ground.hpp"
#include "cli/stores/processor_meter.hpp"
#include "cli/stores/stores.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

class StoresGround final : public RunGround {
 public:
  /// All outlive it. `in_order` ends once the user's rows are put back.
  StoresGround(Stores& stores, const Scenario& scenario, std::optional<InterruptWatch>& in_order)
      : stores_(stores), scenario_(scenario), in_order_(in_order), processor_(stores.own_servers()) {}
  SessionFactory& sessions() override { return stores_; }
  [[nodiscard]] const std::vector<EngineUsed>& engines() const override { return stores_.engines(); }
  [[nodiscard]] std::string subject() const override { return scenario_.pattern; }
  [[nodiscard]] std::string again(const std::filesystem::path& folder) const override;
  ServerControl* control() override { return stores_.control(); }
  Result<void> keep_inputs(const std::filesystem::path& folder) override;
  [[nodiscard]] std::string claim_lost() const override { return left_.empty() ? stores_.claim_lost() : left_; }
  std::string confirm_claim() override { return stores_.confirm_claim(); }
  void complete(HistoryHeader& header) const override { header.key_names = stores_.key_names(); }
  void begins(SteadyTime /*origin*/, HistoryWriter& /*history*/, unsigned /*first_lane*/) override {
    processor_.begin();
  }
  void ops_end() override { processor_.end(); }
  void ends(RunOutcome& outcome) override;
  using RunGround::tell;
  void tell(RunResults& results) const override;
  void close() override { stores_.close(); }

 private:
  Stores& stores_;
  const Scenario& scenario_;
  std::optional<InterruptWatch>& in_order_;
  std::string left_ = {};  // a sentence: what could not be put back
  ProcessorMeter processor_;
};

}  // namespace stalemate
