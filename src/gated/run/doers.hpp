// The ops of a run that may be making calls, and for which of them a call is the next thing to do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/op.hpp"
#include "gated/call_texts.hpp"

namespace stalemate {

/// One op that begins.
struct CallingOp {
  OpIndex index = no_op;
  OpKind kind = OpKind::read;
  Key key = {};
  Value value = absent;          ///< written
  std::size_t instance = 0;      ///< that it is asked of, 0 the first
  std::uint64_t fault_draw = 0;  ///< chance for the faults of its calls
};

/// An op, and what it has done so far.
struct Doer {
  CallingOp op = {};
  Nanoseconds ended_ns = never;
  bool looked = false;
  bool missed = false;
  bool loaded = false;
  bool updated = false;
  bool changed_entry = false;
  bool counted = false;                    ///< as a hit or a miss
  Value got = absent;                      ///< what it found last
  std::array<std::uint64_t, 6> made = {};  ///< calls of each role
  [[nodiscard]] bool is_read() const { return op.kind == OpKind::read; }
  [[nodiscard]] bool is_open() const { return ended_ns == never; }
};

/// Of one key at one instance.
struct Doers {
  std::deque<Doer> under_way = {};  ///< by begin
  std::deque<Doer> ended = {};      ///< by end
};

struct DoerChoice {
  Doer* doer = nullptr;     ///< nullptr where the call makes sense for none
  bool of_several = false;  ///< it is the next thing to do for more than one, of which this one came first
};

/// The op for which the call is the next thing to do. `value`: what it sends.
[[nodiscard]] DoerChoice choose_doer(Doers& doers, CallDeed deed, Value value);

/// The chance of the next call of that role: the op's own, and another one for each repetition of a call that was in
/// vain. Counts the call.
[[nodiscard]] std::uint64_t draw_for(Doer& doer, Role role);

/// The op's step that such a call is, its store and times left open. Notes that the op has sent it.
[[nodiscard]] Step begin_step_of(Doer& doer, CallDeed deed, std::optional<Value> value);

}  // namespace stalemate
