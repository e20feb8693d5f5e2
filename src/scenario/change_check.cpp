#include "scenario/change_check.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/engine.hpp"
#include "core/pattern/pattern.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> cannot_guard(const std::string& why) {
  return failed(ErrorCode::wrong_type, "add_guard: " + why + "; leave it out");
}

bool has_late_copies(const Scenario& scenario) {
  return has_fault(scenario, [](const ConfiguredFault& fault) {
    return std::ranges::any_of(fault.clauses, [](const CallClause& clause) {
      return (clause.calls & role_bit(Role::update)) != 0 && clause.trouble.late_copies > 0;
    });
  });
}

Result<void> check_guard(const Scenario& scenario) {
  const PatternInfo& pattern = *PatternRegistry::find(scenario.pattern);
  // With a queue in the cache and entries that a write replaces, the row is written by whoever takes the queue.
  const bool writes_later =
      pattern.needs.feed == FeedKind::cache_queue && pattern.entry_after_write == EntryAfterWrite::replaced;
  if (pattern.needs.feed == FeedKind::outbox || writes_later) {
    return cannot_guard("pattern " + scenario.pattern + " does not write the row by a statement of its own");
  }
  if (scenario.data) {
    return cannot_guard("it is for the table stock, not for one that [data] names");
  }
  if (has_late_copies(scenario)) {
    return cannot_guard("a fault of this scenario has updates take effect late, when nothing guards them");
  }
  return {};
}

std::unexpected<Error> cannot_delete(const std::string& why) {
  return failed(ErrorCode::wrong_type, "delete_share: " + why + "; leave it out");
}

// The feed of a pattern that has one, as `stalemate list patterns` names it.
std::string_view feed_of(const PatternInfo& pattern) {
  constexpr AbilityMask feeds = abilities_of(Ability::outbox, Ability::change_log, Ability::queue, Ability::pushes);
  const AbilityMask needed = (needed_by(pattern, Store::database) | needed_by(pattern, Store::cache)) & feeds;
  const auto found = std::ranges::find_if(
      ability_names(), [needed](const AbilityName& one) { return (needed & abilities_of(one.ability)) != 0; });
  return found == ability_names().end() ? "a feed of changes" : found->phrase;
}

Result<void> check_negative_entries(const Scenario& scenario, const PatternInfo& pattern) {
  if (scenario.negative_entries && pattern.needs.cache_calls != CacheCalls::plain) {
    return failed(ErrorCode::wrong_type, "negative_entries: the cache commands of pattern " + scenario.pattern +
                                             " take an entry without a value for one that is not there; leave it out");
  }
  if (!scenario.negative_entries && pattern.entry_after_write == EntryAfterWrite::replaced) {
    return failed(ErrorCode::wrong_type, "delete_share: pattern " + scenario.pattern +
                                             " sets the entry with each write, and with a delete it has nothing to set "
                                             "unless negative_entries = true");
  }
  return {};
}

Result<void> check_deletes(const Scenario& scenario) {
  const PatternInfo& pattern = *PatternRegistry::find(scenario.pattern);
  const EngineInfo& database = *find_engine(scenario.database, Store::database);
  if (scenario.add_share + scenario.delete_share > 1) {
    return failed(ErrorCode::wrong_type,
                  "delete_share and add_share are shares of the writes, so that together they "
                  "must be at most 1");
  }
  if (!database.can(Ability::deletes)) {
    return cannot_delete("it needs an order of writes that outlives a deleted row, which " +
                         std::string(database.title) + " does not tell");
  }
  if (scenario.data) {
    return cannot_delete("it is for the table stock, not for one that [data] names");
  }
  if (pattern.needs.feed != FeedKind::none || pattern.needs.row_versions) {
    return cannot_delete("pattern " + scenario.pattern + " needs " +
                         (pattern.needs.row_versions
                              ? "the version of a row, which goes with the row"
                              : std::string(feed_of(pattern)) + ", and no feed of stalemate's tells of deleted rows"));
  }
  if (has_event(scenario, leaves_standby_behind)) {
    return cannot_delete("a fault of this scenario has the database lose writes, and a lost delete shows no value");
  }
  return check_negative_entries(scenario, pattern);
}

}  // namespace

Result<void> check_changes(const Scenario& scenario) {
  Result<void> fine = scenario.add_guard ? check_guard(scenario) : Result<void>();
  return fine && scenario.delete_share > 0 ? check_deletes(scenario) : fine;
}

}  // namespace stalemate
