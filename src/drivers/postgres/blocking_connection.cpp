#include "drivers/postgres/blocking_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/text/number_text.hpp"
#include "drivers/postgres/statements.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

using SteadyClock = std::chrono::steady_clock;

// False: the deadline passed first.
bool wait_for_socket(const PGconn* connection, PostgresPollingStatusType polling, SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
  pollfd wanted = {};
  wanted.fd = ::PQsocket(connection);
  wanted.events = polling == PGRES_POLLING_READING ? POLLIN : POLLOUT;
  return left.count() > 0 && ::poll(&wanted, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000))) != 0;
}

}  // namespace

Result<BlockingConnection> BlockingConnection::open(const PostgresOptions& options) {
  if (!options.nodes) {
    return open_one(options, options.url, options.connect_limit_ns);
  }
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(options.connect_limit_ns);
  const std::vector<std::size_t> order = options.nodes->order_for(options.session);
  std::optional<Error> first_failure;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t node = order[place];
    // One that does not answer leaves the nodes behind it their share of the time.
    const auto share = (deadline - SteadyClock::now()) / static_cast<std::int64_t>(order.size() - place);
    Result<BlockingConnection> opened = open_one(options, options.nodes->url(node), Nanoseconds(share.count()));
    if (opened) {
      options.nodes->reached(node);
      return opened;
    }
    tell_nodes(*options.nodes, node, opened.error().code);
    first_failure = first_failure.value_or(opened.error());
    if (!another_node_may_do(opened.error().code)) {
      break;
    }
  }
  return std::unexpected(and_no_other_node(std::move(*first_failure), *options.nodes));
}

Result<BlockingConnection> BlockingConnection::open_one(const PostgresOptions& options, const std::string& url,
                                                        Nanoseconds limit_ns) {
  const Result<ConnectionParameters> parameters = connection_parameters(url);
  if (!parameters) {
    return std::unexpected(parameters.error());
  }
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(limit_ns);
  BlockingConnection made(begin_connection(*parameters));
  PGconn* const connection = made.connection_.get();
  PostgresPollingStatusType polling =
      ::PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (polling != PGRES_POLLING_OK && polling != PGRES_POLLING_FAILED) {
    if (!wait_for_socket(connection, polling, deadline)) {
      return std::unexpected(
          cannot_reach_database(ErrorCode::timed_out, url, "it did not answer within the time limit"));
    }
    polling = ::PQconnectPoll(connection);
  }
  if (polling == PGRES_POLLING_FAILED) {
    return std::unexpected(connection_error(connection, url, *parameters));
  }
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - SteadyClock::now());
  const Result<ResultPointer> version = made.run_within("SELECT version()", left.count());
  if (!version) {
    return std::unexpected(version.error());
  }
  made.dialect_ = options.dialect == Dialect::detect ? parse_server_version(::PQgetvalue(version->get(), 0, 0)).dialect
                                                     : options.dialect;
  return made;
}

Result<ResultPointer> BlockingConnection::run(const char* statement) {
  return checked(ResultPointer(::PQexec(connection_.get(), statement)));
}

Result<ResultPointer> BlockingConnection::run_within(const char* statement, Nanoseconds limit_ns) {
  const auto deadline = SteadyClock::now() + std::chrono::nanoseconds(limit_ns);
  if (::PQsendQuery(connection_.get(), statement) != 1) {
    return std::unexpected(last_error(nullptr));
  }
  ResultPointer last;
  while (true) {
    while (::PQisBusy(connection_.get()) != 0) {
      if (!wait_for_socket(connection_.get(), PGRES_POLLING_READING, deadline)) {
        return uncertain(ErrorCode::timed_out, "the database did not answer within the time limit");
      }
      if (::PQconsumeInput(connection_.get()) != 1) {
        return std::unexpected(last_error(nullptr));
      }
    }
    ResultPointer result(::PQgetResult(connection_.get()));
    if (!result) {
      return last ? checked(std::move(last)) : std::unexpected(last_error(nullptr));
    }
    last = std::move(result);
  }
}

Result<std::uint64_t> BlockingConnection::change(const char* statements) {
  if (::PQsendQuery(connection_.get(), statements) != 1) {
    return std::unexpected(last_error(nullptr));
  }
  Result<std::uint64_t> changed = 0;
  // After an error nothing more comes but the end.
  for (ResultPointer result(::PQgetResult(connection_.get())); result; result.reset(::PQgetResult(connection_.get()))) {
    const Result<ResultPointer> fine = checked(std::move(result));
    if (!fine) {
      changed = std::unexpected(fine.error());
    } else if (changed) {
      *changed += parse_number<std::uint64_t>(::PQcmdTuples(fine->get())).value_or(0);
    }
  }
  return changed;
}

Result<ResultPointer> BlockingConnection::checked(ResultPointer result) const {
  const ExecStatusType status = ::PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return std::unexpected(last_error(result.get()));
  }
  return result;
}

Result<void> BlockingConnection::begin_copy(const char* statement) {
  const ResultPointer result(::PQexec(connection_.get(), statement));
  if (::PQresultStatus(result.get()) != PGRES_COPY_IN) {
    return std::unexpected(last_error(result.get()));
  }
  return {};
}

Result<void> BlockingConnection::copy(std::string_view lines) {
  if (::PQputCopyData(connection_.get(), lines.data(), static_cast<int>(lines.size())) != 1) {
    return std::unexpected(last_error(nullptr));
  }
  return {};
}

Result<void> BlockingConnection::end_copy() {
  if (::PQputCopyEnd(connection_.get(), nullptr) != 1) {
    return std::unexpected(last_error(nullptr));
  }
  Result<void> done = {};
  for (ResultPointer result(::PQgetResult(connection_.get())); result; result.reset(::PQgetResult(connection_.get()))) {
    if (done && ::PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      done = std::unexpected(last_error(result.get()));
    }
  }
  return done;
}

Error BlockingConnection::last_error(const PGresult* result) const {
  const SqlError error = result == nullptr ? SqlError() : error_of(result);
  if (!error.state.empty()) {
    return sql_error(error, SqlPhase::statement);
  }
  const std::string_view text = ::PQerrorMessage(connection_.get());
  return Error{ErrorCode::connection_lost, Outcome::info,
               "the connection to the database ended: " + std::string(text.substr(0, text.find('\n')))};
}

}  // namespace stalemate
