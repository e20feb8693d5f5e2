// read-your-writes: no read returns a value older than a write that its own process had acknowledged before.
#include "explore/judges/session.hpp"

namespace stalemate {
namespace {

using ReadYourWrites = SessionJudge<OpKind::write, OpKind::read>;

[[maybe_unused]] const bool read_your_writes_registered = register_judge<ReadYourWrites>(
    "read-your-writes", "The read missed a write that its own process had been acknowledged before.",
    "no read misses a write its own process had acknowledged", "wr,w,r", false);

}  // namespace
}  // namespace stalemate
