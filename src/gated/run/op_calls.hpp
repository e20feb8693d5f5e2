// The keeper of the gates during a run: tells to which op of the run each call belongs, and lets it pass, or has befall
// it what the run's faults say.
//
// Nobody tells which request made a call, so it is told from the outside: a call belongs to an op of its instance whose
// key stands in it, and of several such ops to the one for which it is the next thing to do: an update that names the
// written value to that write, a fill to a read that loaded what it sets, a lookup to the read that began first and has
// not looked yet. An op that has been answered can still make calls for a while (nobody awaited them).
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/faults/call_trouble.hpp"
#include "core/op.hpp"
#include "gated/call_texts.hpp"
#include "gated/run/commit_order.hpp"
#include "gated/run/doers.hpp"
#include "gated/run/last_writes.hpp"
#include "proxy/gate.hpp"

namespace stalemate {

/// What became of the calls that the gates saw while the run went on.
struct OpCallCounts {
  std::uint64_t calls = 0;       ///< that may have to do with a row or an entry: not those that set a connection up
  std::uint64_t told = 0;        ///< that became steps
  std::uint64_t of_several = 0;  ///< of these: where more than one op could have made it, which it was told by order
  std::uint64_t no_key = 0;      ///< no key of the run stands in them
  std::uint64_t no_op = 0;       ///< no op of that key was under way at that instance, or for none it made sense
  std::uint64_t no_value = 0;    ///< the value could not be told from what was sent or answered
  std::uint64_t unordered = 0;   ///< updates that were applied at a place that the database's log does not tell
  std::uint64_t hits = 0;        ///< reads whose first lookup found an entry
  std::uint64_t misses = 0;
};

/// A call that arrived, as a run's faults see it.
struct CallAtGate {
  Store store = Store::cache;
  std::optional<Role> role = {};  ///< none: whose it is, or what it does to a row or an entry, could not be told
  Key key = {};                   ///< these two where there is a role
  std::uint64_t fault_draw = 0;   ///< draw_for
  bool writes = true;             ///< it may change something there
  bool can_be_skipped = false;    ///< a gate can answer it in its store's stead
  Nanoseconds at_ns = 0;
};

/// What a fault does to a call; nothing where `fault` is no_fault.
struct CallHit {
  CallTrouble trouble = {};
  FaultId fault = no_fault;
};

/// Thread rule: any thread. `on_step` is called by the gates' thread, or by whoever calls `finish`.
class OpCalls final : public GateKeeper {
 public:
  /// Reads the clock of the run, at 0 or later; called by the gates' thread.
  using Now = std::function<Nanoseconds()>;
  using OnStep = std::function<void(const Step& step)>;
  /// Decides what befalls a call; called by the gates' thread.
  using Faults = std::function<CallHit(const CallAtGate& call)>;

  /// `keys` are their texts, by number; every row holds `initial` at first. Until `watch`, nothing is told.
  OpCalls(const std::vector<std::string>& keys, Value initial);

  void watch(Now now, OnStep on_step, Faults faults = {});
  /// Updates are told by `finish` only, since no sooner is it known in which order they were committed. To be called
  /// before `watch`, if `read_log` will be.
  void await_order();
  /// Reads the log so far; what was read before `watch` does not count. Errors: the log's.
  [[nodiscard]] Result<void> read_log(CommitLog& log);
  /// Takes one line of it.
  void note_change(std::string_view line);
  /// Records what is still under way as unanswered, and tells nothing from then on.
  void finish();

  void begin(const CallingOp& op);
  void end(const CallingOp& op, Outcome outcome);

  [[nodiscard]] OpCallCounts counts() const;
  /// Which values the key's row may hold, as far as the ops tell.
  [[nodiscard]] std::vector<Value> last_written(Key key) const;
  /// What rows hold, by key, where the database's log tells it; only of rows that the run updated.
  [[nodiscard]] std::map<std::uint32_t, Value> logged_rows() const;
  /// What the gates could not read or reach, first; empty: nothing.
  [[nodiscard]] std::string trouble() const;
  /// That the gates cannot reach a store is no trouble while an outage is expected.
  void expect_outage(bool expected);
  /// How long until the last copy of a call is sent that a fault makes take effect late; 0: none is to come.
  [[nodiscard]] Nanoseconds copies_due_in_ns() const;
  /// What entries are called, as CallSense::entry.
  [[nodiscard]] std::set<std::string> entry_names() const;
  /// Whether a store was called since the gates opened.
  [[nodiscard]] bool was_called(bool cache) const;

  [[nodiscard]] Passage arrived(const GateCall& call) override;
  void answered(const GateCall& call, const StoreReply& reply) override;
  void closed(std::size_t link, std::uint64_t connection) override;
  void copy_answered(const GateCall& call, const StoreReply& reply) override;
  void troubled(std::size_t link, const std::string& sentence) override;

 private:
  /// A call on its way to its store, as one op's step.
  struct Sent {
    Step step = {};
    Key key = {};
    std::string entry = {};
    std::uint64_t fault_draw = 0;
    bool of_several = false;
  };
  struct Call {
    std::size_t link = 0;
    std::uint64_t connection = 0;
    std::vector<Sent> sent = {};
    bool loses_reply = false;
  };
  using Place = std::pair<std::size_t, std::uint32_t>;  // instance and key

  [[nodiscard]] std::optional<Sent> sent_by(const GateCall& call, const CallSense& sense, Key key);
  [[nodiscard]] bool is_of_no_entry(std::size_t link, const Sent& sent) const;
  [[nodiscard]] CallHit hit_of(const GateCall& call, const std::vector<Sent>& sent) const;
  void befall(const GateCall& call, const CallHit& hit, Call& kept);
  void answer(Sent& sent, const GateCall& call, const StoreReply& reply);
  void note_found(const Place& place, const Step& step);
  void give_up(const Call& call, ErrorCode why);
  void emit(const Step& step);
  void emit_updates();
  [[nodiscard]] Nanoseconds now_ns() const { return std::max<Nanoseconds>(now_(), 0); }

  CallTexts texts_;
  mutable std::mutex mutex_;
  Now now_ = {};
  OnStep on_step_ = {};
  Faults faults_ = {};
  bool watches_ = false;
  std::map<Place, Doers> doers_ = {};
  std::unordered_map<std::uint64_t, Call> calls_ = {};
  std::unordered_map<std::uint64_t, Call> copies_ = {};  // still to take effect, by the call that they are of
  std::set<std::string> entries_ = {};                   // names under which a value was seen, with {key} for the key
  bool awaits_order_ = false;
  std::vector<Step> updates_ = {};            // that wait for their order
  std::set<Value> unseen_ = {};               // acknowledged writes whose update was not seen
  std::set<std::string> loaded_tables_ = {};  // in which reads found values
  CommitOrder order_ = {};
  LastWrites last_writes_;
  OpCallCounts counts_ = {};
  std::string trouble_ = {};
  bool outage_is_expected_ = false;
  bool cache_called_ = false;
  bool database_called_ = false;
};

}  // namespace stalemate
