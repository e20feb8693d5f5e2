// A fault: something that goes wrong on purpose, chosen by the plan and recorded with every step it touches.
//
// There are two sorts. A call fault hits single store calls: the plan draws, once an op, which of the op's calls it
// hits. A server fault happens to a server at a time the plan fixes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/call_names.hpp"
#include "core/error.hpp"
#include "core/op.hpp"
#include "core/ports.hpp"
#include "core/registry.hpp"
#include "core/types.hpp"

namespace stalemate {

/// What a call fault does to a call it hits.
struct CallAction {
  bool skip = false;                ///< the call is not made and counts as done
  bool roll_back = false;           ///< of a write of the row: the server carries it out, rolls it back and says so
  Nanoseconds delay_before_ns = 0;  ///< the call is sent this much later
};

/// A configured fault of single calls.
/// Stateless: whatever it does follows from its text and the arguments, so that every cursor of a plan draws alike.
/// Thread rule: any thread.
class CallFault {
 public:
  virtual ~CallFault() = default;
  /// The roles whose calls are hit in the next op of the plan. Uses the same number of random draws for every op of a
  /// kind, so that a hit on one op does not move the draws of later ones.
  virtual RoleMask draw(Random& random, OpKind kind) const = 0;
  [[nodiscard]] virtual CallAction action(Role role) const = 0;
};

/// Which server a server fault happens to.
enum class Target : std::uint8_t { database, cache };

/// What happens to a server.
enum class ServerEventKind : std::uint8_t {
  pause,   ///< it stops answering but keeps its connections (SIGSTOP)
  resume,  ///< it goes on (SIGCONT)
  kill,    ///< it dies at once (SIGKILL)
  start    ///< it is started again on the same data and address
};

/// One thing that happens to a server at a planned time.
struct ServerEvent {
  Nanoseconds at_ns = 0;
  Target target = Target::database;
  ServerEventKind kind = ServerEventKind::pause;
  FaultId fault = no_fault;
};

/// A word of a call fault's text, and the calls it can hit: a pattern that makes none of them makes the word idle.
struct CallsHit {
  std::string word;
  RoleMask calls = 0;
};

/// A fault as configured for a run: `call` and `hits` of a call fault, or `events` of a server fault. Events come in
/// pairs, pause and resume or kill and start, that do not overlap on one target.
struct ConfiguredFault {
  std::unique_ptr<CallFault> call = {};
  std::vector<CallsHit> hits = {};       ///< one a word of its text, in the order given
  std::vector<ServerEvent> events = {};  ///< sorted by at_ns; `fault` is filled in by the plan
};

/// What the registry says of a fault. `parse` takes what stands behind `NAME=`.
/// Errors of `parse`: ErrorCode::refused_by_server is never used; a wrong text is ErrorCode::wrong_type, with a
/// sentence that says what would be right.
struct FaultInfo {
  std::string_view name;
  std::string_view summary;  ///< one line for the generated tables
  std::string_view example;  ///< a text `parse` takes, such as "fill=1%,update=1%,invalidate=1%"
  Result<ConfiguredFault> (*parse)(std::string_view text);
};

using FaultRegistry = Registry<FaultInfo>;

}  // namespace stalemate
