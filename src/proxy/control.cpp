#include "proxy/control.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"

namespace stalemate {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using nlohmann::json;

constexpr auto client_limit = std::chrono::seconds(10);
constexpr std::size_t body_bytes_max = 16UL * 1024;

ControlAnswer answer_of(unsigned status, const json& body) {
  return {status, body.dump(2, ' ', false, json::error_handler_t::replace) + "\n"};
}
ControlAnswer refused_with(unsigned status, const std::string& sentence) {
  return answer_of(status, {{"error", sentence}});
}

json told(const StandingRule& rule) {
  json body = {{"id", rule.id}, {"fault", rule.text}};
  if (!rule.is_of_links) {
    body["matched"] = rule.matched;
    body["hit"] = rule.hit;
  }
  return body;
}

ControlAnswer all_faults(const FaultBoard& board) {
  json list = json::array();
  for (const StandingRule& rule : board.rules()) {
    list.push_back(told(rule));
  }
  return answer_of(200, list);
}

ControlAnswer status_of(const FaultBoard& board, const Gates& gates, const std::vector<LinkAddress>& links) {
  const GateTraffic traffic = gates.traffic();
  json body = {{"connections", traffic.connections},
               {"calls_sent", traffic.calls_sent},
               {"calls_answered", traffic.calls_answered},
               {"bytes_under_way", traffic.bytes_under_way},
               {"links", json::array()}};
  const std::vector<LinkCounts> counts = board.counts();
  for (std::size_t index = 0; index < links.size(); ++index) {
    const LinkAddress& link = links[index];
    const LinkCounts& count = counts[index];
    body["links"].push_back({{"side", link.protocol == Protocol::redis ? "cache" : "database"},
                             {"listens", link.listen_host + ":" + std::to_string(gates.port_of(index))},
                             {"store", link.store_host + ":" + std::to_string(link.store_port)},
                             {"calls", count.calls},
                             {"answered", count.answered},
                             {"errors", count.errors},
                             {"late_copies", count.late_copies},
                             {"connections_ended", count.connections},
                             {"latency_to_store_ns", board.conditions(link.protocol).to_store_ns},
                             {"latency_to_application_ns", board.conditions(link.protocol).to_application_ns},
                             {"bytes_per_second", board.conditions(link.protocol).bytes_per_second},
                             {"troubles", count.troubles}});
  }
  return answer_of(200, body);
}

ControlAnswer set_fault(FaultBoard& board, std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  const Result<std::uint64_t> id = board.add(text);
  return id ? answer_of(201, {{"id", *id}, {"fault", text}}) : refused_with(400, printable(id.error().detail));
}

ControlAnswer take_away(FaultBoard& board, std::string_view digits) {
  const std::optional<std::uint64_t> id = parse_number<std::uint64_t>(digits);
  if (!id) {
    return refused_with(404, "'" + printable(digits) + "' is no number of a fault");
  }
  const Result<void> removed = board.remove(*id);
  return removed ? answer_of(200, {{"removed", *id}}) : refused_with(404, removed.error().detail);
}

/// One client: request after request until it hangs up.
class ControlSession : public std::enable_shared_from_this<ControlSession> {
 public:
  ControlSession(tcp::socket socket, ControlPort::Answer answer)
      : stream_(std::move(socket)), answer_(std::move(answer)) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(body_bytes_max);
    stream_.expires_after(client_limit);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const beast::error_code& error, std::size_t /*count*/) {
                       if (!error) {
                         self->answer();
                       }
                     });
  }

 private:
  void answer() {
    const auto& request = parser_->get();
    const auto method = request.method_string();
    const auto target = request.target();
    ControlAnswer answer = answer_({method.data(), method.size()}, {target.data(), target.size()}, request.body());
    response_ = {static_cast<http::status>(answer.status), request.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request.keep_alive());
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](const beast::error_code& error, std::size_t /*count*/) {
                        if (!error && self->response_.keep_alive()) {
                          self->read();
                        }
                      });
  }

  beast::tcp_stream stream_;
  ControlPort::Answer answer_;
  beast::flat_buffer buffer_ = {};
  std::optional<http::request_parser<http::string_body>> parser_ = {};
  http::response<http::string_body> response_ = {};
};

}  // namespace

class ControlPort::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(tcp::acceptor acceptor, Answer answer) : acceptor_(std::move(acceptor)), answer_(std::move(answer)) {}

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const boost::system::error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) {
        return;
      }
      if (!error) {
        std::make_shared<ControlSession>(std::move(socket), self->answer_)->read();
      }
      self->accept();
    });
  }
  void close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  }
  [[nodiscard]] std::uint16_t port() const {
    boost::system::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

 private:
  tcp::acceptor acceptor_;
  Answer answer_;
};

ControlAnswer control_answer(FaultBoard& board, const Gates& gates, const std::vector<LinkAddress>& links,
                             std::string_view method, std::string_view target, const std::string& body) {
  constexpr std::string_view one_fault = "/faults/";
  if (target == "/faults" && method == "GET") {
    return all_faults(board);
  }
  if (target == "/faults" && method == "POST") {
    return set_fault(board, body);
  }
  if (target.starts_with(one_fault) && method == "DELETE") {
    return take_away(board, target.substr(one_fault.size()));
  }
  if (target == "/status" && method == "GET") {
    return status_of(board, gates, links);
  }
  return refused_with(404, "there is GET /faults, POST /faults, DELETE /faults/ID and GET /status, and no " +
                               printable(std::string(method) + " " + std::string(target)));
}

ControlPort::ControlPort(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}

ControlPort::~ControlPort() {
  listener_->close();
}

std::uint16_t ControlPort::port() const {
  return listener_->port();
}

Result<std::unique_ptr<ControlPort>> ControlPort::open(asio::io_context& context, std::uint16_t port, Answer answer) {
  boost::system::error_code error;
  tcp::acceptor acceptor(context);
  acceptor.open(tcp::v4(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port), error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return failed(ErrorCode::unavailable,
                  "the control port 127.0.0.1:" + std::to_string(port) + " cannot be opened: " + error.message());
  }
  auto listener = std::make_shared<Listener>(std::move(acceptor), std::move(answer));
  listener->accept();
  return std::unique_ptr<ControlPort>(new ControlPort(std::move(listener)));
}

}  // namespace stalemate
