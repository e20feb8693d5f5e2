// Rows are told from outside where no query is given: values are unique, so that a write names what its row holds.
#include "gated/run/run_rest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <semaphore>
#include <set>
#include <span>
#include <thread>

#include "gated/run/direct_look.hpp"

namespace stalemate {
namespace {

using RestClock = std::chrono::steady_clock;

constexpr std::chrono::seconds rest_limit(10);
constexpr std::chrono::milliseconds still_for(50);
// A call that nobody awaits and that its store is slow to answer: so long must nothing else have happened.
constexpr std::chrono::seconds still_for_unanswered(1);
constexpr std::chrono::milliseconds between_rest_looks(5);
// Services invalidate a second time after a pause; the usual ones are shorter.
constexpr std::chrono::seconds later_invalidation(3);
constexpr std::chrono::milliseconds between_readings(250);
// Requests under way at once.
constexpr std::ptrdiff_t readers_max = 16;

bool instances_sleep(const RunStage& stage) {
  for (std::size_t number = 0; number < stage.instances(); ++number) {
    if (stage.instance(number).is_ours() && !stage.instance(number).asleep()) {
      return false;
    }
  }
  return true;
}

/// Of some keys, what is read through each instance, one behind the other.
std::vector<Answer> read_through_all(RunStage& stage, const std::vector<Key>& keys) {
  std::vector<Answer> answers(keys.size() * stage.instances());
  std::counting_semaphore<readers_max> room(readers_max);
  for (std::size_t place = 0; place < answers.size(); ++place) {
    room.acquire();
    const Key key = keys[place / stage.instances()];
    stage.requester().send(stage.instance(place % stage.instances()), ApplicationRequest::read, stage.keys()[key.index],
                           0, [&answers, &room, place](const Answer& answer) {
                             answers[place] = answer;
                             room.release();
                           });
  }
  for (std::ptrdiff_t reader = 0; reader < readers_max; ++reader) {
    room.acquire();
  }
  return answers;
}

/// What rows hold.
class Rows {
 public:
  explicit Rows(RunStage& stage) : stage_(stage), logged_(stage.calls().logged_rows()) {
    const std::optional<StoreAddress>& database = stage.backstage().database();
    if (database && !stage.application().row_query.empty()) {
      look_.emplace(*database, stage.application().row_query, stage.keys());
    }
  }

  /// Nothing where it is not known.
  [[nodiscard]] std::optional<Value> row_of(Key key) {
    if (look_ && trouble_.empty()) {
      const Result<Value> found = look_->row_of(key);
      if (found) {
        return *found;
      }
      trouble_ = found.error().detail;
    }
    const std::vector<Value> candidates = stage_.calls().last_written(key);
    if (candidates.size() == 1) {
      return candidates.front();
    }
    const auto logged = logged_.find(key.index);
    const bool is_told = logged != logged_.end() && std::ranges::find(candidates, logged->second) != candidates.end();
    return is_told ? std::optional(logged->second) : std::nullopt;
  }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  RunStage& stage_;
  std::map<std::uint32_t, Value> logged_;
  std::optional<RowLook> look_ = {};
  std::string trouble_ = {};
};

class RestLook {
 public:
  explicit RestLook(RunStage& stage) : stage_(stage), rows_(stage) {
    if (stage.application().entry && stage.backstage().cache()) {
      entries_.emplace(*stage.backstage().cache(), *stage.application().entry, stage.keys());
    }
  }

  /// Looks at these keys, and returns those whose row is not what is read.
  std::vector<Key> look(const std::vector<Key>& keys) {
    // Before anybody reads, which may fill it.
    std::map<std::uint32_t, Value> entries;
    for (const Key key : keys) {
      const Result<std::optional<Value>> entry = entries_ ? entries_->entry_of(key) : std::nullopt;
      if (entry && *entry) {
        entries[key.index] = **entry;
      }
    }
    const std::vector<Answer> answers = read_through_all(stage_, keys);
    std::vector<Key> differing;
    for (std::size_t place = 0; place < keys.size(); ++place) {
      const std::span<const Answer> of_key = std::span(answers).subspan(place * stage_.instances(), stage_.instances());
      const auto entry = entries.find(keys[place].index);
      if (!note(keys[place], of_key, entry != entries.end() ? std::optional(entry->second) : std::nullopt)) {
        differing.push_back(keys[place]);
      }
    }
    return differing;
  }

  [[nodiscard]] RunRest found() {
    RunRest rest;
    for (const auto& [key, at_rest] : found_) {
      rest.keys.push_back(at_rest);
    }
    rest.rows_unknown = static_cast<std::uint32_t>(unknown_.size());
    rest.unanswered = static_cast<std::uint32_t>(unanswered_.size());
    rest.first_unanswered = unanswered_.empty() ? "" : unanswered_.begin()->second;
    rest.row_trouble = rows_.trouble();
    return rest;
  }

 private:
  /// False where the row is known and something else was read.
  bool note(Key key, std::span<const Answer> answers, std::optional<Value> entry) {
    const std::optional<Value> row = rows_.row_of(key);
    if (!row) {
      unknown_.insert(key.index);
      return true;
    }
    std::optional<Value> read = entry;
    for (const Answer& answer : answers) {
      const Value value = as_value(answer.value);
      if (answer.outcome != Outcome::ok || value == absent) {
        const std::string why = answer.detail.empty() ? "it read no value that a row can hold" : answer.detail;
        unanswered_.try_emplace(key.index, fmt::format("key {}: {}", stage_.keys()[key.index], why));
      } else if (!read || *read == *row) {
        read = value;
      }
    }
    if (!read) {
      return true;
    }
    unanswered_.erase(key.index);
    found_[key.index] = {.key = key, .row = *row, .read = *read};
    return *read == *row;
  }

  RunStage& stage_;
  Rows rows_;
  std::optional<EntryLook> entries_ = {};
  std::map<std::uint32_t, KeyAtRest> found_ = {};
  std::set<std::uint32_t> unknown_ = {};
  std::map<std::uint32_t, std::string> unanswered_ = {};
};

}  // namespace

bool come_to_rest(RunStage& stage) {
  const RestClock::time_point begun = RestClock::now();
  RestClock::time_point still_since = begun;
  const auto limit = rest_limit + std::chrono::nanoseconds(stage.calls().copies_due_in_ns());
  GateTraffic before = stage.backstage().gates().traffic();
  while (RestClock::now() - begun < limit) {
    const bool asleep = instances_sleep(stage) && stage.calls().copies_due_in_ns() == 0;
    const GateTraffic traffic = stage.backstage().gates().traffic();
    const bool is_still = asleep && traffic.bytes_under_way == 0 && traffic.calls_sent == before.calls_sent &&
                          traffic.calls_answered == before.calls_answered;
    const RestClock::time_point now = RestClock::now();
    if (!is_still) {
      still_since = now;
    }
    const bool all_answered = traffic.calls_sent == traffic.calls_answered;
    if (now - still_since >= (all_answered ? RestClock::duration(still_for) : still_for_unanswered)) {
      return true;
    }
    before = traffic;
    std::this_thread::sleep_for(between_rest_looks);
  }
  return false;
}

RunRest look_at_rest(RunStage& stage, const std::function<bool()>& is_over) {
  const auto count = static_cast<std::uint32_t>(stage.keys().size());
  RestLook look(stage);
  std::vector<Key> keys;
  for (std::uint32_t number = 0; number < std::min(count, keys_at_rest_max); ++number) {
    keys.push_back(Key{number});
  }
  // In portions, so that an interrupt is not kept waiting.
  constexpr std::size_t portion = 200;
  std::vector<Key> differing;
  for (std::size_t first = 0; first < keys.size() && !is_over(); first += portion) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = keys.begin() + static_cast<std::ptrdiff_t>(std::min(first + portion, keys.size()));
    std::ranges::copy(look.look({begin, end}), std::back_inserter(differing));
  }
  const RestClock::time_point begun = RestClock::now();
  while (!differing.empty() && !is_over() && RestClock::now() - begun < later_invalidation) {
    std::this_thread::sleep_for(between_readings);
    differing = look.look(differing);
  }
  if (is_over()) {
    return {};
  }
  RunRest rest = look.found();
  rest.not_looked_at = count - static_cast<std::uint32_t>(keys.size());
  return rest;
}

}  // namespace stalemate
