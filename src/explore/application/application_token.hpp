// A witness of a real application as a short text that can be printed, kept and repeated.
//
// "a1-" and what token_bytes.hpp says: the property, the scope, whose file it was, the choices, and behind each of them
// some bits of a hash of what the application did. The digit changes whenever the meaning of the bytes changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "explore/application/schedule_search.hpp"

namespace stalemate {

/// What a token holds.
struct ApplicationToken {
  ApplicationWitness witness = {};       ///< without its run
  std::uint32_t subject = 0;             ///< a hash of the application's file
  std::vector<std::uint16_t> seen = {};  ///< of each choice: what it showed
};

/// The same for equal texts, and most likely for no others.
[[nodiscard]] std::uint32_t subject_of(std::string_view file_text);

/// True of a text that is meant to be such a token, and not one of a pattern's run.
[[nodiscard]] bool is_application_token(std::string_view text);

[[nodiscard]] std::string token_of(const ApplicationWitness& witness, std::uint32_t subject);
/// Errors: ErrorCode::wrong_type with a sentence, where the text is no such token, was mistyped, or names a property
/// that this program does not have.
[[nodiscard]] Result<ApplicationToken> parse_application_token(std::string_view token);

/// A token's run, forced once more.
struct ForcedRun {
  ApplicationWitness witness = {};            ///< with what was seen now
  bool violated = false;                      ///< by its last step, as then
  std::vector<std::string> differences = {};  ///< sentences: where it went otherwise than then
};
/// Errors: those of the world.
[[nodiscard]] Result<ForcedRun> force_run(ApplicationWorld& world, const ApplicationToken& token);

}  // namespace stalemate
