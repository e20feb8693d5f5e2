// One page and one stream of events for browsers on this machine: the carrier of --ui.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// What is kept of an event for those who come later: the last of its name, or all of it (thinned evenly once there are
/// more than EventServerLimits::past_max).
enum class KeptEvent : std::uint8_t { last, all };

struct EventServerLimits {
  std::size_t listeners_max = 16;                       ///< who hear the events; more are answered 503
  std::size_t connections_max = 64;                     ///< of any kind; more are closed at once
  std::size_t queue_bytes_max = std::size_t{4} << 20U;  ///< not yet taken by one listener, who is dropped beyond
  std::size_t past_max = 600;
  std::chrono::milliseconds client_limit = std::chrono::seconds(10);  ///< for a request, and for each write
};

/// Serves HTTP/1.1 on 127.0.0.1 from a thread of its own, which sleeps while nothing happens. `GET /` is the page, and
/// `GET /events` the stream (text/event-stream). A Host other than 127.0.0.1 or localhost is refused, so that no page
/// of another site can read it by a name of its own that leads here (DNS rebinding). A listener who is slow or gone
/// costs the publisher nothing. Thread rule: any thread.
class EventServer {
 public:
  /// `port` 0: a free one; `page` is HTML.
  /// Errors: unavailable: the port cannot be listened on; defect: no thread can be started.
  [[nodiscard]] static Result<std::unique_ptr<EventServer>> open(std::uint16_t port, std::string page,
                                                                 EventServerLimits limits = {});
  /// Closes all connections at once.
  ~EventServer();
  EventServer(const EventServer&) = delete;
  EventServer& operator=(const EventServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Sends an event to all who listen. Requires: no newline in name and data.
  void publish(std::string_view name, std::string_view data, KeptEvent kept = KeptEvent::last);
  /// Waits until all who listen have what was published and closes their streams; at most that long.
  void finish(std::chrono::milliseconds limit);

 private:
  class House;
  explicit EventServer(std::unique_ptr<House> house);
  std::unique_ptr<House> house_;
};

/// Whether a request's Host names this machine's loopback interface: "127.0.0.1:8080", "localhost".
[[nodiscard]] bool is_loopback_host(std::string_view host);

}  // namespace stalemate
