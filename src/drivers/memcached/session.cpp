#include "drivers/memcached/session.hpp"

#include <algorithm>
#include <utility>

#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "drivers/cache/own_entries.hpp"
#include "drivers/cache/slot_text.hpp"
#include "drivers/memcached/commands.hpp"
#include "drivers/memcached/errors.hpp"

namespace stalemate {
namespace {

using Kind = MemcachedReply::Kind;

// About 50 KB of commands.
constexpr std::size_t items_a_batch = 1000;

}  // namespace

MemcachedSession::MemcachedSession(boost::asio::io_context& context, MemcachedOptions options)
    : CacheConnection(context, options.url, {options.connect_limit_ns, options.op_limit_ns}, options.cut),
      options_(std::move(options)),
      replies_(options_.entries ? &options_.entries->form : nullptr) {}

Result<CachePlace> MemcachedSession::find_place() {
  Result<CacheAddress> parsed = parse_memcached_url(options_.url);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  address_ = std::move(*parsed);
  return CachePlace{.host = address_.host, .port = address_.port};
}

// Sends bytes on a connection that is there. Requires: they live until it is done.
Task<Result<void>> MemcachedSession::say(std::string_view bytes, std::size_t replies, Nanoseconds limit_ns) {
  replies_.expect(replies);
  Exchange exchange(*this, bytes, limit_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  co_return Result<void>();
}

// A login is a set, which a server that wants none would store for all to read: so it is sent only once it was asked
// for.
Task<Result<void>> MemcachedSession::log_in() {
  Result<void> said = co_await say("mn\r\n", 1, connect_time_left_ns());
  const bool wants_login = said && replies_.reply().text.starts_with("CLIENT_ERROR unauthenticated");
  if (wants_login && !address_.password.empty()) {
    std::string login;
    append_login(login, address_.user, address_.password);
    said = co_await say(login, 1, connect_time_left_ns());
    if (said && replies_.reply().kind != Kind::stored) {
      co_return cannot_connect(ErrorCode::authentication,
                               "it refuses the user and the password of its URL: " +
                                   without_secret(printable(replies_.reply().text), address_.password));
    }
  } else if (wants_login) {
    co_return cannot_connect(ErrorCode::authentication, "it wants a login; give it as memcached://USER:PASSWORD@HOST");
  } else if (said && replies_.reply().kind != Kind::no_op) {
    co_return error_reply();
  } else if (said && !address_.password.empty()) {
    co_return cannot_connect(ErrorCode::authentication, "it wants no login: leave it out of its URL");
  }
  if (said) {
    said = co_await say("version\r\n", 1, connect_time_left_ns());
  }
  if (said) {
    facts_.engine = "memcached";
    facts_.version = replies_.reply().kind == Kind::version ? printable(replies_.reply().text) : "";
  }
  co_return said;
}

Task<Result<std::optional<Value>>> MemcachedSession::get(Key key) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  bytes_.clear();
  append_get(bytes_, named(key), "v");
  replies_.expect(1);
  Exchange exchange(*this, bytes_, limits_.op_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  const MemcachedReply& reply = replies_.reply();
  if (reply.kind == Kind::miss) {
    co_return std::optional<Value>();
  }
  if (reply.kind != Kind::value) {
    co_return error_reply();
  }
  if (options_.entries) {
    const std::optional<Value> value = options_.entries->form.value_in(reply.text);
    co_return value ? Result<std::optional<Value>>(value) : wrong_entry(key);
  }
  std::optional<SlotContent> entry = parse_slot(reply.text);
  if (!entry) {
    const std::optional<MemcachedItem> item = parse_item(reply.text, wall_clock_ms());
    if (!item) {
      co_return not_a_value(key);
    }
    entry = item->slots[Slot::entry];
  }
  const Value value = entry ? value_of_entry(*entry) : absent;
  co_return value == absent ? std::nullopt : std::optional<Value>(value);
}

Task<Result<void>> MemcachedSession::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  if (options_.calls != CacheCalls::commands) {
    bytes_.clear();
    append_set(bytes_, named(key), options_.entries ? options_.entries->form.text_of(value) : value_text(value),
               time_to_live_ns);
    const Result<void> asked = co_await ask(1);
    if (!asked) {
      co_return asked;
    }
    if (replies_.reply().kind != Kind::done) {
      co_return error_reply();
    }
    co_return Result<void>();
  }
  SlotContent content;
  content.value = value;
  while (true) {
    const Result<Held> held = co_await hold(key, false);
    if (!held) {
      co_return std::unexpected(held.error());
    }
    MemcachedItem after = held->item;
    put_slot(after, Slot::entry, content, time_to_live_ns, held->now_ms);
    const Result<bool> done = co_await put_back(key, *held, after);
    if (!done || *done) {
      co_return without_value(done);
    }
  }
}

Task<Result<bool>> MemcachedSession::erase(Key key) {
  if (options_.calls == CacheCalls::commands) {
    return drop(key, Slot::entry);
  }
  return evict(key);
}

Task<Result<void>> MemcachedSession::read_entries(Key first, std::span<Value> values) {
  while (!values.empty()) {
    const std::size_t count = std::min(values.size(), items_a_batch);
    const bool opened = ready() || co_await open();
    if (!opened) {
      co_return take_trouble();
    }
    bytes_.clear();
    for (std::size_t each = 0; each < count; ++each) {
      append_get(bytes_, named(Key(first.index + static_cast<std::uint32_t>(each))), "v u q O" + std::to_string(each));
    }
    bytes_ += "mn\r\n";
    replies_.expect_entries(values.first(count), wall_clock_ms());
    Exchange exchange(*this, bytes_, limits_.op_ns);
    co_await exchange;
    if (trouble_) {
      co_return take_trouble();
    }
    if (replies_.reply().kind == Kind::error) {
      co_return error_reply();
    }
    if (replies_.malformed_entry() >= 0) {
      co_return wrong_entry(Key(first.index + static_cast<std::uint32_t>(replies_.malformed_entry())));
    }
    values = values.subspan(count);
    first.index += static_cast<std::uint32_t>(count);
  }
  co_return Result<void>();
}

Task<Result<std::uint64_t>> MemcachedSession::erase_entries(Key first, std::uint32_t count) {
  std::uint64_t erased = 0;
  while (count > 0) {
    const auto part = static_cast<std::uint32_t>(std::min<std::size_t>(count, items_a_batch));
    bytes_.clear();
    for (std::uint32_t each = 0; each < part; ++each) {
      append_erase(bytes_, named(Key(first.index + each)));
    }
    const Result<void> asked = co_await ask(part);
    if (!asked) {
      co_return std::unexpected(asked.error());
    }
    if (!is_any({Kind::done, Kind::not_found})) {
      co_return error_reply();
    }
    erased += replies_.done_count();
    first.index += part;
    count -= part;
  }
  if (options_.entries) {  // beside those of the user's design nothing is kept
    co_return erased;
  }
  const Result<MemcachedReply> told = co_await tell("md " + std::string(memcached_clock_name) + "\r\n");
  if (!told) {
    co_return std::unexpected(told.error());
  }
  co_return erased;
}

Task<Result<MemcachedReply>> MemcachedSession::tell(std::string command) {
  bytes_ = std::move(command);
  const Result<void> asked = co_await ask(1);
  if (!asked) {
    co_return std::unexpected(asked.error());
  }
  if (replies_.reply().kind == Kind::error) {
    co_return error_reply();
  }
  co_return replies_.reply();
}

Task<Result<std::uint64_t>> MemcachedSession::evictions() {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect_statistic("evictions");
  Exchange exchange(*this, "stats\r\n", limits_.op_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  const MemcachedReply& reply = replies_.reply();
  const auto count =
      parse_number<std::uint64_t>(reply.text.substr(std::min(reply.text.find(' ') + 1, reply.text.size())));
  if (reply.kind != Kind::stat || !count) {
    co_return error_reply();
  }
  co_return *count;
}

// Sends what stands in bytes_, on a connection that is made where there is none.
Task<Result<void>> MemcachedSession::ask(std::size_t replies) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  const Result<void> said = co_await say(bytes_, replies, limits_.op_ns);
  co_return said;
}

bool MemcachedSession::is_any(std::initializer_list<Kind> kinds) const {
  return std::ranges::find(kinds, replies_.reply().kind) != kinds.end();
}

std::unexpected<Error> MemcachedSession::wrong_entry(Key key) const {
  return options_.entries ? not_written_by_run(*options_.entries, key) : not_a_value(key);
}

// Also for a reply of a kind the command never has.
std::unexpected<Error> MemcachedSession::error_reply(std::size_t place) const {
  if (replies_.reply(place).kind == Kind::error) {
    return std::unexpected(memcached_error(replies_.reply(place).text));
  }
  return uncertain(ErrorCode::protocol, "the cache answered with a reply of another kind than the command has");
}

}  // namespace stalemate
