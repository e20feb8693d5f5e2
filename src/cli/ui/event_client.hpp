// One connection to the server of --ui, and what all of them share. All of it runs on the server's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/ui/event_server.hpp"

namespace stalemate {

namespace asio = boost::asio;
using asio::ip::tcp;

/// An event as it is sent, shared by all who hear it.
using EventFrame = std::shared_ptr<const std::string>;

[[nodiscard]] EventFrame frame_of(std::string_view name, std::string_view data);

/// What those who come later are told.
class EventPast {
 public:
  void add(std::string_view name, EventFrame frame, KeptEvent kept, std::size_t most);
  /// By name in the order of their first events, each name's by time.
  [[nodiscard]] std::vector<EventFrame> all() const;

 private:
  struct Kept {
    std::string name = {};
    std::uint64_t seen = 0;
    std::uint64_t stride = 1;  ///< kept is every so-many-th, and the newest
    std::vector<EventFrame> frames = {};
  };
  static void thin(Kept& kept);
  std::vector<Kept> kept_ = {};
};

class EventClient;

/// What the connections share. Thread rule: the server's thread, but wait_until_left.
struct EventRoom {
  EventRoom(std::string page_given, EventServerLimits limits_given)
      : page(std::move(page_given)), limits(limits_given) {}

  /// A copy: whoever is dropped leaves `listeners`.
  [[nodiscard]] std::vector<EventClient*> listeners_now() const { return {listeners.begin(), listeners.end()}; }
  /// Wakes wait_until_left where nobody listens any more.
  void note_left();
  void wait_until_left(std::chrono::milliseconds limit);

  std::string page;
  EventServerLimits limits;
  EventPast past = {};
  std::set<EventClient*> listeners = {};
  std::size_t connections = 0;
  bool is_closing = false;

 private:
  std::mutex mutex_ = {};
  std::condition_variable changed_ = {};
  bool has_left_ = false;
};

/// Reads one request and answers it. It lives as long as the context holds work for it.
class EventClient : public std::enable_shared_from_this<EventClient> {
 public:
  EventClient(tcp::socket socket, EventRoom& room);
  ~EventClient();
  EventClient(const EventClient&) = delete;
  EventClient& operator=(const EventClient&) = delete;

  void read();
  /// Of a listener: sends it once those before it are sent, or drops the listener.
  void send(EventFrame frame);
  /// Of a listener: hangs up once all is sent.
  void end();

 private:
  void answer(const boost::system::error_code& error);
  void respond(boost::beast::http::status status, std::string_view type, std::string body);
  void listen();
  void write_next();
  void drain();
  void hang_up();
  void close();
  void set_deadline();
  void lift_deadline();

  tcp::socket socket_;
  EventRoom& room_;
  asio::steady_timer deadline_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::request_parser<boost::beast::http::empty_body> parser_ = {};
  boost::beast::http::response<boost::beast::http::string_body> response_ = {};
  std::deque<EventFrame> queue_ = {};
  std::size_t queue_bytes_ = 0;
  bool is_ending_ = false;
  char unasked_[1024] = {};
  std::size_t unasked_bytes_ = 0;
};

}  // namespace stalemate
