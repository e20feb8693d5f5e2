// How requests reach one instance. Everything here happens in the thread of its context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "application/application.hpp"
#include "application/instances/instance.hpp"
#include "application/requests/answer.hpp"
#include "core/error.hpp"

namespace stalemate {

/// One request, and who is told of its answer: once, unless it is cancelled.
struct PendingRequest {
  std::uint64_t id = 0;
  ApplicationRequest kind = ApplicationRequest::read;
  std::string key = {};
  std::int64_t value = 0;
  std::function<void(const Answer&)> on_answer = {};
};

class InstanceChannel {
 public:
  virtual ~InstanceChannel() = default;
  virtual void send(PendingRequest request) = 0;
  /// False where it is not under way here.
  virtual bool cancel(std::uint64_t id) = 0;
  /// Closes all connections, cancelling what is under way. Returns how many requests that were.
  virtual std::size_t cancel_all() = 0;
  /// Bytes of awaited answers that have arrived and were not read yet.
  [[nodiscard]] virtual std::size_t bytes_waiting() = 0;
  virtual void log_in(std::function<void(Result<void>)> on_done) = 0;
  /// One to the same instance, logged in as this one is, with connections of its own; nullptr where an instance has one
  /// channel only.
  [[nodiscard]] virtual std::unique_ptr<InstanceChannel> twin(boost::asio::io_context& context) const = 0;
};

/// Both outlive neither `application` nor `instance`.
[[nodiscard]] std::unique_ptr<InstanceChannel> make_http_channel(boost::asio::io_context& context,
                                                                 const Application& application,
                                                                 const Instance& instance);
[[nodiscard]] std::unique_ptr<InstanceChannel> make_program_channel(boost::asio::io_context& context,
                                                                    const Application& application,
                                                                    const Instance& instance);

}  // namespace stalemate
