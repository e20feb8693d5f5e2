// Requests over HTTP: as many connections as there are requests under way, kept for later ones.
#include <algorithm>
#include <map>
#include <vector>

#include "application/http_exchange.hpp"
#include "application/instance_channel.hpp"

namespace stalemate {
namespace {

std::string content_type_of(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
  return is_json ? "application/json" : "text/plain; charset=utf-8";
}

class HttpChannel final : public InstanceChannel {
 public:
  HttpChannel(boost::asio::io_context& context, const ApplicationRequests& requests, InstanceAddress address)
      : context_(context), requests_(requests), address_(std::move(address)) {
    for (const auto& [name, value] : requests_.cookies) {
      add_cookies(name + "=" + value);
    }
  }

  void send(PendingRequest request) override {
    const std::uint64_t id = request.id;
    const PlaceholderValues values = {.key = request.key, .value = request.value, .token = token_};
    HttpOrder order = order_of(template_of(request.kind), values);
    exchanges_[id] = begin_http_exchange(context_, std::move(order), take_connection(),
                                         [this, request = std::move(request)](HttpDone done) {
                                           keep(std::move(done.connection));
                                           exchanges_.erase(request.id);
                                           request.on_answer(judge_http(requests_, request.kind, done.answer));
                                         });
  }

  bool cancel(std::uint64_t id) override {
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end()) {
      return false;
    }
    found->second->give_up();
    exchanges_.erase(found);
    return true;
  }

  std::size_t cancel_all() override {
    for (const auto& [id, exchange] : exchanges_) {
      exchange->give_up();
    }
    const std::size_t count = exchanges_.size();
    exchanges_.clear();
    idle_.clear();
    return count;
  }

  std::size_t bytes_waiting() override {
    std::size_t bytes = 0;
    for (const auto& [id, exchange] : exchanges_) {
      bytes += exchange->bytes_waiting();
    }
    return bytes;
  }

  void log_in(std::function<void(Result<void>)> on_done) override {
    if (!requests_.login) {
      on_done({});
      return;
    }
    cookies_.clear();
    token_.clear();
    for (const auto& [name, value] : requests_.cookies) {
      add_cookies(name + "=" + value);
    }
    login_ = begin_http_exchange(context_, order_of(requests_.login->request, {}), take_connection(),
                                 [this, on_done = std::move(on_done)](HttpDone done) {
                                   keep(std::move(done.connection));
                                   on_done(take_login(done.answer));
                                 });
  }

  [[nodiscard]] std::unique_ptr<InstanceChannel> twin(boost::asio::io_context& context) const override {
    auto twin = std::make_unique<HttpChannel>(context, requests_, address_);
    twin->cookies_ = cookies_;
    twin->token_ = token_;
    return twin;
  }

 private:
  [[nodiscard]] const RequestTemplate& template_of(ApplicationRequest kind) const {
    switch (kind) {
      case ApplicationRequest::read: return requests_.read;
      case ApplicationRequest::create: return requests_.create ? *requests_.create : requests_.write;
      case ApplicationRequest::write: break;
    }
    return requests_.write;
  }

  [[nodiscard]] HttpOrder order_of(const RequestTemplate& request, const PlaceholderValues& values) const {
    HttpOrder order{.to = address_,
                    .method = request.method,
                    .target = address_.path + request.target.filled(values, Escaping::url),
                    .body = request.body.filled(values),
                    .limit_ns = requests_.time_limit_ns};
    if (!order.body.empty()) {
      order.headers.emplace_back("Content-Type", content_type_of(order.body));
    }
    if (!cookies_.empty()) {
      order.headers.emplace_back("Cookie", cookies_);
    }
    // Set last, so that the file's own "Content-Type" holds.
    for (const auto& [name, value] : requests_.headers) {
      order.headers.emplace_back(name, value.filled(values));
    }
    return order;
  }

  Result<void> take_login(const Result<RawAnswer>& answer) {
    if (!answer) {
      return std::unexpected(Error{answer.error().code, answer.error().outcome, "login: " + answer.error().detail});
    }
    // Many answer a login by sending the browser elsewhere.
    constexpr unsigned first_of_redirects = 300;
    constexpr unsigned last_of_redirects = 399;
    const bool is_redirect = answer->status >= first_of_redirects && answer->status <= last_of_redirects;
    if (!requests_.ok.holds(answer->status) && !is_redirect) {
      return failed(ErrorCode::refused_by_server, "login: the service answered with status " +
                                                      std::to_string(answer->status) + ": " +
                                                      quoted_beginning(answer->body));
    }
    add_cookies(cookies_set_by(*answer));
    if (!requests_.login->token) {
      return {};
    }
    const Result<std::optional<std::string>> token = requests_.login->token->text_in(*answer);
    if (!token || !*token) {
      return failed(
          ErrorCode::refused_by_server,
          "login: " + (token ? "the answer has no token at " + requests_.login->token->text() : token.error().detail));
    }
    // It becomes part of a header.
    token_ = **token;
    std::erase_if(token_, [](char c) { return static_cast<unsigned char>(c) < ' '; });
    return {};
  }

  void add_cookies(const std::string& cookies) {
    cookies_ += (cookies_.empty() || cookies.empty() ? "" : "; ") + cookies;
  }

  std::shared_ptr<HttpConnection> take_connection() {
    if (idle_.empty()) {
      return nullptr;
    }
    std::shared_ptr<HttpConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  void keep(std::shared_ptr<HttpConnection> connection) {
    if (connection != nullptr) {
      idle_.push_back(std::move(connection));
    }
  }

  boost::asio::io_context& context_;
  const ApplicationRequests& requests_;
  InstanceAddress address_;
  std::string cookies_ = {};
  std::string token_ = {};
  std::map<std::uint64_t, std::shared_ptr<HttpExchange>> exchanges_ = {};
  std::shared_ptr<HttpExchange> login_ = {};
  std::vector<std::shared_ptr<HttpConnection>> idle_ = {};
};

}  // namespace

std::unique_ptr<InstanceChannel> make_http_channel(boost::asio::io_context& context, const Application& application,
                                                   const Instance& instance) {
  return std::make_unique<HttpChannel>(context, application.requests, instance.address());
}

}  // namespace stalemate
