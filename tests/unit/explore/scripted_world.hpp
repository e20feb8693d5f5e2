// A small application on virtual stores: each service is a function of the replies it got, run again from its start
// with every reply, so that an unchanged function can be stopped at every call.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "explore/application/application_world.hpp"
#include "scripted_services.hpp"

namespace stalemate::testing_explore {

class ScriptedWorld final : public ApplicationWorld {
 public:
  explicit ScriptedWorld(Service service, bool tells_row = true) : service_(service), tells_row_(tells_row) {}

  [[nodiscard]] Result<Situation> next_schedule(const Scope& scope) override {
    ++schedules_;
    *this = ScriptedWorld(*this, scope);
    return Situation{};
  }

  [[nodiscard]] Result<Situation> begin(std::uint8_t process, OpKind kind, Value value) override {
    ++steps_;
    Situation now;
    requests_.push_back({.process = process, .kind = kind, .value = value, .copy = copies_[process]});
    go_on(requests_.size() - 1, now);
    return settled(now);
  }

  [[nodiscard]] Result<Situation> let_go(std::uint64_t call, const CallTrouble& trouble) override {
    ++steps_;
    Situation now;
    Pending& pending = pending_[call];
    pending.state = State::gone;
    if (pending.is_dead()) {
      return failed(ErrorCode::defect, "a call that is not held was let go");
    }
    const std::uint8_t process = requests_[pending.request].process;
    if (trouble.takes_effect && must_wait(process, pending)) {
      pending.state = State::waits;
      pending.is_answered = trouble.answered;
      return settled(now);
    }
    ScriptedReply reply{.answered = false};
    if (trouble.takes_effect) {
      reply = carry_out(process, pending, now);
      now.reply = reply.there ? std::to_string(reply.value) : "(nil)";
    }
    if (!trouble.answered) {
      reply = {.answered = false};
      now.reply.clear();
      roll_back(process, now);
    }
    deliver(pending, reply, now);
    return settled(now);
  }

  [[nodiscard]] Result<Situation> arrive(std::uint64_t call) override {
    ++steps_;
    Situation now;
    // Over a connection of its own, so outside of any transaction.
    (void)carry_out(no_process, pending_[call], now);
    return settled(now);
  }

  [[nodiscard]] Result<Situation> crash(std::uint8_t process) override {
    ++steps_;
    Situation now;
    for (Pending& pending : pending_) {
      if (requests_[pending.request].process == process) {
        pending.state = State::gone;
      }
    }
    for (Request& request : requests_) {
      if (request.process == process && !request.is_answered) {
        request.is_answered = true;
        now.answered.push_back({process, Outcome::info, absent});
      }
    }
    dead_[process] = true;
    copies_[process].reset();
    roll_back(process, now);
    return settled(now);
  }

  [[nodiscard]] Result<Situation> strike(StoreStrike what) override {
    ++steps_;
    if (what == StoreStrike::remember) {
      copy_ = cache_;
    } else {
      cache_ = what == StoreStrike::rollback ? copy_ : Cache{};
    }
    Situation now;
    return settled(now);
  }

  [[nodiscard]] Result<RestReads> rest() override {
    RestReads reads;
    for (std::size_t process = 0; process < dead_.size(); ++process) {
      reads.by_instance.push_back(dead_[process] ? std::nullopt : std::optional(read_now(process)));
    }
    if (tells_row_) {
      reads.row = row_;
    }
    return reads;
  }

  [[nodiscard]] std::uint64_t schedules() const { return schedules_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  enum class State : std::uint8_t { held, waits, gone };
  struct Request {
    std::uint8_t process = 0;
    OpKind kind = OpKind::read;
    Value value = absent;
    std::optional<Value> copy = {};  // in the instance's memory when it began
    std::vector<Talk::Done> done = {};
    bool is_answered = false;
  };
  struct Pending {
    std::size_t request = 0;
    std::size_t place = 0;
    State state = State::held;
    bool is_answered = true;
    [[nodiscard]] bool is_dead() const { return false; }
  };
  struct Entry {
    Value value = absent;
    int version = 0;
  };
  using Cache = std::map<std::string, Entry>;
  static constexpr std::uint8_t no_process = 255;

  ScriptedWorld(const ScriptedWorld& before, const Scope& scope)
      : service_(before.service_),
        tells_row_(before.tells_row_),
        schedules_(before.schedules_),
        steps_(before.steps_),
        dead_(scope.processes.size(), false),
        copies_(scope.processes.size()) {}

  const ScriptedCall& call_of(const Pending& pending) { return requests_[pending.request].done[pending.place].call; }

  void go_on(std::size_t number, Situation& now) {
    Request& request = requests_[number];
    const std::size_t before = request.done.size();
    Talk talk(request.done, request.copy);
    try {
      service_(talk, request.kind, request.value, static_cast<int>(schedules_));
    } catch (const Talk::NotYet&) {  // NOLINT(bugprone-empty-catch): it waits for a reply
    }
    for (std::size_t place = before; place < request.done.size(); ++place) {
      if (request.done[place].call.asks == Asks::keep) {
        copies_[request.process] = request.done[place].call.value;
        pending_.push_back({.request = number, .place = place, .state = State::gone});
      } else {
        pending_.push_back({.request = number, .place = place});
      }
    }
    if (talk.ending() && !request.is_answered) {
      request.is_answered = true;
      now.answered.push_back({request.process, talk.ending()->outcome, talk.ending()->value});
    }
  }

  void deliver(const Pending& pending, const ScriptedReply& reply, Situation& now) {
    const std::size_t request = pending.request;
    requests_[request].done[pending.place].reply = reply;
    go_on(request, now);
  }

  bool must_wait(std::uint8_t process, const Pending& pending) {
    const Asks asks = call_of(pending).asks;
    return (asks == Asks::update || asks == Asks::select_for_update) && locked_by_ && *locked_by_ != process;
  }

  ScriptedReply carry_out(std::uint8_t process, const Pending& pending, Situation& now) {
    const ScriptedCall call = call_of(pending);
    if (asks_cache(call)) {
      return call.asks == Asks::tell ? tell_all(now) : carry_out_in_cache(call);
    }
    const bool in_transaction = open_.contains(process);
    switch (call.asks) {
      case Asks::open: open_[process] = {}; return {};
      case Asks::select_for_update:
        locked_by_ = in_transaction ? std::optional(process) : locked_by_;
        return {.value = row_, .version = version_};
      case Asks::update:
        if (in_transaction) {
          locked_by_ = process;
          open_[process] = call.value;
          return {.value = call.value};
        }
        commit(call.value, now);
        return {.value = call.value, .version = version_};
      case Asks::commit:
        if (in_transaction && open_[process]) {
          commit(*open_[process], now);
        }
        roll_back(process, now);
        return {.version = version_};
      default: return {.value = row_, .version = version_};
    }
  }

  void commit(Value value, Situation& now) {
    row_ = value;
    ++version_;
    now.committed.push_back(value);
  }

  /// Ends the transaction, and lets the calls that wait for its lock take effect, one after the other.
  void roll_back(std::uint8_t process, Situation& now) {
    open_.erase(process);
    if (locked_by_ != process) {
      return;
    }
    locked_by_.reset();
    for (std::size_t place = 0; place < pending_.size() && !locked_by_; ++place) {
      if (pending_[place].state == State::waits) {
        pending_[place].state = State::gone;
        const Pending pending = pending_[place];
        const ScriptedReply reply = carry_out(requests_[pending.request].process, pending, now);
        deliver(pending, pending.is_answered ? reply : ScriptedReply{.answered = false}, now);
      }
    }
  }

  ScriptedReply tell_all(Situation& now) {
    for (std::size_t process = 0; process < copies_.size(); ++process) {
      copies_[process].reset();
      if (!dead_[process]) {
        now.told_unasked.push_back(static_cast<std::uint8_t>(process));
      }
    }
    return {};
  }

  ScriptedReply carry_out_in_cache(const ScriptedCall& call) {
    const auto entry = cache_.find(call.key);
    const bool is_there = entry != cache_.end();
    switch (call.asks) {
      case Asks::get:
        return is_there && entry->second.value != absent ? ScriptedReply{.value = entry->second.value}
                                                         : ScriptedReply{.there = false};
      case Asks::set: cache_[call.key] = {call.value, call.version}; break;
      case Asks::erase: cache_.erase(call.key); break;
      case Asks::mark:
      case Asks::set_newer:
        if (!is_there || entry->second.version <= call.version) {
          const bool is_mark = call.asks == Asks::mark;
          if (!is_there || !is_mark || entry->second.version < call.version) {
            cache_[call.key] = {is_mark ? absent : call.value, call.version};
          }
        }
        break;
      default: break;
    }
    return {};
  }

  Value read_now(std::size_t process) {
    std::vector<Talk::Done> done;
    Situation ignored;
    while (true) {
      Talk talk(done, copies_[process]);
      try {
        service_(talk, OpKind::read, absent, static_cast<int>(schedules_));
      } catch (const Talk::NotYet&) {  // NOLINT(bugprone-empty-catch): its calls are carried out below
      }
      bool is_over = true;
      for (Talk::Done& one : done) {
        if (!one.reply && one.call.asks != Asks::keep) {
          requests_.push_back({.process = no_process, .done = {one}});
          pending_.push_back({.request = requests_.size() - 1, .state = State::gone});
          one.reply = carry_out(no_process, pending_.back(), ignored);
          is_over = false;
        }
      }
      if (is_over) {
        return talk.ending() ? talk.ending()->value : absent;
      }
    }
  }

  static std::string text_of(const ScriptedCall& call) {
    const std::string with_value = " " + call.key + " " + std::to_string(call.value);
    switch (call.asks) {
      case Asks::get: return "GET " + call.key;
      case Asks::set: return "SET" + with_value;
      case Asks::erase: return "DEL " + call.key;
      case Asks::set_newer: return "SETNEWER" + with_value;
      case Asks::mark: return "MARK " + call.key;
      case Asks::tell: return "PUBLISH " + call.key;
      case Asks::select: return "select quantity from products where id = {key}";
      case Asks::select_for_update: return "select quantity from products where id = {key} for update";
      case Asks::update: return "update products set quantity = " + std::to_string(call.value) + " where id = {key}";
      case Asks::open: return "begin";
      case Asks::commit: return "commit";
      case Asks::keep: break;
    }
    return {};
  }

  Situation settled(Situation& now) {
    for (std::size_t process = 0; process < dead_.size(); ++process) {
      for (std::size_t id = 0; id < pending_.size(); ++id) {
        const Pending& pending = pending_[id];
        if (requests_[pending.request].process != process || pending.state == State::gone) {
          continue;
        }
        if (pending.state == State::waits) {
          now.blocked.push_back(id);
          continue;
        }
        const ScriptedCall& call = call_of(pending);
        const bool of_transaction = call.asks == Asks::open || call.asks == Asks::commit;
        now.held.push_back({.id = id,
                            .process = static_cast<std::uint8_t>(process),
                            .store = asks_cache(call) ? Store::cache : Store::database,
                            .name = text_of(call).substr(0, text_of(call).find(' ')),
                            .text = text_of(call),
                            .keys = {asks_cache(call) ? call.key : "products {key}"},
                            .touches_anything = of_transaction,
                            .writes = asks_to_write(call)});
      }
    }
    return now;
  }

  Service service_;
  bool tells_row_;
  std::uint64_t schedules_ = 0;
  std::uint64_t steps_ = 0;
  std::vector<bool> dead_ = {};
  std::vector<std::optional<Value>> copies_ = {};  // in the instances' memories
  Value row_ = 0;
  int version_ = 1;
  std::optional<std::uint8_t> locked_by_ = {};
  std::map<std::uint8_t, std::optional<Value>> open_ = {};
  Cache cache_ = {};
  Cache copy_ = {};
  std::vector<Request> requests_ = {};
  std::deque<Pending> pending_ = {};  // references to them stay good while more are added
};

}  // namespace stalemate::testing_explore
