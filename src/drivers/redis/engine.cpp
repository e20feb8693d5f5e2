#include "drivers/redis/engine.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/assert.hpp"
#include "drivers/redis/errors.hpp"

namespace stalemate {
namespace {

// Enough for most replies at once; longer ones take several reads.
constexpr std::size_t receive_bytes = 16'384;
// One MGET: about 50 KB of names.
constexpr std::uint32_t keys_a_command = 1000;

constexpr Nanoseconds milliseconds_rounded_up(Nanoseconds duration_ns) {
  return (duration_ns + 999'999) / 1'000'000;
}

}  // namespace

RedisEngine::RedisEngine(boost::asio::io_context& context, RedisOptions options)
    : context_(context), watch_(boost::asio::use_service<SocketWatch>(context)), options_(std::move(options)) {
  watch_.add(*this);
}

RedisEngine::~RedisEngine() {
  drop_socket();
  watch_.remove(*this);
}

void RedisEngine::close() {
  STALEMATE_ASSERT(!waiting_, "a session is closed only between its calls");
  drop_socket();
}

// Checks, before a call is sent, whether an idle connection is still there.
bool RedisEngine::ready() {
  watch_.refresh();
  return state_ == State::idle;
}

Task<Result<std::optional<Value>>> RedisEngine::get(Key key) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect(1, false);
  Exchange exchange(*this, commands_.get(key), options_.op_limit_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() == RedisReplies::Kind::nil) {
    co_return std::optional<Value>();
  }
  if (replies_.value() != absent) {
    co_return std::optional<Value>(replies_.value());
  }
  if (replies_.is_tombstone()) {
    co_return std::optional<Value>();
  }
  if (replies_.kind() == RedisReplies::Kind::error) {
    co_return error_reply();
  }
  co_return not_a_value(key);
}

Task<Result<void>> RedisEngine::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect(1, false);
  Exchange exchange(*this, commands_.set(key, value, milliseconds_rounded_up(time_to_live_ns)), options_.op_limit_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() != RedisReplies::Kind::status) {
    co_return error_reply();
  }
  co_return Result<void>();
}

Task<Result<bool>> RedisEngine::erase(Key key) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect(1, false);
  Exchange exchange(*this, commands_.erase(key), options_.op_limit_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() != RedisReplies::Kind::integer) {
    co_return error_reply();
  }
  co_return replies_.integer() > 0;
}

Task<Result<void>> RedisEngine::read_entries(Key first, std::span<Value> values) {
  while (!values.empty()) {
    const bool opened = ready() || co_await open();
    if (!opened) {
      co_return take_trouble();
    }
    const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(values.size(), keys_a_command));
    const std::string command = redis_command_for_keys("MGET", first, count);
    replies_.expect_values(values.first(count));
    Exchange exchange(*this, command, options_.op_limit_ns);
    co_await exchange;
    if (trouble_) {
      co_return take_trouble();
    }
    if (replies_.kind() == RedisReplies::Kind::error) {
      co_return error_reply();
    }
    if (replies_.malformed_entry() >= 0) {
      co_return not_a_value(Key(first.index + static_cast<std::uint32_t>(replies_.malformed_entry())));
    }
    values = values.subspan(count);
    first.index += count;
  }
  co_return Result<void>();
}

// False: the exchange has ended in trouble already.
bool RedisEngine::begin_exchange(std::string_view command, Nanoseconds limit_ns, std::coroutine_handle<> handle) {
  state_ = State::exchanging;
  trouble_.reset();
  unsent_ = command;
  if (!send_some()) {
    return false;
  }
  waiting_ = handle;
  watch_.begin_wait(*this, limit_ns);
  return true;
}

// False: the exchange has ended in trouble.
bool RedisEngine::send_some() {
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

void RedisEngine::socket_ready(bool hung_up) {
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

void RedisEngine::receive(bool hung_up) {
  std::array<char, receive_bytes> bytes;
  while (true) {
    const ssize_t received = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (received > 0) {
      const auto length = static_cast<std::size_t>(received);
      const RedisReplies::Progress progress = replies_.feed(std::string_view(bytes.data(), length));
      if (progress == RedisReplies::Progress::more && (length == bytes.size() || hung_up)) {
        continue;
      }
      if (progress == RedisReplies::Progress::more) {
        return;
      }
      if (progress == RedisReplies::Progress::broken) {
        lose(ErrorCode::protocol, "the cache's reply cannot be read: " + replies_.problem());
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

void RedisEngine::finish_exchange() {
  watch_.end_wait(*this);
  std::exchange(waiting_, {}).resume();
}

void RedisEngine::time_is_up() {
  if (state_ == State::connecting) {
    connect_timed_out_ = true;
  } else {
    lose(ErrorCode::timed_out, "the cache did not answer within the time limit");
  }
  std::exchange(waiting_, {}).resume();
}

void RedisEngine::lose(ErrorCode code, std::string_view problem) {
  // Redis does nothing before it has the whole of a command.
  trouble_ = Error{code, unsent_.empty() ? Outcome::info : Outcome::fail, std::string(problem)};
  drop_socket();
}

void RedisEngine::drop_socket() {
  if (socket_ >= 0) {
    watch_.forget(*this, socket_);
    ::close(socket_);
    socket_ = -1;
  }
  state_ = State::closed;
  writing_waits_ = false;
  unsent_ = {};
}

std::unexpected<Error> RedisEngine::take_trouble() {
  return std::unexpected(*std::exchange(trouble_, std::nullopt));
}

// Also for a reply of a kind the command never has.
std::unexpected<Error> RedisEngine::error_reply() const {
  if (replies_.kind() == RedisReplies::Kind::error) {
    return std::unexpected(redis_error(replies_.text()));
  }
  return uncertain(ErrorCode::protocol, "the cache answered with a reply of another kind than the command has");
}

std::unexpected<Error> RedisEngine::not_a_value(Key key) const {
  return failed(ErrorCode::wrong_type, "the cache's entry " + std::string(entry_prefix) +
                                           std::string(product_id(key).view()) + " does not hold a quantity");
}

}  // namespace stalemate
