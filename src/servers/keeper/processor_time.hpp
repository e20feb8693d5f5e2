// How much of the machine's processors was used, and by whom.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string_view>

#include "core/types.hpp"

namespace stalemate {

/// Processor time of these processes and all their descendants, those that have ended and were waited for included.
/// Never falls while the processes live.
[[nodiscard]] Nanoseconds processor_time_of_families(std::span<const pid_t> roots);

/// The same to the nanosecond for processes that live, so that little work shows; of those that have ended to a clock
/// tick, so that it may fall by one or two ticks when one ends.
[[nodiscard]] Nanoseconds exact_processor_time_of_families(std::span<const pid_t> roots);

/// Processor time of this process, all threads.
[[nodiscard]] Nanoseconds own_processor_time();

/// Time in which processors of this machine were busy since it started, added up over them. Nothing where the kernel
/// does not tell.
[[nodiscard]] std::optional<Nanoseconds> machine_processor_time();

/// Reads the text of /proc/stat, for a clock of `ticks_a_second`. Nothing if it is not such a text.
[[nodiscard]] std::optional<Nanoseconds> parse_machine_stat(std::string_view text, long ticks_a_second);

/// Processors of this machine, 1 or more.
[[nodiscard]] unsigned processors();

}  // namespace stalemate
