// A linearizable history of any size, made in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "record/history.hpp"

namespace stalemate::bench {

struct HistoryShape {
  std::uint32_t ops = 0;
  std::uint32_t keys = 1;
  std::uint32_t writes_per_cent = 10;
  std::uint32_t stale_per_million = 0;  ///< of the reads: they return the value before the last one
  bool with_cache_steps = false;        ///< else the only steps are the updates
};

/// 16 clients; op i is begun at 100 i ns, lasts 0.2 to 1.5 us and takes effect at some instant in between, so that
/// about eight ops overlap at any time and versions are not in the order of the ops.
class HistoryMaker {
 public:
  explicit HistoryMaker(const HistoryShape& shape) : shape_(shape), rows_(shape.keys, {initial, initial}) {
    history_.header.initial_value = initial;
    history_.header.key_count = shape.keys;
    history_.header.client_count = clients;
    history_.trailer.emplace();
    history_.op_array = RecordArray<OpRecord>(shape.ops);
    history_.step_array = RecordArray<StepRecord>(std::size_t{shape.ops} * steps_an_op_max);
  }

  History make() {
    for (OpIndex i = 0; i < shape_.ops; ++i) {
      Op op{.index = i, .key = Key{random_.draw_below(shape_.keys)}, .client = static_cast<ClientId>(i % clients)};
      op.kind = random_.draw_below(100) < shape_.writes_per_cent ? OpKind::write : OpKind::read;
      op.outcome = Outcome::ok;
      op.invocation_ns = op.intended_ns = Nanoseconds{i} * 100;
      const std::uint32_t length_ns = 200 + random_.draw_below(1300);
      op.completion_ns = op.invocation_ns + length_ns;
      if (op.kind == OpKind::write) {
        op.value = ++last_value_;
      }
      take_effect_before(op.invocation_ns);
      effects_.push({op.invocation_ns + random_.draw_below(length_ns), i});
      history_.op_array.span()[i] = OpRecord(op);
      add_steps(op);
    }
    take_effect_before(never);
    set_versions();
    history_.step_array.shrink(steps_);
    return std::move(history_);
  }

 private:
  static constexpr std::uint32_t clients = 16;
  static constexpr Value initial = 1000;
  static constexpr std::uint32_t steps_an_op_max = 2;

  struct Row {
    Value now;
    Value before;
  };

  void take_effect_before(Nanoseconds at_ns) {
    while (!effects_.empty() && effects_.top().first < at_ns) {
      const OpIndex index = effects_.top().second;
      effects_.pop();
      Op op = to_op(history_.op_array.span()[index]);
      Row& row = rows_[op.key.index];
      if (op.kind == OpKind::write) {
        row = {op.value, row.now};
        versions_.push_back({op.value, next_version_++});
      } else {
        op.value = random_.draw_below(1'000'000) < shape_.stale_per_million ? row.before : row.now;
        history_.op_array.span()[index] = OpRecord(op);
      }
    }
  }

  void add_steps(const Op& op) {
    if (op.kind == OpKind::write) {
      add({.op = op.index, .store = Store::database, .command = Command::write, .role = Role::update}, op);
    }
    if (shape_.with_cache_steps) {
      const bool is_write = op.kind == OpKind::write;
      add({.op = op.index,
           .store = Store::cache,
           .command = is_write ? Command::erase : Command::get,
           .role = is_write ? Role::invalidate : Role::lookup},
          op);
    }
  }

  void add(Step step, const Op& op) {
    step.outcome = Outcome::ok;
    step.value = step.store == Store::database ? op.value : absent;
    step.start_ns = op.invocation_ns;
    step.end_ns = op.completion_ns;
    history_.step_array.span()[steps_++] = StepRecord(step);
  }

  /// The versions are known only after the steps were made.
  void set_versions() {
    std::vector<Version> by_value(static_cast<std::size_t>(last_value_ - initial) + 1);
    for (const auto& [value, version] : versions_) {
      by_value[static_cast<std::size_t>(value - initial)] = version;
    }
    for (StepRecord& record : history_.step_array.span().first(steps_)) {
      if (record.store() == Store::database) {
        Step step = to_step(record);
        step.version = by_value[static_cast<std::size_t>(step.value - initial)];
        record = StepRecord(step);
      }
    }
  }

  HistoryShape shape_;
  SeededRandom random_{1};
  History history_;
  std::vector<Row> rows_;
  std::priority_queue<std::pair<Nanoseconds, OpIndex>, std::vector<std::pair<Nanoseconds, OpIndex>>, std::greater<>>
      effects_;
  std::vector<std::pair<Value, Version>> versions_;
  Value last_value_ = initial;
  Version next_version_ = 1;
  std::size_t steps_ = 0;
};

}  // namespace stalemate::bench
