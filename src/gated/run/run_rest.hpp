// After a run: whether what the application's readers get is what its rows hold.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "gated/run/run_stage.hpp"

namespace stalemate {

/// More would keep the service busy for longer than the run did.
inline constexpr std::uint32_t keys_at_rest_max = 10'000;

/// One key once all is at rest.
struct KeyAtRest {
  Key key = {};
  Value row = absent;
  /// What a reader gets: of several instances, and of the file's [entry], the first that is not the row's value.
  Value read = absent;
};

struct RunRest {
  std::vector<KeyAtRest> keys = {};  ///< by key; only those of which both are known
  std::uint32_t not_looked_at = 0;   ///< keys beyond keys_at_rest_max
  std::uint32_t rows_unknown = 0;  ///< keys that writes were made to which overlapped, of which no log tells the order
  std::uint32_t unanswered = 0;    ///< keys that were not answered
  std::string first_unanswered = {};  ///< a sentence
  std::string row_trouble = {};       ///< why rows could not be asked for; empty: they could, or there was no query
};

/// Waits until nobody does anything any more. False where that was not so within 10 s.
[[nodiscard]] bool come_to_rest(RunStage& stage);

/// Reads every key through every instance, and holds that against the row: what the file's row query finds, or the
/// value of the last write, or, where several could be the last, what the database's log says. What differs is read
/// again for a while, since a service may invalidate a little later. Ends sooner, with no key, once `is_over` says so.
/// Requires: no request is under way, and the stage's calls are finished.
[[nodiscard]] RunRest look_at_rest(RunStage& stage, const std::function<bool()>& is_over);

}  // namespace stalemate
