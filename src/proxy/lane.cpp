#include "proxy/lane.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>

namespace stalemate {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// The other connections have their turn then.
constexpr int reads_max = 8;
constexpr std::size_t read_bytes_min = 16UL * 1024;
constexpr std::size_t read_bytes_max = 256UL * 1024;
// A limit of the rate is kept in pieces of this length of time.
constexpr std::uint64_t pieces_per_second = 200;

}  // namespace

Lane::Lane(asio::io_context& context, GateSocket& source, GateSocket& sink, LaneUser& user)
    : source_(source), sink_(sink), user_(user), timer_(context), read_bytes_(read_bytes_min) {}

void Lane::read() {
  if (reading_) {
    // What came is being taken; the loop below goes on.
    return;
  }
  reading_ = true;
  for (int reads = 0; source_.may_read() && !source_ended_ && bytes_.size() < bytes_max_; ++reads) {
    if (reads == reads_max) {
      asio::post(timer_.get_executor(), [this, kept = user_.keep_alive()] { read(); });
      break;
    }
    read_once();
  }
  reading_ = false;
}

void Lane::read_once() {
  const ssize_t count = source_.receive(bytes_.room(read_bytes_));
  if (count > 0) {
    came(static_cast<std::size_t>(count));
  } else if (count == 0) {
    source_ended_ = true;
    user_.source_ended(*this);
  } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
    user_.broke(*this);
  }
}

void Lane::came(std::size_t count) {
  const bool waits = bytes_.size() > gone_;
  last_came_ = std::chrono::steady_clock::now();
  came_bytes_ += count;
  bytes_.take_in(count);
  if (count == read_bytes_ && count < read_bytes_max) {
    read_bytes_ *= 2;
  }
  if (waits) {
    stamps_.push_back(Stamp{came_bytes_, last_came_});
  } else {
    stamps_.clear();
  }
  user_.came(*this);
}

GateTime Lane::arrival_of(std::size_t place) const {
  const std::uint64_t end = came_bytes_ - (bytes_.size() - place - 1);
  const auto stamp = std::ranges::find_if(stamps_, [end](const Stamp& one) { return one.end >= end; });
  return stamp == stamps_.end() ? last_came_ : stamp->at;
}

void Lane::let_go(std::size_t count, GateTime arrival) {
  if (departures_.empty()) {
    due_end_ = gone_bytes_;
  }
  gone_ += count;
  if (is_plain() && departures_.empty()) {
    gone_bytes_ += count;
    return;
  }
  const std::uint64_t rate = conditions_.bytes_per_second;
  GateTime due = std::max(arrival + std::chrono::nanoseconds(conditions_.latency_ns), last_due_);
  while (count > 0) {
    const std::size_t piece = rate == 0 ? count : std::min<std::size_t>(count, rate / pieces_per_second + 1);
    if (rate != 0) {
      due += std::chrono::nanoseconds(
          static_cast<std::int64_t>(static_cast<double>(piece) * 1e9 / static_cast<double>(rate)));
    }
    gone_bytes_ += piece;
    count -= piece;
    departures_.push_back(Departure{gone_bytes_, due});
  }
  last_due_ = due;
}

void Lane::add(std::string_view bytes, GateTime arrival) {
  bytes_.insert(gone_, bytes);
  let_go(bytes.size(), arrival);
}

std::size_t Lane::due_bytes() {
  if (departures_.empty()) {
    return gone_;
  }
  const GateTime now = std::chrono::steady_clock::now();
  const std::uint64_t written = gone_bytes_ - gone_;
  due_end_ = std::max(due_end_, written);
  while (!departures_.empty() && departures_.front().due <= now) {
    due_end_ = departures_.front().end;
    departures_.pop_front();
  }
  return static_cast<std::size_t>(due_end_ - written);
}

void Lane::flush() {
  if (writing_ || frozen_ || !sink_.is_open()) {
    return;
  }
  std::size_t due = due_bytes();
  while (due > 0) {
    const ssize_t sent = sink_.send(bytes_.view().substr(0, due));
    if (sent < 0) {
      writing_ = errno == EAGAIN || errno == EWOULDBLOCK;
      if (!writing_) {
        user_.broke(*this);
      }
      return;
    }
    const auto count = static_cast<std::size_t>(sent);
    bytes_.go(count);
    gone_ -= count;
    due -= count;
  }
  if (!departures_.empty()) {
    wait_until(departures_.front().due);
  } else if (bytes_.empty() && ends_sink_ && !sink_ended_) {
    ::shutdown(sink_.handle(), SHUT_WR);
    sink_ended_ = true;
    user_.sink_ended(*this);
  }
}

void Lane::go_on_writing() {
  if (writing_) {
    writing_ = false;
    flush();
    read();
  }
}

void Lane::wait_until(GateTime due) {
  timer_.expires_at(due);
  timer_.async_wait([this, kept = user_.keep_alive()](const error_code& error) {
    if (!error) {
      flush();
      read();
    }
  });
}

void Lane::end_sink() {
  ends_sink_ = true;
  flush();
}

}  // namespace stalemate
