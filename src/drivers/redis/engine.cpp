#include "drivers/redis/engine.hpp"

#include <algorithm>
#include <utility>

#include "drivers/cache/own_entries.hpp"
#include "drivers/redis/errors.hpp"

namespace stalemate {
namespace {

// One MGET: about 50 KB of names.
constexpr std::uint32_t keys_a_command = 1000;

constexpr Nanoseconds milliseconds_rounded_up(Nanoseconds duration_ns) {
  return (duration_ns + 999'999) / 1'000'000;
}

}  // namespace

RedisEngine::RedisEngine(boost::asio::io_context& context, RedisOptions options)
    : CacheConnection(context, options.url, {options.connect_limit_ns, options.op_limit_ns}),
      url_(std::move(options.url)),
      entries_(std::move(options.entries)),
      commands_(entries_.get()),
      replies_(entries_ ? &entries_->form : nullptr) {}

Task<Result<std::optional<Value>>> RedisEngine::get(Key key) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect(1, false);
  Exchange exchange(*this, commands_.get(key), limits_.op_ns);
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
  co_return wrong_entry(key);
}

Task<Result<void>> RedisEngine::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect(1, false);
  Exchange exchange(*this, commands_.set(key, value, milliseconds_rounded_up(time_to_live_ns)), limits_.op_ns);
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
  Exchange exchange(*this, commands_.erase(key), limits_.op_ns);
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
    const std::string command = command_to_read(first, count);
    replies_.expect_values(values.first(count));
    Exchange exchange(*this, command, limits_.op_ns);
    co_await exchange;
    if (trouble_) {
      co_return take_trouble();
    }
    if (replies_.kind() == RedisReplies::Kind::error) {
      co_return error_reply();
    }
    if (replies_.malformed_entry() >= 0) {
      co_return wrong_entry(Key(first.index + static_cast<std::uint32_t>(replies_.malformed_entry())));
    }
    values = values.subspan(count);
    first.index += count;
  }
  co_return Result<void>();
}

std::string RedisEngine::command_to_read(Key first, std::uint32_t count) const {
  return entries_ ? redis_command_to_read(*entries_, first, count) : redis_command_for_keys("MGET", first, count);
}

std::string RedisEngine::command_to_erase(Key first, std::uint32_t count) const {
  return entries_ ? redis_command_to_erase(*entries_, first, count) : redis_command_for_keys("DEL", first, count);
}

std::unexpected<Error> RedisEngine::wrong_entry(Key key) const {
  return entries_ ? not_written_by_run(*entries_, key) : not_a_value(key);
}

// Also for a reply of a kind the command never has.
std::unexpected<Error> RedisEngine::error_reply() const {
  if (replies_.kind() == RedisReplies::Kind::error) {
    return std::unexpected(redis_error(replies_.text()));
  }
  return uncertain(ErrorCode::protocol, "the cache answered with a reply of another kind than the command has");
}

}  // namespace stalemate
