#include "drivers/cache/cache_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "core/assert.hpp"
#include "core/text/key_names.hpp"
#include "drivers/cache/slot_text.hpp"
#include "drivers/connection/pause.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// Enough for most replies at once; longer ones take several reads.
constexpr std::size_t receive_bytes = 16'384;
// A busy answer is asked for again after this long, doubled every time up to the second.
constexpr Nanoseconds first_pause_ns = 500'000;
constexpr Nanoseconds last_pause_ns = 8'000'000;

Nanoseconds since(Backoff::Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Backoff::Clock::now() - start).count();
}

}  // namespace

// Waits until the socket is connected or has failed, or the time for connecting is over.
struct CacheConnection::WaitForConnection {
  CacheConnection& connection;
  Nanoseconds limit_ns;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    connection.waiting_ = handle;
    connection.watch_.begin_wait(connection, limit_ns);
  }
  void await_resume() const noexcept {}
};

CacheConnection::CacheConnection(boost::asio::io_context& context, std::string url, Limits limits,
                                 std::shared_ptr<ConnectionCut> cut)
    : context_(context),
      limits_(limits),
      watch_(boost::asio::use_service<SocketWatch>(context)),
      url_(std::move(url)),
      cut_(std::move(cut)) {
  watch_.add(*this);
}

CacheConnection::~CacheConnection() {
  drop_socket();
  watch_.remove(*this);
}

void CacheConnection::close() {
  STALEMATE_ASSERT(!waiting_, "a session is closed only between its calls");
  drop_socket();
}

Task<Result<SessionFacts>> CacheConnection::connect() {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  co_return facts_;
}

Task<Result<CacheReply>> CacheConnection::call_once(const CacheCommandInfo& /*command*/, Key /*key*/,
                                                    CacheArguments /*arguments*/) {
  co_return failed(ErrorCode::unsupported, "this cache runs no commands of patterns");
}

Task<Result<CacheReply>> CacheConnection::call_patiently(const CacheCommandInfo& command, Key key,
                                                         CacheArguments arguments) {
  const Backoff::Clock::time_point start = Backoff::Clock::now();
  Nanoseconds pause_ns = first_pause_ns;
  while (true) {
    const Result<CacheReply> reply = co_await call_once(command, key, arguments);
    const Nanoseconds left_ns = arguments.patience_ns - since(start);
    if (!reply || reply->verdict != CacheVerdict::busy || left_ns <= 0) {
      co_return reply;
    }
    Pause pause(context_, std::min(pause_ns, left_ns));
    co_await pause;
    pause_ns = std::min(pause_ns * 2, last_pause_ns);
  }
}

Task<bool> CacheConnection::open() {
  if (!backoff_.over()) {
    trouble_ = last_failure_;
    co_return false;
  }
  connect_deadline_ = Backoff::Clock::now() + std::chrono::nanoseconds(limits_.connect_ns);
  Result<void> result = find_addresses();
  if (result) {
    for (const SocketAddress& address : socket_addresses_) {
      result = co_await connect_to(address);
      if (result) {
        break;
      }
    }
  }
  if (result) {
    result = co_await log_in();
  }
  if (!result) {
    drop_socket();
    // In every case the call that needed the connection was not sent.
    result.error().outcome = Outcome::fail;
    last_failure_ = result.error();
    trouble_ = last_failure_;
    backoff_.failed();
    co_return false;
  }
  backoff_.succeeded();
  co_return true;
}

// Names are resolved once, so that no later reconnect blocks the other sessions of the thread.
Result<void> CacheConnection::find_addresses() {
  if (!socket_addresses_.empty()) {
    return {};
  }
  const Result<CachePlace> place = find_place();
  if (!place) {
    return std::unexpected(place.error());
  }
  if (!place->socket_path.empty()) {
    const Result<SocketAddress> path = unix_socket_address(place->socket_path);
    if (!path) {
      return std::unexpected(path.error());
    }
    socket_addresses_ = {*path};
    return {};
  }
  const Result<std::vector<SocketAddress>> found = resolve_host(place->host, place->port);
  if (!found) {
    return std::unexpected(found.error());
  }
  socket_addresses_ = *found;
  return {};
}

Task<Result<void>> CacheConnection::connect_to(const SocketAddress& address) {
  drop_socket();
  socket_ = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) {
    co_return cannot_connect(ErrorCode::connection_refused, std::generic_category().message(errno));
  }
  if (cut_ && !cut_->enter(socket_)) {
    co_return cannot_connect(ErrorCode::connection_refused, std::generic_category().message(ECONNREFUSED));
  }
  if (address.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  int problem = ::connect(socket_, address.data(), address.length) == 0 ? 0 : errno;
  if (!watch_.watch(*this, socket_)) {
    co_return cannot_connect(ErrorCode::connection_refused, "the system watches no more sockets");
  }
  if (problem == EINPROGRESS || problem == EINTR) {
    state_ = State::connecting;
    connect_timed_out_ = false;
    watch_.want_write(*this, socket_, true);
    WaitForConnection wait(*this, connect_time_left_ns());
    co_await wait;
    if (connect_timed_out_) {
      co_return cannot_connect(ErrorCode::timed_out, "it did not answer within the time limit");
    }
    socklen_t length = sizeof problem;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &problem, &length);
    watch_.want_write(*this, socket_, false);
  }
  if (problem != 0) {
    co_return cannot_connect(ErrorCode::connection_refused, std::generic_category().message(problem));
  }
  reset_replies();
  state_ = State::idle;
  co_return Result<void>();
}

// False: the exchange has ended in trouble already.
bool CacheConnection::begin_exchange(std::string_view bytes, Nanoseconds limit_ns, std::coroutine_handle<> handle) {
  state_ = State::exchanging;
  trouble_.reset();
  unsent_ = bytes;
  if (!send_some()) {
    return false;
  }
  waiting_ = handle;
  watch_.begin_wait(*this, limit_ns);
  return true;
}

// False: the exchange has ended in trouble.
bool CacheConnection::send_some() {
  while (!unsent_.empty()) {
    const ssize_t sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      unsent_.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) {
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    }
    lose(ErrorCode::connection_lost, "the cache closed the connection");
    return false;
  }
  if (writing_waits_ != !unsent_.empty()) {
    writing_waits_ = !unsent_.empty();
    watch_.want_write(*this, socket_, writing_waits_);
  }
  return true;
}

void CacheConnection::socket_ready(bool hung_up) {
  switch (state_) {
    case State::connecting:
      watch_.end_wait(*this);
      std::exchange(waiting_, {}).resume();
      return;
    case State::exchanging:
      if (!unsent_.empty() && !hung_up && !send_some()) {
        finish_exchange();
        return;
      }
      receive(hung_up);
      return;
    case State::idle:
      // Nothing is awaited, so this is the connection's end or a byte that would be taken for the next reply.
      drop_socket();
      return;
    case State::closed: return;
  }
}

void CacheConnection::receive(bool hung_up) {
  std::array<char, receive_bytes> bytes;
  while (true) {
    const ssize_t received = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (received > 0) {
      const auto length = static_cast<std::size_t>(received);
      const ReplyProgress progress = take_reply(std::string_view(bytes.data(), length));
      if (progress == ReplyProgress::more && (length == bytes.size() || hung_up)) {
        continue;
      }
      if (progress == ReplyProgress::more) {
        return;
      }
      if (progress == ReplyProgress::broken) {
        lose(ErrorCode::protocol, "the cache's reply cannot be read: " + reply_problem());
      } else {
        state_ = State::idle;
      }
      break;
    }
    if (received < 0 && errno == EINTR) {
      continue;
    }
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    }
    lose(ErrorCode::connection_lost, "the cache closed the connection before it answered");
    break;
  }
  finish_exchange();
}

void CacheConnection::finish_exchange() {
  watch_.end_wait(*this);
  std::exchange(waiting_, {}).resume();
}

void CacheConnection::time_is_up() {
  if (state_ == State::connecting) {
    connect_timed_out_ = true;
  } else {
    lose(ErrorCode::timed_out, "the cache did not answer within the time limit");
  }
  std::exchange(waiting_, {}).resume();
}

void CacheConnection::lose(ErrorCode code, std::string_view problem) {
  // A cache does nothing before it has the whole of a command.
  trouble_ = Error{code, unsent_.empty() ? Outcome::info : Outcome::fail, std::string(problem)};
  drop_socket();
}

void CacheConnection::drop_socket() {
  if (socket_ >= 0) {
    watch_.forget(*this, socket_);
    if (cut_) {
      cut_->leave(socket_);
    }
    ::close(socket_);
    socket_ = -1;
  }
  state_ = State::closed;
  writing_waits_ = false;
  unsent_ = {};
}

std::unexpected<Error> CacheConnection::take_trouble() {
  return std::unexpected(*std::exchange(trouble_, std::nullopt));
}

Nanoseconds CacheConnection::connect_time_left_ns() const {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(connect_deadline_ - Backoff::Clock::now());
  return std::max<Nanoseconds>(left.count(), 1);
}

std::unexpected<Error> CacheConnection::cannot_connect(ErrorCode code, std::string_view problem) const {
  return failed(code, "the cache at " + url_without_password(url_) + " cannot be reached: " + std::string(problem));
}

std::unexpected<Error> CacheConnection::not_a_value(Key key) {
  return failed(ErrorCode::wrong_type, "the cache's entry " + std::string(entry_prefix) +
                                           std::string(product_id(key).view()) + " does not hold a quantity");
}

}  // namespace stalemate
