// Whether a program is a cockroach that can be used, before anything is started with it.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// Judges what `PROGRAM version` printed.
/// Errors: unavailable: it names no version, or one older than v20.1.
[[nodiscard]] Result<void> check_cockroach_version(const std::filesystem::path& program, std::string_view printed);

/// Finds the program as find_cockroach does and runs it once to ask for its version, within `limit_ns`. Blocks.
/// Errors: unavailable, with a sentence that says what is wrong with it.
[[nodiscard]] Result<void> check_cockroach_program(const std::filesystem::path& wanted,
                                                   Nanoseconds limit_ns = 30'000'000'000);

}  // namespace stalemate
