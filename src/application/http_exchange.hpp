// One HTTP request and its answer, over a connection that may be used again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "application/application.hpp"
#include "application/value_place.hpp"
#include "core/error.hpp"

namespace stalemate {

/// An open connection on which nothing is under way.
class HttpConnection;

struct HttpOrder {
  InstanceAddress to = {};
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  Nanoseconds limit_ns = 0;  ///< from the connecting to the answer's last byte
};

/// Answers up to this long are read.
inline constexpr std::size_t answer_bytes_max = 1U << 20U;

/// What came of it. The answer's errors: connection_refused, and timed_out while connecting, with outcome fail, since
/// nothing was sent; connection_lost, timed_out and protocol with outcome info.
struct HttpDone {
  Result<RawAnswer> answer;
  std::shared_ptr<HttpConnection> connection = {};  ///< null: closed
};

/// An exchange that is under way.
/// Thread rule: the context's thread.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  /// Closes the connection. Its `on_done` will not be called.
  virtual void give_up() = 0;
  /// Bytes of the answer that have arrived and were not read yet.
  [[nodiscard]] virtual std::size_t bytes_waiting() = 0;
};

/// Begins an exchange over `connection`, or over a new one where that is null or was closed by the other side
/// meanwhile. `on_done` is called once, later, by the context's thread.
[[nodiscard]] std::shared_ptr<HttpExchange> begin_http_exchange(boost::asio::io_context& context, HttpOrder order,
                                                                std::shared_ptr<HttpConnection> connection,
                                                                std::function<void(HttpDone)> on_done);

/// The same from beginning to end, in the calling thread.
[[nodiscard]] Result<RawAnswer> http_once(const HttpOrder& order);

/// Whether something takes connections there, within the limit. Errors: connection_refused, timed_out.
[[nodiscard]] Result<void> connect_once(const InstanceAddress& address, Nanoseconds limit_ns);

}  // namespace stalemate
