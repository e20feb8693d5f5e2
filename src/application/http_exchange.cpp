#include "application/http_exchange.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>

#include "core/text/duration.hpp"

namespace stalemate {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

class HttpConnection {
 public:
  explicit HttpConnection(asio::io_context& context) : stream(context) {}

  /// Whether the other side neither closed it nor sent what nobody asked for.
  [[nodiscard]] bool is_fresh() {
    char byte = 0;
    const ssize_t got = recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return buffer.size() == 0 && got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
};

namespace {

constexpr std::uint32_t header_bytes_max = 64U << 10U;

std::string place_of(const InstanceAddress& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

class Exchange final : public HttpExchange, public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& context, HttpOrder order, std::shared_ptr<HttpConnection> connection,
           std::function<void(HttpDone)> on_done)
      : order_(std::move(order)), resolver_(context), connection_(std::move(connection)), on_done_(std::move(on_done)) {
    if (connection_ == nullptr || !connection_->is_fresh()) {
      connection_ = std::make_shared<HttpConnection>(context);
    } else {
      is_connected_ = true;
    }
  }

  void begin() {
    stream().expires_after(std::chrono::nanoseconds(order_.limit_ns));
    if (is_connected_) {
      write();
    } else if (order_.to.host == "localhost") {
      // Services differ in which of the two they listen on.
      const std::array<asio::ip::tcp::endpoint, 2> endpoints = {
          asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), order_.to.port),
          asio::ip::tcp::endpoint(asio::ip::address_v6::loopback(), order_.to.port)};
      connect(endpoints);
    } else {
      resolver_.async_resolve(order_.to.host, std::to_string(order_.to.port),
                              [self = shared_from_this()](boost::system::error_code error, const auto& endpoints) {
                                if (error) {
                                  self->fail_before_sending(error);
                                } else if (!self->is_done_) {
                                  self->connect(endpoints);
                                }
                              });
    }
  }

  void give_up() override {
    is_done_ = true;
    resolver_.cancel();
    stream().close();
  }

  std::size_t bytes_waiting() override {
    boost::system::error_code closed;
    const std::size_t bytes = stream().socket().available(closed);
    return closed ? 0 : bytes;
  }

 private:
  beast::tcp_stream& stream() { return connection_->stream; }

  template <class Endpoints>
  void connect(const Endpoints& endpoints) {
    stream().async_connect(endpoints,
                           [self = shared_from_this()](boost::system::error_code error, const auto& /*where*/) {
                             if (error) {
                               self->fail_before_sending(error);
                             } else if (!self->is_done_) {
                               self->stream().socket().set_option(asio::ip::tcp::no_delay(true), error);
                               self->is_connected_ = true;
                               self->write();
                             }
                           });
  }

  void write() {
    request_.version(11);
    request_.method_string(order_.method);
    request_.target(order_.target);
    request_.set(http::field::host, place_of(order_.to));
    request_.set(http::field::user_agent, "stalemate");
    for (const auto& [name, value] : order_.headers) {
      request_.set(name, value);
    }
    request_.body() = std::move(order_.body);
    if (!request_.body().empty() || (order_.method != "GET" && order_.method != "HEAD")) {
      request_.prepare_payload();
    }
    http::async_write(stream(), request_, [self = shared_from_this()](boost::system::error_code error, std::size_t) {
      // A service may answer before it has read everything, and close.
      if (error && error != asio::error::broken_pipe && error != asio::error::connection_reset) {
        self->fail_after_sending(error);
      } else {
        self->read();
      }
    });
  }

  void read() {
    if (is_done_) {
      return;
    }
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(answer_bytes_max);
    parser_->skip(order_.method == "HEAD");
    http::async_read(stream(), connection_->buffer, *parser_,
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                       if (error) {
                         self->fail_after_sending(error);
                       } else if (self->parser_->get().result_int() < 200) {
                         // "100 Continue" and the like announce the answer.
                         self->read();
                       } else {
                         self->finish();
                       }
                     });
  }

  void finish() {
    const auto& response = parser_->get();
    RawAnswer answer{.status = response.result_int(), .body = response.body()};
    for (const auto& field : response) {
      answer.headers.emplace_back(field.name_string(), field.value());
    }
    const bool stays_open = parser_->keep_alive();
    stream().expires_never();
    tell({.answer = std::move(answer), .connection = stays_open ? connection_ : nullptr});
  }

  void fail_before_sending(boost::system::error_code error) {
    const std::string place = place_of(order_.to);
    if (error == beast::error::timeout) {
      tell({.answer = failed(ErrorCode::timed_out, "no connection to " + place + " within " + limit_text())});
      return;
    }
    tell({.answer = failed(ErrorCode::connection_refused, "no connection to " + place + ": " + error.message())});
  }

  void fail_after_sending(boost::system::error_code error) {
    if (error == beast::error::timeout) {
      tell({.answer = uncertain(ErrorCode::timed_out, "no answer within " + limit_text())});
    } else if (error == http::error::body_limit || error == http::error::header_limit) {
      tell({.answer = uncertain(ErrorCode::protocol, "the answer is longer than 1 MiB")});
    } else if (error == http::error::end_of_stream || error == asio::error::connection_reset ||
               error == asio::error::broken_pipe) {
      tell({.answer = uncertain(ErrorCode::connection_lost, "the connection was closed before an answer")});
    } else if (error == http::error::partial_message) {
      tell({.answer = uncertain(ErrorCode::connection_lost, "the connection was closed within the answer")});
    } else if (error.category() == http::make_error_code(http::error::bad_version).category()) {
      tell({.answer = uncertain(ErrorCode::protocol, "the answer is not HTTP: " + error.message())});
    } else {
      tell({.answer = uncertain(ErrorCode::connection_lost, "the connection broke: " + error.message())});
    }
  }

  [[nodiscard]] std::string limit_text() const { return format_duration_short(order_.limit_ns); }

  void tell(HttpDone done) {
    if (is_done_) {
      return;
    }
    is_done_ = true;
    const std::function<void(HttpDone)> on_done = std::move(on_done_);
    if (done.connection == nullptr) {
      stream().close();
    }
    on_done(std::move(done));
  }

  HttpOrder order_;
  asio::ip::tcp::resolver resolver_;
  std::shared_ptr<HttpConnection> connection_;
  std::function<void(HttpDone)> on_done_;
  http::request<http::string_body> request_ = {};
  std::optional<http::response_parser<http::string_body>> parser_ = {};
  bool is_connected_ = false;
  bool is_done_ = false;
};

}  // namespace

std::shared_ptr<HttpExchange> begin_http_exchange(asio::io_context& context, HttpOrder order,
                                                  std::shared_ptr<HttpConnection> connection,
                                                  std::function<void(HttpDone)> on_done) {
  auto exchange = std::make_shared<Exchange>(context, std::move(order), std::move(connection), std::move(on_done));
  exchange->begin();
  return exchange;
}

Result<RawAnswer> http_once(const HttpOrder& order) {
  asio::io_context context;
  Result<RawAnswer> answer = uncertain(ErrorCode::defect, "the exchange did not end");
  const auto exchange =
      begin_http_exchange(context, order, nullptr, [&](HttpDone done) { answer = std::move(done.answer); });
  context.run();
  return answer;
}

Result<void> connect_once(const InstanceAddress& address, Nanoseconds limit_ns) {
  asio::io_context context;
  beast::tcp_stream stream(context);
  asio::ip::tcp::resolver resolver(context);
  boost::system::error_code error;
  const auto endpoints = resolver.resolve(address.host, std::to_string(address.port), error);
  if (!error) {
    stream.expires_after(std::chrono::nanoseconds(limit_ns));
    stream.async_connect(endpoints, [&](boost::system::error_code outcome, const auto& /*where*/) { error = outcome; });
    context.run();
  }
  if (error) {
    return failed(error == beast::error::timeout ? ErrorCode::timed_out : ErrorCode::connection_refused,
                  "no connection to " + place_of(address) + ": " + error.message());
  }
  return {};
}

}  // namespace stalemate
