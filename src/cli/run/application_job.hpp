// A run of a user's own service.
#pragma once

#include <optional>
#include <string>

#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "core/error.hpp"

namespace stalemate {

struct ApplicationRunOrder {
  std::string file = {};
  std::optional<unsigned> instances = {};  ///< 1 to 16; none: one, or those of the file's `url`
};

/// Starts the service with its stores behind gates, has it make the rows, drives it with the flags' load, checks the
/// history and writes the run folder. Everything that was started is gone when it returns. `page`, which may be
/// nullptr, is told what goes on. Errors: a sentence for people; the run did not begin, and left no folder.
[[nodiscard]] Result<FinishedRun> do_application_run(const ApplicationRunOrder& order, const RunFlags& flags,
                                                     LivePage* page = nullptr);

}  // namespace stalemate
