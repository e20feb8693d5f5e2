// What Redis' commands do, as far as their names and arguments tell.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "wire/store_request.hpp"

namespace stalemate {

/// What `words` ask: the command's name and its arguments. Keys are also the channels of PUBLISH and SUBSCRIBE. A
/// script touches the keys that it is given; what else it touches is not seen. A command that is not known may touch
/// anything. `is_whole`: no word is missing at the end. Requires: at least one word.
[[nodiscard]] StoreRequest redis_request(std::span<const std::string_view> words, bool is_whole = true);

/// MULTI to EXEC as one request: what its parts ask together.
[[nodiscard]] StoreRequest redis_transaction(std::span<const StoreRequest> parts);

/// The names of all commands that are known, in capitals; those with subcommands as "CLIENT".
[[nodiscard]] std::vector<std::string_view> redis_command_names();

}  // namespace stalemate
