#include "cli/check_run.hpp"

namespace stalemate {

void check_run(const std::filesystem::path&, RunResults&) {}

}  // namespace stalemate
