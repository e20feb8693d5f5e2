// Everything main does, callable from tests.
#pragma once

#include <string>

namespace stalemate {

/// The program's version, such as "0.1.0".
[[nodiscard]] const char* program_version();

/// How a shell in this folder calls the program: "stalemate" where PATH leads to it, else its path, quoted if needed.
[[nodiscard]] std::string own_command();

/// Runs the command line; returns the exit code. Exceptions end here.
/// Requires: the main thread, no other threads.
int run_program(int argc, char** argv);

}  // namespace stalemate
