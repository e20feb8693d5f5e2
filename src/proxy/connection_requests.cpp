// What a gate does with requests: they are gathered until it is known what they ask, and go, wait or are lost.
#include <utility>

#include "proxy/connection.hpp"
#include "wire/usual_answer.hpp"

namespace stalemate {
namespace {

/// A request that waits or is copied is gathered up to this size.
constexpr std::size_t whole_bytes_max = 64UL * 1024 * 1024;

}  // namespace

void GateConnection::take_requests() {
  const auto moves = [this] {
    return stage_ == Stage::reading || stage_ == Stage::passing || stage_ == Stage::dropping;
  };
  while (!closed_ && moves()) {
    const std::string_view fresh = requests_.bytes().substr(requests_.gone() + asked_bytes_);
    if (fresh.empty()) {
      break;
    }
    const Result<Portion> portion = talk_->from_client(fresh);
    if (!portion) {
      give_up(portion.error().detail);
      return;
    }
    asked_bytes_ += portion->bytes;
    ended_ = portion->ends;
    if (stage_ == Stage::reading) {
      if (ended_ || asked_bytes_ >= head_bytes) {
        decide();
      }
      continue;
    }
    if (stage_ == Stage::passing) {
      requests_.let_go(asked_bytes_, requests_.arrival_of(requests_.gone() + asked_bytes_ - 1));
    } else {
      requests_.drop(asked_bytes_);
    }
    next_request();
  }
  if (stage_ == Stage::mute && !closed_) {
    requests_.drop(requests_.bytes().size() - requests_.gone());
  }
  requests_.flush();
  requests_.read();
}

/// After bytes of the request went: it goes on, or the next one begins.
void GateConnection::next_request() {
  asked_bytes_ = 0;
  if (ended_) {
    stage_ = Stage::reading;
    asked_.reset();
    requests_.set_limit(lane_bytes_max);
  }
}

void GateConnection::ask() {
  AskedRequest asked = talk_->asks(request());
  asked_.emplace(asked.may_stop, asked.is_answered, std::move(asked.own_answer));
  passage_ = {};
  is_by_hand_ = false;
  note_unreadable();
  offer_declined_ = !asked_->own_answer.empty();
  if (house_.keeper != nullptr && asked_->may_stop && asked_->own_answer.empty()) {
    call_.id = house_.next_call++;
    call_.link = link_.index;
    call_.connection = id_;
    call_.backend_pid = talk_->backend_pid();
    call_.request = std::move(asked.request);
    passage_ = house_.keeper->arrived(call_);
  }
}

bool GateConnection::wants_whole() const {
  const CallTrouble& trouble = passage_.trouble;
  return passage_.hold || trouble.refused || trouble.late_copies > 0 || is_skip(trouble);
}

void GateConnection::decide() {
  if (!asked_) {
    ask();
  }
  if (!asked_->own_answer.empty()) {
    requests_.drop(asked_bytes_);
    answer_here(std::move(asked_->own_answer));
    return;
  }
  if (!ended_ && wants_whole() && asked_bytes_ < whole_bytes_max) {
    requests_.set_limit(whole_bytes_max + lane_bytes_max);
    return;
  }
  if (passage_.connection != ConnectionTrouble::none) {
    break_connection();
  } else if (passage_.hold) {
    stage_ = Stage::held;
    house_.held.emplace(call_.id, this);
  } else if (passage_.trouble.delay_ns > 0) {
    const GateTime arrival = requests_.arrival_of(requests_.gone() + asked_bytes_ - 1);
    wait_until(arrival + std::chrono::nanoseconds(passage_.trouble.delay_ns), &GateConnection::time_came);
  } else {
    carry_out(passage_.trouble);
  }
}

Result<void> GateConnection::let_go(const CallTrouble& trouble) {
  if (is_skip(trouble)) {
    return failed(ErrorCode::unsupported, "a gate cannot answer a call that it leaves out");
  }
  const auto kept = shared_from_this();
  house_.held.erase(call_.id);
  passage_ = Passage{.trouble = trouble};
  is_by_hand_ = true;
  if (trouble.delay_ns > 0) {
    wait_until(std::chrono::steady_clock::now() + std::chrono::nanoseconds(trouble.delay_ns),
               &GateConnection::time_came);
  } else {
    carry_out(trouble);
    take_requests();
  }
  return {};
}

void GateConnection::time_came() {
  carry_out(passage_.trouble);
  take_requests();
}

/// What becomes of the request that was asked about, now.
void GateConnection::carry_out(const CallTrouble& trouble) {
  if (trouble.late_copies > 0) {
    Result<std::vector<std::string>> messages =
        ended_ ? talk_->copy_of(request())
               : failed(ErrorCode::unsupported, "a request of more than 64 MiB cannot be sent once more");
    if (talk_->asked_for_secret() && link_.password.empty()) {
      messages = failed(ErrorCode::unsupported,
                        "a late copy cannot be sent: the store wants a login, and the gates have no password for it");
    }
    house_.copies.keep(call_, link_, std::move(messages), trouble, !is_by_hand_);
  }
  if (trouble.takes_effect) {
    pass(trouble);
  } else if (trouble.refused) {
    refuse();
  } else if (is_skip(trouble)) {
    leave_out();
  } else {
    cut_off(trouble.timeout_ns);
  }
}

void GateConnection::pass(const CallTrouble& trouble) {
  if (asked_->is_answered) {
    Pending& pending = pending_.emplace_back();
    pending.loses_reply = !trouble.answered;
    pending.timeout_ns = trouble.timeout_ns;
    if (house_.keeper != nullptr && asked_->may_stop) {
      pending.call = std::move(call_);
    }
    ++house_.traffic.calls_sent;
  }
  stage_ = Stage::passing;
  requests_.let_go(asked_bytes_, requests_.arrival_of(requests_.gone() + asked_bytes_ - 1));
  next_request();
}

void GateConnection::refuse() {
  if (!asked_->is_answered || !ended_) {
    // Nobody waits for an answer, or the client is in the middle of asking: all that can be done is to hang up.
    cut_off(0);
    return;
  }
  GateRefusal refusal = talk_->refuse("refused by a fault of stalemate");
  const GateTime now = std::chrono::steady_clock::now();
  requests_.drop(asked_bytes_);
  if (refusal.to_store.empty()) {
    answer_here(std::move(refusal.to_client));
    return;
  }
  requests_.add(refusal.to_store, now);
  pending_.push_back(Pending{.said_instead = std::move(refusal.to_client)});
  ++house_.traffic.calls_sent;
  next_request();
}

/// The request is not sent, and answered as if it had been carried out.
void GateConnection::leave_out() {
  std::string answer = usual_answer(link_.protocol, call_.request);
  if (!ended_ || answer.empty()) {
    cut_off(0);
    return;
  }
  requests_.drop(asked_bytes_);
  if (asked_->is_answered) {
    // Then the conversation awaits nothing of the store.
    [[maybe_unused]] const GateRefusal instead = talk_->refuse("left out");
    answer_here(std::move(answer));
  } else {
    next_request();
  }
}

void GateConnection::answer_here(std::string answer) {
  pending_.push_back(Pending{.said_instead = std::move(answer), .is_answered_here = true});
  say_own_answers();
  next_request();
}

void GateConnection::wait_until(GateTime time, void (GateConnection::*then)()) {
  stage_ = stage_ == Stage::mute ? stage_ : Stage::timed;
  timer_.expires_at(time);
  timer_.async_wait([kept = shared_from_this(), then](const boost::system::error_code& error) {
    if (!error && !kept->closed_) {
      ((*kept).*then)();
    }
  });
}

/// The caller gets no answer: it is told so by the end of its connection.
void GateConnection::cut_off(Nanoseconds timeout_ns) {
  stage_ = Stage::mute;
  if (timeout_ns == 0) {
    close();
  } else {
    wait_until(std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_ns), &GateConnection::close);
  }
}

void GateConnection::break_connection() {
  switch (passage_.connection) {
    case ConnectionTrouble::reset: reset(); break;
    case ConnectionTrouble::half_open: {
      stage_ = Stage::mute;
      boost::system::error_code ignored;
      connecting_.close(ignored);
      store_.close();
      break;
    }
    case ConnectionTrouble::blackhole:
      darken_link();
      carry_out({});
      break;
    case ConnectionTrouble::none: break;
  }
}

void GateConnection::darken_link() {
  const bool for_ever = passage_.blackhole_ns == never;
  link_.black_until =
      for_ever ? GateTime::max() : std::chrono::steady_clock::now() + std::chrono::nanoseconds(passage_.blackhole_ns);
  link_.black_cause = passage_.cause;
  for (const auto& [id, connection] : house_.connections) {
    if (&connection->link_ == &link_) {
      connection->renew_blackhole();
    }
  }
}

void GateConnection::renew_blackhole() {
  frozen_ = link_.black_until > std::chrono::steady_clock::now();
  requests_.freeze(frozen_ || !is_connected_);
  replies_.freeze(frozen_);
  dawn_.cancel();
  if (frozen_ && link_.black_until != GateTime::max()) {
    dawn_.expires_at(link_.black_until);
    dawn_.async_wait([kept = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !kept->closed_) {
        kept->renew_blackhole();
      }
    });
  }
  if (!frozen_ && is_connected_ && !closed_) {
    const auto kept = shared_from_this();
    replies_.flush();
    requests_.flush();
    replies_.read();
    requests_.read();
  }
}

void GateConnection::lift(std::uint64_t cause) {
  if (closed_ || stage_ != Stage::timed || cause == 0 || passage_.cause != cause) {
    return;
  }
  timer_.cancel();
  passage_.trouble = {};
  time_came();
}

}  // namespace stalemate
