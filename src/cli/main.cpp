// The program: picks the subcommand, reads its command line and turns every failure into a sentence and an exit code.
#include "cli/program.hpp"
#include "servers/private_servers.hpp"

int main(int argc, char** argv) {
  if (const std::optional<int> keeper = stalemate::run_keeper_if_asked(argc, argv)) {
    return *keeper;
  }
  return stalemate::run_program(argc, argv);
}
