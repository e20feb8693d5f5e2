#include "drivers/redis/own_entries.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/text/printable.hpp"
#include "drivers/redis/blocking_connection.hpp"
#include "drivers/redis/commands.hpp"

namespace stalemate {
namespace {

constexpr std::size_t entries_looked_at_max = 1000;
constexpr std::size_t shown_bytes_max = 80;

// Applications write more into an entry than a run does.
bool holds_number(std::string_view text, const ContentForm& form) {
  if (form.pointer().empty()) {
    return form.value_in(text).has_value();
  }
  const nlohmann::json whole = nlohmann::json::parse(text, nullptr, false);
  const nlohmann::json::json_pointer pointer(form.pointer());
  return !whole.is_discarded() && whole.contains(pointer) && whole.at(pointer).is_number_integer();
}

std::unexpected<Error> other_form(const std::string& name, const std::string& what, const ContentForm& form) {
  return failed(ErrorCode::wrong_type, "data.form: the cache's entry '" + name + "' " + what +
                                           ", and this form is told to be like " + form.example() +
                                           "; name the form that your application writes, or remove the entry");
}

std::unexpected<Error> other_text(const std::string& name, std::string_view text, const ContentForm& form) {
  const std::string shown = printable(text.substr(0, shown_bytes_max));
  return other_form(name, "holds " + shown + (text.size() > shown_bytes_max ? "..." : ""), form);
}

Result<void> check_hash(redisContext& connection, const std::string& name, const ContentForm& form) {
  const Result<RedisReply> reply = ask(connection, redis_command({"HGET", name, form.field()}));
  if (!reply && reply.error().code == ErrorCode::wrong_type) {
    return other_form(name, "is no hash", form);
  }
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if ((*reply)->type != REDIS_REPLY_NIL) {
    const std::string_view text((*reply)->str, (*reply)->len);
    return holds_number(text, form) ? Result<void>() : other_text(name, text, form);
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
  if ((*reply)->type == REDIS_REPLY_NIL) {
    return {};
  }
  const std::string_view text((*reply)->str, (*reply)->len);
  return holds_number(text, form) ? Result<void>() : other_text(name, text, form);
}

}  // namespace

Result<void> check_own_entries(const RedisOptions& options) {
  const Result<RedisConnection> connection = open_blocking(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const EntryNames& entries = *options.entries;
  const std::size_t count = std::min(entries.names.size(), entries_looked_at_max);
  for (std::size_t place = 0; place < count; ++place) {
    const std::string& name = entries.names[place];
    const Result<void> fine = entries.form.field().empty() ? check_string(**connection, name, entries.form)
                                                           : check_hash(**connection, name, entries.form);
    if (!fine) {
      return fine;
    }
  }
  return {};
}

}  // namespace stalemate
