// Wall clock instants as results and histories write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace stalemate {

/// Seconds since 1970 of "2026-11-30T02:36:48Z"; none of any other text.
[[nodiscard]] std::optional<std::int64_t> seconds_since_epoch(const std::string& instant);

}  // namespace stalemate
