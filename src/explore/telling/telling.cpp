#include "explore/telling/telling.hpp"

#include <algorithm>

#include "explore/telling/telling_details.hpp"

namespace stalemate {
namespace {

std::string words_of_value(Value value) {
  return value == absent ? "nothing" : std::to_string(value);
}

std::string words_of_verdict(CacheVerdict verdict) {
  return verdict == CacheVerdict::done ? "done" : verdict == CacheVerdict::refused ? "refused" : "busy";
}

std::string words_of_request(const Request& request) {
  const std::string where = request.local ? " in its server's memory" : "";
  switch (request.kind) {
    case RequestKind::read_row: return "reads the row";
    case RequestKind::read_replica: return "reads the row from the replica";
    case RequestKind::write_row: return "updates the row to " + words_of_value(request.arguments.value);
    case RequestKind::write_row_with_message:
      return "updates the row to " + words_of_value(request.arguments.value) + " and leaves a message in the outbox";
    case RequestKind::get_entry: return "looks up the entry" + where;
    case RequestKind::set_entry: return "sets the entry" + where + " to " + words_of_value(request.arguments.value);
    case RequestKind::erase_entry: return "deletes the entry" + where;
    case RequestKind::run_command: {
      std::string words = "runs " + std::string(request.command->name) + where;
      words += request.arguments.value == absent ? "" : " with " + words_of_value(request.arguments.value);
      words += request.arguments.stamp == 0 ? "" : " @" + std::to_string(request.arguments.stamp);
      return words;
    }
    case RequestKind::next_change: return "takes the next change";
    case RequestKind::acknowledge_change: return "acknowledges the change";
  }
  return {};
}

std::string words_of_reply(const Request& request, const Reply& reply) {
  const std::string stamp = reply.stamp == 0 ? "" : " @" + std::to_string(reply.stamp);
  switch (request.kind) {
    case RequestKind::read_row:
    case RequestKind::read_replica: return ": " + words_of_value(reply.value) + stamp;
    case RequestKind::get_entry: return reply.there ? ": " + words_of_value(reply.value) : ": a miss";
    case RequestKind::erase_entry: return reply.there ? "" : ", which is not there";
    case RequestKind::run_command:
      return ": " + words_of_verdict(reply.verdict) +
             (reply.value == absent ? "" : ", " + words_of_value(reply.value)) + stamp;
    case RequestKind::next_change:
      return reply.value == absent ? "" : ": the row " + words_of_value(reply.value) + stamp;
    case RequestKind::write_row:
    case RequestKind::write_row_with_message: return stamp.empty() ? "" : "," + stamp;
    case RequestKind::set_entry:
    case RequestKind::acknowledge_change: return {};
  }
  return {};
}

Party store(Party::Kind kind) {
  switch (kind) {
    case Party::Kind::database: return {.kind = kind, .name = "database"};
    case Party::Kind::replica: return {.kind = kind, .name = "replica"};
    case Party::Kind::memory: return {.kind = kind, .name = "memory"};
    default: return {.kind = Party::Kind::cache, .name = "cache"};
  }
}

Party target_of(const Request& request, FeedKind feed) {
  switch (request.kind) {
    case RequestKind::read_row:
    case RequestKind::write_row:
    case RequestKind::write_row_with_message: return store(Party::Kind::database);
    case RequestKind::read_replica: return store(Party::Kind::replica);
    case RequestKind::next_change:
    case RequestKind::acknowledge_change:
      return store(feed == FeedKind::outbox || feed == FeedKind::change_log ? Party::Kind::database
                   : feed == FeedKind::local_queue                          ? Party::Kind::memory
                                                                            : Party::Kind::cache);
    default: return store(request.local ? Party::Kind::memory : Party::Kind::cache);
  }
}

/// The store that changed.
Party store_of(const StoreChange& change) {
  return store(change.kind == StoreChange::Kind::replica    ? Party::Kind::replica
               : change.kind == StoreChange::Kind::database ? Party::Kind::database
               : change.local                               ? Party::Kind::memory
                                                            : Party::Kind::cache);
}

class Teller {
 public:
  explicit Teller(const Witness& witness)
      : witness_(witness), machine_(witness.options), ops_(ops_of(witness.options.scope)), told_ops_(ops_.size()) {}

  Result<Telling> run() {
    MachineState state = machine_.first();
    Telling telling;
    telling.violated = machine_.violated_at_rest(state) != 0;
    std::vector<Successor> successors;
    for (std::size_t step = 0; step < witness_.choices.size(); ++step) {
      machine_.expand(state, successors);
      const auto chosen = std::ranges::find(successors, witness_.choices[step], &Successor::choice);
      if (chosen == successors.end() || telling.violated) {
        return failed(ErrorCode::wrong_type, "step " + std::to_string(step + 1) +
                                                 " is not possible: the witness is of another version of " +
                                                 std::string(witness_.options.pattern->name) + " or of the explorer");
      }
      telling.moves.push_back(move_of(state, *chosen, step));
      telling.steps.push_back(told(state, *chosen, telling));
      state = chosen->state;
      telling.violated = (chosen->violated | machine_.violated_at_rest(state)) != 0;
    }
    telling.conclusion = telling.violated ? conclusion(state) : "";
    if (telling.violated && telling.conclusion == witness_.options.judges.front()->violation) {
      telling.details = details_of(
          {witness_.options.scope, witness_.options.judges.front()->name, witness_.choices.size()}, told_ops_);
    }
    const World& world = machine_.worlds()[state.world];
    telling.row = world.row;
    if (const auto& entry = machine_.worlds().slots(world.cache)[Slot::entry]; entry && entry->value != absent) {
      telling.entry = entry->value;
    }
    return telling;
  }

 private:
  [[nodiscard]] Party process(std::uint8_t number) {
    const std::size_t clients = machine_.behaviour().clients();
    if (number < clients) {
      return {Party::Kind::client, number, name_of_process(witness_.options.scope, number)};
    }
    const bool one = machine_.behaviour().processes() == clients + 1;
    const std::string server = std::to_string(machine_.behaviour().server_of(number) + 1);
    return {Party::Kind::background, number, one ? "background" : "background " + server};
  }

  [[nodiscard]] std::string_view fault_of(const Choice& choice) const {
    return choice.fault == 0 ? std::string_view() : machine_.options().faults[choice.fault - 1U]->name;
  }

  Move move_of(const MachineState& state, const Successor& chosen, std::size_t step) {
    const Choice& choice = chosen.choice;
    Move move;
    move.kind = choice.kind;
    move.process = choice.who;
    if (choice.kind == ChoiceKind::act) {
      const NodeId asking = asking_node(state, choice.who);
      if (choice.fault != 0) {
        const VirtualCallFault& call = *machine_.options().faults[choice.fault - 1U]->call;
        move.trouble = call.trouble;
        move.in_log_only = call.in_log_only;
      }
      if (move.trouble.late_copies > 0) {
        stayed_behind_.emplace_back(asking, step);
      }
      const BehaviourNode node = machine_.behaviour().node(asking);
      if (move.trouble.takes_effect && !move.in_log_only && node.kind == NodeKind::asking) {
        const Effect& effect =
            machine_.effects(state.world, node.request, machine_.behaviour().server_of(choice.who))[choice.variant];
        move.gives_up = effect.gave_up;
        move.expires_soon = effect.expires_soon;
      }
    } else if (choice.kind == ChoiceKind::arrive) {
      const NodeId asking = state.messages.at(choice.who);
      const auto sent = std::ranges::find(stayed_behind_, asking, &std::pair<NodeId, std::size_t>::first);
      move.process = machine_.behaviour().node(asking).process;
      move.sent_in = sent->second;
      stayed_behind_.erase(sent);
    } else if (choice.kind == ChoiceKind::strike || choice.kind == ChoiceKind::change) {
      move.change = change_between(machine_.worlds()[state.world], machine_.worlds()[chosen.state.world]);
    }
    return move;
  }

  [[nodiscard]] NodeId asking_node(const MachineState& state, std::uint8_t process) {
    const BehaviourNode& node = machine_.behaviour().node(state.at.at(process));
    return node.kind == NodeKind::idle ? node.to : state.at.at(process);
  }

  [[nodiscard]] StoreChange change_between(const World& before, const World& after) {
    StoreChange change;
    if (before.standby != after.standby) {
      change.kind = after.standby ? StoreChange::Kind::remember : StoreChange::Kind::put_back;
    } else if (before.left_behind != after.left_behind) {
      change.kind = StoreChange::Kind::database;
    } else if (before.cache != after.cache) {
      drop_between(before.cache, after.cache, change);
    } else if (before.local != after.local || before.pushes != after.pushes) {
      change.local = before.local != after.local;
      change.kind = change.local ? StoreChange::Kind::drop : StoreChange::Kind::lose_push;
      while (before.local.at(change.server) == after.local.at(change.server) &&
             before.pushes.at(change.server) == after.pushes.at(change.server)) {
        ++change.server;
      }
      drop_between(before.local.at(change.server), after.local.at(change.server), change);
    } else {
      change.kind = StoreChange::Kind::replica;
    }
    return change;
  }

  void drop_between(SlotsId before, SlotsId after, StoreChange& change) {
    const CacheSlots& was = machine_.worlds().slots(before);
    const CacheSlots& is = machine_.worlds().slots(after);
    for (const Slot slot : {Slot::entry, Slot::guard, Slot::mark, Slot::counter}) {
      if (was[slot] && !is[slot]) {
        change.slots.push_back(slot);
      }
    }
    change.leaves_queue = was.queued && !is.queued;
  }

  [[nodiscard]] std::string words_of_begin(const BehaviourNode& node) const {
    if (node.op == no_scope_op) {
      return {};
    }
    const ScopeOp& op = ops_[node.op];
    return op.kind == OpKind::write ? "begins to write " + words_of_value(op.value) : "begins to read";
  }

  [[nodiscard]] std::string words_of_end(const BehaviourNode& node) const {
    if (node.op == no_scope_op) {
      return {};
    }
    const ScopeOp& op = ops_[node.op];
    if (node.ending.outcome != Outcome::ok) {
      return std::string(op.kind == OpKind::write ? "its write" : "its read") +
             (node.ending.outcome == Outcome::fail ? " fails" : " ends without an answer");
    }
    return op.kind == OpKind::write ? "its write of " + words_of_value(op.value) + " is acknowledged"
                                    : "its read returns " + words_of_value(node.ending.value);
  }

  ToldStep told(const MachineState& state, const Successor& chosen, Telling& telling) {
    const Choice& choice = chosen.choice;
    ToldStep step;
    step.fault = fault_of(choice);
    switch (choice.kind) {
      case ChoiceKind::act:
      case ChoiceKind::begin:
      case ChoiceKind::receive: tell_process(state, chosen, step, telling); break;
      case ChoiceKind::crash:
        step.actor = process(choice.who);
        step.act = choice.who < machine_.behaviour().clients() ? "dies" : "dies and is started again";
        break;
      case ChoiceKind::arrive: tell_arrival(state, choice, step); break;
      case ChoiceKind::strike:
      case ChoiceKind::change: {
        const std::size_t source = choice.kind == ChoiceKind::strike ? choice.fault - 1U : Machine::by_itself;
        step.act = machine_.changes(state.world, source)[choice.variant].words;
        step.actor = store_of(telling.moves.back().change);
        break;
      }
    }
    return step;
  }

  void tell_process(const MachineState& state, const Successor& chosen, ToldStep& step, Telling& telling) {
    const Choice& choice = chosen.choice;
    Behaviour& behaviour = machine_.behaviour();
    const BehaviourNode before = behaviour.node(state.at.at(choice.who));
    step.actor = process(choice.who);
    NodeId asking = state.at.at(choice.who);
    if (before.kind == NodeKind::idle) {
      step.begins = words_of_begin(before);
      if (before.op != no_scope_op) {
        told_ops_[before.op].first_step = telling.steps.size() + 1;
      }
      asking = before.to;
    }
    NodeId end = before.to;
    if (choice.kind == ChoiceKind::act && behaviour.node(asking).kind == NodeKind::asking) {
      end = tell_call(state, chosen, asking, step);
    }
    if (choice.kind == ChoiceKind::receive) {
      step.act = "gets the reply";
    }
    const BehaviourNode last = behaviour.node(end);
    if (last.kind == NodeKind::returned) {
      step.ends = words_of_end(last);
      if (last.op != no_scope_op) {
        telling.ended.push_back({last.op, last.ending});
        told_ops_[last.op].last_step = telling.steps.size() + 1;
        told_ops_[last.op].ending = last.ending;
      }
    }
  }

  /// The node that the reply leads to.
  NodeId tell_call(const MachineState& state, const Successor& chosen, NodeId asking, ToldStep& step) {
    const Choice& choice = chosen.choice;
    Behaviour& behaviour = machine_.behaviour();
    const BehaviourNode node = behaviour.node(asking);
    const Request request = behaviour.request(node.request);
    step.target = target_of(request, machine_.options().pattern->needs.feed);
    step.act = machine_.is_unseen(state.world, request)
                   ? "sees its update of the row to " + words_of_value(request.arguments.value) + " take effect"
                   : words_of_request(request);
    const VirtualCallFault* call = choice.fault == 0 ? nullptr : &*machine_.options().faults[choice.fault - 1U]->call;
    const std::span<const Effect> effects =
        machine_.effects(state.world, node.request, behaviour.server_of(choice.who));
    Reply reply;
    reply.kind = call != nullptr && call->trouble.refused ? ReplyKind::refused : ReplyKind::timed_out;
    if (call == nullptr || (call->trouble.takes_effect && !call->in_log_only)) {
      const Effect& effect = effects[choice.variant];
      const bool answered = call == nullptr || call->trouble.answered;
      step.act += answered ? words_of_reply(request, effect.reply) : "";
      step.act += effect.gave_up ? ", and it waits no longer" : effect.expires_soon ? " (it expires soon)" : "";
      reply = answered ? effect.reply : reply;
    }
    if (call != nullptr) {
      step.act += ": " + std::string(call->words);
      step.arrives = call->trouble.takes_effect || call->trouble.refused;
    }
    if (call != nullptr && call->in_log_only) {
      return asking;
    }
    const NodeId end = behaviour.after(asking, behaviour.id_of(reply));
    return machine_.options().every_event ? behaviour.arriving(end) : end;
  }

  void tell_arrival(const MachineState& state, const Choice& choice, ToldStep& step) {
    Behaviour& behaviour = machine_.behaviour();
    const BehaviourNode node = behaviour.node(state.messages.at(choice.who));
    const Request request = behaviour.request(node.request);
    step.actor = process(node.process);
    step.target = target_of(request, machine_.options().pattern->needs.feed);
    step.act = "(its earlier request arrives) " + words_of_request(request);
  }

  std::string conclusion(const MachineState& state) {
    const JudgeInfo& judge = *witness_.options.judges.front();
    std::string text;
    if (machine_.at_rest(state)) {
      text = machine_.panel().trouble_at_rest(state.panel, 0, machine_.worlds(), machine_.worlds()[state.world]);
    }
    return text.empty() ? std::string(judge.violation) : text;
  }

  const Witness& witness_;
  Machine machine_;
  std::vector<ScopeOp> ops_;
  std::vector<ToldOp> told_ops_;                                    // by op
  std::vector<std::pair<NodeId, std::size_t>> stayed_behind_ = {};  // asking nodes, and the steps they were sent in
};

}  // namespace

Result<Telling> tell(const Witness& witness) {
  return Teller(witness).run();
}

std::string story_of(const Telling& telling) {
  std::string story;
  const std::size_t width = std::to_string(telling.steps.size()).size();
  for (std::size_t number = 1; number <= telling.steps.size(); ++number) {
    const ToldStep& step = telling.steps[number - 1];
    const std::string digits = std::to_string(number);
    story += "  " + std::string(width - digits.size(), ' ') + digits + ". ";
    const std::string actor = step.actor.is_store() ? "" : step.actor.name + " ";
    story += actor + step.begins + (step.begins.empty() || step.act.empty() ? "" : "; ") + step.act;
    story += step.ends.empty() ? "" : "; " + step.ends;
    story += step.fault.empty() ? "\n" : "   [" + step.fault + "]\n";
  }
  if (story.find(" @") != std::string::npos) {
    story += "(@ stands before the version of a row or an entry, or the token or time that the cache gave out.)\n";
  }
  story += telling.conclusion.empty() ? "" : telling.conclusion + "\n";
  return story + (telling.details.empty() ? "" : telling.details + "\n");
}

}  // namespace stalemate
