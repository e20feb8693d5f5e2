#include "application/channels/http_connection.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "core/assert.hpp"
#include "core/text/duration.hpp"

namespace stalemate {

namespace asio = boost::asio;

/// What an attempt to connect needs; outlives it until Asio has done with it.
struct HttpConnection::Opening {
  HttpConnection* connection = nullptr;  // null: nobody waits for it any more
  asio::ip::tcp::resolver resolver;
  asio::ip::tcp::socket socket;

  Opening(HttpConnection& owner, asio::io_context& context) : connection(&owner), resolver(context), socket(context) {}
  void give_up() {
    connection = nullptr;
    boost::system::error_code ignored;
    resolver.cancel();
    socket.close(ignored);
  }
};

namespace {

// Enough for most answers at once; longer ones take several reads.
constexpr std::size_t receive_bytes = 16'384;

}  // namespace

HttpConnection::HttpConnection(asio::io_context& context, InstanceAddress address)
    : context_(context), watch_(asio::use_service<SocketWatch>(context)), address_(std::move(address)) {
  watch_.add(*this);
}

HttpConnection::~HttpConnection() {
  close();
  watch_.remove(*this);
}

void HttpConnection::begin(HttpRequest request, OnAnswer on_answer) {
  STALEMATE_ASSERT(!on_answer_, "one request at a time is under way");
  // The other side may have closed it meanwhile, or sent what nobody asked for.
  watch_.refresh();
  request_ = std::move(request);
  on_answer_ = std::move(on_answer);
  unsent_ = request_.text;
  reader_.begin(request_.is_head);
  watch_.begin_wait(*this, std::max<Nanoseconds>(request_.limit_ns, 1));
  if (state_ == State::idle) {
    state_ = State::exchanging;
    send_some();
  } else {
    close();
    open();
  }
}

void HttpConnection::give_up() {
  on_answer_ = {};
  watch_.end_wait(*this);
  close();
}

std::size_t HttpConnection::bytes_waiting() const {
  int bytes = 0;
  const bool is_told = state_ == State::exchanging && ::ioctl(socket_, FIONREAD, &bytes) == 0;
  return is_told ? static_cast<std::size_t>(bytes) : 0;
}

void HttpConnection::open() {
  state_ = State::opening;
  opening_ = std::make_shared<Opening>(*this, context_);
  if (address_.host == "localhost") {
    // Services differ in which of the two they listen on.
    const std::array<asio::ip::tcp::endpoint, 2> endpoints = {
        asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), address_.port),
        asio::ip::tcp::endpoint(asio::ip::address_v6::loopback(), address_.port)};
    connect(endpoints);
    return;
  }
  opening_->resolver.async_resolve(address_.host, std::to_string(address_.port),
                                   [opening = opening_](boost::system::error_code error, const auto& endpoints) {
                                     if (opening->connection == nullptr) {
                                       return;
                                     }
                                     if (error) {
                                       opening->connection->cannot_open(error);
                                     } else {
                                       opening->connection->connect(endpoints);
                                     }
                                   });
}

template <class Endpoints>
void HttpConnection::connect(const Endpoints& endpoints) {
  asio::async_connect(opening_->socket, endpoints,
                      [opening = opening_](boost::system::error_code error, const auto& /*where*/) {
                        if (opening->connection == nullptr) {
                          return;
                        }
                        if (error) {
                          opening->connection->cannot_open(error);
                        } else {
                          opening->connection->opened();
                        }
                      });
}

void HttpConnection::opened() {
  boost::system::error_code error;
  opening_->socket.set_option(asio::ip::tcp::no_delay(true), error);
  const int socket = opening_->socket.release(error);
  opening_.reset();
  if (!watch_.watch(*this, socket)) {
    error.assign(errno, boost::system::system_category());
    ::close(socket);
    cannot_open(error);
    return;
  }
  socket_ = socket;
  state_ = State::exchanging;
  send_some();
}

void HttpConnection::cannot_open(const boost::system::error_code& error) {
  tell(failed(ErrorCode::connection_refused, "no connection to " + place_of(address_) + ": " + error.message()),
       State::closed);
}

/// Where it cannot be sent nothing is told: what the other side answered before it closed can still be read, and else
/// reading finds the connection closed.
void HttpConnection::send_some() {
  while (!unsent_.empty()) {
    const ssize_t sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      unsent_.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EINTR) {
      break;
    }
  }
  const bool waits = !unsent_.empty() && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (writing_waits_ != waits) {
    writing_waits_ = waits;
    watch_.want_write(*this, socket_, waits);
  }
}

void HttpConnection::socket_ready(bool hung_up) {
  if (state_ != State::exchanging) {
    // Nothing is awaited, so this is the connection's end or a byte that would be taken for the next answer.
    close();
    return;
  }
  if (writing_waits_ && !hung_up) {
    send_some();
  }
  receive(hung_up);
}

void HttpConnection::receive(bool hung_up) {
  std::array<char, receive_bytes> bytes;
  while (true) {
    const ssize_t received = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (received > 0) {
      const auto length = static_cast<std::size_t>(received);
      const HttpAnswerReader::Progress progress = reader_.feed(std::string_view(bytes.data(), length));
      if (progress != HttpAnswerReader::Progress::more) {
        take(progress, hung_up);
        return;
      }
      if (length < bytes.size() && !hung_up) {
        return;
      }
    } else if (received == 0) {
      take(reader_.end(), true);
      return;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (errno != EINTR) {
      lose(errno);
      return;
    }
  }
}

void HttpConnection::lose(int problem) {
  const bool is_closed = problem == ECONNRESET || problem == EPIPE;
  tell(uncertain(ErrorCode::connection_lost, is_closed
                                                 ? "the connection was closed before an answer"
                                                 : "the connection broke: " + std::generic_category().message(problem)),
       State::closed);
}

void HttpConnection::take(HttpAnswerReader::Progress progress, bool hung_up) {
  if (progress == HttpAnswerReader::Progress::broken) {
    tell(std::unexpected(reader_.problem()), State::closed);
    return;
  }
  const bool stays_open = !hung_up && unsent_.empty() && reader_.stays_open();
  tell(reader_.take_answer(), stays_open ? State::idle : State::closed);
}

void HttpConnection::time_is_up() {
  const std::string limit = format_duration_short(request_.limit_ns);
  if (state_ == State::opening) {
    tell(failed(ErrorCode::timed_out, "no connection to " + place_of(address_) + " within " + limit), State::closed);
  } else {
    tell(uncertain(ErrorCode::timed_out, "no answer within " + limit), State::closed);
  }
}

/// Ends the request. The last that may be done with the connection, which may be gone afterwards.
void HttpConnection::tell(const Result<RawAnswer>& answer, State after) {
  watch_.end_wait(*this);
  if (after == State::closed) {
    close();
  }
  state_ = after;
  const OnAnswer on_answer = std::exchange(on_answer_, {});
  on_answer(answer);
}

void HttpConnection::close() {
  if (opening_ != nullptr) {
    opening_->give_up();
    opening_.reset();
  }
  if (socket_ >= 0) {
    watch_.forget(*this, socket_);
    ::close(socket_);
    socket_ = -1;
  }
  writing_waits_ = false;
  state_ = State::closed;
}

Result<RawAnswer> http_once(const InstanceAddress& address, HttpRequest request) {
  asio::io_context context;
  std::optional<Result<RawAnswer>> told;
  HttpConnection connection(context, address);
  connection.begin(std::move(request), [&told](const Result<RawAnswer>& answer) { told = answer; });
  while (!told && context.run_one() > 0) {
  }
  STALEMATE_ASSERT(told, "a request ends, by its time limit at the latest");
  return std::move(*told);
}

Result<void> connect_once(const InstanceAddress& address, Nanoseconds limit_ns) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  asio::ip::tcp::resolver resolver(context);
  boost::system::error_code error;
  const auto endpoints = resolver.resolve(address.host, std::to_string(address.port), error);
  if (!error) {
    error = asio::error::timed_out;
    asio::async_connect(socket, endpoints,
                        [&error](boost::system::error_code outcome, const auto& /*where*/) { error = outcome; });
    context.run_for(std::chrono::nanoseconds(limit_ns));
  }
  if (error) {
    return failed(error == asio::error::timed_out ? ErrorCode::timed_out : ErrorCode::connection_refused,
                  "no connection to " + place_of(address) + ": " + error.message());
  }
  return {};
}

}  // namespace stalemate
