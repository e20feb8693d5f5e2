// A connection to an instance, on which one HTTP request after the other is answered.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "application/channels/http_answer.hpp"
#include "application/channels/http_request.hpp"
#include "drivers/connection/socket_watch.hpp"

namespace stalemate {

/// Opened by the first request, and by a later one where it was closed meanwhile.
/// Invariant: a socket is watched as long as it is open; between requests the connection is idle or closed.
/// Thread rule: the context's thread.
class HttpConnection final : private SocketUser {
 public:
  /// Is told of one answer, later than `begin` returns. May begin the next request and end the connection's life.
  /// Errors: connection_refused, and timed_out while connecting, with outcome fail, since nothing was sent;
  /// connection_lost, timed_out and protocol with outcome info.
  using OnAnswer = std::function<void(const Result<RawAnswer>& answer)>;

  HttpConnection(boost::asio::io_context& context, InstanceAddress address);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Requires: no request is under way.
  void begin(HttpRequest request, OnAnswer on_answer);
  /// Closes the connection; nobody is told of the answer.
  void give_up();
  /// Bytes of an awaited answer that have arrived and were not read yet.
  [[nodiscard]] std::size_t bytes_waiting() const;

 private:
  enum class State : std::uint8_t { closed, opening, idle, exchanging };
  struct Opening;

  void socket_ready(bool hung_up) override;
  void time_is_up() override;

  void open();
  template <class Endpoints>
  void connect(const Endpoints& endpoints);
  void opened();
  void cannot_open(const boost::system::error_code& error);
  void send_some();
  void receive(bool hung_up);
  void lose(int problem);
  void take(HttpAnswerReader::Progress progress, bool hung_up);
  void tell(const Result<RawAnswer>& answer, State after);
  void close();

  boost::asio::io_context& context_;
  SocketWatch& watch_;
  InstanceAddress address_;
  State state_ = State::closed;
  std::shared_ptr<Opening> opening_ = {};  // while it is opened
  int socket_ = -1;
  HttpRequest request_ = {};
  std::string_view unsent_ = {};  // of the request
  bool writing_waits_ = false;
  HttpAnswerReader reader_ = {};
  OnAnswer on_answer_ = {};
};

/// One request on a connection of its own, from beginning to end, in the calling thread. Errors: as OnAnswer.
[[nodiscard]] Result<RawAnswer> http_once(const InstanceAddress& address, HttpRequest request);

/// Whether something takes connections there, within the limit. Errors: connection_refused, timed_out.
[[nodiscard]] Result<void> connect_once(const InstanceAddress& address, Nanoseconds limit_ns);

}  // namespace stalemate
