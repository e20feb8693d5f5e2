// Requests over HTTP: as many connections as there are requests under way, kept for later ones.
#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <vector>

#include "application/channels/http_connection.hpp"
#include "application/channels/instance_channel.hpp"

namespace stalemate {
namespace {

bool is_same_header(std::string_view left, std::string_view right) {
  return boost::beast::iequals({left.data(), left.size()}, {right.data(), right.size()});
}

/// A connection, and the request that is under way on it.
struct HttpLine {
  HttpLine(boost::asio::io_context& context, const InstanceAddress& address) : connection(context, address) {}
  HttpConnection connection;
  bool is_busy = false;
  PendingRequest request = {};  // without on_answer: the login
};

class HttpChannel final : public InstanceChannel {
 public:
  HttpChannel(boost::asio::io_context& context, const ApplicationRequests& requests, InstanceAddress address)
      : context_(context), requests_(requests), address_(std::move(address)) {
    forget_login();
  }

  void send(PendingRequest request) override {
    HttpLine& line = take_line();
    const PlaceholderValues values = {.key = request.key, .value = request.value, .token = token_};
    HttpRequest text = text_of(template_of(request.kind), values);
    line.request = std::move(request);
    line.connection.begin(std::move(text), [this, &line](const Result<RawAnswer>& raw) { tell(line, raw); });
  }

  bool cancel(std::uint64_t id) override {
    const auto found = std::ranges::find_if(
        lines_, [id](const auto& line) { return line->is_busy && line->request.on_answer && line->request.id == id; });
    if (found == lines_.end()) {
      return false;
    }
    (*found)->connection.give_up();
    (*found)->is_busy = false;
    return true;
  }

  std::size_t cancel_all() override {
    const auto count =
        std::ranges::count_if(lines_, [](const auto& line) { return line->is_busy && line->request.on_answer; });
    lines_.clear();
    return static_cast<std::size_t>(count);
  }

  std::size_t bytes_waiting() override {
    std::size_t bytes = 0;
    for (const auto& line : lines_) {
      bytes += line->connection.bytes_waiting();
    }
    return bytes;
  }

  void log_in(std::function<void(Result<void>)> on_done) override {
    if (!requests_.login) {
      on_done({});
      return;
    }
    forget_login();
    HttpLine& line = take_line();
    line.request = {};
    line.connection.begin(text_of(requests_.login->request, {}),
                          [this, &line, on_done = std::move(on_done)](const Result<RawAnswer>& answer) {
                            line.is_busy = false;
                            on_done(take_login(answer));
                          });
  }

  [[nodiscard]] std::unique_ptr<InstanceChannel> twin(boost::asio::io_context& context) const override {
    auto twin = std::make_unique<HttpChannel>(context, requests_, address_);
    twin->cookies_ = cookies_;
    twin->token_ = token_;
    twin->write_headers();
    return twin;
  }

 private:
  void tell(HttpLine& line, const Result<RawAnswer>& raw) {
    line.is_busy = false;
    const PendingRequest request = std::move(line.request);
    request.on_answer(judge_http(requests_, request.kind, raw));
  }

  [[nodiscard]] const RequestTemplate& template_of(ApplicationRequest kind) const {
    switch (kind) {
      case ApplicationRequest::read: return requests_.read;
      case ApplicationRequest::create: return requests_.create ? *requests_.create : requests_.write;
      case ApplicationRequest::write: break;
    }
    return requests_.write;
  }

  [[nodiscard]] HttpRequest text_of(const RequestTemplate& request, const PlaceholderValues& values) const {
    const std::string target = address_.path + request.target.filled(values, Escaping::url);
    const std::string body = request.body.filled(values);
    return {.text = http_text({.method = request.method,
                               .target = target,
                               .headers = headers_,
                               .body = body,
                               .has_content_type = is_set("Content-Type")}),
            .is_head = request.method == "HEAD",
            .limit_ns = requests_.time_limit_ns};
  }

  /// Whether the file says what the header is to be.
  [[nodiscard]] bool is_set(std::string_view name) const {
    return std::ranges::any_of(requests_.headers,
                               [&](const auto& header) { return is_same_header(header.first, name); });
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
    write_headers();
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
    write_headers();
    return {};
  }

  void forget_login() {
    cookies_.clear();
    token_.clear();
    for (const auto& [name, value] : requests_.cookies) {
      add_cookies(name + "=" + value);
    }
    write_headers();
  }

  void add_cookies(const std::string& cookies) {
    cookies_ += (cookies_.empty() || cookies.empty() ? "" : "; ") + cookies;
  }

  /// Those that all requests have, until the next login.
  void write_headers() {
    headers_ = is_set("Host") ? "" : host_line(address_);
    headers_ += is_set("User-Agent") ? "" : user_agent_line();
    headers_ += cookies_.empty() ? "" : header_line("Cookie", cookies_);
    for (const auto& [name, value] : requests_.headers) {
      headers_ += header_line(name, value.filled({.token = token_}));
    }
  }

  /// One that is not busy; it is, from now on.
  HttpLine& take_line() {
    auto place = std::ranges::find_if(lines_, [](const auto& line) { return !line->is_busy; });
    if (place == lines_.end()) {
      lines_.push_back(std::make_unique<HttpLine>(context_, address_));
      place = lines_.end() - 1;
    }
    (*place)->is_busy = true;
    return **place;
  }

  boost::asio::io_context& context_;
  const ApplicationRequests& requests_;
  InstanceAddress address_;
  std::string cookies_ = {};
  std::string token_ = {};
  std::string headers_ = {};  // lines of those that all requests have
  std::vector<std::unique_ptr<HttpLine>> lines_ = {};
};

}  // namespace

std::unique_ptr<InstanceChannel> make_http_channel(boost::asio::io_context& context, const Application& application,
                                                   const Instance& instance) {
  return std::make_unique<HttpChannel>(context, application.requests, instance.address());
}

}  // namespace stalemate
