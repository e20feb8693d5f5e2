// The sampler's connections to the stores of a user's own service: rows and entries are looked at past the service.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "drive/session.hpp"
#include "gated/run/direct_look.hpp"
#include "gated/run/run_stage.hpp"

namespace stalemate {

/// Why rows and entries of this service cannot be compared while it runs, naming what is missing in its file; empty:
/// they can.
[[nodiscard]] std::string why_no_survey(const Application& application);

/// What a run's survey found of entries; outlives the survey.
/// Thread rule: any thread.
class EntriesSeen {
 public:
  void note(const EntryLook& look);
  /// Sentences: that no entry was ever found, or that some were in another form than the file says.
  [[nodiscard]] std::vector<std::string> words(const Application& application) const;

 private:
  mutable std::mutex mutex_;
  bool looked_ = false;
  std::uint64_t found_ = 0;
  std::uint64_t unreadable_ = 0;
  std::string first_unreadable_ = {};
};

/// Requires: why_no_survey is empty. `stage` and `seen` outlive it.
[[nodiscard]] std::unique_ptr<SurveySession> make_application_survey(boost::asio::io_context& context, RunStage& stage,
                                                                     EntriesSeen& seen);

}  // namespace stalemate
