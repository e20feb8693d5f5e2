#include "cli/run/stores_wanted.hpp"

#include "drivers/url.hpp"

namespace stalemate {

Result<void> check_urls(const StoresWanted& wanted) {
  for (const std::string& url : wanted.database_urls) {
    if (const Result<void> fine = check_postgres_url(url); !fine) {
      return std::unexpected(fine.error());
    }
  }
  if (!wanted.replica_url.empty()) {
    if (const Result<void> fine = check_postgres_url(wanted.replica_url); !fine) {
      return std::unexpected(fine.error());
    }
  }
  if (!wanted.cache_url.empty()) {
    if (const Result<RedisAddress> address = parse_redis_url(wanted.cache_url); !address) {
      return std::unexpected(address.error());
    }
  }
  return {};
}

PrivateDatabase private_database_for(const Scenario& scenario, const StoresWanted& wanted) {
  if (!wanted.database_urls.empty()) {
    return PrivateDatabase::none;
  }
  if (scenario.database == DatabaseEngine::postgres) {
    return PrivateDatabase::postgres;
  }
  return wanted.cockroach_path.empty() ? PrivateDatabase::cockroach_if_found : PrivateDatabase::cockroach;
}

std::string names_of(const PrivateServersOptions& options) {
  std::string names;
  switch (options.database) {
    case PrivateDatabase::none: break;
    case PrivateDatabase::postgres:
    case PrivateDatabase::postgres_serializable: names = "PostgreSQL"; break;
    case PrivateDatabase::cockroach: names = "CockroachDB"; break;
    case PrivateDatabase::cockroach_if_found: names = "CockroachDB (PostgreSQL where there is none)"; break;
  }
  names += options.replica ? " with a standby" : "";
  return !options.cache ? names : names.empty() ? "Redis" : names + " and Redis";
}

}  // namespace stalemate
