#include "explore/model/machine.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace stalemate {
namespace {

bool takes_effect_now(const VirtualCallFault& call) {
  return call.trouble.takes_effect && !call.in_log_only;
}

}  // namespace

Machine::Machine(const MachineOptions& options)
    : options_(options),
      behaviour_(*options.pattern, options.scope, options.time_to_live_ns),
      worlds_(options.pattern->needs, options.scope),
      panel_(options_.scope, options_.judges) {
  std::erase_if(options_.faults, [&](const VirtualFaultInfo* fault) {
    return fault->concerns != nullptr && !fault->concerns(*options.pattern);
  });
  Reply timed_out;
  timed_out.kind = ReplyKind::timed_out;
  timed_out_ = behaviour_.id_of(timed_out);
  Reply refused;
  refused.kind = ReplyKind::refused;
  refused_ = behaviour_.id_of(refused);
  STALEMATE_ASSERT(behaviour_.processes() <= processes_max, "a scope's processes fit into a state");
}

MachineState Machine::first() const {
  MachineState state;
  state.world = worlds_.first();
  state.panel = panel_.first();
  for (std::size_t process = 0; process < behaviour_.processes(); ++process) {
    state.at.at(process) = behaviour_.first(process);
  }
  return state;
}

std::size_t Machine::bytes() const {
  return effects_.capacity() * sizeof(Effect) + ranges_.capacity() * sizeof(Range) + effect_ranges_.bytes() +
         change_ranges_.bytes() + behaviour_.size() * sizeof(BehaviourNode) + worlds_.size() * 2 * sizeof(World);
}

std::span<const Effect> Machine::effects(WorldId world, std::uint32_t request, std::uint8_t server) {
  const std::uint64_t key =
      static_cast<std::uint64_t>(world) << 32U | static_cast<std::uint64_t>(request) << 8U | server;
  std::uint32_t range = effect_ranges_.find(key);
  if (range == Memo::none) {
    range = static_cast<std::uint32_t>(ranges_.size());
    effect_ranges_.add(key, range);
    const auto begin = static_cast<std::uint32_t>(effects_.size());
    for (Effect effect : worlds_.effects(world, behaviour_.request(request), server)) {
      effect.reply_id = behaviour_.id_of(effect.reply);
      effects_.push_back(effect);
    }
    ranges_.push_back({begin, static_cast<std::uint32_t>(effects_.size())});
  }
  return std::span<const Effect>(effects_).subspan(ranges_[range].begin, ranges_[range].end - ranges_[range].begin);
}

std::span<const WorldChange> Machine::changes(WorldId world, std::size_t fault) {
  const std::uint64_t key = static_cast<std::uint64_t>(world) << 8U | fault;
  std::uint32_t range = change_ranges_.find(key);
  if (range == Memo::none) {
    range = static_cast<std::uint32_t>(ranges_.size());
    change_ranges_.add(key, range);
    const auto begin = static_cast<std::uint32_t>(changes_.size());
    const std::vector<WorldChange> found =
        fault == by_itself ? worlds_.free_changes(world) : options_.faults[fault]->strike(worlds_, world);
    changes_.insert(changes_.end(), found.begin(), found.end());
    ranges_.push_back({begin, static_cast<std::uint32_t>(changes_.size())});
  }
  return std::span<const WorldChange>(changes_).subspan(ranges_[range].begin,
                                                        ranges_[range].end - ranges_[range].begin);
}

void Machine::observe(Successor& successor, const JudgedEvent& event) {
  const Panel::Observed observed = panel_.observe(successor.state.panel, event);
  successor.state.panel = observed.id;
  successor.violated = static_cast<JudgeMask>(successor.violated | observed.violated);
}

void Machine::begin_op(Successor& successor, const BehaviourNode& node) {
  if (node.op != no_scope_op) {
    observe(successor, JudgedEvent{JudgedEventKind::begin, node.op, {}, absent});
  }
}

// A process is at `place`: if its op came to its end there, it is before its next one.
void Machine::settle(Successor& successor, std::uint8_t process, NodeId place) {
  const BehaviourNode node = behaviour_.node(place);
  if (node.kind != NodeKind::returned) {
    successor.state.at.at(process) = place;
    return;
  }
  if (node.op != no_scope_op) {
    observe(successor, JudgedEvent{JudgedEventKind::end, node.op, node.ending, absent});
  }
  successor.state.at.at(process) = behaviour_.next_op(node);
}

void Machine::take_reply(Successor& successor, std::uint8_t process, NodeId asking, ReplyId reply) {
  const NodeId place = behaviour_.after(asking, reply);
  if (options_.every_event) {
    successor.state.at.at(process) = behaviour_.arriving(place);
  } else {
    settle(successor, process, place);
  }
}

void Machine::add_message(MachineState& state, NodeId asking) {
  if (state.messages.back() != 0) {
    overflowed_ = true;
    return;
  }
  state.messages.back() = asking;
  std::ranges::sort(state.messages, std::greater<>());
}

bool Machine::is_unseen(WorldId world, const Request& request) const {
  return writes_row(request) && worlds_[world].unseen != 0 && worlds_[world].unseen == request.arguments.value;
}

void Machine::crash(Successor& successor, std::uint8_t process) {
  const BehaviourNode node = behaviour_.node(successor.state.at.at(process));
  ++successor.state.faults;
  if (node.kind == NodeKind::asking && is_unseen(successor.state.world, behaviour_.request(node.request))) {
    const Effect shown = effects(successor.state.world, node.request, behaviour_.server_of(process)).front();
    successor.state.world = shown.world;
    observe(successor, JudgedEvent{JudgedEventKind::commit, no_scope_op, {}, shown.committed});
  }
  if (node.op == no_scope_op) {
    successor.state.at.at(process) = behaviour_.first(process);
    return;
  }
  observe(successor, JudgedEvent{JudgedEventKind::end, node.op, {Outcome::info, absent}, absent});
  successor.state.at.at(process) = node_dead;
}

void Machine::act(const MachineState& state, std::uint8_t process, NodeId asking, bool begins,
                  std::vector<Successor>& successors) {
  const BehaviourNode node = behaviour_.node(asking);
  if (node.kind == NodeKind::returned) {  // an op that makes no call at all
    Successor successor{state, {ChoiceKind::act, process, 0, 0}, 0};
    begin_op(successor, node);
    settle(successor, process, asking);
    successors.push_back(successor);
    return;
  }
  const std::size_t count = effects(state.world, node.request, behaviour_.server_of(process)).size();
  for (std::size_t variant = 0; variant < count; ++variant) {
    const Effect effect = effects(state.world, node.request, behaviour_.server_of(process))[variant];
    Successor successor{state, {ChoiceKind::act, process, static_cast<std::uint8_t>(variant), 0}, 0};
    if (begins) {
      begin_op(successor, node);
    }
    successor.state.world = effect.world;
    if (effect.committed != absent) {
      observe(successor, JudgedEvent{JudgedEventKind::commit, no_scope_op, {}, effect.committed});
    }
    take_reply(successor, process, asking, effect.reply_id);
    successors.push_back(successor);
  }
  if (may_fail(state) && is_remote(behaviour_.request(node.request))) {
    trouble(state, process, asking, begins, successors);
  }
}

bool Machine::can_hit(const VirtualCallFault& call, const MachineState& state, const Request& request) {
  if (writes_row(request) && worlds_[state.world].unseen != 0) {
    return false;  // it waits for the row, or for its own to be shown
  }
  return call.row_writes_only ? writes_row(request) : !only_reads(request) || !call.trouble.answered;
}

void Machine::trouble(const MachineState& state, std::uint8_t process, NodeId asking, bool begins,
                      std::vector<Successor>& successors) {
  const BehaviourNode node = behaviour_.node(asking);
  const Request request = behaviour_.request(node.request);
  for (std::size_t fault = 0; fault < options_.faults.size(); ++fault) {
    if (!options_.faults[fault]->call || !can_hit(*options_.faults[fault]->call, state, request)) {
      continue;
    }
    const VirtualCallFault& call = *options_.faults[fault]->call;
    const std::size_t count =
        takes_effect_now(call) ? effects(state.world, node.request, behaviour_.server_of(process)).size() : 1;
    for (std::size_t variant = 0; variant < count; ++variant) {
      Successor successor{
          state,
          {ChoiceKind::act, process, static_cast<std::uint8_t>(variant), static_cast<std::uint8_t>(fault + 1)},
          0};
      ++successor.state.faults;
      if (begins) {
        begin_op(successor, node);
      }
      if (call.in_log_only) {
        successor.state.world = worlds_.in_log_only(state.world, request.arguments.value);
        successor.state.at.at(process) = asking;
        successors.push_back(successor);
        continue;
      }
      ReplyId reply = call.trouble.refused ? refused_ : timed_out_;
      if (call.trouble.takes_effect) {
        const Effect effect = effects(state.world, node.request, behaviour_.server_of(process))[variant];
        if (effect.gave_up) {
          continue;
        }
        successor.state.world = effect.world;
        if (effect.committed != absent) {
          observe(successor, JudgedEvent{JudgedEventKind::commit, no_scope_op, {}, effect.committed});
        }
        reply = call.trouble.answered ? effect.reply_id : timed_out_;
      }
      if (call.stays_behind() && !only_reads(request)) {
        add_message(successor.state, asking);
      }
      take_reply(successor, process, asking, reply);
      successors.push_back(successor);
    }
  }
}

bool Machine::is_in_op(const MachineState& state, std::size_t client) const {
  const NodeKind kind = behaviour_.node(state.at.at(client)).kind;
  return kind == NodeKind::asking || kind == NodeKind::arriving;
}

bool Machine::may_begin(const MachineState& state, const BehaviourNode& node) const {
  if (!options_.one_after_another || node.op == no_scope_op) {
    return true;
  }
  for (std::size_t client = 0; client < behaviour_.clients(); ++client) {
    if (is_in_op(state, client)) {
      return false;
    }
  }
  return true;
}

bool Machine::gives_up(const MachineState& state, const Choice& choice) {
  if (choice.kind != ChoiceKind::act ||
      (choice.fault != 0 && !takes_effect_now(*options_.faults[choice.fault - 1U]->call))) {
    return false;
  }
  const BehaviourNode place = behaviour_.node(state.at.at(choice.who));
  const BehaviourNode node = place.kind == NodeKind::idle ? behaviour_.node(place.to) : place;
  return node.kind == NodeKind::asking &&
         effects(state.world, node.request, behaviour_.server_of(choice.who))[choice.variant].gave_up;
}

void Machine::expand_faultless(const MachineState& state, std::uint8_t process, std::vector<Successor>& successors) {
  successors.clear();
  MachineState spent = state;  // its faults are used up
  spent.faults = options_.faults_max;
  expand_process(spent, process, successors);
  for (Successor& successor : successors) {
    successor.state.faults = state.faults;
  }
}

void Machine::expand_process(const MachineState& state, std::uint8_t process, std::vector<Successor>& successors) {
  const NodeId place = state.at.at(process);
  const BehaviourNode node = behaviour_.node(place);
  switch (node.kind) {
    case NodeKind::dead:
    case NodeKind::over:
    case NodeKind::returned: return;
    case NodeKind::idle:
      if (!may_begin(state, node)) {
        return;
      }
      if (options_.every_event) {
        Successor successor{state, {ChoiceKind::begin, process, 0, 0}, 0};
        begin_op(successor, node);
        settle(successor, process, node.to);
        // A background process with an empty feed has not begun.
        if (node.op != no_scope_op || !worlds_.feed_empty(worlds_[state.world], behaviour_.server_of(process))) {
          successors.push_back(successor);
        }
      } else {
        act(state, process, node.to, true, successors);
      }
      return;
    case NodeKind::asking: act(state, process, place, false, successors); break;
    case NodeKind::arriving: {
      Successor successor{state, {ChoiceKind::receive, process, 0, 0}, 0};
      settle(successor, process, node.to);
      successors.push_back(successor);
      break;
    }
  }
  for (std::size_t fault = 0; may_fail(state) && fault < options_.faults.size(); ++fault) {
    if (options_.faults[fault]->crash) {
      Successor successor{state, {ChoiceKind::crash, process, 0, static_cast<std::uint8_t>(fault + 1)}, 0};
      crash(successor, process);
      successors.push_back(successor);
    }
  }
}

void Machine::expand_stores(const MachineState& state, std::vector<Successor>& successors) {
  for (std::size_t place = 0; place < messages_max && state.messages.at(place) != 0; ++place) {
    const BehaviourNode node = behaviour_.node(state.messages.at(place));
    const std::size_t count = effects(state.world, node.request, behaviour_.server_of(node.process)).size();
    for (std::size_t variant = 0; variant < count; ++variant) {
      const Effect effect = effects(state.world, node.request, behaviour_.server_of(node.process))[variant];
      Successor successor{
          state, {ChoiceKind::arrive, static_cast<std::uint8_t>(place), static_cast<std::uint8_t>(variant), 0}, 0};
      successor.state.world = effect.world;
      successor.state.messages.at(place) = 0;
      std::ranges::sort(successor.state.messages, std::greater<>());
      if (effect.committed != absent) {
        observe(successor, JudgedEvent{JudgedEventKind::commit, no_scope_op, {}, effect.committed});
      }
      successors.push_back(successor);
    }
  }
  const auto change = [&](ChoiceKind kind, std::size_t source, std::uint8_t faults) {
    const std::span<const WorldChange> found = changes(state.world, source);
    for (std::size_t variant = 0; variant < found.size(); ++variant) {
      Successor successor{state, {kind, 0, static_cast<std::uint8_t>(variant), 0}, 0};
      successor.choice.fault = static_cast<std::uint8_t>(kind == ChoiceKind::strike ? source + 1 : 0);
      successor.state.world = found[variant].world;
      successor.state.faults = static_cast<std::uint8_t>(successor.state.faults + faults);
      successors.push_back(successor);
    }
  };
  for (std::size_t fault = 0; may_fail(state) && fault < options_.faults.size(); ++fault) {
    if (options_.faults[fault]->strike != nullptr) {
      change(ChoiceKind::strike, fault, 1);
    }
  }
  change(ChoiceKind::change, by_itself, 0);
}

void Machine::expand(const MachineState& state, std::vector<Successor>& successors) {
  successors.clear();
  for (std::size_t process = 0; process < behaviour_.processes(); ++process) {
    expand_process(state, static_cast<std::uint8_t>(process), successors);
  }
  expand_stores(state, successors);
}

bool Machine::at_rest(const MachineState& state) const {
  if (state.messages.front() != 0) {
    return false;
  }
  for (std::size_t process = 0; process < behaviour_.processes(); ++process) {
    const BehaviourNode& node = behaviour_.node(state.at.at(process));
    const bool takes = process >= behaviour_.clients() && node.kind == NodeKind::asking &&
                       behaviour_.request(node.request).kind == RequestKind::next_change;
    const bool waits = process < behaviour_.clients()
                           ? node.kind == NodeKind::idle
                           : (node.kind == NodeKind::idle || takes) &&
                                 worlds_.feed_empty(worlds_[state.world], behaviour_.server_of(process));
    if (!waits && node.kind != NodeKind::dead && node.kind != NodeKind::over) {
      return false;
    }
  }
  return true;
}

JudgeMask Machine::violated_at_rest(const MachineState& state) const {
  return at_rest(state) ? panel_.violated_at_rest(state.panel, worlds_, worlds_[state.world]) : JudgeMask{0};
}

}  // namespace stalemate
