// Everything main does, callable from tests.
#pragma once

namespace stalemate {

/// The program's version, such as "0.1.0".
[[nodiscard]] const char* program_version();

/// Runs the command line; returns the exit code. Exceptions end here.
/// Requires: the main thread, no other threads.
int run_program(int argc, char** argv);

}  // namespace stalemate
