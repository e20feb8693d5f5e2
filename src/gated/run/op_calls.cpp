#include "gated/run/op_calls.hpp"

#include <algorithm>

#include "gated/backstage.hpp"

namespace stalemate {
namespace {

// How long an op that was answered can still be told calls that nobody awaited, and how many such ops are kept.
constexpr Nanoseconds linger_ns = 1'000'000'000;
constexpr std::size_t ended_max = 64;

bool is_nothing(const StoreReply& reply) {
  return reply.text == "(nil)" || reply.text == "0" || reply.text.starts_with("0 rows") || reply.text == "[]" ||
         reply.text == "{}";
}

}  // namespace

OpCalls::OpCalls(const std::vector<std::string>& keys, Value initial) : texts_(keys, initial), last_writes_(initial) {}

void OpCalls::watch(Now now, OnStep on_step, Faults faults) {
  const std::scoped_lock lock(mutex_);
  now_ = std::move(now);
  on_step_ = std::move(on_step);
  faults_ = std::move(faults);
  watches_ = true;
  counts_ = {};
  order_ = {};
  calls_.clear();
}

void OpCalls::await_order() {
  const std::scoped_lock lock(mutex_);
  awaits_order_ = true;
}

Result<void> OpCalls::read_log(CommitLog& log) {
  return log.read([this](std::string_view line) { note_change(line); });
}

void OpCalls::note_change(std::string_view line) {
  const std::scoped_lock lock(mutex_);
  order_.add(texts_, line);
}

/// With their versions where the log tells them. Where an acknowledged write left no step, no version is told at all:
/// the checks would take it for lost.
void OpCalls::emit_updates() {
  for (const Step& step : updates_) {
    unseen_.erase(step.value);
  }
  const std::map<Value, Version> versions =
      unseen_.empty() ? order_.versions(loaded_tables_) : std::map<Value, Version>();
  for (Step& step : updates_) {
    const auto version = versions.find(step.value);
    if (version != versions.end()) {
      step.version = version->second;
    } else if (step.outcome == Outcome::ok) {
      ++counts_.unordered;
    }
    on_step_(step);
  }
  updates_.clear();
}

void OpCalls::finish() {
  const std::scoped_lock lock(mutex_);
  if (!watches_) {
    return;
  }
  for (auto& [id, call] : calls_) {
    give_up(call, ErrorCode::cancelled);
  }
  emit_updates();
  calls_.clear();
  copies_.clear();
  doers_.clear();
  watches_ = false;
}

void OpCalls::begin(const CallingOp& op) {
  const std::scoped_lock lock(mutex_);
  if (op.kind != OpKind::read) {
    texts_.note_written(op.key, op.value);
    last_writes_.begin(op.key, op.value);
  }
  doers_[{op.instance, op.key.index}].under_way.push_back({.op = op});
}

void OpCalls::end(const CallingOp& op, Outcome outcome) {
  const std::scoped_lock lock(mutex_);
  if (op.kind != OpKind::read) {
    last_writes_.end(op.key, op.value, outcome);
  }
  if (!watches_) {
    return;
  }
  if (awaits_order_ && op.kind != OpKind::read && outcome == Outcome::ok) {
    unseen_.insert(op.value);
  }
  Doers& doers = doers_[{op.instance, op.key.index}];
  const auto place = std::ranges::find(doers.under_way, op.index, [](const Doer& doer) { return doer.op.index; });
  if (place == doers.under_way.end()) {
    return;
  }
  const Nanoseconds now = now_ns();
  place->ended_ns = now;
  doers.ended.push_back(*place);
  doers.under_way.erase(place);
  while (doers.ended.size() > ended_max || doers.ended.front().ended_ns < now - linger_ns) {
    doers.ended.pop_front();
  }
}

OpCallCounts OpCalls::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

std::vector<Value> OpCalls::last_written(Key key) const {
  const std::scoped_lock lock(mutex_);
  return last_writes_.candidates(key);
}

std::map<std::uint32_t, Value> OpCalls::logged_rows() const {
  const std::scoped_lock lock(mutex_);
  return order_.rows(loaded_tables_);
}

std::string OpCalls::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

bool OpCalls::was_called(bool cache) const {
  const std::scoped_lock lock(mutex_);
  return cache ? cache_called_ : database_called_;
}

Passage OpCalls::arrived(const GateCall& call) {
  const std::scoped_lock lock(mutex_);
  if (is_cache_link(call.link) && trouble_.empty() && asks_for_cluster(Protocol::redis, call.request)) {
    trouble_ = cluster_trouble;
  }
  const CallSense sense = texts_.sense_of(call.request, is_cache_link(call.link));
  if (sense.deed == CallDeed::set_up) {
    return {};
  }
  (is_cache_link(call.link) ? cache_called_ : database_called_) = true;
  Call kept = {.link = call.link, .connection = call.connection};
  if (sense.deed != CallDeed::other) {
    ++counts_.calls;
    counts_.no_key += sense.keys.empty() ? 1 : 0;
    for (const Key key : sense.keys) {
      if (std::optional<Sent> sent = sent_by(call, sense, key)) {
        kept.sent.push_back(*std::move(sent));
      }
    }
  }
  const CallHit hit = hit_of(call, kept.sent);
  befall(call, hit, kept);
  if (!kept.sent.empty()) {
    calls_[call.id] = std::move(kept);
  }
  return {.trouble = hit.trouble};
}

/// Nothing where it cannot be told for which op it is, or with which value.
std::optional<OpCalls::Sent> OpCalls::sent_by(const GateCall& call, const CallSense& sense, Key key) {
  const std::vector<std::string>& texts = call.request.values;
  std::optional<Value> value =
      sense.value_is_last && !texts.empty() ? texts_.value_in(texts.back(), key) : texts_.value_in(texts, key);
  CallDeed deed = sense.deed;
  const bool sends_value = deed == CallDeed::set || deed == CallDeed::update || deed == CallDeed::script;
  if (sends_value && !value && deed != CallDeed::script) {
    ++counts_.no_value;
    return std::nullopt;
  }
  if (value && is_cache_link(call.link)) {
    entries_.insert(sense.entry);
  }
  Sent sent = {.key = key, .entry = sense.entry};
  if (watches_) {
    const DoerChoice choice = choose_doer(doers_[{instance_of(call.link), key.index}], deed, value.value_or(absent));
    if (choice.doer == nullptr) {
      ++counts_.no_op;
      return std::nullopt;
    }
    sent.of_several = choice.of_several;
    sent.step = begin_step_of(*choice.doer, deed, value);
    sent.fault_draw = draw_for(*choice.doer, sent.step.role);
    sent.step.store = is_cache_link(call.link) ? Store::cache : Store::database;
    sent.step.start_ns = now_ns();
  }
  return sent;
}

/// Marks and locks have names of their own, under which no value was ever seen.
bool OpCalls::is_of_no_entry(std::size_t link, const Sent& sent) const {
  return is_cache_link(link) && !entries_.contains(sent.entry);
}

void OpCalls::answered(const GateCall& call, const StoreReply& reply) {
  const std::scoped_lock lock(mutex_);
  const auto found = calls_.find(call.id);
  // What nobody is told of is given up when its connection ends.
  if (found == calls_.end() || found->second.loses_reply) {
    return;
  }
  for (Sent& sent : found->second.sent) {
    answer(sent, call, reply);
  }
  calls_.erase(found);
}

void OpCalls::answer(Sent& sent, const GateCall& call, const StoreReply& reply) {
  Step& step = sent.step;
  const std::optional<Value> value = reply.is_error ? std::nullopt : texts_.value_in(reply.text, sent.key);
  const bool finds = call.request.name != "MULTI" && (step.command == Command::get || step.command == Command::read);
  if (is_cache_link(call.link) && value) {
    entries_.insert(sent.entry);
  }
  if (!watches_) {
    return;
  }
  if (is_of_no_entry(call.link, sent)) {
    ++counts_.no_value;
    return;
  }
  step.end_ns = std::max(step.start_ns, now_ns());
  step.outcome = reply.is_error ? Outcome::fail : Outcome::ok;
  step.error = reply.is_error ? ErrorCode::refused_by_server : ErrorCode::none;
  if (step.command == Command::set && reply.text == "(nil)") {
    step.outcome = Outcome::fail;
  }
  if (finds && !reply.is_error) {
    if (!value && !is_nothing(reply)) {
      ++counts_.no_value;
      return;
    }
    step.value = value.value_or(absent);
    if (value && step.store == Store::database) {
      loaded_tables_.insert(call.request.keys.begin(), call.request.keys.end());
    }
    note_found({instance_of(call.link), sent.key.index}, step);
  }
  ++counts_.told;
  counts_.of_several += sent.of_several ? 1 : 0;
  emit(step);
}

/// Remembers what an op has found, for its next call.
void OpCalls::note_found(const Place& place, const Step& step) {
  for (Doer& doer : doers_[place].under_way) {
    if (doer.op.index != step.op) {
      continue;
    }
    doer.got = step.value;
    if (step.store == Store::cache && doer.op.kind == OpKind::read && !doer.counted) {
      doer.counted = true;
      ++(step.value == absent ? counts_.misses : counts_.hits);
    }
    doer.missed = doer.missed || (step.store == Store::cache && step.value == absent);
    return;
  }
}

void OpCalls::closed(std::size_t link, std::uint64_t connection) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(calls_, [&](const auto& known) {
    const Call& call = known.second;
    const bool is_its = call.link == link && call.connection == connection;
    if (is_its && watches_) {
      give_up(call, ErrorCode::connection_lost);
    }
    return is_its;
  });
}

void OpCalls::troubled(std::size_t /*link*/, const std::string& sentence) {
  const std::scoped_lock lock(mutex_);
  if (trouble_.empty() && !outage_is_expected_) {
    trouble_ = sentence;
  }
}

/// Records what a call did as unanswered.
void OpCalls::give_up(const Call& call, ErrorCode why) {
  for (const Sent& sent : call.sent) {
    if (is_of_no_entry(call.link, sent)) {
      ++counts_.no_value;
      continue;
    }
    Step step = sent.step;
    step.outcome = Outcome::info;
    step.error = why;
    step.end_ns = std::max(step.start_ns, now_ns());
    ++counts_.told;
    emit(step);
  }
}

void OpCalls::emit(const Step& step) {
  if (awaits_order_ && step.role == Role::update) {
    updates_.push_back(step);
  } else {
    on_step_(step);
  }
}

}  // namespace stalemate
