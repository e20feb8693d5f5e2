// Keeps the calls that wait, those under way, and what transactions have written.
#include "gated/schedules/held_calls.hpp"

#include <algorithm>

#include "gated/schedules/run_texts.hpp"

namespace stalemate {
namespace {

Protocol protocol_of(const GateCall& call) {
  return is_cache_link(call.link) ? Protocol::redis : Protocol::postgres;
}

void drop(std::vector<GateCall>& calls, std::uint64_t id) {
  std::erase_if(calls, [id](const GateCall& call) { return call.id == id; });
}

}  // namespace

void HeldCalls::hold(bool whether) {
  const std::scoped_lock lock(mutex_);
  holds_ = whether;
}

void HeldCalls::begin_schedule(std::size_t instances) {
  const std::scoped_lock lock(mutex_);
  instances_ = instances;
  news_ = {};
  cache_keys_.clear();
  cache_called_ = false;
  database_called_ = false;
}

std::uint64_t HeldCalls::events() const {
  const std::scoped_lock lock(mutex_);
  return events_;
}

std::vector<GateCall> HeldCalls::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_;
}

std::vector<GateCall> HeldCalls::unanswered() const {
  const std::scoped_lock lock(mutex_);
  return unanswered_;
}

void HeldCalls::left(std::uint64_t call, bool awaited) {
  const std::scoped_lock lock(mutex_);
  const auto place = std::ranges::find(waiting_, call, &GateCall::id);
  if (place == waiting_.end()) {
    return;
  }
  if (awaited) {
    unanswered_.push_back(*place);
  }
  waiting_.erase(place);
}

void HeldCalls::copy_leaves() {
  const std::scoped_lock lock(mutex_);
  ++copies_under_way_;
}

std::size_t HeldCalls::copies_under_way() const {
  const std::scoped_lock lock(mutex_);
  return copies_under_way_;
}

GateNews HeldCalls::take_news() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(news_, {});
}

std::set<std::string> HeldCalls::cache_keys() const {
  const std::scoped_lock lock(mutex_);
  return cache_keys_;
}

std::string HeldCalls::trouble() const {
  const std::scoped_lock lock(mutex_);
  return trouble_;
}

bool HeldCalls::was_called(bool cache) const {
  const std::scoped_lock lock(mutex_);
  return cache ? cache_called_ : database_called_;
}

Passage HeldCalls::arrived(const GateCall& call) {
  const std::scoped_lock lock(mutex_);
  ++events_;
  const bool sets_up = sets_up_connection(protocol_of(call), call.request);
  if (asks_for_cluster(protocol_of(call), call.request)) {
    trouble_ = cluster_trouble;
  }
  const bool is_strangers = instance_of(call.link) >= instances_;
  const bool passes = !holds_ || sets_up || is_strangers;
  if (!sets_up) {
    (is_cache_link(call.link) ? cache_called_ : database_called_) = true;
    if (is_cache_link(call.link)) {
      cache_keys_.insert(call.request.keys.begin(), call.request.keys.end());
    }
  }
  const bool changes_listening = note_listening(call);
  news_.touches_everything = news_.touches_everything || changes_listening || (is_strangers && !sets_up);
  (passes ? unanswered_ : waiting_).push_back(call);
  return {.hold = !passes};
}

/// Whether it lets its connection hear more or less than before. What ends all that there is says nothing where there
/// was nothing: pools say it whenever a connection comes back to them.
bool HeldCalls::note_listening(const GateCall& call) {
  const Connection connection = {call.link, call.connection};
  const ListeningChange change = listening_change(protocol_of(call), call.request);
  if (change == ListeningChange::begins) {
    listening_[connection] = call.backend_pid;
  }
  return change == ListeningChange::begins || (change == ListeningChange::ends && listening_.contains(connection));
}

void HeldCalls::pushed(std::size_t link, std::uint64_t connection) {
  const std::scoped_lock lock(mutex_);
  ++events_;
  news_.told_unasked.insert(instance_of(link));
  listening_.try_emplace({link, connection});
}

Listening HeldCalls::listening() const {
  const std::scoped_lock lock(mutex_);
  Listening found;
  for (const auto& [connection, backend_pid] : listening_) {
    found.to_cache = found.to_cache || is_cache_link(connection.first);
    if (!is_cache_link(connection.first)) {
      found.to_database.push_back(backend_pid);
    }
  }
  return found;
}

bool HeldCalls::has_uncommitted() const {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(written_, [](const auto& of_connection) { return !of_connection.second.empty(); });
}

void HeldCalls::answered(const GateCall& call, const StoreReply& reply) {
  const std::scoped_lock lock(mutex_);
  ++events_;
  drop(unanswered_, call.id);
  news_.replies.emplace_back(call.id, reply);
  if (!is_cache_link(call.link)) {
    note_commit(call, reply);
  }
}

void HeldCalls::note_commit(const GateCall& call, const StoreReply& reply) {
  std::vector<Value>& written = written_[{call.link, call.connection}];
  if (call.request.writes && !reply.is_error) {
    const std::vector<Value> values = RunTexts::values_in(call.request.values);
    written.insert(written.end(), values.begin(), values.end());
  }
  if (reply.commits) {
    news_.committed.insert(news_.committed.end(), written.begin(), written.end());
  }
  if (reply.commits || reply.is_error || call.request.name == "ROLLBACK") {
    written.clear();
  }
}

void HeldCalls::closed(std::size_t link, std::uint64_t connection) {
  const std::scoped_lock lock(mutex_);
  ++events_;
  const auto is_its = [&](const GateCall& call) { return call.link == link && call.connection == connection; };
  std::erase_if(waiting_, is_its);
  std::erase_if(unanswered_, is_its);
  written_.erase({link, connection});
  listening_.erase({link, connection});
}

void HeldCalls::copy_answered(const GateCall& call, const StoreReply& reply) {
  const std::scoped_lock lock(mutex_);
  ++events_;
  copies_under_way_ -= copies_under_way_ > 0 ? 1 : 0;
  news_.replies.emplace_back(call.id, reply);
  if (!is_cache_link(call.link) && call.request.writes && reply.commits) {
    const std::vector<Value> values = RunTexts::values_in(call.request.values);
    news_.committed.insert(news_.committed.end(), values.begin(), values.end());
  }
}

void HeldCalls::troubled(std::size_t /*link*/, const std::string& sentence) {
  const std::scoped_lock lock(mutex_);
  ++events_;
  trouble_ = sentence;
  // It may be why a copy was not sent; the next step is taken without it.
  copies_under_way_ = 0;
}

}  // namespace stalemate
