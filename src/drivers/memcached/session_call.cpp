// How a MemcachedSession runs cache commands, and takes things away as memcached itself does.
#include <chrono>
#include <utility>
#include <vector>

#include "core/text/number_text.hpp"
#include "drivers/cache/slot_text.hpp"
#include "drivers/memcached/commands.hpp"
#include "drivers/memcached/session.hpp"

namespace stalemate {
namespace {

using Kind = MemcachedReply::Kind;

// What a clock that memcached does not have begins with: later than it was when it was last evicted.
std::uint64_t first_moment() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

// Gives what a command has written its end.
void settle(MemcachedItem& after, const MemcachedItem& before, const CacheArguments& arguments, std::uint64_t now_ms) {
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const std::optional<SlotContent> content = after.slots.slots[slot];
    if (content && content != before.slots.slots[slot]) {
      const Nanoseconds life_ns = slot == 0 ? arguments.time_to_live_ns : arguments.hold_ns;
      put_slot(after, static_cast<Slot>(slot), *content, content->expires ? life_ns : 0, now_ms);
    }
  }
}

}  // namespace

Task<Result<CacheReply>> MemcachedSession::call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  return call_patiently(command, key, arguments);
}

Task<Result<CacheReply>> MemcachedSession::call_once(const CacheCommandInfo& command, Key key,
                                                     CacheArguments arguments) {
  if (options_.calls == CacheCalls::leases) {
    switch (command.ward) {
      case Ward::grant: return take_lease(key, arguments);
      case Ward::redeem: return redeem_lease(key, arguments);
      case Ward::revoke: return revoke_lease(key);
      default: break;
    }
  }
  return apply(command, key, arguments);
}

// Reads the item, and the clock behind it. Nothing of ours is changed by that: errors have outcome `fail`.
Task<Result<MemcachedSession::Held>> MemcachedSession::hold(Key key, bool with_moment) {
  bytes_.clear();
  append_get(bytes_, named(key), "v c");
  if (with_moment) {
    append_tick(bytes_, first_moment());
  }
  const Result<void> asked = co_await ask(with_moment ? 2 : 1);
  if (!asked) {
    co_return failed(asked.error().code, asked.error().detail);
  }
  Held held;
  held.now_ms = wall_clock_ms();
  const MemcachedReply& reply = replies_.reply();
  if (!is_any({Kind::value, Kind::miss})) {
    const Error error = error_reply().error();
    co_return failed(error.code, error.detail);
  }
  if (reply.kind == Kind::value) {
    const std::optional<MemcachedItem> item = parse_item(reply.text, held.now_ms);
    if (!item) {
      co_return not_a_value(key);
    }
    held.item = *item;
    held.cas = reply.cas;
  }
  if (with_moment) {
    const auto moment = parse_number<std::uint64_t>(replies_.reply(1).text);
    if (replies_.reply(1).kind != Kind::value || !moment) {
      const Error error = error_reply(1).error();
      co_return failed(error.code, error.detail);
    }
    held.moment = *moment;
  }
  co_return held;
}

// False: the item is no longer the one that was held.
Task<Result<bool>> MemcachedSession::put_back(Key key, const Held& held, const MemcachedItem& after) {
  const std::string as_held = "C" + std::to_string(held.cas);
  bytes_.clear();
  if (after.slots == CacheSlots()) {
    if (held.cas == 0) {
      co_return true;
    }
    append_erase(bytes_, named(key), as_held);
  } else {
    append_set(bytes_, named(key), item_text(after), life_of_item(after, held.now_ms), held.cas == 0 ? "ME" : as_held);
  }
  const Result<void> asked = co_await ask(1);
  if (!asked) {
    co_return std::unexpected(asked.error());
  }
  if (!is_any({Kind::done, Kind::not_stored, Kind::exists, Kind::not_found})) {
    co_return error_reply();
  }
  co_return replies_.reply().kind == Kind::done;
}

Task<Result<CacheReply>> MemcachedSession::apply(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  while (true) {
    const Result<Held> held = co_await hold(key, true);
    if (!held) {
      co_return std::unexpected(held.error());
    }
    const std::uint64_t end_ms = held->item.ends_ms[0];
    CacheMoment moment;
    moment.now = held->moment;
    moment.expires_soon = held->item.slots[Slot::entry] && end_ms != 0 &&
                          static_cast<Nanoseconds>(end_ms - held->now_ms) * 2'000'000 < arguments.time_to_live_ns;
    MemcachedItem after = held->item;
    const CacheReply reply = command.apply(after.slots, arguments, moment);
    if (after.slots.queued) {
      co_return failed(ErrorCode::unsupported, "memcached has no queue for keys");
    }
    if (after.slots == held->item.slots) {
      co_return reply;
    }
    settle(after, held->item, arguments, held->now_ms);
    const Result<bool> done = co_await put_back(key, *held, after);
    if (!done) {
      co_return std::unexpected(done.error());
    }
    if (*done) {
      co_return reply;
    }
  }
}

Task<Result<CacheReply>> MemcachedSession::take_lease(Key key, CacheArguments arguments) {
  bytes_.clear();
  append_get(bytes_, named(key), "v c N" + memcached_seconds(arguments.hold_ns));
  const Result<void> asked = co_await ask(1);
  if (!asked) {
    co_return std::unexpected(asked.error());
  }
  const MemcachedReply& reply = replies_.reply();
  if (reply.kind != Kind::value) {
    co_return error_reply();
  }
  CacheReply taken;
  // A stale value is none that may be shown.
  if (!reply.text.empty() && !reply.is_stale) {
    const std::optional<SlotContent> entry = parse_slot(reply.text);
    if (!entry) {
      co_return not_a_value(key);
    }
    taken.value = entry->value;
  } else if (reply.has_won) {
    taken.stamp = reply.cas;
  } else {
    taken.verdict = CacheVerdict::busy;
  }
  co_return taken;
}

Task<Result<CacheReply>> MemcachedSession::redeem_lease(Key key, CacheArguments arguments) {
  bytes_.clear();
  append_set(bytes_, named(key), value_text(arguments.value), arguments.time_to_live_ns,
             "C" + std::to_string(arguments.stamp));
  const Result<void> asked = co_await ask(1);
  if (!asked) {
    co_return std::unexpected(asked.error());
  }
  if (!is_any({Kind::done, Kind::exists, Kind::not_found})) {
    co_return error_reply();
  }
  CacheReply redeemed;
  if (replies_.reply().kind == Kind::done) {
    redeemed.value = arguments.value;
  } else {
    redeemed.verdict = CacheVerdict::refused;
  }
  co_return redeemed;
}

Task<Result<CacheReply>> MemcachedSession::revoke_lease(Key key) {
  const Result<bool> removed = co_await evict(key);
  if (!removed) {
    co_return std::unexpected(removed.error());
  }
  co_return CacheReply();
}

Task<Result<bool>> MemcachedSession::evict(Key key) {
  bytes_.clear();
  append_erase(bytes_, named(key));
  const Result<void> asked = co_await ask(1);
  if (!asked) {
    co_return std::unexpected(asked.error());
  }
  if (!is_any({Kind::done, Kind::not_found})) {
    co_return error_reply();
  }
  co_return replies_.reply().kind == Kind::done;
}

Task<Result<bool>> MemcachedSession::drop(Key key, Slot slot) {
  while (true) {
    const Result<Held> held = co_await hold(key, false);
    if (!held) {
      co_return std::unexpected(held.error());
    }
    MemcachedItem after = held->item;
    after.slots[slot].reset();
    const bool is_lease = slot == Slot::guard && is_leased(*held);
    if (after == held->item && !is_lease) {
      co_return false;
    }
    const Result<bool> done = co_await put_back(key, *held, after);
    if (!done || *done) {
      co_return done;
    }
  }
}

Task<Result<bool>> MemcachedSession::expire_one(Key key, std::uint64_t draw) {
  if (options_.entries) {  // of which there is nothing but the entry, which nobody counts on
    co_return false;
  }
  const Result<Held> held = co_await hold(key, false);
  if (!held) {
    co_return std::unexpected(held.error());
  }
  std::vector<Slot> lapsing;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const std::optional<SlotContent>& content = held->item.slots.slots[slot];
    if (content && content->expires && (slot > 0 || content->value == absent)) {
      lapsing.push_back(static_cast<Slot>(slot));
    }
  }
  const bool is_lease = is_leased(*held);
  if (lapsing.empty() && !is_lease) {
    co_return false;
  }
  // Of what has changed since it was read nothing is taken.
  MemcachedItem after = held->item;
  if (!is_lease) {
    after.slots[lapsing[draw % lapsing.size()]].reset();
  }
  Result<bool> done = co_await put_back(key, *held, after);
  co_return done;
}

}  // namespace stalemate
