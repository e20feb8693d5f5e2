#include "drivers/postgres/nodes/nodes.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace stalemate {
namespace {

// A flapping node must not fill memory.
constexpr std::size_t outages_max = 1000;

}  // namespace

DatabaseNodes::DatabaseNodes(const std::vector<std::string>& urls) : urls_(urls), states_(urls.size()) {
  STALEMATE_ASSERT(!urls.empty(), "a database has a node");
}

std::vector<std::size_t> DatabaseNodes::order_for(std::size_t session) const {
  const std::size_t home = session % count();
  std::vector<std::size_t> order = {home};
  for (std::size_t place = 0; place + 1 < count(); ++place) {
    const std::size_t step = 1 + ((session / count()) + place) % (count() - 1);
    order.push_back((home + step) % count());
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(order, [this](std::size_t node) { return states_[node].standing != Standing::member; });
  std::ranges::stable_partition(order, [this](std::size_t node) { return !states_[node].doubt_since; });
  return order;
}

void DatabaseNodes::lost(std::size_t node, Instant now) {
  const std::lock_guard lock(mutex_);
  State& state = states_[node];
  state.doubt_since = state.doubt_since.value_or(now);
}

void DatabaseNodes::not_reached(std::size_t node, Instant now) {
  const std::lock_guard lock(mutex_);
  State& state = states_[node];
  state.doubt_since = state.doubt_since.value_or(now);
  state.is_down = true;
}

void DatabaseNodes::reached(std::size_t node, Instant now) {
  const std::lock_guard lock(mutex_);
  State& state = states_[node];
  if (state.standing != Standing::member) {
    return;
  }
  if (state.is_down && ended_.size() < outages_max) {
    ended_.push_back({node, *state.doubt_since, now});
  }
  state = State();
}

void DatabaseNodes::leave_out(std::size_t node) {
  const std::lock_guard lock(mutex_);
  states_[node].standing = Standing::left_out;
}

void DatabaseNodes::admit(std::size_t node, Instant now) {
  {
    const std::lock_guard lock(mutex_);
    states_[node].standing = Standing::member;
  }
  reached(node, now);
}

void DatabaseNodes::refuse(std::size_t node) {
  const std::lock_guard lock(mutex_);
  states_[node].standing = Standing::refused;
}

std::vector<std::size_t> DatabaseNodes::of_standing(Standing standing) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> nodes;
  for (std::size_t node = 0; node < states_.size(); ++node) {
    if (states_[node].standing == standing) {
      nodes.push_back(node);
    }
  }
  return nodes;
}

std::vector<std::size_t> DatabaseNodes::left_out() const {
  return of_standing(Standing::left_out);
}

std::vector<std::size_t> DatabaseNodes::refused() const {
  return of_standing(Standing::refused);
}

std::vector<std::size_t> DatabaseNodes::in_doubt() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::size_t> nodes;
  for (std::size_t node = 0; node < states_.size(); ++node) {
    if (states_[node].doubt_since && states_[node].standing == Standing::member) {
      nodes.push_back(node);
    }
  }
  return nodes;
}

std::vector<DatabaseNodes::Outage> DatabaseNodes::outages() const {
  const std::lock_guard lock(mutex_);
  std::vector<Outage> outages = ended_;
  for (std::size_t node = 0; node < states_.size(); ++node) {
    if (states_[node].is_down) {
      outages.push_back({node, *states_[node].doubt_since, std::nullopt});
    }
  }
  return outages;
}

}  // namespace stalemate
