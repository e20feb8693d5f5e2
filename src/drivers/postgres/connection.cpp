#include "drivers/postgres/connection.hpp"

#include <new>
#include <string_view>

#include "drivers/connection/resolve.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

void ignore_notice(void* /*unused*/, const char* /*text*/) {}

std::string_view field(const PGresult* result, int code) {
  const char* const text = ::PQresultErrorField(result, code);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

void add(ConnectionParameters& parameters, std::string_view keyword, std::string_view value) {
  parameters.keywords.emplace_back(keyword);
  parameters.values.emplace_back(value);
}

// An address list as long as the host list is how libpq takes several addresses of one host. The port it knows itself.
Result<void> add_host(ConnectionParameters& parameters, const std::string& host, bool has_address) {
  const bool is_name = !host.empty() && host.front() != '/' && host.front() != '@' && !host.contains(',');
  if (!is_name || has_address) {
    if (!host.empty()) {
      add(parameters, "host", host);
    }
    return {};
  }
  const Result<std::vector<SocketAddress>> addresses = resolve_host(host, 0);
  if (!addresses) {
    return std::unexpected(addresses.error());
  }
  std::string hosts;
  std::string numeric;
  for (const SocketAddress& address : *addresses) {
    hosts += (hosts.empty() ? "" : ",") + host;
    numeric += (numeric.empty() ? "" : ",") + address.numeric_host();
  }
  add(parameters, "host", hosts);
  add(parameters, "hostaddr", numeric);
  return {};
}

}  // namespace

Result<ConnectionParameters> connection_parameters(const std::string& url) {
  const Result<void> checked = check_postgres_url(url);
  if (!checked) {
    return std::unexpected(checked.error());
  }
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> found(::PQconninfoParse(url.c_str(), nullptr),
                                                                             &::PQconninfoFree);
  ConnectionParameters parameters;
  add(parameters, "fallback_application_name", "stalemate");
  std::string host;
  bool has_address = false;
  for (const PQconninfoOption* each = found.get(); each != nullptr && each->keyword != nullptr; ++each) {
    if (each->val == nullptr) {
      continue;
    }
    const std::string_view keyword = each->keyword;
    if (keyword == "host") {
      host = each->val;
      continue;
    }
    has_address = has_address || keyword == "hostaddr";
    parameters.password = keyword == "password" ? each->val : parameters.password;
    add(parameters, keyword, each->val);
  }
  const Result<void> added = add_host(parameters, host, has_address);
  if (!added) {
    return std::unexpected(added.error());
  }
  return parameters;
}

ConnectionPointer begin_connection(const ConnectionParameters& parameters) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (std::size_t each = 0; each < parameters.keywords.size(); ++each) {
    keywords.push_back(parameters.keywords[each].c_str());
    values.push_back(parameters.values[each].c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  ConnectionPointer connection(::PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!connection) {
    throw std::bad_alloc();
  }
  // Verbose is the one way to learn the SQLSTATE of a refused connection.
  ::PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  ::PQsetNoticeProcessor(connection.get(), ignore_notice, nullptr);
  return connection;
}

Error connection_error(const PGconn* connection, const std::string& url, const ConnectionParameters& parameters) {
  const SqlError said = sql_error_in_text(::PQerrorMessage(connection));
  const bool wants_password = ::PQconnectionNeedsPassword(connection) != 0;
  Error error = said.state.empty()
                    ? cannot_reach_database(wants_password ? ErrorCode::authentication : ErrorCode::connection_refused,
                                            url, said.message)
                    : sql_error(said, SqlPhase::connecting);
  if (error.code == ErrorCode::authentication) {
    error.detail += password_hint(!parameters.password.empty(), "PGPASSWORD");
  }
  error.detail = without_secret(std::move(error.detail), parameters.password);
  return error;
}

bool another_node_may_do(ErrorCode code) {
  return code == ErrorCode::connection_refused || code == ErrorCode::connection_lost || code == ErrorCode::timed_out ||
         code == ErrorCode::unavailable;
}

void tell_nodes(DatabaseNodes& nodes, std::size_t node, ErrorCode code) {
  // A server that is full or starting up is there; that it is down was decided before.
  if (another_node_may_do(code) && code != ErrorCode::unavailable) {
    nodes.not_reached(node);
  }
}

Error and_no_other_node(Error error, const DatabaseNodes& nodes) {
  if (nodes.count() > 1 && another_node_may_do(error.code)) {
    error.detail += nodes.count() == 2 ? "; nor can the other node" : "; nor can any of its other nodes";
  }
  return error;
}

SqlError error_of(const PGresult* result) {
  const std::string_view severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  SqlError error;
  error.state = field(result, PG_DIAG_SQLSTATE);
  error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  error.connection_ends = severity == "FATAL" || severity == "PANIC";
  return error;
}

}  // namespace stalemate
