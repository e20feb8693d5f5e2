#include "drive/worker.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <utility>

#include "core/try_start.hpp"

namespace stalemate {
namespace {

// Ops handed to clients that are busy wait in memory; beyond this many they wait in the plan, which costs none.
constexpr std::size_t waiting_max = 1U << 16U;
// The kernel may fire a timer this much late to save power; its default of 50 us is half of what the origin asks for.
constexpr unsigned long timer_slack_ns = 1'000;
// Records are handed to the disk this often, so that little is lost if we are killed.
constexpr Nanoseconds flush_interval_ns = 1'000'000'000;
// While the plan waits for clients, how often to look again.
constexpr std::chrono::milliseconds look_again{1};
// If thousands of clients connected at once, some would exceed the time limit.
constexpr std::size_t connecting_max = 16;

bool has_late_copies(const Plan& plan) {
  return std::ranges::any_of(plan.call_clauses(),
                             [](const PlannedClause& one) { return one.clause.trouble.late_copies > 0; });
}

Task<void> connect_client(Client& client, Result<void>& result, std::size_t& under_way) {
  Result<void> connected = co_await client.connect();
  if (!connected && result) {
    result = std::move(connected);
  }
  --under_way;
}

}  // namespace

Worker::Worker(const WorkerSetup& setup, unsigned number, HistoryWriter::Lane& lane)
    : setup_(setup),
      number_(number),
      context_(1),
      clock_(context_),
      timer_(context_),
      shared_{.plan = setup.plan,
              .troubles = setup.troubles,
              .pattern = setup.pattern,
              .clock = clock_,
              .local = local_,
              .lane = lane,
              .counts = counts_,
              .latency = latency_,
              .latency_live = latency_live_,
              .outages = outages_,
              .refusals = refusals_,
              .lock = setup.lock,
              .has_cache = setup.sessions.has_cache()},
      cursor_(setup.plan.cursor()) {
  if (has_late_copies(setup.plan)) {
    late_calls_ = std::make_unique<LateCalls>(shared_.make_recorder(),
                                              setup.sessions.make_session(context_, static_cast<ClientId>(number)),
                                              shared_.has_cache);
    shared_.late_calls = late_calls_.get();
  }
  for (unsigned client = number; client < setup.plan.clients(); client += setup.workers) {
    const auto id = static_cast<ClientId>(client);
    clients_.push_back(std::make_unique<Client>(shared_, id, setup.sessions.make_session(context_, id)));
  }
  shared_.clients = clients_.size();
  const bool is_for_each_server = setup.feed == FeedKind::local_queue || setup.feed == FeedKind::invalidations;
  if (setup.feed != FeedKind::none && (is_for_each_server || number == 0)) {
    background_ =
        std::make_unique<Background>(shared_, setup.sessions.make_background(context_, local_), number, setup.workers);
  }
}

Worker::~Worker() {
  if (thread_.joinable()) {
    abort();
    thread_.join();
  }
}

Result<void> Worker::connect() {
  Result<void> result;
  std::size_t under_way = 0;
  std::vector<Task<void>> connecting;
  connecting.reserve(clients_.size());
  const auto wait_until_fewer_than = [this, &under_way](std::size_t limit) {
    context_.restart();
    while (under_way >= limit && context_.run_one() > 0) {
    }
    STALEMATE_ASSERT(under_way < limit, "connecting ends with a result, by its time limit at the latest");
  };
  for (const std::unique_ptr<Client>& client : clients_) {
    wait_until_fewer_than(connecting_max);
    if (!result) {
      break;
    }
    ++under_way;
    connecting.push_back(connect_client(*client, result, under_way));
    connecting.back().start();
  }
  wait_until_fewer_than(1);
  const auto connect_one = [this, &result](Task<Result<void>> task) {
    task.start();
    context_.restart();
    while (!task.done() && context_.run_one() > 0) {
    }
    result = task.take();
  };
  if (result && background_) {
    connect_one(background_->connect());
  }
  if (result && late_calls_) {
    connect_one(late_calls_->connect());
  }
  context_.restart();
  return result;
}

Result<void> Worker::start(SteadyTime origin) {
  clock_.set_origin(origin);
  Result<std::thread> thread = try_start("for a worker", [this] { return std::thread([this] { run(); }); });
  if (!thread) {
    return std::unexpected(thread.error());
  }
  thread_ = std::move(*thread);
  return {};
}

void Worker::run() {
  prctl(PR_SET_TIMERSLACK, timer_slack_ns);
  for (const std::unique_ptr<Client>& client : clients_) {
    client->start();
  }
  if (background_) {
    background_->start();
  }
  standstills_.start();
  dispatch();
  context_.run();
  count_rest();
  setup_.on_finished();
}

void Worker::dispatch() {
  const Nanoseconds now_ns = clock_.now_ns();
  std::size_t room = waiting_max - std::min(waiting_max, shared_.waiting);
  while (true) {
    // The cursor yields the ops of all clients; this worker takes those of its own.
    while (!next_ && !plan_ended_) {
      next_ = cursor_.next();
      plan_ended_ = !next_ || next_->intended_ns > stop_ns_;
      if (next_ && !plan_ended_ && next_->client % setup_.workers != number_) {
        next_.reset();
      }
    }
    if (plan_ended_) {
      close_inboxes();
      return;
    }
    if (next_->intended_ns > now_ns || room == 0) {
      break;
    }
    hand_out(*std::exchange(next_, std::nullopt));
    --room;
  }
  if (room == 0) {
    timer_.expires_after(look_again);
  } else {
    timer_.expires_at(clock_.time_of(next_->intended_ns));
  }
  timer_.async_wait([this](const boost::system::error_code&) {
    if (!plan_ended_ && !aborted_) {
      dispatch();
    }
  });
}

void Worker::hand_out(const PlannedOp& op) {
  ++(op.kind == OpKind::read ? due_reads_ : due_writes_);
  Inbox& inbox = clients_[op.client / setup_.workers]->inbox();
  // The origin's ticker keeps one tick for a busy loop and drops the rest.
  if (setup_.plan.scenario().pacing == Pacing::ticker && inbox.size() > 0) {
    drop(op);
    return;
  }
  inbox.push(op);
}

void Worker::drop(const PlannedOp& op) {
  ++counts_.of(setup_.plan.is_warm_up(op.intended_ns)).of(op.kind).dropped;
}

void Worker::close_inboxes() {
  timer_.cancel();
  for (const std::unique_ptr<Client>& client : clients_) {
    client->inbox().close();
  }
  finish_if_done();
}

// The sessions' connections and sweepers keep the loop alive, so it is ended once every client is through.
void Worker::finish_if_done() {
  const bool done = std::ranges::all_of(clients_, [](const auto& client) { return client->finished(); });
  if (done && !std::exchange(clients_are_through_, true)) {
    ended_ns_ = clock_.now_ns();
    if (setup_.busy != nullptr) {
      setup_.busy->fetch_sub(1);
    }
  }
  const bool none_late = !late_calls_ || late_calls_->finished();
  if (done && none_late && background_is_through()) {
    context_.stop();
    return;
  }
  timer_.expires_after(look_again);
  timer_.async_wait([this](const boost::system::error_code&) {
    if (!aborted_) {
      finish_if_done();
    }
  });
}

// Changes by clients of other workers must be handled too, so wait for them.
bool Worker::background_is_through() {
  if (!background_) {
    return true;
  }
  if (setup_.busy != nullptr && setup_.busy->load() > 0) {
    return false;
  }
  background_->finish();
  return background_->finished();
}

void Worker::stop_after(Nanoseconds instant_ns) {
  boost::asio::post(context_, [this, instant_ns] {
    stop_ns_ = std::min(stop_ns_, instant_ns);
    if (plan_ended_) {
      return;
    }
    if (next_ && next_->intended_ns > stop_ns_) {
      plan_ended_ = true;
      close_inboxes();
    }
  });
}

void Worker::drop_waiting() {
  boost::asio::post(context_, [this] {
    for (const std::unique_ptr<Client>& client : clients_) {
      std::ranges::for_each(client->inbox().clear(), [this](const PlannedOp& op) { drop(op); });
    }
    // The same goes for ops that are still in the plan; count_rest separates dropped from not reached.
    if (!plan_ended_) {
      plan_ended_ = true;
      close_inboxes();
    }
  });
}

void Worker::abort() {
  boost::asio::post(context_, [this] {
    aborted_ = true;
    plan_ended_ = true;
    for (const std::unique_ptr<Client>& client : clients_) {
      client->abandon();
      std::ranges::for_each(client->inbox().clear(), [this](const PlannedOp& op) { drop(op); });
    }
    if (background_) {
      background_->abandon();
    }
    ended_ns_ = clock_.now_ns();
    context_.stop();
  });
}

// Ops beyond the end were not reached. They may be billions, so they are counted from the plan's totals.
void Worker::count_rest() {
  const Nanoseconds reached_ns = std::min(stop_ns_, ended_ns_);
  std::optional<PlannedOp> op = next_ ? next_ : cursor_.next();
  for (; op && op->intended_ns <= reached_ns; op = cursor_.next()) {
    if (op->client % setup_.workers == number_) {
      drop(*op);
    }
  }
}

void Worker::join() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

WorkerLook Worker::make_look() {
  if (const Nanoseconds now_ns = clock_.now_ns(); now_ns >= flush_next_ns_) {
    shared_.lane.flush();
    flush_next_ns_ = now_ns + flush_interval_ns;
  }
  WorkerLook look;
  look.counts = sum_of(counts_.measured, counts_.warm_up);
  look.latency_live = std::exchange(latency_live_, DriveLatency());
  look.backlog = shared_.waiting;
  look.in_flight = shared_.in_flight;
  look.due_reads = due_reads_;
  look.due_writes = due_writes_;
  look.outages = outages_.all();
  return look;
}

}  // namespace stalemate
