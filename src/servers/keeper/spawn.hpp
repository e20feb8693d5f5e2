// Starts one program in a new session, with a clean environment, as another user if asked.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "servers/keeper/account.hpp"

namespace stalemate {

/// What to start and how. The child gets PATH, LANG=C.UTF-8, TZ=UTC and HOME, but for those that `environment` has, and
/// `environment`; nothing of ours.
struct SpawnOrder {
  std::vector<std::string> arguments = {};    ///< arguments[0] is the program's absolute path
  std::vector<std::string> environment = {};  ///< "NAME=value"
  std::filesystem::path folder = {};          ///< working folder and HOME
  std::filesystem::path input = {};           ///< its standard input; empty: none
  std::filesystem::path output = {};          ///< its standard output, a pipe that is there; empty: the log
  std::filesystem::path log = {};             ///< both its outputs are appended here
  std::optional<Account> account = {};
};

[[nodiscard]] nlohmann::json to_json(const SpawnOrder& order);
/// Requires: `text` was made by to_json.
[[nodiscard]] SpawnOrder spawn_order_from(const nlohmann::json& text);

/// Starts it as a child. With `dies_with_us`, the kernel kills it when the calling process ends for any reason.
/// Errors: unavailable, saying which step failed.
/// Requires: the calling process has one thread (it forks, and death is noticed by thread).
[[nodiscard]] Result<pid_t> spawn(const SpawnOrder& order, bool dies_with_us);

}  // namespace stalemate
