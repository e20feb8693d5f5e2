// How a RedisEngine gets its connection: addresses, socket, login.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "drivers/redis/engine.hpp"
#include "drivers/redis/errors.hpp"

namespace stalemate {
namespace {

// The line NAME:TEXT of what INFO tells; empty where there is none.
std::string_view info_line(std::string_view info, std::string_view name) {
  std::size_t place = info.find(name);
  while (place != std::string_view::npos && place > 0 && info[place - 1] != '\n') {
    place = info.find(name, place + 1);
  }
  if (place == std::string_view::npos) {
    return {};
  }
  const std::string_view text = info.substr(place + name.size());
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

// Waits until the socket is connected or has failed, or the time for connecting is over.
struct RedisEngine::WaitForConnection {
  RedisEngine& engine;
  Nanoseconds limit_ns;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    engine.waiting_ = handle;
    engine.watch_.begin_wait(engine, limit_ns);
  }
  void await_resume() const noexcept {}
};

Task<Result<SessionFacts>> RedisEngine::connect() {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  co_return facts_;
}

// False: trouble_ says why not.
Task<bool> RedisEngine::open() {
  if (!backoff_.over()) {
    trouble_ = last_failure_;
    co_return false;
  }
  connect_deadline_ = Backoff::Clock::now() + std::chrono::nanoseconds(options_.connect_limit_ns);
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
Result<void> RedisEngine::find_addresses() {
  if (!socket_addresses_.empty()) {
    return {};
  }
  const Result<RedisAddress> parsed = redis_address(options_.url);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  address_ = *parsed;
  if (!address_->socket_path.empty()) {
    const Result<SocketAddress> path = unix_socket_address(address_->socket_path);
    if (!path) {
      return std::unexpected(path.error());
    }
    socket_addresses_ = {*path};
    return {};
  }
  const Result<std::vector<SocketAddress>> found = resolve_host(address_->host, address_->port);
  if (!found) {
    return std::unexpected(found.error());
  }
  socket_addresses_ = *found;
  return {};
}

Task<Result<void>> RedisEngine::connect_to(const SocketAddress& address) {
  drop_socket();
  socket_ = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) {
    co_return cannot_connect(ErrorCode::connection_refused, std::generic_category().message(errno));
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
  replies_.reset();
  state_ = State::idle;
  co_return Result<void>();
}

// Login, database and the server's name in one round trip.
Task<Result<void>> RedisEngine::log_in() {
  std::string command;
  unsigned replies = 1;
  if (!address_->password.empty()) {
    command += address_->user.empty() ? redis_command({"AUTH", address_->password})
                                      : redis_command({"AUTH", address_->user, address_->password});
    ++replies;
  }
  if (address_->database != 0) {
    command += redis_command({"SELECT", std::to_string(address_->database)});
    ++replies;
  }
  command += redis_command({"INFO", "server"});
  replies_.expect(replies, true);
  Exchange exchange(*this, command, connect_time_left_ns());
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() == RedisReplies::Kind::error) {
    const bool is_in_url = !parse_redis_url(options_.url)->password.empty();
    Error refusal = redis_login_error(without_secret(replies_.text(), address_->password), is_in_url);
    // The server may forbid us INFO and still serve us.
    const bool only_info =
        refusal.code == ErrorCode::authentication && replies_.text().find("'info'") != std::string::npos;
    if (!only_info) {
      co_return std::unexpected(std::move(refusal));
    }
  }
  const std::string_view valkey = info_line(replies_.text(), "valkey_version:");
  facts_.engine = valkey.empty() ? "Redis" : "Valkey";
  facts_.version = valkey.empty() ? info_line(replies_.text(), "redis_version:") : valkey;
  co_return Result<void>();
}

Nanoseconds RedisEngine::connect_time_left_ns() const {
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(connect_deadline_ - Backoff::Clock::now());
  return std::max<Nanoseconds>(left.count(), 1);
}

std::unexpected<Error> RedisEngine::cannot_connect(ErrorCode code, std::string_view problem) const {
  return failed(code,
                "the cache at " + url_without_password(options_.url) + " cannot be reached: " + std::string(problem));
}

}  // namespace stalemate
