#include "proxy/fault_board.hpp"

#include <algorithm>
#include <utility>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

constexpr std::size_t troubles_max = 10;

}  // namespace

FaultBoard::FaultBoard(std::vector<LinkAddress> links, std::uint64_t seed, CallLog* log)
    : links_(std::move(links)), seed_(seed), log_(log), counts_(links_.size()) {}

template <class Work>
void FaultBoard::in_between(Work work) const {
  if (gates_ != nullptr) {
    gates_->in_between(work);
  } else {
    work();
  }
}

Result<void> FaultBoard::check_side(const GateRule& rule) const {
  const auto has = [this](Protocol side) {
    return std::ranges::find(links_, side, &LinkAddress::protocol) != links_.end();
  };
  const bool of_cache_only = rule.side == Protocol::redis;
  const bool of_database_only = rule.side == Protocol::postgres;
  if (of_cache_only && !has(Protocol::redis)) {
    return failed(ErrorCode::wrong_type, "'" + rule.text + "' would hit nothing, as there is no --cache");
  }
  if (of_database_only && !has(Protocol::postgres)) {
    return failed(ErrorCode::wrong_type, "'" + rule.text + "' would hit nothing, as there is no --database");
  }
  return {};
}

Result<std::uint64_t> FaultBoard::add(const std::string& text) {
  Result<GateRule> rule = parse_gate_rule(text);
  if (!rule) {
    return std::unexpected(rule.error());
  }
  if (const Result<void> fits = check_side(*rule); !fits) {
    return std::unexpected(fits.error());
  }
  const std::uint64_t id = next_id_++;
  in_between([&] {
    active_.push_back(Active{StandingRule{id, printable(text), rule->share < 1, rule->is_of_links()}, std::move(*rule),
                             std::chrono::steady_clock::now(), SeededRandom(seed_, id)});
  });
  renew_conditions();
  return id;
}

Result<void> FaultBoard::remove(std::uint64_t id) {
  bool was_there = false;
  in_between(
      [&] { was_there = std::erase_if(active_, [id](const Active& one) { return one.standing.id == id; }) > 0; });
  if (!was_there) {
    return failed(ErrorCode::unavailable, "there is no fault " + std::to_string(id));
  }
  renew_conditions();
  return gates_ != nullptr ? gates_->lift(id) : Result<void>();
}

LinkConditions FaultBoard::conditions(Protocol side) const {
  LinkConditions sum;
  in_between([&] {
    for (const Active& active : active_) {
      if (!active.rule.is_of_links() || (active.rule.side && *active.rule.side != side)) {
        continue;
      }
      const LinkConditions& more = active.rule.conditions;
      sum.to_store_ns += more.to_store_ns;
      sum.to_application_ns += more.to_application_ns;
      const bool is_narrower =
          more.bytes_per_second != 0 && (sum.bytes_per_second == 0 || more.bytes_per_second < sum.bytes_per_second);
      sum.bytes_per_second = is_narrower ? more.bytes_per_second : sum.bytes_per_second;
    }
  });
  return sum;
}

void FaultBoard::renew_conditions() {
  for (std::size_t link = 0; gates_ != nullptr && link < links_.size(); ++link) {
    [[maybe_unused]] const Result<void> set = gates_->set_conditions(link, conditions(links_[link].protocol));
  }
}

std::vector<StandingRule> FaultBoard::rules() const {
  std::vector<StandingRule> found;
  in_between([&] { std::ranges::transform(active_, std::back_inserter(found), &Active::standing); });
  return found;
}

std::vector<LinkCounts> FaultBoard::counts() const {
  std::vector<LinkCounts> found;
  in_between([&] { found = counts_; });
  return found;
}

bool FaultBoard::hits(Active& active, std::chrono::steady_clock::time_point now) {
  if (!active.rule.window.holds(std::chrono::nanoseconds(now - active.since).count())) {
    return false;
  }
  ++active.standing.matched;
  if (active.is_spent || (active.rule.nth != 0 && active.standing.matched != active.rule.nth)) {
    return false;
  }
  return active.rule.share >= 1 || active.chance.draw_unit() < active.rule.share;
}

Passage FaultBoard::passage_of(Active& hit, std::chrono::steady_clock::time_point now) {
  ++hit.standing.hit;
  Passage passage{.trouble = hit.rule.trouble, .connection = hit.rule.connection, .cause = hit.standing.id};
  if (hit.rule.connection == ConnectionTrouble::blackhole) {
    hit.is_spent = true;
    const Nanoseconds end_ns = hit.rule.window.end_ns;
    const Nanoseconds left_ns = end_ns == never ? never : end_ns - std::chrono::nanoseconds(now - hit.since).count();
    passage.blackhole_ns = hit.rule.blackhole_ns == never ? left_ns : hit.rule.blackhole_ns;
  }
  return passage;
}

Passage FaultBoard::arrived(const GateCall& call) {
  ++counts_[call.link].calls;
  const auto now = active_.empty() ? std::chrono::steady_clock::time_point() : std::chrono::steady_clock::now();
  Active* hit = nullptr;
  for (Active& active : active_) {
    const bool speaks = !active.rule.is_of_links() && speaks_of(active.rule, links_[call.link].protocol, call.request);
    if (speaks && hits(active, now) && hit == nullptr) {
      hit = &active;
    }
  }
  const Passage passage = hit != nullptr ? passage_of(*hit, now) : Passage{};
  if (passage.trouble.takes_effect && !passage.trouble.answered) {
    lost_replies_[call.connection].push_back(call.id);
  }
  if (log_ != nullptr) {
    const bool is_kept_away = passage.connection == ConnectionTrouble::reset ||
                              passage.connection == ConnectionTrouble::half_open || !passage.trouble.takes_effect;
    log_->arrived(call, hit != nullptr ? hit->rule.text : std::string(), !is_kept_away);
    if (passage.trouble.refused) {
      log_->answered(call, StoreReply{.text = "refused by a fault of stalemate", .is_error = true}, true);
    }
  }
  return passage;
}

void FaultBoard::answered(const GateCall& call, const StoreReply& reply) {
  LinkCounts& counts = counts_[call.link];
  ++counts.answered;
  counts.errors += reply.is_error ? 1 : 0;
  const auto lost = lost_replies_.find(call.connection);
  const bool arrives = lost == lost_replies_.end() || std::ranges::find(lost->second, call.id) == lost->second.end();
  if (log_ != nullptr) {
    log_->answered(call, reply, arrives);
  }
}

void FaultBoard::copy_answered(const GateCall& call, const StoreReply& reply) {
  ++counts_[call.link].late_copies;
  if (log_ != nullptr) {
    log_->copy_answered(call, reply);
  }
}

void FaultBoard::closed(std::size_t link, std::uint64_t connection) {
  ++counts_[link].connections;
  lost_replies_.erase(connection);
  if (log_ != nullptr) {
    log_->closed(connection);
  }
}

void FaultBoard::troubled(std::size_t link, const std::string& sentence) {
  std::vector<std::string>& troubles = counts_[link].troubles;
  if (troubles.size() < troubles_max && std::ranges::find(troubles, sentence) == troubles.end()) {
    troubles.push_back(sentence);
  }
}

}  // namespace stalemate
