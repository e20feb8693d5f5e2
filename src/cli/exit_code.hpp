// The program's exit codes, as house.md and the README document them.
#pragma once

#include <cstdint>

namespace stalemate {

enum class ExitCode : std::uint8_t {
  ok = 0,                   ///< the job was done, whatever it found; of check: valid
  invalid = 1,              ///< check, explore: a property is violated; replay: it is there again
  unknown = 2,              ///< check, explore, sweep: not decided; replay --live: real servers gave other replies
  usage = 64,               ///< the command line, a scenario or an input file is wrong
  server_unavailable = 69,  ///< a server cannot be started, reached or used
  defect = 70,              ///< an internal error, or one of this machine (disk full)
  threshold = 99,           ///< a --fail-if came true; decide: no alternative fulfils all wants
  interrupted = 130         ///< SIGINT, SIGTERM or SIGHUP
};

}  // namespace stalemate
