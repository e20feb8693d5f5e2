// What one recorded step says: whether it changed an entry, whether it may have happened, and by when.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "core/op.hpp"
#include "record/history.hpp"

namespace stalemate {

[[nodiscard]] inline bool is_update(const StepRecord& step) {
  return step.is_update();
}
[[nodiscard]] inline bool changes_entry(const StepRecord& step) {
  return step.command() == Command::set || step.command() == Command::erase;
}
[[nodiscard]] inline bool may_have_happened(const StepRecord& step) {
  return step.outcome() != Outcome::fail;
}
/// A fault had the call left out, which takes no time.
[[nodiscard]] inline bool was_left_out(const StepRecord& step) {
  return step.outcome() == Outcome::fail && step.fault() != no_fault && step.start_ns() == step.end_ns();
}
/// The cache answered that it left things as they were.
[[nodiscard]] inline bool was_refused(const StepRecord& step) {
  return step.outcome() == Outcome::fail && step.error() == ErrorCode::none && !was_left_out(step);
}
/// It was to change something, and perhaps never did.
[[nodiscard]] inline bool was_lost(const StepRecord& step) {
  return step.outcome() != Outcome::ok && !was_refused(step);
}
/// The latest instant at which the step's effect may have come; `never` where it was not answered.
[[nodiscard]] inline Nanoseconds effect_end_ns(const StepRecord& step) {
  return step.outcome() == Outcome::ok ? step.end_ns() : never;
}

/// What its cache command does to keep others away; none for a plain call.
[[nodiscard]] inline Ward ward_of(const HistoryHeader& header, const StepRecord& step) {
  const std::size_t number = step.cache_command();
  return number < header.cache_commands.size() ? header.cache_commands[number].ward : Ward::none;
}

/// The first step that fits, or nullptr.
template <class Fits>
[[nodiscard]] const StepRecord* find_step(std::span<const StepRecord> steps, const Fits& fits) {
  const auto found = std::ranges::find_if(steps, fits);
  return found == steps.end() ? nullptr : &*found;
}

/// The last step that fits, or nullptr.
template <class Fits>
[[nodiscard]] const StepRecord* find_last_step(std::span<const StepRecord> steps, const Fits& fits) {
  const StepRecord* found = nullptr;
  for (const StepRecord& step : steps) {
    found = fits(step) ? &step : found;
  }
  return found;
}

}  // namespace stalemate
