#include "explore/model/world.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/assert.hpp"

namespace stalemate {
namespace {

constexpr Value row_max = 250;  // a row is kept in a byte

std::uint64_t hash_of(const CommitQueue& queue, std::uint64_t hash) {
  for (std::size_t place = 0; place < queue.size; ++place) {
    hash = mixed(hash, 256U * queue.values[place] + queue.versions[place]);
  }
  return mixed(hash, queue.size);
}

void drop_first(CommitQueue& queue) {
  std::shift_left(queue.values.begin(), queue.values.end(), 1);
  std::shift_left(queue.versions.begin(), queue.versions.end(), 1);
  queue.size = static_cast<std::uint8_t>(queue.size - 1);
  queue.values.at(queue.size) = 0;
  queue.versions.at(queue.size) = 0;
}

std::string words_of(const SlotContent& content) {
  return (content.value == absent ? std::string("-") : std::to_string(content.value)) +
         (content.stamp == 0 ? std::string() : "@" + std::to_string(content.stamp));
}

}  // namespace

std::string_view name_of(Slot slot) {
  switch (slot) {
    case Slot::entry: return "entry";
    case Slot::guard: return "guard";
    case Slot::mark: return "mark";
    case Slot::counter: return "counter";
  }
  STALEMATE_ASSERT(false, "a slot outside the enumeration");
}

std::string words_of(const CacheSlots& slots) {
  std::string words;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    if (slots.slots[slot]) {
      words += (words.empty() ? "" : ", ") + std::string(name_of(static_cast<Slot>(slot))) + " " +
               words_of(*slots.slots[slot]);
    }
  }
  if (slots.queued) {
    words += words.empty() ? "queued" : ", queued";
  }
  return words.empty() ? "empty" : words;
}

std::size_t WorldTable::WorldHash::operator()(const World& world) const {
  std::uint64_t hash = mixed(mixed(world.row, world.version), world.messages + 256U * world.unseen);
  hash = mixed(mixed(mixed(hash, world.lags ? 1 : 0), world.replica_row), world.replica_version);
  hash = hash_of(world.changes, hash_of(world.unreplicated, hash));
  hash = world.left_behind ? mixed(hash, 1U + world.kept_messages) : hash;
  hash = mixed(hash, world.now | static_cast<std::uint64_t>(world.cache) << 16U |
                         static_cast<std::uint64_t>(world.kept) << 32U | (world.standby ? 1ULL << 48U : 0));
  for (std::size_t server = 0; server < servers_max; ++server) {
    hash = mixed(hash, static_cast<std::uint64_t>(world.local[server]) << 8U | world.pushes[server]);
  }
  return hash;
}

std::size_t WorldTable::SlotsHash::operator()(const CacheSlots& slots) const {
  std::uint64_t hash = slots.queued ? 1 : 0;
  for (const std::optional<SlotContent>& slot : slots.slots) {
    hash = slot ? mixed(mixed(hash, static_cast<std::uint64_t>(slot->value)), 2 * slot->stamp + (slot->expires ? 1 : 0))
                : mixed(hash, 7);
  }
  return hash;
}

WorldTable::WorldTable(const PatternNeeds& needs, const Scope& scope)
    : needs_(needs),
      counts_versions_(needs.row_versions || needs.feed == FeedKind::change_log),
      servers_(servers_of(scope)) {
  (void)slots_.id(CacheSlots{});
  World world;
  world.version = counts_versions_ ? 1 : 0;
  (void)worlds_.id(world);
}

SlotsId WorldTable::id_of(const CacheSlots& slots) {
  const std::uint32_t id = slots_.id(slots);
  overflowed_ = overflowed_ || id > std::numeric_limits<SlotsId>::max();
  return static_cast<SlotsId>(id);
}

const CacheSlots& WorldTable::slots_of(const World& world, bool local, std::uint8_t server) const {
  return slots_[local ? world.local.at(server) : world.cache];
}

void WorldTable::set_cache(World& world, const CacheSlots& slots) {
  const bool changed = slots_[world.cache][Slot::entry] != slots[Slot::entry];
  world.cache = id_of(slots);
  for (std::size_t server = 0; changed && needs_.feed == FeedKind::invalidations && server < servers_; ++server) {
    overflowed_ = overflowed_ || world.pushes.at(server) == 255;
    world.pushes.at(server) = static_cast<std::uint8_t>(world.pushes.at(server) + 1);
  }
}

void WorldTable::store(World& world, bool local, std::uint8_t server, const CacheSlots& slots) {
  if (local) {
    world.local.at(server) = id_of(slots);
  } else {
    set_cache(world, slots);
  }
}

void WorldTable::append(CommitQueue& queue, std::uint8_t value, std::uint8_t version) {
  if (queue.size == CommitQueue::size_max) {
    overflowed_ = true;
    return;
  }
  queue.values.at(queue.size) = value;
  queue.versions.at(queue.size) = version;
  queue.size = static_cast<std::uint8_t>(queue.size + 1);
}

void WorldTable::commit(World& world, Value value, Effect& effect) {
  world.row = static_cast<std::uint8_t>(value);
  if (counts_versions_) {
    overflowed_ = overflowed_ || world.version == 255;
    world.version = static_cast<std::uint8_t>(world.version + 1);
  }
  if (needs_.feed == FeedKind::change_log && world.unseen == 0) {
    append(world.changes, world.row, world.version);
  }
  world.unseen = 0;
  if (world.lags && !world.left_behind) {
    append(world.unreplicated, world.row, world.version);
  }
  effect.committed = value;
  effect.reply.stamp = needs_.row_versions ? world.version : unknown_version;
}

Effect WorldTable::row_as_reply(std::uint8_t row, std::uint8_t version) const {
  Effect effect;
  effect.reply.there = true;
  effect.reply.value = row;
  effect.reply.stamp = needs_.row_versions ? version : unknown_version;
  return effect;
}

bool WorldTable::feed_empty(const World& world, std::uint8_t server) const {
  switch (needs_.feed) {
    case FeedKind::none: return true;
    case FeedKind::outbox: return world.messages == 0;
    case FeedKind::change_log: return world.changes.size == 0;
    case FeedKind::cache_queue: return !slots_[world.cache].queued;
    case FeedKind::local_queue: return !slots_[world.local.at(server)].queued;
    case FeedKind::invalidations: return world.pushes.at(server) == 0;
  }
  STALEMATE_ASSERT(false, "a feed outside the enumeration");
}

void WorldTable::take_change(const World& world, std::uint8_t server, std::vector<Effect>& effects) {
  if (feed_empty(world, server)) {
    return;
  }
  Effect effect;
  effect.world = id_of(world);
  if (needs_.feed == FeedKind::change_log) {
    effect.reply.value = world.changes.values[0];
    effect.reply.stamp = world.changes.versions[0];
  }
  effects.push_back(effect);
}

void WorldTable::acknowledge(World& world, std::uint8_t server) const {
  const auto less_by_one = [](std::uint8_t& count) { count = static_cast<std::uint8_t>(count - (count > 0 ? 1 : 0)); };
  if (needs_.feed == FeedKind::outbox) {
    less_by_one(world.messages);
  } else if (needs_.feed == FeedKind::change_log && world.changes.size > 0) {
    drop_first(world.changes);
  } else if (needs_.feed == FeedKind::invalidations) {
    less_by_one(world.pushes.at(server));
  }
}

void WorldTable::use_entry(const World& world, const Request& request, std::uint8_t server,
                           std::vector<Effect>& effects) {
  CacheSlots slots = slots_of(world, request.local, server);
  std::optional<SlotContent>& entry = slots[Slot::entry];
  Effect effect;
  if (request.kind == RequestKind::set_entry) {
    entry = SlotContent{request.arguments.value, 0, request.arguments.time_to_live_ns > 0};
  } else {
    effect.reply.there = entry.has_value();
    if (request.kind == RequestKind::get_entry) {
      effect.reply.value = entry ? entry->value : absent;
      effect.reply.there = effect.reply.value != absent;  // a tombstone is no entry
    } else if (request.kind == RequestKind::erase_entry) {
      entry.reset();
    }
  }
  World after = world;
  store(after, request.local, server, slots);
  effect.world = id_of(after);
  effects.push_back(effect);
}

void WorldTable::run_command(const World& world, const Request& request, std::uint8_t server,
                             std::vector<Effect>& effects) {
  const CacheSlots before = slots_of(world, request.local, server);
  const bool may_expire = before[Slot::entry] && before[Slot::entry]->expires;
  for (const bool expires_soon : {false, true}) {
    if (expires_soon && !may_expire) {
      continue;
    }
    CacheSlots slots = before;
    CacheSlots later = before;
    const CacheReply reply = request.command->apply(slots, request.arguments, CacheMoment{world.now, expires_soon});
    const CacheReply reply_later =
        request.command->apply(later, request.arguments, CacheMoment{world.now + 1ULL, expires_soon});
    Effect effect;
    effect.expires_soon = expires_soon;
    effect.reply.verdict = reply.verdict;
    effect.reply.value = reply.value;
    effect.reply.stamp = reply.stamp;
    effect.gave_up = reply.verdict == CacheVerdict::busy && request.arguments.patience_ns > 0;
    World after = world;
    // A command whose outcome does not depend on the time did not use it.
    after.now = static_cast<std::uint16_t>(after.now + (slots != later || reply != reply_later ? 1 : 0));
    store(after, request.local, server, slots);
    effect.world = id_of(after);
    const bool same = !effects.empty() && effects.back().world == effect.world && effects.back().reply == effect.reply;
    if (!same) {
      effects.push_back(effect);
    }
  }
}

void WorldTable::write_row(const World& world, const Request& request, std::vector<Effect>& effects) {
  const Value value = request.arguments.value;
  if (world.unseen != 0 && world.unseen != value) {
    return;  // the row is locked
  }
  Effect effect;
  World after = world;
  if (value < 0 || value > row_max) {
    effect.reply.kind = ReplyKind::refused;
  } else {
    commit(after, value, effect);
    after.messages =
        static_cast<std::uint8_t>(after.messages + (request.kind == RequestKind::write_row_with_message ? 1 : 0));
  }
  effect.world = id_of(after);
  effects.push_back(effect);
}

WorldId WorldTable::in_log_only(WorldId id, Value value) {
  World after = worlds_[id];
  STALEMATE_ASSERT(after.unseen == 0 && value > 0, "one write at a time is on its way from the log to the row");
  after.unseen = static_cast<std::uint8_t>(value);
  append(after.changes, after.unseen, static_cast<std::uint8_t>(after.version + 1));
  return id_of(after);
}

std::vector<Effect> WorldTable::effects(WorldId id, const Request& request, std::uint8_t server) {
  const World world = worlds_[id];
  std::vector<Effect> effects;
  World after = world;
  switch (request.kind) {
    case RequestKind::read_row:
      effects.push_back(row_as_reply(world.row, world.version));
      effects.back().world = id;
      break;
    case RequestKind::read_replica:
      effects.push_back(world.lags ? row_as_reply(world.replica_row, world.replica_version)
                                   : row_as_reply(world.row, world.version));
      effects.back().world = id;
      break;
    case RequestKind::write_row:
    case RequestKind::write_row_with_message: write_row(world, request, effects); break;
    case RequestKind::get_entry:
    case RequestKind::set_entry:
    case RequestKind::erase_entry: use_entry(world, request, server, effects); break;
    case RequestKind::run_command: run_command(world, request, server, effects); break;
    case RequestKind::next_change: take_change(world, server, effects); break;
    case RequestKind::acknowledge_change:
      acknowledge(after, server);
      effects.emplace_back();
      effects.back().world = id_of(after);
      break;
  }
  return effects;
}

WorldId WorldTable::standby_left_behind(WorldId id) {
  World after = worlds_[id];
  STALEMATE_ASSERT(!after.left_behind && after.unseen == 0, "a standby is left behind once, with whole writes");
  if (!after.lags) {
    after.replica_row = after.row;
    after.replica_version = after.version;
  }
  after.unreplicated = {};
  after.lags = needs_.replica;  // what reads from it sees what it has
  after.left_behind = true;
  after.kept_messages = after.messages;
  return id_of(after);
}

/// The standby that was left behind is the database now, and the replica of itself.
WorldChange WorldTable::failed_over(const World& world) {
  World after = world;
  after.row = std::exchange(after.replica_row, std::uint8_t{0});
  after.version = std::exchange(after.replica_version, std::uint8_t{0});
  after.messages = std::exchange(after.kept_messages, std::uint8_t{0});
  after.lags = after.left_behind = false;
  return {id_of(after), "the database fails over to its standby, which has the row " + std::to_string(after.row)};
}

std::vector<WorldChange> WorldTable::free_changes(WorldId id) {
  const World world = worlds_[id];
  std::vector<WorldChange> changes;
  const auto expire = [&](bool local, std::uint8_t server) {
    CacheSlots slots = slots_of(world, local, server);
    if (slots[Slot::entry] && slots[Slot::entry]->expires && slots[Slot::entry]->value != absent) {
      World after = world;
      slots[Slot::entry].reset();
      store(after, local, server, slots);
      changes.push_back(
          {id_of(after), local ? "the entry in the memory of server " + std::to_string(server + 1) + " expires"
                               : std::string("the entry expires")});
    }
  };
  expire(false, 0);
  for (std::size_t server = 0; server < servers_; ++server) {
    expire(true, static_cast<std::uint8_t>(server));
  }
  if (world.unreplicated.size > 0) {
    World after = world;
    after.replica_row = world.unreplicated.values[0];
    after.replica_version = world.unreplicated.versions[0];
    drop_first(after.unreplicated);
    changes.push_back({id_of(after), "the replica gets the row " + std::to_string(after.replica_row)});
  }
  if (world.left_behind) {
    changes.push_back(failed_over(world));
  }
  if (world.standby) {
    World after = world;
    after.standby = false;
    after.kept = 0;
    set_cache(after, CacheSlots(slots_[world.kept]));
    changes.push_back(
        {id_of(after), "the cache fails over to its standby, which holds: " + words_of(slots_[world.kept])});
  }
  return changes;
}

}  // namespace stalemate
