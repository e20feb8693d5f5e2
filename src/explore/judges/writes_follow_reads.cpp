// writes-follow-reads: the database does not apply the write of a process before a write that the process had read.
#include "explore/judges/session.hpp"

namespace stalemate {
namespace {

using WritesFollowReads = SessionJudge<OpKind::read, OpKind::write>;

[[maybe_unused]] const bool writes_follow_reads_registered = register_judge<WritesFollowReads>(
    "writes-follow-reads", "The database applied the write before a write that its process had read.",
    "a write is applied after the writes its process had read", "rw,w,r", false);

}  // namespace
}  // namespace stalemate
