// The machine of an exploration: a state, and every step that can follow it.
//
// There are two sizes of steps, with the same verdicts. With `every_event` the invocation of an op, each call's effect
// and each reply are separate steps. Else a call's effect comes together with what only its own process can notice
// and nobody else can be hindered by: the invocation before the op's first call and the reply after each call. That
// leaves nothing out: a process reacts to a reply by asking the next thing at the earliest, and that may still take its
// time; and the later an op begins and the earlier it ends, the more it promises.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "explore/model/behaviour.hpp"
#include "explore/model/virtual_fault.hpp"
#include "explore/model/world.hpp"
#include "explore/panel.hpp"

namespace stalemate {

inline constexpr std::size_t processes_max = clients_max + servers_max;
inline constexpr std::size_t messages_max = 2;

/// The whole state, in 36 bytes without padding; equal states have equal bytes.
struct MachineState {
  WorldId world = 0;
  PanelId panel = 0;
  std::array<NodeId, processes_max> at = {};
  std::array<NodeId, messages_max> messages = {};  ///< asking nodes whose request is still on its way; sorted, 0: none
  std::uint8_t faults = 0;                         ///< so far
  std::array<std::uint8_t, 3> zero = {};
  friend bool operator==(const MachineState&, const MachineState&) = default;
};
static_assert(sizeof(MachineState) == 36);

enum class ChoiceKind : std::uint8_t {
  act,      ///< a process's call takes effect (and, in large steps, all that comes with it)
  begin,    ///< a process invokes its next op; of every_event
  receive,  ///< a process gets its reply; of every_event
  crash,    ///< a process dies; a fault
  arrive,   ///< a request that was on its way takes effect
  strike,   ///< a fault of the stores
  change    ///< something that the stores do by themselves
};

/// One step of those that can follow a state.
struct Choice {
  ChoiceKind kind = ChoiceKind::act;
  std::uint8_t who = 0;      ///< the process; of arrive the place in messages
  std::uint8_t variant = 0;  ///< which of the effects or changes
  std::uint8_t fault = 0;    ///< 0: none; else the place of the fault in the options, and 1
  friend bool operator==(const Choice&, const Choice&) = default;
};

template <class State>
struct StepTo {
  State state = {};
  Choice choice = {};
  JudgeMask violated = 0;  ///< by the step itself; for trouble at rest ask violated_at_rest
};
using Successor = StepTo<MachineState>;

struct MachineOptions {
  const PatternInfo* pattern = nullptr;
  Scope scope = {};
  std::vector<const VirtualFaultInfo*> faults = {};
  std::uint8_t faults_max = 0;
  std::vector<const JudgeInfo*> judges = {};
  Nanoseconds time_to_live_ns = 0;
  bool every_event = false;
  bool one_after_another = false;  ///< a client begins an op only while no other client's op is going on
};

/// Single-threaded.
class Machine {
 public:
  explicit Machine(const MachineOptions& options);

  [[nodiscard]] MachineState first() const;
  /// Fills `successors` with every step that can follow `state`, in a fixed order.
  void expand(const MachineState& state, std::vector<Successor>& successors);
  /// The steps of one process that can follow, without any fault.
  void expand_faultless(const MachineState& state, std::uint8_t process, std::vector<Successor>& successors);
  /// The judges that see trouble in this state, if it is one at rest; else none.
  [[nodiscard]] JudgeMask violated_at_rest(const MachineState& state) const;
  /// No op is going on, no request is under way, the background processes have nothing to do.
  [[nodiscard]] bool at_rest(const MachineState& state) const;
  /// A client that is in the middle of an op.
  [[nodiscard]] bool is_in_op(const MachineState& state, std::size_t client) const;
  /// True for a step in which the caller gets a busy answer and waits no longer.
  [[nodiscard]] bool gives_up(const MachineState& state, const Choice& choice);
  /// A bound of the machine was passed; its answers are incomplete.
  [[nodiscard]] bool overflowed() const { return behaviour_.overflowed() || worlds_.overflowed() || overflowed_; }
  /// The request is a write that is in the log and not yet in the row.
  [[nodiscard]] bool is_unseen(WorldId world, const Request& request) const;
  [[nodiscard]] std::size_t bytes() const;

  [[nodiscard]] const MachineOptions& options() const { return options_; }
  [[nodiscard]] Behaviour& behaviour() { return behaviour_; }
  [[nodiscard]] WorldTable& worlds() { return worlds_; }
  [[nodiscard]] Panel& panel() { return panel_; }
  /// What a request can do, remembered. Valid until the next call.
  [[nodiscard]] std::span<const Effect> effects(WorldId world, std::uint32_t request, std::uint8_t server);
  /// What a fault of the stores (its place in the options) or, with `by_itself`, the stores can do. Valid as above.
  [[nodiscard]] std::span<const WorldChange> changes(WorldId world, std::size_t fault);
  static constexpr std::size_t by_itself = 255;

 private:
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  [[nodiscard]] bool may_begin(const MachineState& state, const BehaviourNode& node) const;
  void expand_process(const MachineState& state, std::uint8_t process, std::vector<Successor>& successors);
  void act(const MachineState& state, std::uint8_t process, NodeId asking, bool begins,
           std::vector<Successor>& successors);
  [[nodiscard]] bool can_hit(const VirtualCallFault& call, const MachineState& state, const Request& request);
  void trouble(const MachineState& state, std::uint8_t process, NodeId asking, bool begins,
               std::vector<Successor>& successors);
  void expand_stores(const MachineState& state, std::vector<Successor>& successors);
  void observe(Successor& successor, const JudgedEvent& event);
  void begin_op(Successor& successor, const BehaviourNode& node);
  void take_reply(Successor& successor, std::uint8_t process, NodeId asking, ReplyId reply);
  void settle(Successor& successor, std::uint8_t process, NodeId place);
  void crash(Successor& successor, std::uint8_t process);
  void add_message(MachineState& state, NodeId asking);
  [[nodiscard]] bool may_fail(const MachineState& state) const { return state.faults < options_.faults_max; }

  MachineOptions options_;
  Behaviour behaviour_;
  WorldTable worlds_;
  Panel panel_;
  ReplyId timed_out_;
  ReplyId refused_;
  Memo effect_ranges_;
  std::vector<Range> ranges_;
  std::vector<Effect> effects_;
  Memo change_ranges_;
  std::vector<WorldChange> changes_;
  bool overflowed_ = false;
};

}  // namespace stalemate
