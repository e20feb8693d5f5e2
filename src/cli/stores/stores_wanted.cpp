#include "cli/stores/stores_wanted.hpp"

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/nearest.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

std::string_view scheme_of(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string_view() : url.substr(0, end);
}

bool is_url(std::string_view text) {
  return !scheme_of(text).empty();
}

// It may be meant for a URL, password and all.
std::unexpected<Error> no_store(std::string_view flag, const std::string& text, Store role) {
  const Scenario defaults;
  const std::vector<std::string_view> names = engine_names(role);
  const std::string& usual = role == Store::database ? defaults.database : defaults.cache_engine;
  return failed(ErrorCode::wrong_type,
                fmt::format("{}: '{}' is no engine and no URL{}; for a private server name one of {}, for one of yours "
                            "write its URL, such as {}",
                            flag, url_without_password(text), did_you_mean(text, names), fmt::join(names, ", "),
                            find_engine(usual, role)->url_form));
}

// What was named, else what the URL's scheme says, else what it is.
void use_engine(std::string& engine, Store role, const std::string& named, std::string_view url) {
  if (!named.empty()) {
    engine = named;
  } else if (const EngineInfo* const found = engine_for_scheme(scheme_of(url), role, engine)) {
    engine = found->name;
  }
}

}  // namespace

bool KeptServers::serve(const PrivateServersOptions& wanted) const {
  // A standby that has taken over is none any more.
  const bool has_replica = servers && servers->replica() != nullptr;
  return servers && options.database == wanted.database && has_replica == wanted.replica &&
         (options.cache == wanted.cache || wanted.cache == nullptr) &&
         options.cache_persists == wanted.cache_persists && options.database_program == wanted.database_program &&
         options.clients >= wanted.clients;
}

void take_database(StoresWanted& wanted, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (find_engine(text, Store::database) != nullptr) {
      wanted.database_engine = text;
    } else if (is_url(text)) {
      wanted.database_urls.push_back(text);
    } else {
      wanted.no_database = text;
    }
  }
}

void take_cache(StoresWanted& wanted, const std::string& text) {
  if (find_engine(text, Store::cache) != nullptr) {
    wanted.cache_engine = text;
  } else if (is_url(text)) {
    wanted.cache_url = text;
  } else {
    wanted.no_cache = text;
  }
}

void use_engines(Scenario& scenario, const StoresWanted& wanted) {
  const std::string_view url = wanted.database_urls.empty() ? std::string_view() : wanted.database_urls.front();
  use_engine(scenario.database, Store::database, wanted.database_engine, url);
  // A scenario that uses no cache is not to be refused for the engine of one.
  if (why_no_cache(scenario).empty()) {
    use_engine(scenario.cache_engine, Store::cache, wanted.cache_engine, wanted.cache_url);
  }
}

const DatabaseEngine& database_of(const Scenario& scenario) {
  const EngineInfo* const engine = find_engine(scenario.database, Store::database);
  STALEMATE_ASSERT(engine != nullptr, "the scenario's database was validated");
  return *engine->database;
}

const CacheEngine& cache_of(const Scenario& scenario) {
  const EngineInfo* const engine = find_engine(scenario.cache_engine, Store::cache);
  STALEMATE_ASSERT(engine != nullptr, "the scenario's cache was validated");
  return *engine->cache;
}

Result<void> check_words(const StoresWanted& wanted) {
  if (wanted.no_database) {
    return no_store("--db", *wanted.no_database, Store::database);
  }
  return wanted.no_cache ? no_store("--cache", *wanted.no_cache, Store::cache) : Result<void>();
}

Result<void> check_urls(const Scenario& scenario, const StoresWanted& wanted) {
  if (const Result<void> fine = check_words(wanted); !fine) {
    return fine;
  }
  if (!wanted.database_engine.empty() && !wanted.database_urls.empty()) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("--db: '{}' asks for a private server and '{}' names one of yours; give one of them",
                              wanted.database_engine, url_without_password(wanted.database_urls.front())));
  }
  std::vector<std::string> urls = wanted.database_urls;
  if (!wanted.replica_url.empty()) {
    urls.push_back(wanted.replica_url);
  }
  for (const std::string& url : urls) {
    if (const Result<void> fine = database_of(scenario).check_url(url); !fine) {
      return fine;
    }
  }
  return wanted.cache_url.empty() ? Result<void>() : cache_of(scenario).check_url(wanted.cache_url);
}

std::string names_of(const PrivateServersOptions& options) {
  std::string names(options.database == nullptr ? std::string_view() : options.database->title);
  names += options.replica ? " with a standby" : "";
  if (options.cache == nullptr) {
    return names;
  }
  return (names.empty() ? names : names + " and ") + std::string(options.cache->title);
}

}  // namespace stalemate
