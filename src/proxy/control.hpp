// The proxy's control port: faults are read, set and taken away over HTTP.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "proxy/fault_board.hpp"

namespace stalemate {

/// What a request to the control port is answered: `status` of HTTP, and a body of JSON.
struct ControlAnswer {
  unsigned status = 200;
  std::string body = {};
};

/// GET /faults, POST /faults (the rule's text as body), DELETE /faults/ID, GET /status. A change is in force when this
/// returns. docs/proxy.md describes the bodies.
[[nodiscard]] ControlAnswer control_answer(FaultBoard& board, const Gates& gates, const std::vector<LinkAddress>& links,
                                           std::string_view method, std::string_view target, const std::string& body);

/// Answers on the loopback interface for as long as it lives and the context runs.
/// Thread rule: the thread that runs the context.
class ControlPort {
 public:
  using Answer =
      std::function<ControlAnswer(std::string_view method, std::string_view target, const std::string& body)>;

  /// `port` 0: a free one. Errors: unavailable: it cannot be listened on.
  [[nodiscard]] static Result<std::unique_ptr<ControlPort>> open(boost::asio::io_context& context, std::uint16_t port,
                                                                 Answer answer);
  ~ControlPort();
  ControlPort(const ControlPort&) = delete;
  ControlPort& operator=(const ControlPort&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  class Listener;
  explicit ControlPort(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace stalemate
