// How far a reader of a store's replies has come.
#pragma once

#include <cstdint>

namespace stalemate {

/// `done` once all that it expects are there; `broken` for bytes that are no reply, or more of them than it expects:
/// the connection is then of no more use.
enum class ReplyProgress : std::uint8_t { more, done, broken };

}  // namespace stalemate
