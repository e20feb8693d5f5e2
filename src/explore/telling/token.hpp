// A witness as a short text that can be printed, kept and repeated.
//
// "s1-" and groups of the 32 signs of Crockford's alphabet: what the witness was found with, its choices, and a
// checksum. The version digit changes whenever the meaning of the bytes after it changes.
#pragma once

#include <string>
#include <string_view>

#include "explore/exploration.hpp"

namespace stalemate {

[[nodiscard]] std::string token_of(const Witness& witness);

/// Errors: ErrorCode::wrong_type with a sentence, where the text is no token, was mistyped, or names a pattern, fault
/// or judge that this program does not have. Whether its steps are still possible is for tell() to say.
[[nodiscard]] Result<Witness> parse_token(std::string_view token);

}  // namespace stalemate
