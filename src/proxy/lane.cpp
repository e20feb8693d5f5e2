#include "proxy/lane.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace stalemate {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t read_bytes_min = 16UL * 1024;
constexpr std::size_t read_bytes_max = 256UL * 1024;
// A limit of the rate is kept in pieces of this length of time.
constexpr std::uint64_t pieces_per_second = 200;

}  // namespace

Lane::Lane(asio::ip::tcp::socket& source, asio::ip::tcp::socket& sink, LaneUser& user)
    : source_(source), sink_(sink), user_(user), timer_(source.get_executor()), came_(read_bytes_min) {}

void Lane::read() {
  if (reading_ || source_ended_ || bytes_.size() >= bytes_max_ || !source_.is_open()) {
    return;
  }
  reading_ = true;
  source_.async_read_some(asio::buffer(came_),
                          [this, kept = user_.keep_alive()](const error_code& error, std::size_t count) {
                            reading_ = false;
                            if (!error) {
                              came(count);
                            } else if (error == asio::error::eof) {
                              source_ended_ = true;
                              user_.source_ended(*this);
                            } else if (error != asio::error::operation_aborted) {
                              user_.broke(*this);
                            }
                          });
}

void Lane::came(std::size_t count) {
  if (!source_.is_open()) {
    return;
  }
  const bool waits = bytes_.size() > gone_;
  last_came_ = std::chrono::steady_clock::now();
  came_bytes_ += count;
  bytes_.append({came_.data(), count});
  if (count == came_.size() && count < read_bytes_max) {
    came_.resize(count * 2);
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
    error_code error;
    const std::size_t count = sink_.write_some(asio::buffer(bytes_.view().data(), due), error);
    if (error == asio::error::would_block) {
      wait_writable();
      return;
    }
    if (error) {
      user_.broke(*this);
      return;
    }
    bytes_.go(count);
    gone_ -= count;
    due -= count;
  }
  if (!departures_.empty()) {
    wait_until(departures_.front().due);
  } else if (bytes_.empty() && ends_sink_ && !sink_ended_) {
    error_code ignored;
    sink_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    sink_ended_ = true;
    user_.sink_ended(*this);
  }
}

void Lane::wait_writable() {
  writing_ = true;
  sink_.async_wait(asio::ip::tcp::socket::wait_write, [this, kept = user_.keep_alive()](const error_code& error) {
    writing_ = false;
    if (!error) {
      flush();
      read();
    }
  });
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
