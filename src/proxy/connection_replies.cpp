// What a gate does with replies: each is told to the keeper before it ends, and goes or is lost.
#include <algorithm>
#include <utility>

#include "proxy/connection.hpp"

namespace stalemate {

void GateConnection::take_replies() {
  while (!closed_) {
    const std::string_view fresh = replies_.bytes().substr(replies_.gone() + reply_bytes_);
    if (fresh.empty()) {
      break;
    }
    const Result<ReplyPortion> portion = talk_->from_store(fresh);
    if (!portion) {
      give_up(portion.error().detail);
      return;
    }
    reply_bytes_ += portion->bytes;
    // The keeper is told of an answer before it ends; of one that nobody is told of each byte may be waited for (a
    // login).
    const bool is_kept_back =
        !pending_.empty() && (pending_.front().call.has_value() || !pending_.front().said_instead.empty());
    if (portion->ends && portion->tells_unasked && house_.keeper != nullptr) {
      house_.keeper->pushed(link_.index, id_);
    }
    if (portion->ends) {
      reply_ended(portion->role);
    } else if (!is_kept_back || reply_bytes_ >= head_bytes) {
      note_head();
      pass_reply();
    }
  }
  if (!closed_) {
    replies_.flush();
    replies_.read();
  }
}

/// Keeps what goes before its reply has ended.
void GateConnection::note_head() {
  if (house_.keeper != nullptr && reply_head_.size() < head_bytes) {
    reply_head_ += replies_.bytes().substr(replies_.gone(), std::min(reply_bytes_, head_bytes - reply_head_.size()));
  }
}

/// Lets go what there is of the reply under way, or takes it away where the next answer is not to arrive.
void GateConnection::pass_reply() {
  if (reply_bytes_ == 0) {
    return;
  }
  const std::size_t begin = replies_.gone();
  const bool is_lost = !pending_.empty() && (pending_.front().loses_reply || !pending_.front().said_instead.empty());
  if (is_lost || stage_ == Stage::mute) {
    replies_.drop(reply_bytes_);
  } else {
    replies_.let_go(reply_bytes_, replies_.arrival_of(begin + reply_bytes_ - 1));
  }
  reply_bytes_ = 0;
}

void GateConnection::reply_ended(ReplyRole role) {
  if (role == ReplyRole::push || pending_.empty()) {
    if (stage_ == Stage::mute) {
      replies_.drop(reply_bytes_);
    } else {
      replies_.let_go(reply_bytes_, replies_.arrival_of(replies_.gone() + reply_bytes_ - 1));
    }
    reply_bytes_ = 0;
    reply_head_.clear();
    say_own_answers();
    return;
  }
  ++house_.traffic.calls_answered;
  const Pending& pending = pending_.front();
  if (house_.keeper != nullptr && pending.call) {
    const std::string_view whole = replies_.bytes().substr(replies_.gone(), reply_bytes_);
    house_.keeper->answered(*pending.call, talk_->answers(reply_head_.empty() ? whole : std::string_view(reply_head_)));
  }
  pass_reply();
  reply_head_.clear();
  if (pending.loses_reply) {
    const Nanoseconds timeout_ns = pending.timeout_ns;
    pending_.pop_front();
    replies_.flush();
    cut_off(timeout_ns);
    return;
  }
  if (!pending.said_instead.empty()) {
    replies_.add(pending.said_instead, std::chrono::steady_clock::now());
  }
  pending_.pop_front();
  say_own_answers();
}

void GateConnection::say_own_answers() {
  const bool is_between_replies = reply_head_.empty();
  if (!is_between_replies || pending_.empty() || !pending_.front().is_answered_here) {
    return;
  }
  while (!pending_.empty() && pending_.front().is_answered_here) {
    replies_.add(pending_.front().said_instead, std::chrono::steady_clock::now());
    pending_.pop_front();
  }
  replies_.flush();
}

}  // namespace stalemate
