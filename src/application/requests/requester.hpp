// Sends requests to instances and reads what they answer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "application/application.hpp"
#include "application/instances/instance.hpp"
#include "application/requests/answer.hpp"
#include "core/error.hpp"

namespace stalemate {

class InstanceChannel;

/// Is told once of a request that was not cancelled. Called by the requester's own thread: be quick, do not wait for
/// it.
using OnAnswer = std::function<void(const Answer& answer)>;

/// Of one request that is under way.
using RequestId = std::uint64_t;

/// Sends requests from a thread of its own: HTTP/1.1 over connections that stay open, as many an instance as there are
/// requests under way to it; or lines of JSON, one after another.
/// Thread rule: any thread. Instances outlive the requests to them.
class Requester {
 public:
  virtual ~Requester() = default;  ///< cancels what is under way and joins the thread

  [[nodiscard]] static std::unique_ptr<Requester> make(const Application& application);

  /// Makes the file's login request; does nothing where there is none. To be done after each start of an instance,
  /// before its first request. Errors: refused_by_server, timed_out, connection_lost, a sentence.
  [[nodiscard]] virtual Result<void> log_in(const Instance& instance) = 0;

  /// Sends a request. `key` is the key's text. A `create` where the file has none is sent as a write.
  virtual RequestId send(const Instance& instance, ApplicationRequest kind, std::string_view key, std::int64_t value,
                         OnAnswer on_answer) = 0;

  /// The same, waiting for the answer.
  [[nodiscard]] virtual Answer ask(const Instance& instance, ApplicationRequest kind, std::string_view key,
                                   std::int64_t value) = 0;

  /// A channel to the same instance for somebody with a thread of their own, which is spared the way through ours: with
  /// what the instance's login gave so far. nullptr where there is one channel only, as to a program. It outlives
  /// neither the requester nor the instance.
  [[nodiscard]] virtual std::unique_ptr<InstanceChannel> twin_of(const Instance& instance,
                                                                 boost::asio::io_context& context) = 0;

  /// Gives a request up by closing its connection. Once it returns, the request's on_answer will not be called any
  /// more; it may have been. Not to be called by on_answer.
  virtual void cancel(RequestId request) = 0;

  /// Returns once all that instances had sent when it was called is read, and told where it completes an answer.
  virtual void catch_up() = 0;

  /// Requests whose answers have not come.
  [[nodiscard]] virtual std::size_t under_way() const = 0;

  /// Closes all connections to an instance, cancelling what is under way. To be called when it was killed.
  virtual void forget(const Instance& instance) = 0;
};

}  // namespace stalemate
