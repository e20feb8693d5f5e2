// What a run drives: our patterns on servers, or a user's own service.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drive/run.hpp"
#include "drive/session.hpp"
#include "record/history_writer.hpp"
#include "report/results/run_results.hpp"
#include "report/screen/progress.hpp"

namespace stalemate {

/// Thread rule: the thread of the run, unless said otherwise.
class RunGround {
 public:
  virtual ~RunGround() = default;
  [[nodiscard]] virtual SessionFactory& sessions() = 0;
  [[nodiscard]] virtual const std::vector<EngineUsed>& engines() const = 0;
  /// What is run, in results: the pattern's name, or what else it is.
  [[nodiscard]] virtual std::string subject() const = 0;
  /// The command that does it again, of the run in that folder.
  [[nodiscard]] virtual std::string again(const std::filesystem::path& folder) const = 0;
  /// What it was made from, as a file in that folder: scenario.toml or, of a service, application.toml.
  [[nodiscard]] virtual Result<void> keep_inputs(const std::filesystem::path& folder) = 0;
  /// nullptr: no server is ours to stop.
  [[nodiscard]] virtual ServerControl* control() { return nullptr; }
  /// A sentence once another run is known to have taken the stores, or, after ends(), something of the user's could not
  /// be put back; else empty.
  [[nodiscard]] virtual std::string claim_lost() const { return {}; }
  /// The same, after asking the server.
  [[nodiscard]] virtual std::string confirm_claim() { return {}; }

  virtual void complete(HistoryHeader& /*header*/) const {}
  /// Lanes of the history that it writes itself, behind those of the workers; `recorded` gives it the first.
  [[nodiscard]] virtual unsigned lanes() const { return 0; }
  virtual void begins(SteadyTime /*origin*/, HistoryWriter& /*history*/, unsigned /*first_lane*/) {}
  /// The last op is over; rows and entries may still be compared.
  virtual void ops_end() {}
  /// The run is over. It may add to the counts, and say what rows and entries hold at rest. An interrupt is only noted
  /// meanwhile (InterruptWatch::came).
  virtual void ends(RunOutcome& /*outcome*/) {}
  virtual void tell(Progress& /*progress*/) const {}
  /// What only it knows, its warnings among it.
  virtual void tell(RunResults& results) const = 0;
  /// Stops what it started. May be called twice.
  virtual void close() = 0;
};

}  // namespace stalemate
