// A fault: something that goes wrong on purpose, chosen by the plan and recorded with every step it touches.
//
// There are two sorts. A call fault hits single store calls: its clauses say which, by role, share, number, key and
// time. A server fault holds a server for a time that the plan fixes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/faults/call_names.hpp"
#include "core/faults/call_trouble.hpp"
#include "core/op.hpp"
#include "core/registry.hpp"
#include "core/types.hpp"

namespace stalemate {

/// From `begin_ns` on and before `end_ns`.
struct TimeWindow {
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = never;

  [[nodiscard]] bool holds(Nanoseconds instant_ns) const { return begin_ns <= instant_ns && instant_ns < end_ns; }
  friend bool operator==(const TimeWindow&, const TimeWindow&) = default;
};

/// Some calls, and what goes wrong with them: one clause of a call fault's text. A call is hit if all of it fits.
struct CallClause {
  std::string words = {};  ///< as written, such as "invalidate n=3"
  std::string word = {};   ///< which calls, such as "invalidate"
  RoleMask calls = 0;
  double share = 1;        ///< of these calls, drawn once an op and role; above 0, at most 1
  std::uint64_t nth = 0;   ///< only the n-th of the calls that all else fits, counted over the run; 0: each
  std::string key = {};    ///< only of the row with this product id; empty: of any
  TimeWindow window = {};  ///< only calls made in it
  CallTrouble trouble = {};
  bool crash = false;  ///< the process that makes the call dies instead

  /// Every such call is hit.
  [[nodiscard]] bool is_unconditional() const {
    return share >= 1 && nth == 0 && key.empty() && window == TimeWindow();
  }
};

/// Which server a server fault happens to.
enum class Target : std::uint8_t { database, cache, replica };
inline constexpr std::size_t target_count = 3;

/// What happens to a server. Those that begin something come first, each followed by what ends it.
enum class ServerEventKind : std::uint8_t {
  pause,      ///< it stops answering but keeps its connections (SIGSTOP)
  resume,     ///< it goes on (SIGCONT)
  kill,       ///< it dies at once (SIGKILL)
  start,      ///< it is started again on the same data and address
  cut,        ///< its connections are cut and new ones refused; it lives on, with all it holds
  mend,       ///< it can be reached again
  hold_back,  ///< of a replica: it applies no more of what it is sent
  catch_up,   ///< of a replica: it applies what it was sent
  remember,   ///< of a cache: a copy of what it holds is taken aside; of a database: its standby stops following it
  put_back,   ///< of a cache: it holds that copy again and nothing else; of a database: that standby takes over
  evict,      ///< of a cache: again and again it drops something that it keeps of a key
  evict_end,
  expire,  ///< of a cache: again and again something that is to expire later does so now
  expire_end
};

/// Whether it ends what the kind before it has begun.
[[nodiscard]] constexpr bool is_end(ServerEventKind kind) {
  return static_cast<unsigned>(kind) % 2 == 1;
}

/// One thing that happens to a server at a planned time.
struct ServerEvent {
  Nanoseconds at_ns = 0;
  Target target = Target::database;
  ServerEventKind kind = ServerEventKind::pause;
  FaultId fault = no_fault;
  bool keeps_data = false;  ///< of a cache's kill and start: it comes back with what it held
  std::string key = {};     ///< of evict and expire: only of the row with this product id; empty: of any
};

/// Whether it has a standby of the database stop following it, to take its place later.
[[nodiscard]] inline bool leaves_standby_behind(const ServerEvent& event) {
  return event.target == Target::database && event.kind == ServerEventKind::remember;
}

/// A fault as configured for a run: the clauses of a call fault, or the events of a server fault. Events come in pairs,
/// a beginning and its end, that do not overlap on one target.
struct ConfiguredFault {
  std::vector<CallClause> clauses = {};  ///< in the order given
  std::vector<ServerEvent> events = {};  ///< sorted by at_ns; `fault` is filled in by the plan
};

/// What the registry says of a fault. `parse` takes what stands behind `NAME=`: clauses with commas between them.
/// Errors of `parse`: wrong_type, with a sentence that says what would be right.
struct FaultInfo {
  std::string_view name;
  std::string_view summary;   ///< one line for the generated tables
  std::string_view example;   ///< a text `parse` takes, such as "fill=1%,update=1%,invalidate=1%"
  std::string_view sentence;  ///< the fault as a sentence, "WHAT: FAULT HOW", such as "update: skip 1%"
  Result<ConfiguredFault> (*parse)(std::string_view text);
  std::string_view former_name = {};  ///< under which older scenarios know it; empty: none
};

using FaultRegistry = Registry<FaultInfo>;

/// The fault of that name, or of that former name, or nullptr.
[[nodiscard]] const FaultInfo* find_fault(std::string_view name);

/// Whether the share that the clause hits has this call in it. `draw`: the chance of its op; `salt`: of the fault, so
/// that faults are drawn independently, as are the calls of one op. Requires: `call` is the bit of one call.
[[nodiscard]] bool is_in_share(const CallClause& clause, RoleMask call, std::uint64_t draw, std::uint64_t salt = 0);

}  // namespace stalemate
