// Command lines of a user's file, as orders to a keeper.
#pragma once

#include <filesystem>

#include "application/application.hpp"
#include "core/error.hpp"
#include "servers/keeper/spawn.hpp"

namespace stalemate {

/// Runs `command` by /bin/sh in the application's folder, with the environment that the file says and what is passed on
/// of ours.
/// Errors: unsupported where it is longer than a keeper can be told.
[[nodiscard]] Result<SpawnOrder> shell_order(const Application& application, const Template& command,
                                             const PlaceholderValues& values, const std::filesystem::path& log);

}  // namespace stalemate
