#include "gated/run/last_writes.hpp"

#include <algorithm>

namespace stalemate {

std::vector<LastWrites::Write>& LastWrites::writes_of(Key key) {
  std::vector<Write>& writes = writes_[key.index];
  if (writes.empty()) {
    writes.push_back({.value = initial_, .acknowledged = true});
  }
  return writes;
}

void LastWrites::begin(Key key, Value value) {
  std::vector<Write>& writes = writes_of(key);
  Write fresh = {.value = value};
  for (const Write& write : writes) {
    if (write.acknowledged) {
      fresh.before.push_back(write.value);
    }
  }
  writes.push_back(std::move(fresh));
}

void LastWrites::end(Key key, Value value, Outcome outcome) {
  std::vector<Write>& writes = writes_of(key);
  const auto found =
      std::ranges::find_if(writes, [value](const Write& write) { return write.value == value && !write.is_copy; });
  if (found == writes.end() || outcome == Outcome::info) {
    return;
  }
  if (outcome == Outcome::fail) {
    writes.erase(found);
    return;
  }
  found->acknowledged = true;
  const std::vector<Value> before = std::move(found->before);
  found->before.clear();
  std::erase_if(writes, [&](const Write& write) {
    return !write.is_copy && std::ranges::find(before, write.value) != before.end();
  });
}

void LastWrites::expect_copy(Key key, Value value) {
  writes_of(key).push_back({.value = value, .is_copy = true});
}

std::vector<Value> LastWrites::candidates(Key key) const {
  const auto found = writes_.find(key.index);
  if (found == writes_.end()) {
    return {initial_};
  }
  std::vector<Value> values;
  for (const Write& write : found->second) {
    if (std::ranges::find(values, write.value) == values.end()) {
      values.push_back(write.value);
    }
  }
  return values;
}

}  // namespace stalemate
