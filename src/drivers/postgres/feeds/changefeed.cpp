#include "drivers/postgres/feeds/changefeed.hpp"
#include "drivers/postgres/errors.hpp"

#include <utility>

#include "drivers/connection/keep_alive.hpp"
#include "drivers/connection/pause.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/statements.hpp"
#include "drivers/sql/stock_rows.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds read_again_ns = 1'000'000;
// A change may be told this long after its commit; only then is an empty feed at its end.
constexpr int last_looks = 1'000;

// The value of `"NAME": VALUE`, without quotation marks.
std::string_view json_field(std::string_view text, std::string_view name) {
  const std::size_t start = text.find(name);
  if (start == std::string_view::npos) {
    return {};
  }
  std::string_view rest = text.substr(start + name.size());
  const std::size_t value = rest.find_first_not_of("\": ");
  if (value == std::string_view::npos) {
    return {};
  }
  rest.remove_prefix(value);
  return rest.substr(0, rest.find_first_of("\",}"));
}

}  // namespace

std::optional<Change> parse_changefeed_message(std::string_view text, const KeyIndex& keys) {
  const std::optional<Key> key = keys.find(json_field(text, "\"product_id\""));
  const std::optional<Value> value = parse_quantity(json_field(text, "\"quantity\""));
  if (!key || !value) {
    return std::nullopt;
  }
  return Change{*key, *value, parse_row_version(json_field(text, "\"version\"")), 0};
}

std::string_view resolved_timestamp(std::string_view text) {
  return json_field(text, "\"resolved\"");
}

std::string changefeed_text(std::string_view cursor) {
  return "EXPERIMENTAL CHANGEFEED FOR stock WITH updated, resolved = '1s', cursor = '" + std::string(cursor) + "'";
}

Result<void> ChangefeedFeed::connect() {
  connection_.reset();
  told_.clear();
  Result<BlockingConnection> connection = BlockingConnection::open(options_);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  if (cursor_.empty()) {
    const Result<ResultPointer> now = connection->run("SELECT cluster_logical_timestamp()");
    if (!now) {
      return std::unexpected(now.error());
    }
    cursor_ = ::PQgetvalue(now->get(), 0, 0);
  }
  connection_ = std::move(*connection).release();
  has_told_ = false;
  PGconn* const raw = connection_.get();
  keep_alive(::PQsocket(raw));
  const std::string statement = changefeed_text(cursor_);
  if (::PQsendQuery(raw, statement.c_str()) == 0 || ::PQsetSingleRowMode(raw) == 0) {
    const std::string problem = std::string(first_line(::PQerrorMessage(raw)));
    connection_.reset();
    return failed(ErrorCode::connection_lost, "the changefeed cannot be begun: " + problem);
  }
  return {};
}

Task<Result<void>> ChangefeedFeed::open() {
  Result<void> done = connect();
  for (Nanoseconds waited_ns = 0; done && !has_told_ && waited_ns < begin_silence_ns; waited_ns += read_again_ns) {
    Pause pause(context_, read_again_ns);
    co_await pause;
    done = listen();
  }
  if (!done) {
    connection_.reset();
    done.error().outcome = Outcome::fail;
  }
  co_return done;
}

void ChangefeedFeed::take(std::string_view message) {
  if (const std::optional<Change> change = parse_changefeed_message(message, *keys_)) {
    told_.push_back({*change, {}});
  } else if (const std::string_view resolved = resolved_timestamp(message); !resolved.empty()) {
    (told_.empty() ? cursor_ : told_.back().resolved) = resolved;
  }
}

// Takes what has come.
Result<void> ChangefeedFeed::listen() {
  PGconn* const raw = connection_.get();
  if (::PQconsumeInput(raw) == 0) {
    return uncertain(ErrorCode::connection_lost,
                     "the changefeed ended: " + std::string(first_line(::PQerrorMessage(raw))));
  }
  while (::PQisBusy(raw) == 0) {
    const ResultPointer result(::PQgetResult(raw));
    if (!result || ::PQresultStatus(result.get()) != PGRES_SINGLE_TUPLE) {
      const SqlError said = result ? error_of(result.get()) : SqlError();
      return said.state.empty() ? uncertain(ErrorCode::unavailable,
                                            "the changefeed ended: " + std::string(first_line(::PQerrorMessage(raw))))
                                : std::unexpected(sql_error(said, SqlPhase::statement));
    }
    has_told_ = true;
    // Columns: table, key, value.
    if (::PQnfields(result.get()) < 3) {
      continue;
    }
    // Bytes are always shown as \x and digits.
    const char* const shown = ::PQgetvalue(result.get(), 0, 2);
    if (!std::string_view(shown).starts_with("\\x")) {
      take(shown);
      continue;
    }
    std::size_t length = 0;
    const std::unique_ptr<unsigned char, decltype(&::PQfreemem)> bytes(
        ::PQunescapeBytea(reinterpret_cast<const unsigned char*>(shown), &length), &::PQfreemem);
    take({reinterpret_cast<const char*>(bytes.get()), length});
  }
  return {};
}

Task<Result<Change>> ChangefeedFeed::next() {
  int empty_looks = 0;
  while (told_.empty()) {
    if (!connection_) {
      if (const Result<void> connected = connect(); !connected) {
        co_return std::unexpected(connected.error());
      }
    }
    if (const Result<void> listened = listen(); !listened) {
      connection_.reset();
      co_return std::unexpected(listened.error());
    }
    if (!told_.empty()) {
      break;
    }
    empty_looks += finished_ ? 1 : 0;
    if (empty_looks > last_looks) {
      co_return failed(ErrorCode::cancelled, "the run has ended");
    }
    Pause pause(context_, read_again_ns);
    co_await pause;
  }
  co_return told_.front().change;
}

Task<Result<void>> ChangefeedFeed::acknowledge(Change) {
  const std::string resolved = std::move(told_.front().resolved);
  told_.pop_front();
  if (!resolved.empty()) {
    cursor_ = resolved;
  }
  co_return Result<void>();
}

}  // namespace stalemate
