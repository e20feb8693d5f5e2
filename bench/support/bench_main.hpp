// The main of a benchmark that starts private servers.
#pragma once

#include <cstdio>
#include <exception>
#include <filesystem>

#include "servers/private_servers.hpp"

namespace stalemate {

/// What main returns: the keeper's exit code where this process is to be one, else that of `run`. What `run` throws is
/// told on standard error, and is 70. Requires: it is main's first statement.
inline int bench_main(int argc, char** argv, int (*run)(int argc, char** argv)) {
  if (const auto code = run_keeper_if_asked(argc, argv)) {
    return *code;
  }
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", std::filesystem::path(argv[0]).filename().c_str(), error.what());
    return 70;
  }
}

}  // namespace stalemate
