// Cache commands as Redis runs them: a Lua script behind a prelude, its names and arguments, and its answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/pattern/cache_command.hpp"

namespace stalemate {

/// The set of product ids whose `queued` holds, and where the last moment a command was told is kept.
inline constexpr std::string_view queue_name = "stock:queue";
inline constexpr std::string_view clock_name = "stock:clock";

/// What Redis calls the slot of the product `id`.
[[nodiscard]] std::string slot_name(std::string_view id, Slot slot);

/// The whole script: a prelude that gives the command what core/pattern/cache_command.hpp says, then its own text.
[[nodiscard]] std::string script_text(const CacheCommandInfo& command);

/// The Redis command that runs a script: `word` EVAL with its text, or EVALSHA with its hash.
[[nodiscard]] std::string script_call(std::string_view word, std::string_view script, Key key,
                                      const CacheArguments& arguments);

/// What a script has answered, such as "done 17 5" or "busy - 0"; std::nullopt where it is none.
[[nodiscard]] std::optional<CacheReply> parse_script_reply(std::string_view text);

}  // namespace stalemate
