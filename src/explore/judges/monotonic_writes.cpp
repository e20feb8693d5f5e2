// monotonic-writes: the database applies the writes of a process in order: none before one that was acknowledged
// earlier.
#include "explore/judges/session.hpp"

namespace stalemate {
namespace {

using MonotonicWrites = SessionJudge<OpKind::write, OpKind::write>;

[[maybe_unused]] const bool monotonic_writes_registered = register_judge<MonotonicWrites>(
    "monotonic-writes", "The database applied two writes of a process in the other order.",
    "writes of a process are applied in its order", "ww,w,r", false);

}  // namespace
}  // namespace stalemate
