#include "gated/store_hands.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/redis/commands.hpp"

namespace stalemate {
namespace {

// A database that hangs is not to hang us: whoever looks goes without.
constexpr Nanoseconds answer_limit_ns = 10'000'000'000;

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

/// The query with a key in its place.
std::string query_of(std::string query, std::string_view key) {
  const std::string literal = literal_of(key);
  for (std::size_t place = 0; (place = query.find("$1", place)) != std::string::npos; place += literal.size()) {
    query.replace(place, 2, literal);
  }
  return query;
}

/// What the first row has in that column; nothing where it is null.
Result<std::optional<std::int64_t>> number_at(const PGresult& result, int column) {
  if (PQgetisnull(&result, 0, column) != 0) {
    return std::nullopt;
  }
  const Result<std::int64_t> number = number_in(PQgetvalue(&result, 0, column));
  return number ? Result<std::optional<std::int64_t>>(*number) : std::unexpected(number.error());
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
  Result<ResultPointer> result = connection_->run_within(statement.c_str(), answer_limit_ns);
  if (!result && (result.error().code == ErrorCode::connection_lost || result.error().code == ErrorCode::timed_out)) {
    connection_.reset();
  }
  return result;
}

Result<ResultPointer> DatabaseEye::ask_for_rows(const std::string& statement) {
  Result<ResultPointer> result = ask(statement);
  return result ? std::move(result) : failed(result.error().code, "the row query failed: " + result.error().detail);
}

Result<std::optional<std::int64_t>> DatabaseEye::row(const std::string& query, std::string_view key) {
  const Result<ResultPointer> result = ask_for_rows(query_of(query, key));
  if (!result) {
    return std::unexpected(result.error());
  }
  return PQntuples(result->get()) == 0 || PQnfields(result->get()) == 0 ? std::nullopt : number_at(**result, 0);
}

Result<std::vector<std::optional<std::int64_t>>> DatabaseEye::rows(const std::string& query,
                                                                   const std::vector<std::string_view>& keys) {
  // Each query is a column, of which the first row counts, as in row().
  const std::string one = query.substr(0, query.find_last_not_of("; \n") + 1);
  std::string statement = "SELECT ";
  for (const std::string_view key : keys) {
    statement += statement.size() > 7 ? ", " : "";
    statement += "(SELECT * FROM (" + query_of(one, key) + ") AS the_row LIMIT 1)";
  }
  const Result<ResultPointer> result = ask_for_rows(statement);
  if (!result) {
    return std::unexpected(result.error());
  }
  std::vector<std::optional<std::int64_t>> numbers;
  for (int column = 0; column < PQnfields(result->get()); ++column) {
    const Result<std::optional<std::int64_t>> number = number_at(**result, column);
    if (!number) {
      return std::unexpected(number.error());
    }
    numbers.push_back(*number);
  }
  return numbers;
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

Result<std::vector<std::optional<std::string>>> EntryHand::entries(const std::vector<std::string>& names,
                                                                   std::string_view field) {
  std::vector<std::optional<std::string>> texts;
  if (field.empty()) {
    std::vector<std::string_view> words = {"MGET"};
    words.insert(words.end(), names.begin(), names.end());
    const Result<RedisReply> reply = tell(words);
    if (!reply) {
      return std::unexpected(reply.error());
    }
    for (const redisReply* const one : std::span((*reply)->element, (*reply)->elements)) {
      texts.push_back(one->type == REDIS_REPLY_NIL ? std::nullopt : std::optional(std::string(one->str, one->len)));
    }
    return texts;
  }
  for (const std::string& name : names) {
    Result<std::optional<std::string>> text = entry(name, field);
    if (!text) {
      return std::unexpected(text.error());
    }
    texts.push_back(*std::move(text));
  }
  return texts;
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
