// Functions that PostgreSQL brings along and that change nothing.
#pragma once

#include <string_view>
#include <vector>

namespace stalemate {

/// Their names, sorted. Source: pg_proc of PostgreSQL 15, by provolatile.
[[nodiscard]] const std::vector<std::string_view>& reading_functions();

/// False of what a user made, and of what writes, locks or notifies.
[[nodiscard]] bool is_reading_function(std::string_view name);

}  // namespace stalemate
