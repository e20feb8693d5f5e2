// Cuts a private server off from its clients by way of its unix socket.
#pragma once

#include <filesystem>
#include <functional>

#include "core/error.hpp"

namespace stalemate {

/// Whoever would connect finds no socket; whoever is connected is thrown out. The server itself notices neither. An
/// empty path is that of a server whose clients use no socket. Blocks.
/// Errors: unsupported, unavailable; those of `throw_out`, after which everything is as before.
[[nodiscard]] Result<void> cut_socket(const std::filesystem::path& socket,
                                      const std::function<Result<void>()>& throw_out);
/// Undoes it.
[[nodiscard]] Result<void> mend_socket(const std::filesystem::path& socket);

}  // namespace stalemate
