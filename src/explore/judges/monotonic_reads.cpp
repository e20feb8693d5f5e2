// monotonic-reads: no read returns a value older than one its own process read before.
#include "explore/judges/session.hpp"

namespace stalemate {
namespace {

using MonotonicReads = SessionJudge<OpKind::read, OpKind::read>;

[[maybe_unused]] const bool monotonic_reads_registered = register_judge<MonotonicReads>(
    "monotonic-reads", "The read returned an older value than its process had read before.",
    "no read is older than one its own process had made", default_scope, false);

}  // namespace
}  // namespace stalemate
