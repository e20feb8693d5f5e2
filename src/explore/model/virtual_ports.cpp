#include "explore/model/virtual_ports.hpp"

namespace stalemate {
namespace {

Error error_of(const Reply& reply) {
  return reply.kind == ReplyKind::refused ? Error{ErrorCode::constraint, Outcome::fail, "refused"}
                                          : Error{ErrorCode::timed_out, Outcome::info, "no answer came"};
}

}  // namespace

Task<Result<std::optional<Row>>> VirtualDatabase::read_as(RequestKind kind) {
  Request request;
  request.kind = kind;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  if (reply.kind != ReplyKind::answered) {
    co_return std::unexpected(error_of(reply));
  }
  std::optional<Row> row;
  if (reply.there) {
    row.emplace(Row{reply.value, reply.stamp, 0});
  }
  co_return row;
}

Task<Result<std::optional<Row>>> VirtualDatabase::read(Key) {
  return read_as(RequestKind::read_row);
}

Task<Result<std::optional<Row>>> VirtualDatabase::read_replica(Key) {
  return read_as(RequestKind::read_replica);
}

Task<Result<Written>> VirtualDatabase::write_as(RequestKind kind, Value value) {
  Request request;
  request.kind = kind;
  request.arguments.value = value;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  if (reply.kind != ReplyKind::answered) {
    co_return std::unexpected(error_of(reply));
  }
  Written written;
  written.row_version = reply.stamp;
  co_return written;
}

Task<Result<Written>> VirtualDatabase::write(Key, Value value) {
  return write_as(RequestKind::write_row, value);
}

Task<Result<Written>> VirtualDatabase::write_with_message(Key, Value value) {
  return write_as(RequestKind::write_row_with_message, value);
}

Task<Result<std::optional<Value>>> VirtualCache::get(Key) {
  Request request;
  request.kind = RequestKind::get_entry;
  request.local = local_;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  if (reply.kind != ReplyKind::answered) {
    co_return std::unexpected(error_of(reply));
  }
  co_return reply.there ? std::optional<Value>(reply.value) : std::nullopt;
}

Task<Result<void>> VirtualCache::set(Key, Value value, Nanoseconds time_to_live_ns) {
  Request request;
  request.kind = RequestKind::set_entry;
  request.local = local_;
  request.arguments.value = value;
  request.arguments.time_to_live_ns = time_to_live_ns;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  if (reply.kind != ReplyKind::answered) {
    co_return std::unexpected(error_of(reply));
  }
  co_return Result<void>();
}

Task<Result<bool>> VirtualCache::erase(Key) {
  Request request;
  request.kind = RequestKind::erase_entry;
  request.local = local_;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  if (reply.kind != ReplyKind::answered) {
    co_return std::unexpected(error_of(reply));
  }
  co_return reply.there;
}

Task<Result<CacheReply>> VirtualCache::call(const CacheCommandInfo& command, Key, CacheArguments arguments) {
  Request request;
  request.kind = RequestKind::run_command;
  request.local = local_;
  request.command = &command;
  request.arguments = arguments;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  if (reply.kind != ReplyKind::answered) {
    co_return std::unexpected(error_of(reply));
  }
  co_return CacheReply{reply.verdict, reply.value, reply.stamp};
}

Task<Result<Change>> VirtualFeed::next() {
  Request request;
  request.kind = RequestKind::next_change;
  const Conversation::Ask ask = conversation_.ask(request);
  const Reply reply = co_await ask;
  co_return Change{Key{}, reply.value, reply.stamp, reply.stamp};
}

Task<Result<void>> VirtualFeed::acknowledge(Change) {
  Request request;
  request.kind = RequestKind::acknowledge_change;
  const Conversation::Ask ask = conversation_.ask(request);
  (void)co_await ask;
  co_return Result<void>();
}

Task<void> VirtualClock::sleep(Nanoseconds duration_ns) {
  conversation_.sleep(duration_ns);
  co_return;
}

}  // namespace stalemate
