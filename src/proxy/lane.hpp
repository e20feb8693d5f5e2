// One direction of a connection through a gate.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

#include "core/types.hpp"
#include "proxy/byte_queue.hpp"
#include "proxy/gate_socket.hpp"

namespace stalemate {

using GateTime = std::chrono::steady_clock::time_point;

/// How a lane carries what may go.
struct LaneConditions {
  Nanoseconds latency_ns = 0;
  std::uint64_t bytes_per_second = 0;  ///< 0: without limit
};

class Lane;

/// Who decides what may go.
class LaneUser {
 public:
  /// Keeps the lane alive while something is under way.
  [[nodiscard]] virtual std::shared_ptr<void> keep_alive() = 0;
  /// Bytes came behind those that are there.
  virtual void came(Lane& lane) = 0;
  /// The source has closed, in order; its last bytes have come.
  virtual void source_ended(Lane& lane) = 0;
  /// All that may go is written, and the sink was told that no more comes.
  virtual void sink_ended(Lane& lane) = 0;
  /// A socket broke.
  virtual void broke(Lane& lane) = 0;

 protected:
  ~LaneUser() = default;
};

/// A connection reads no further while so much of one direction waits.
inline constexpr std::size_t lane_bytes_max = 1UL * 1024 * 1024;

/// Reads from one socket, and writes to the other what was let go, in order. Reading pauses while too much waits.
/// Thread rule: the gates' thread.
class Lane {
 public:
  Lane(boost::asio::io_context& context, GateSocket& source, GateSocket& sink, LaneUser& user);

  /// Reads what there is, as long as there are fewer bytes than the limit. To be called again when the source is ready.
  void read();
  /// The sink is ready: writes what waited for that.
  void go_on_writing();
  void set_limit(std::size_t bytes_max) { bytes_max_ = bytes_max; }
  /// What came and is not written yet; the first `gone()` bytes of it may go.
  [[nodiscard]] std::string_view bytes() const { return bytes_.view(); }
  [[nodiscard]] std::size_t gone() const { return gone_; }
  /// The next `count` bytes may go; `arrival` is when they came. They are written by the next flush.
  void let_go(std::size_t count, GateTime arrival);
  /// So many bytes behind those that may go are taken away.
  void drop(std::size_t count) { bytes_.erase(gone_, count); }
  /// Bytes of our own, which may go next.
  void add(std::string_view bytes, GateTime arrival);
  /// Writes what may go and is due.
  void flush();
  /// When the byte was read that stands at `place`. Requires: it is there.
  [[nodiscard]] GateTime arrival_of(std::size_t place) const;

  void set_conditions(const LaneConditions& conditions) { conditions_ = conditions; }
  /// Nothing is written while it is frozen.
  void freeze(bool frozen) { frozen_ = frozen; }
  /// After what may go is written, the sink is told that no more comes.
  void end_sink();
  [[nodiscard]] bool is_source_ended() const { return source_ended_; }

 private:
  struct Departure {
    std::uint64_t end = 0;  // of the stream of what may go
    GateTime due = {};
  };
  struct Stamp {
    std::uint64_t end = 0;  // of the stream of what came
    GateTime at = {};
  };

  void read_once();
  void came(std::size_t count);
  [[nodiscard]] std::size_t due_bytes();
  void wait_until(GateTime due);
  [[nodiscard]] bool is_plain() const { return conditions_.latency_ns == 0 && conditions_.bytes_per_second == 0; }

  GateSocket& source_;
  GateSocket& sink_;
  LaneUser& user_;
  boost::asio::steady_timer timer_;
  ByteQueue bytes_ = {};
  std::size_t read_bytes_;  // by one read, at most
  std::size_t bytes_max_ = lane_bytes_max;
  std::size_t gone_ = 0;
  std::uint64_t came_bytes_ = 0;
  std::uint64_t gone_bytes_ = 0;
  LaneConditions conditions_ = {};
  std::uint64_t due_end_ = 0;              // of what may be written, while others wait for their time
  std::deque<Departure> departures_ = {};  // of what may go and waits for its time
  GateTime last_due_ = {};
  std::deque<Stamp> stamps_ = {};  // of bytes that came behind others
  GateTime last_came_ = {};
  bool reading_ = false;
  bool writing_ = false;  // waits for room in the sink
  bool frozen_ = false;
  bool source_ended_ = false;
  bool ends_sink_ = false;
  bool sink_ended_ = false;
};

}  // namespace stalemate
