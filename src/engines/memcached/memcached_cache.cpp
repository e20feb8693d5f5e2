#include "engines/memcached/memcached_cache.hpp"

#include <algorithm>
#include <utility>

#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "core/text/words.hpp"
#include "drivers/cache/own_entries.hpp"
#include "drivers/memcached/commands.hpp"
#include "drivers/run_task.hpp"

namespace stalemate {
namespace {

MemcachedOptions memcached_options_for(const StoreWanted& wanted) {
  return {.url = wanted.urls.front(),
          .connect_limit_ns = wanted.connect_limit_ns,
          .op_limit_ns = wanted.op_limit_ns,
          .calls = wanted.needs.cache_calls};
}

MemcachedOptions without_cut(MemcachedOptions options) {
  options.cut = nullptr;
  return options;
}

MemcachedOptions with_cut(MemcachedOptions options) {
  options.cut = std::make_shared<ConnectionCut>();
  return options;
}

// Takes things of one key away. Nothing can be put back, since memcached keeps no copy.
class MemcachedHand final : public CacheHand {
 public:
  MemcachedHand(MemcachedOptions options, Key key) : key_(key), session_(context_, std::move(options)) {}

  Result<void> drop(Slot slot) override {
    const Result<bool> dropped = run_task(context_, session_.drop(key_, slot));
    return without_value(dropped);
  }
  Result<void> leave_queue() override { return {}; }
  Result<void> remember() override { return no_copy(); }
  Result<void> put_back() override { return no_copy(); }

 private:
  static std::unexpected<Error> no_copy() {
    return failed(ErrorCode::unsupported, "memcached keeps no copy of what it holds that could be put back");
  }

  Key key_;
  boost::asio::io_context context_{1};
  MemcachedSession session_;
};

}  // namespace

MemcachedCache::MemcachedCache(StoreWanted wanted)
    : wanted_(std::move(wanted)),
      options_(with_cut(memcached_options_for(wanted_))),
      own_session_(std::make_unique<MemcachedSession>(own_context_, without_cut(options_))) {}

Result<StoreFacts> MemcachedCache::meet() {
  const Result<SessionFacts> facts = run_task(own_context_, own_session_->connect());
  if (!facts) {
    return std::unexpected(facts.error());
  }
  return StoreFacts{.self = *facts};
}

Result<void> MemcachedCache::claim() {
  if (wanted_.own != nullptr) {
    return {};
  }
  Result<std::unique_ptr<MemcachedClaim>> claim = MemcachedClaim::take(without_cut(options_));
  if (!claim) {
    return std::unexpected(claim.error());
  }
  claim_ = std::move(*claim);
  return {};
}

Result<void> MemcachedCache::prepare() {
  wanted_.words.doing("taking our entries out of the cache");
  const Result<void> erased = take_entries_out();
  const Result<std::uint64_t> evictions = run_task(own_context_, own_session_->evictions());
  evictions_before_ = evictions.value_or(0);
  return erased ? without_value(evictions) : erased;
}

Result<void> MemcachedCache::take_entries_out() {
  return without_value(run_task(own_context_, own_session_->erase_entries(Key{0}, wanted_.keys)));
}

Result<void> MemcachedCache::take_names(const std::shared_ptr<const EntryNames>& names) {
  if (!names->form.field().empty()) {
    return failed(ErrorCode::wrong_type,
                  "data.form: memcached keeps no hashes, so an entry is a text or json:/POINTER");
  }
  const auto unfit = std::ranges::find_if_not(names->names, is_memcached_name);
  if (unfit != names->names.end()) {
    return failed(ErrorCode::wrong_type,
                  "data.entry: an entry would be called " + in_quotes(printable(*unfit)) +
                      ", and memcached takes names of 1 to 250 bytes without blanks and control characters");
  }
  options_.entries = names;
  own_session_ = std::make_unique<MemcachedSession>(own_context_, without_cut(options_));
  return check_entries();
}

// What is there already tells whether the form is right.
Result<void> MemcachedCache::check_entries() {
  const EntryNames& entries = *options_.entries;
  return check_first_entries(entries, [&](const std::string& name) -> Result<void> {
    const Result<MemcachedReply> reply = run_task(own_context_, own_session_->tell("mg " + name + " v\r\n"));
    if (!reply) {
      return std::unexpected(reply.error());
    }
    return reply->kind == MemcachedReply::Kind::value ? check_entry_text(name, reply->text, entries.form)
                                                      : Result<void>();
  });
}

std::vector<std::string> MemcachedCache::warnings() const {
  std::vector<std::string> all;
  const Result<std::uint64_t> evictions = run_task(own_context_, own_session_->evictions());
  if (evictions && *evictions != evictions_before_) {
    // One that was started again counts anew.
    const std::uint64_t evicted = *evictions > evictions_before_ ? *evictions - evictions_before_ : *evictions;
    all.push_back("memcached has evicted " + with_thousands(evicted) +
                  " items during the run, since its memory was full: entries, and whatever commands had left beside "
                  "them");
  }
  return all;
}

std::unique_ptr<CacheSession> MemcachedCache::make_session(boost::asio::io_context& context) {
  return std::make_unique<MemcachedSession>(context, options_);
}

WithFeed<CacheSession> MemcachedCache::make_other_session(boost::asio::io_context& context, FeedKind /*feed*/) {
  return {make_session(context), nullptr};
}

// A memcached on TCP cannot be cut off from outside, and cuts off nobody itself: so its clients are, all of them ours.
Result<void> MemcachedCache::carry_out(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEventKind::cut: options_.cut->cut(); return {};
    case ServerEventKind::mend: options_.cut->mend(); return {};
    default: return LiveCache::carry_out(event);
  }
}

Result<bool> MemcachedCache::strike(const ServerEvent& event, Key key, std::uint64_t draw) {
  return run_task(own_context_, event.kind == ServerEventKind::evict ? own_session_->evict(key)
                                                                     : own_session_->expire_one(key, draw));
}

Result<std::unique_ptr<CacheHand>> MemcachedCache::reach_into(Key key) {
  return std::make_unique<MemcachedHand>(without_cut(options_), key);
}

}  // namespace stalemate
