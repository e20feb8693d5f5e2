#include "gated/store_hands.hpp"

#include <algorithm>
#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/redis/commands.hpp"

namespace stalemate {
namespace {

/// As SQL writes a text.
std::string literal_of(std::string_view text) {
  std::string literal = "'";
  for (const char sign : text) {
    literal += sign == '\'' ? "''" : std::string(1, sign);
  }
  return literal + "'";
}

Result<std::int64_t> number_in(std::string_view text) {
  const std::optional<std::int64_t> number = parse_number<std::int64_t>(text);
  if (!number) {
    return failed(ErrorCode::wrong_type, "the row query gives '" + std::string(text) + "', not a whole number");
  }
  return *number;
}

}  // namespace

DatabaseEye::DatabaseEye(const StoreAddress& address) : url_(address.postgres_url()) {}

Result<ResultPointer> DatabaseEye::ask(const std::string& statement) {
  if (!connection_) {
    Result<BlockingConnection> opened = BlockingConnection::open({.url = url_});
    if (!opened) {
      return std::unexpected(opened.error());
    }
    connection_.emplace(std::move(*opened));
  }
  Result<ResultPointer> result = connection_->run(statement.c_str());
  if (!result && result.error().code == ErrorCode::connection_lost) {
    connection_.reset();
  }
  return result;
}

Result<std::optional<std::int64_t>> DatabaseEye::row(const std::string& query, std::string_view key) {
  std::string statement = query;
  const std::string literal = literal_of(key);
  for (std::size_t place = 0; (place = statement.find("$1", place)) != std::string::npos; place += literal.size()) {
    statement.replace(place, 2, literal);
  }
  const Result<ResultPointer> result = ask(statement);
  if (!result) {
    return failed(result.error().code, "the row query failed: " + result.error().detail);
  }
  if (PQntuples(result->get()) == 0 || PQnfields(result->get()) == 0 || PQgetisnull(result->get(), 0, 0) != 0) {
    return std::nullopt;
  }
  const Result<std::int64_t> number = number_in(PQgetvalue(result->get(), 0, 0));
  return number ? Result<std::optional<std::int64_t>>(*number) : std::unexpected(number.error());
}

Result<TableTies> DatabaseEye::ties() {
  const Result<ResultPointer> result = ask(std::string(table_ties_query()));
  if (!result) {
    return failed(result.error().code, "which tables hang together cannot be told: " + result.error().detail);
  }
  TableTies ties;
  for (int row = 0; row < PQntuples(result->get()); ++row) {
    const std::string table = PQgetvalue(result->get(), row, 0);
    if (PQgetisnull(result->get(), row, 1) != 0) {
      ties.set_off(table);
    } else {
      ties.tie(table, PQgetvalue(result->get(), row, 1));
    }
  }
  return ties;
}

Result<std::vector<std::int32_t>> DatabaseEye::blocked(const std::vector<std::int32_t>& processes) {
  std::string list;
  for (const std::int32_t process : processes) {
    list += (list.empty() ? "" : ",") + std::to_string(process);
  }
  const Result<ResultPointer> result =
      ask("select p from unnest('{" + list + "}'::int[]) p where cardinality(pg_blocking_pids(p)) > 0");
  if (!result) {
    return std::unexpected(result.error());
  }
  std::vector<std::int32_t> waiting;
  for (int row = 0; row < PQntuples(result->get()); ++row) {
    waiting.push_back(static_cast<std::int32_t>(std::stol(PQgetvalue(result->get(), row, 0))));
  }
  return waiting;
}

EntryHand::EntryHand(const StoreAddress& address) : url_(address.redis_url()) {}

Result<RedisReply> EntryHand::tell(const std::vector<std::string_view>& words) {
  if (connection_ == nullptr) {
    Result<RedisConnection> opened = open_blocking({.url = url_});
    if (!opened) {
      return std::unexpected(opened.error());
    }
    connection_ = std::move(*opened);
  }
  Result<RedisReply> reply = ask(*connection_, redis_command(words));
  if (!reply && reply.error().code == ErrorCode::connection_lost) {
    connection_.reset();
  }
  return reply;
}

Result<std::optional<std::string>> EntryHand::entry(std::string_view name, std::string_view field) {
  const Result<RedisReply> reply = field.empty() ? tell({"GET", name}) : tell({"HGET", name, field});
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if ((*reply)->type == REDIS_REPLY_NIL) {
    return std::nullopt;
  }
  return std::string((*reply)->str, (*reply)->len);
}

Result<void> EntryHand::drop(const std::set<std::string>& names) {
  if (names.empty()) {
    return {};
  }
  std::vector<std::string_view> words = {"DEL"};
  words.insert(words.end(), names.begin(), names.end());
  return without_value(tell(words));
}

Result<bool> EntryHand::drop_one(std::string_view name, std::string_view field) {
  const Result<RedisReply> reply = field.empty() ? tell({"DEL", name}) : tell({"HDEL", name, field});
  return reply ? Result<bool>((*reply)->integer > 0) : std::unexpected(reply.error());
}

Result<void> EntryHand::remember(const std::set<std::string>& names) {
  kept_.clear();
  for (const std::string& name : names) {
    const Result<RedisReply> bytes = tell({"DUMP", name});
    const Result<RedisReply> life = bytes ? tell({"PTTL", name}) : Result<RedisReply>(nullptr);
    if (!bytes || !life) {
      return std::unexpected(bytes ? life.error() : bytes.error());
    }
    if ((*bytes)->type == REDIS_REPLY_STRING) {
      kept_[name] = Kept{.bytes = std::string((*bytes)->str, (*bytes)->len),
                         .life_text = std::to_string(std::max(0LL, (*life)->integer))};
    }
  }
  return {};
}

Result<void> EntryHand::put_back(const std::set<std::string>& names) {
  Result<void> done = drop(names);
  for (const auto& [name, kept] : kept_) {
    if (done) {
      done = without_value(tell({"RESTORE", name, kept.life_text, kept.bytes, "REPLACE"}));
    }
  }
  return done;
}

}  // namespace stalemate
