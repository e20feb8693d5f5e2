// What the program says when something is wrong: one sentence on standard error, and the exit code that goes with it.
#pragma once

#include <string_view>

#include "cli/exit_code.hpp"
#include "core/error.hpp"

namespace stalemate {

/// Prints "stalemate: SENTENCE" to standard error, with terminal control characters escaped, and returns `code`.
ExitCode say(ExitCode code, std::string_view sentence);

/// Prints the error's detail and returns the code its kind asks for: wrong input 64, a server's trouble 69, else 70.
ExitCode say(const Error& error);

/// Prints what is being done to standard error, unchanged. A failure to write is ignored.
void note(std::string_view sentence);

/// Prints a warning to standard error: "stalemate: warning: SENTENCE".
void warn(std::string_view sentence);

}  // namespace stalemate
