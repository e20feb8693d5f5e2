// The cursor: two streams of arrivals merged, each op given its key, value, client and faults.
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "core/absent_row.hpp"
#include "core/random.hpp"
#include "core/text/key_names.hpp"
#include "plan/arrivals.hpp"
#include "plan/body.hpp"
#include "plan/key_choice.hpp"
#include "plan/plan.hpp"
#include "plan/streams.hpp"

namespace stalemate {
namespace {

// Clients in rounds: each round is a random order of all of them.
class ClientRounds {
 public:
  ClientRounds(std::uint16_t clients, const SeededRandom& random) : order_(clients), random_(random) {
    std::iota(order_.begin(), order_.end(), ClientId{0});
  }
  ClientId next() {
    // Fisher and Yates's shuffle, one step an op: the last round's order is as good a start as any.
    const auto left = static_cast<std::uint32_t>(order_.size() - place_);
    std::swap(order_[place_], order_[place_ + random_.draw_below(left)]);
    const ClientId client = order_[place_];
    place_ = place_ + 1 == order_.size() ? 0 : place_ + 1;
    return client;
  }

 private:
  std::vector<ClientId> order_;
  std::size_t place_ = 0;
  SeededRandom random_;
};

}  // namespace

struct PlanCursor::State {
  explicit State(std::shared_ptr<const Plan::Body> plan_body)
      : body(std::move(plan_body)),
        read_arrivals(body->read_arrivals(body->scenario.duration_ns)),
        write_arrivals(body->write_arrivals(body->scenario.duration_ns)),
        next_read_ns(read_arrivals.next()),
        next_write_ns(write_arrivals.next()),
        keys(body->scenario, SeededRandom(body->scenario.seed, stream::read_keys),
             SeededRandom(body->scenario.seed, stream::write_keys)),
        clients(body->clients, SeededRandom(body->scenario.seed, stream::clients)),
        write_kinds(body->scenario.seed, stream::write_kinds),
        fault_random(body->scenario.seed, stream::faults),
        is_ticker(body->scenario.pacing == Pacing::ticker),
        is_deleted(body->scenario.delete_share > 0 ? body->scenario.keys : 0) {}

  ClientId client_for(OpKind kind) {
    return is_ticker ? static_cast<ClientId>(kind == OpKind::read ? 0 : 1) : clients.next();
  }
  // A row that a delete is to leave absent is inserted by the next write of its key.
  void choose_change(PlannedOp& op) {
    const Scenario& scenario = body->scenario;
    const double draw = write_kinds.draw_unit();
    op.kind = draw < scenario.add_share ? OpKind::add : OpKind::write;
    if (is_deleted.empty()) {
      return;
    }
    const bool may_delete = !is_deleted[op.key.index] && op.kind == OpKind::write;
    is_deleted[op.key.index] = may_delete && draw < scenario.add_share + scenario.delete_share;
    op.value = is_deleted[op.key.index] ? name_of_delete(op.value) : op.value;
  }
  std::shared_ptr<const Plan::Body> body;
  ArrivalStream read_arrivals;
  ArrivalStream write_arrivals;
  Nanoseconds next_read_ns;
  Nanoseconds next_write_ns;
  KeyChoice keys;
  ClientRounds clients;
  SeededRandom write_kinds;
  SeededRandom fault_random;
  bool is_ticker;
  std::vector<bool> is_deleted;  // by key; empty where no write is a delete
  OpIndex index = 0;
  std::uint32_t writes = 0;
};

PlanCursor::PlanCursor(std::unique_ptr<State> state) : state_(std::move(state)) {}
PlanCursor::PlanCursor(PlanCursor&&) noexcept = default;
PlanCursor& PlanCursor::operator=(PlanCursor&&) noexcept = default;
PlanCursor::~PlanCursor() = default;

PlanCursor Plan::cursor() const {
  return PlanCursor(std::make_unique<PlanCursor::State>(body_));
}

std::optional<PlannedOp> PlanCursor::next() {
  State& state = *state_;
  PlannedOp op;
  if (state.next_read_ns <= state.next_write_ns) {
    if (state.next_read_ns == never) {
      return std::nullopt;
    }
    op.intended_ns = std::exchange(state.next_read_ns, state.read_arrivals.next());
    op.key = state.keys.of_read(state.writes);
    op.kind = OpKind::read;
  } else {
    op.intended_ns = std::exchange(state.next_write_ns, state.write_arrivals.next());
    op.key = state.keys.of_write(state.writes);
    op.value = static_cast<Value>(static_cast<std::uint32_t>(initial_value) + ++state.writes);
    state.choose_change(op);
  }
  op.index = state.index++;
  op.client = state.client_for(op.kind);
  op.fault_draw = state.body->clauses.empty() ? 0 : state.fault_random.draw();
  return op;
}

}  // namespace stalemate
