// Lets a test program be a keeper: what a program's main does first, done before gtest's main.
#pragma once

#include <unistd.h>

#include "servers/private_servers.hpp"

namespace stalemate {

/// The C library passes a constructor main's arguments. `_exit`, because nothing else of the program has begun.
__attribute__((constructor)) inline void become_keeper_if_asked(int argc, char** argv) {
  if (const auto code = run_keeper_if_asked(argc, argv)) {
    _exit(*code);
  }
}

}  // namespace stalemate
