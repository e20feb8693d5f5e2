// What the search needs of a real application behind gates: to take one step at a time, and to see what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/faults/call_trouble.hpp"
#include "core/op.hpp"
#include "explore/scope.hpp"

namespace stalemate {

/// A store call that waits at a gate. In all texts the key is written "{key}", and values as the scope's numbers: 0 the
/// row before all writes, 1, 2, ... the writes.
struct HeldCall {
  std::uint64_t id = 0;
  std::uint8_t process = 0;  ///< of the scope: the instance that sent it
  Store store = Store::database;
  std::string name = {};               ///< "DEL"
  std::string text = {};               ///< "DEL product:{key}"
  std::vector<std::string> keys = {};  ///< what it touches, by name
  bool touches_anything = false;       ///< that cannot be told
  bool writes = true;
};

/// Whether two runs of the same steps show the same call. Texts may differ: they hold tokens, times and the like.
[[nodiscard]] inline bool same_call(const HeldCall& one, const HeldCall& other) {
  return one.process == other.process && one.store == other.store && one.name == other.name && one.keys == other.keys &&
         one.touches_anything == other.touches_anything && one.writes == other.writes;
}

/// A request of a client that was answered. `value` is of an `ok` read: the scope's number, `absent`, or
/// `foreign_value` where no write of the scope can have written it.
struct AnsweredOp {
  std::uint8_t process = 0;
  Outcome outcome = Outcome::info;
  Value value = absent;
  std::string detail = {};  ///< of one that is not `ok`: what was answered instead, if that is known
};
inline constexpr Value foreign_value = 1'000'000;

/// Where the application stands once it is at rest again: every instance waits at a gate, has answered, or is dead.
struct Situation {
  std::vector<HeldCall> held = {};        ///< by process, then in the order in which they came
  std::vector<AnsweredOp> answered = {};  ///< since the step before
  std::vector<Value> committed = {};      ///< writes that the database applied in this step
  std::string reply = {};                 ///< what the store answered to the step's call, on one line; empty: nothing
  /// Calls that were let go and that their store makes wait for another one, such as for a row's lock.
  std::vector<std::uint64_t> blocked = {};
  /// Processes whose instances a store told something in this step that they had not asked for: a message, an
  /// invalidation. The step moves them, too.
  std::vector<std::uint8_t> told_unasked = {};
  /// What this step touches cannot be told: an instance began or ceased to listen to what other steps have told, or
  /// somebody who is no process of the scope called a store. It commutes with nothing.
  bool touches_everything = false;
};

/// What a fresh look at the application finds when nothing is under way any more.
struct RestReads {
  /// One read through each instance, in the scope's order of processes; nothing where it is dead or did not answer
  /// `ok`.
  std::vector<std::optional<Value>> by_instance = {};
  std::optional<Value> row = {};    ///< as the database has it; nothing where that could not be told
  std::optional<Value> entry = {};  ///< of the cache, where its name and form are told and it has one
  bool uncommitted = false;         ///< a transaction is still open in which a value was written: nobody else sees it
};

/// What can happen to the cache between two steps.
enum class StoreStrike : std::uint8_t {
  evict,     ///< the key's entries go, whatever their names
  restart,   ///< it comes up again empty; its connections break
  remember,  ///< a copy of the key's entries is made, and nothing else happens
  rollback   ///< it comes up again with that copy in place of what it has; its connections break
};

/// A real application. One instance a process of the scope. A schedule works on a key of its own, whose row is made
/// beforehand with value 0.
/// Thread rule: one call at a time, by one thread. Errors: what keeps the whole exploration from going on, in a
/// sentence; what an application does wrong with one request is its outcome.
class ApplicationWorld {
 public:
  virtual ~ApplicationWorld() = default;
  /// Leaves the schedule before, whatever is under way in it, and makes the next one's key.
  [[nodiscard]] virtual Result<Situation> next_schedule(const Scope& scope) = 0;
  /// Sends the next request of `process`.
  [[nodiscard]] virtual Result<Situation> begin(std::uint8_t process, OpKind kind, Value value) = 0;
  [[nodiscard]] virtual Result<Situation> let_go(std::uint64_t call, const CallTrouble& trouble) = 0;
  /// Sends a late copy of a call that was let go.
  [[nodiscard]] virtual Result<Situation> arrive(std::uint64_t call) = 0;
  /// Kills the instance of `process` and starts it again before the next schedule. Its op ends with `info`.
  [[nodiscard]] virtual Result<Situation> crash(std::uint8_t process) = 0;
  [[nodiscard]] virtual Result<Situation> strike(StoreStrike what) = 0;
  /// Requires: nothing is held and nobody is in an op.
  [[nodiscard]] virtual Result<RestReads> rest() = 0;
};

}  // namespace stalemate
