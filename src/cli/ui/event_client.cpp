#include "cli/ui/event_client.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace stalemate {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::uint32_t request_bytes_max = 8 * 1024;
/// More from someone who has asked already is no browser's.
constexpr std::size_t unasked_bytes_max = 64UL * 1024;

constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";

bool is_malformed(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  const std::size_t colon = host.find(':');
  const std::string_view digits = colon == std::string_view::npos ? "0" : host.substr(colon + 1);
  const bool is_port =
      digits.size() <= 5 && std::ranges::all_of(digits, [](char sign) { return sign >= '0' && sign <= '9'; });
  std::string name(host.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](char sign) { return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign + 32) : sign; });
  return is_port && (name == "127.0.0.1" || name == "localhost");
}

EventFrame frame_of(std::string_view name, std::string_view data) {
  std::string frame = "event: ";
  return std::make_shared<const std::string>(frame.append(name).append("\ndata: ").append(data).append("\n\n"));
}

void EventPast::add(std::string_view name, EventFrame frame, KeptEvent kept, std::size_t most) {
  auto same = std::ranges::find(kept_, name, &Kept::name);
  if (same == kept_.end()) {
    same = kept_.insert(kept_.end(), Kept{.name = std::string(name)});
  }
  const bool is_last_between = same->seen > 0 && (same->seen - 1) % same->stride != 0;
  if (!same->frames.empty() && (kept == KeptEvent::last || is_last_between)) {
    same->frames.pop_back();
  }
  same->frames.push_back(std::move(frame));
  ++same->seen;
  if (same->frames.size() > most) {
    thin(*same);
  }
}

/// Leaves every second one, and the newest.
void EventPast::thin(Kept& kept) {
  kept.stride *= 2;
  std::vector<EventFrame> left;
  for (std::size_t place = 0; place < kept.frames.size(); ++place) {
    if (place % 2 == 0 || place + 1 == kept.frames.size()) {
      left.push_back(std::move(kept.frames[place]));
    }
  }
  kept.frames = std::move(left);
}

std::vector<EventFrame> EventPast::all() const {
  std::vector<EventFrame> frames;
  for (const Kept& kept : kept_) {
    frames.insert(frames.end(), kept.frames.begin(), kept.frames.end());
  }
  return frames;
}

void EventRoom::note_left() {
  if (is_closing && listeners.empty()) {
    const std::lock_guard lock(mutex_);
    has_left_ = true;
    changed_.notify_all();
  }
}

void EventRoom::wait_until_left(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return has_left_; });
}

EventClient::EventClient(tcp::socket socket, EventRoom& room)
    : socket_(std::move(socket)), room_(room), deadline_(socket_.get_executor()), buffer_(2UL * request_bytes_max) {
  ++room_.connections;
  parser_.header_limit(request_bytes_max);
}

EventClient::~EventClient() {
  --room_.connections;
  room_.listeners.erase(this);
}

void EventClient::read() {
  set_deadline();
  http::async_read(socket_, buffer_, parser_,
                   [self = shared_from_this()](const error_code& error, std::size_t) { self->answer(error); });
}

void EventClient::answer(const error_code& error) {
  constexpr std::string_view text = "text/plain; charset=utf-8";
  if (is_malformed(error)) {
    return respond(http::status::bad_request, text, "this is no request of a browser for a page\n");
  }
  if (error) {
    return close();
  }
  const auto& request = parser_.get();
  const auto host = request.find(http::field::host);
  if (request.count(http::field::host) != 1 || !is_loopback_host({host->value().data(), host->value().size()})) {
    return respond(http::status::bad_request, text, "this page is for 127.0.0.1 and localhost only\n");
  }
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return respond(http::status::method_not_allowed, text, "there is only GET\n");
  }
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/") {
    return respond(http::status::ok, "text/html; charset=utf-8", room_.page);
  }
  if (path != "/events") {
    return respond(http::status::not_found, text, "there is / and /events\n");
  }
  if (room_.listeners.size() >= room_.limits.listeners_max) {
    return respond(http::status::service_unavailable, text, "too many look at this page already\n");
  }
  listen();
}

void EventClient::respond(http::status status, std::string_view type, std::string body) {
  response_ = {status, 11};
  response_.set(http::field::content_type, {type.data(), type.size()});
  response_.set(http::field::cache_control, "no-store");
  response_.set("X-Content-Type-Options", "nosniff");
  if (status == http::status::method_not_allowed) {
    response_.set(http::field::allow, "GET, HEAD");
  }
  response_.keep_alive(false);
  response_.content_length(body.size());
  if (parser_.get().method() != http::verb::head) {
    response_.body() = std::move(body);
  }
  set_deadline();
  http::async_write(socket_, response_, [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error) {
      self->close();
    } else {
      self->hang_up();
    }
  });
}

void EventClient::listen() {
  lift_deadline();
  is_ending_ = parser_.get().method() == http::verb::head || room_.is_closing;
  room_.listeners.insert(this);
  drain();
  std::vector<EventFrame> frames = {std::make_shared<const std::string>(stream_head)};
  if (parser_.get().method() != http::verb::head) {
    std::ranges::copy(room_.past.all(), std::back_inserter(frames));
  }
  for (EventFrame& frame : frames) {
    send(std::move(frame));
  }
}

void EventClient::send(EventFrame frame) {
  queue_bytes_ += frame->size();
  if (queue_bytes_ > room_.limits.queue_bytes_max) {
    return close();
  }
  queue_.push_back(std::move(frame));
  if (queue_.size() == 1) {
    write_next();
  }
}

void EventClient::end() {
  is_ending_ = true;
  if (queue_.empty()) {
    hang_up();
  }
}

void EventClient::write_next() {
  set_deadline();
  asio::async_write(socket_, asio::buffer(*queue_.front()),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (error) {
                        return self->close();
                      }
                      self->queue_bytes_ -= self->queue_.front()->size();
                      self->queue_.pop_front();
                      if (!self->queue_.empty()) {
                        return self->write_next();
                      }
                      self->lift_deadline();
                      if (self->is_ending_) {
                        self->hang_up();
                      }
                    });
}

/// Reads on after the request, so that a client who leaves is noticed, and none is cut off with bytes unread.
void EventClient::drain() {
  socket_.async_read_some(asio::buffer(unasked_),
                          [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                            self->unasked_bytes_ += bytes;
                            if (error || self->unasked_bytes_ > unasked_bytes_max) {
                              return self->close();
                            }
                            self->drain();
                          });
}

/// All is said: the kernel delivers it, also when we are gone.
void EventClient::hang_up() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  const bool is_listener = room_.listeners.erase(this) > 0;
  set_deadline();
  if (is_listener) {
    room_.note_left();  // what reads on is under way already
  } else {
    drain();
  }
}

void EventClient::close() {
  error_code ignored;
  socket_.close(ignored);
  lift_deadline();
  room_.listeners.erase(this);
  room_.note_left();
}

void EventClient::set_deadline() {
  deadline_.expires_after(room_.limits.client_limit);
  deadline_.async_wait([weak = weak_from_this()](const error_code& error) {
    // One that had been reached when it was put off is told as reached.
    const auto self = weak.lock();
    if (self && !error && self->deadline_.expiry() <= std::chrono::steady_clock::now()) {
      self->close();
    }
  });
}

void EventClient::lift_deadline() {
  deadline_.expires_at(std::chrono::steady_clock::time_point::max());
}

}  // namespace stalemate
