#include "drive/background.hpp"

#include <algorithm>
#include <utility>

namespace stalemate {
namespace {

// Apart from those of the plan and of the clients.
constexpr std::uint64_t first_background_stream = 0x80000;
constexpr Nanoseconds first_pause_ns = 1'000'000;
constexpr Nanoseconds last_pause_ns = 200'000'000;
constexpr Nanoseconds finish_limit_ns = 2'000'000'000;

// The store whose changes a feed yields.
Store store_of(FeedKind feed) {
  switch (feed) {
    case FeedKind::outbox:
    case FeedKind::change_log: return Store::database;
    case FeedKind::cache_queue:
    case FeedKind::invalidations: return Store::cache;
    case FeedKind::local_queue:
    case FeedKind::none: break;
  }
  return Store::local;
}

}  // namespace

Background::Background(ClientShared& shared, std::unique_ptr<Session> session, unsigned number, unsigned stride)
    : shared_(shared),
      session_(std::move(session)),
      feed_(*session_->feed()),
      server_(static_cast<ClientId>(number)),
      next_index_(shared.plan.ops() + number),
      stride_(stride),
      recorder_(shared.make_recorder()),
      random_(shared.plan.scenario().seed, first_background_stream + number),
      database_(session_->database(), recorder_),
      cache_(session_->cache(), recorder_),
      local_(shared.local, recorder_, Store::local) {}

void Background::start() {
  serving_ = serve();
  serving_.start();
}

Task<void> Background::serve() {
  const Ports ports{
      database_, cache_, shared_.clock, random_, local_, beginning_feed_, shared_.plan.scenario().time_to_live_ns};
  Nanoseconds pause_ns = first_pause_ns;
  while (true) {
    Result<void> done = co_await shared_.pattern.background(ports);
    if (under_way_ && recorder_.is_dead()) {
      done = std::unexpected(process_died());
      done.error().code = ErrorCode::unavailable;  // the part begins afresh; `cancelled` would end it
    }
    end(done);
    if (done) {
      pause_ns = first_pause_ns;
      continue;
    }
    if (done.error().code == ErrorCode::cancelled) {
      co_return;
    }
    co_await shared_.clock.sleep(pause_ns);
    pause_ns = std::min(pause_ns * 2, last_pause_ns);
  }
}

// The feed's calls are no steps, so they are counted here.
void Background::note(const Error& error) {
  const PatternInfo* pattern = PatternRegistry::find(shared_.plan.scenario().pattern);
  shared_.refusals.note_any(store_of(pattern->needs.feed), error, CallingPart::background);
}

bool Background::is_lost(const Change& change) {
  const PatternInfo* pattern = PatternRegistry::find(shared_.plan.scenario().pattern);
  if (pattern->needs.feed != FeedKind::invalidations) {
    return false;
  }
  PlannedOp op;
  op.key = change.key;
  op.fault_draw = random_.next();
  return recorder_.loses_push(op);
}

void Background::begin(const Change& change) {
  PlannedOp op;
  op.index = next_index_;
  op.key = change.key;
  op.kind = OpKind::background;
  op.fault_draw = random_.next();
  next_index_ += stride_;
  recorder_.begin(op);
  Op& begun = under_way_.emplace();
  begun.index = op.index;
  begun.key = change.key;
  begun.client = server_;
  begun.kind = OpKind::background;
  begun.value = change.value;
  begun.intended_ns = begun.invocation_ns = shared_.clock.now_ns();
}

void Background::end(const Result<void>& done) {
  if (!under_way_) {
    return;
  }
  under_way_->outcome = done ? Outcome::ok : done.error().outcome;
  under_way_->error = done ? ErrorCode::none : done.error().code;
  under_way_->completion_ns = under_way_->outcome == Outcome::info ? never : shared_.clock.now_ns();
  ++shared_.counts.measured.background;
  shared_.lane.append(*under_way_);
  under_way_.reset();
}

void Background::finish() {
  if (finish_until_ns_ == never) {
    finish_until_ns_ = shared_.clock.now_ns() + finish_limit_ns;
    feed_.finish();
  }
}

bool Background::finished() {
  if (!serving_.done() && shared_.clock.now_ns() < finish_until_ns_) {
    return false;
  }
  if (!serving_.done() && !std::exchange(is_cut_short_, true)) {
    note({ErrorCode::timed_out, Outcome::info, "the run ended before all changes were dealt with"});
  }
  abandon();
  return true;
}

void Background::abandon() {
  end(uncertain(ErrorCode::cancelled, "the run has ended"));
}

Task<Result<Change>> Background::BeginningFeed::next() {
  Result<Change> change = co_await owner_.feed_.next();
  while (change && owner_.is_lost(*change)) {
    const Result<void> gone = co_await owner_.feed_.acknowledge(*change);
    static_cast<void>(gone);
    change = co_await owner_.feed_.next();
  }
  if (change) {
    owner_.begin(*change);
  } else {
    owner_.note(change.error());
  }
  co_return change;
}

Task<Result<void>> Background::BeginningFeed::acknowledge(Change change) {
  if (owner_.recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  Result<void> done = co_await owner_.feed_.acknowledge(change);
  if (!done) {
    owner_.note(done.error());
  }
  co_return done;
}

}  // namespace stalemate
