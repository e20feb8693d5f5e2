#include "drivers/redis/own_entries.hpp"

#include <string>
#include <string_view>

#include "drivers/cache/own_entries.hpp"
#include "drivers/redis/blocking_connection.hpp"
#include "drivers/redis/commands.hpp"

namespace stalemate {
namespace {

Result<void> check_hash(redisContext& connection, const std::string& name, const ContentForm& form) {
  const Result<RedisReply> reply = ask(connection, redis_command({"HGET", name, form.field()}));
  if (!reply && reply.error().code == ErrorCode::wrong_type) {
    return other_form(name, "is no hash", form);
  }
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if ((*reply)->type != REDIS_REPLY_NIL) {
    return check_entry_text(name, {(*reply)->str, (*reply)->len}, form);
  }
  const Result<RedisReply> is_there = ask(connection, redis_command({"EXISTS", name}));
  if (!is_there) {
    return std::unexpected(is_there.error());
  }
  return (*is_there)->integer == 0 ? Result<void>()
                                   : other_form(name, "is a hash without the field " + form.field(), form);
}

Result<void> check_string(redisContext& connection, const std::string& name, const ContentForm& form) {
  const Result<RedisReply> reply = ask(connection, redis_command({"GET", name}));
  if (!reply && reply.error().code == ErrorCode::wrong_type) {
    return other_form(name, "is no string but a hash, a list or the like", form);
  }
  if (!reply) {
    return std::unexpected(reply.error());
  }
  return (*reply)->type == REDIS_REPLY_NIL ? Result<void>()
                                           : check_entry_text(name, {(*reply)->str, (*reply)->len}, form);
}

}  // namespace

Result<void> check_own_entries(const RedisOptions& options) {
  const Result<RedisConnection> connection = open_blocking(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const ContentForm& form = options.entries->form;
  return check_first_entries(*options.entries, [&](const std::string& name) {
    return form.field().empty() ? check_string(**connection, name, form) : check_hash(**connection, name, form);
  });
}

}  // namespace stalemate
