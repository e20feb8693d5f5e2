// What cannot be said of one key of the file alone: what is missing, and what contradicts.
#include <algorithm>
#include <array>

#include "application/file/draft.hpp"

namespace stalemate {
namespace {

constexpr std::array of_database = {Placeholder::database_url,  Placeholder::database_host,
                                    Placeholder::database_port, Placeholder::database_user,
                                    Placeholder::database_name, Placeholder::database_password};
constexpr std::array of_cache = {Placeholder::cache_url, Placeholder::cache_host, Placeholder::cache_port,
                                 Placeholder::cache_password};
constexpr std::array of_port = {Placeholder::port};

class TogetherCheck {
 public:
  TogetherCheck(ApplicationDraft& draft, const toml::table& root) : draft_(draft), root_(root) {}

  void check() {
    check_beginning();
    if (has("application", "url") && has("application", "start")) {
      return;
    }
    if (has("application", "url")) {
      check_urls();
    } else {
      check_start();
    }
    if (draft_.application.adapter == Adapter::program) {
      check_program();
    } else {
      check_requests();
    }
    check_stores();
    check_entry();
  }

 private:
  [[nodiscard]] const toml::node* find(std::string_view section, std::string_view key) const {
    const toml::node* table = root_.get(section);
    return table == nullptr || !table->is_table() ? nullptr : table->as_table()->get(key);
  }
  [[nodiscard]] bool has(std::string_view section, std::string_view key) const { return find(section, key) != nullptr; }

  /// At the section's head, or at no line where there is no such section.
  void complain_of(std::string_view section, std::string sentence) {
    const toml::node* table = root_.get(section);
    draft_.complain(table == nullptr ? toml::source_position() : table->source().begin, std::move(sentence));
  }

  void refuse(std::string_view section, std::string_view key, std::string_view why) {
    if (const toml::node* node = find(section, key)) {
      draft_.complain(*node, std::string(key) + " cannot apply " + std::string(why));
    }
  }

  void check_beginning() {
    const bool starts = has("application", "start");
    const bool runs = has("application", "url");
    if (starts && runs) {
      draft_.complain(*find("application", "url"), "start and url are two ways to get instances; keep one of them");
    } else if (!starts && !runs) {
      complain_of("application",
                  "[application] must say how an instance is started, such as start = \"node server.js\"");
    }
  }

  void check_urls() {
    for (const std::string_view key : {"environment", "inherit"}) {
      refuse("application", key, "to instances that run already, as those of url do");
    }
    const ApplicationStores& stores = draft_.application.stores;
    check_gates("database", stores.wants_database, stores.database, stores.database_gates);
    check_gates("cache", stores.wants_cache, stores.cache, stores.cache_gates);
  }

  void check_gates(const std::string& store, bool wanted, const std::optional<StoreAddress>& address,
                   const std::vector<std::uint16_t>& gates) {
    const std::string key = store + "_gates";
    if (!wanted) {
      refuse("stores", key, "where " + store + " is \"none\"");
      return;
    }
    if (!address) {
      complain_of("stores", "instances of url use stores that are there already: [stores] must say " + store +
                                " = its URL, or \"none\"");
    }
    if (gates.size() != draft_.application.urls.size()) {
      complain_of("stores", "[stores] must say " + key +
                                " = a list with one port for each url, to which that instance "
                                "connects as its " +
                                store);
    }
  }

  void check_start() {
    for (const std::string_view key : {"database_gates", "cache_gates"}) {
      refuse("stores", key, "where instances are started, for then we choose the ports");
    }
    if (!has("application", "start")) {
      return;
    }
    const ApplicationStores& stores = draft_.application.stores;
    if (draft_.application.adapter == Adapter::http) {
      check_told(of_port, "its port", "PORT = \"{port}\"", "");
    }
    if (stores.wants_database) {
      check_told(of_database, "where its database is", "DATABASE_URL = \"{database_url}\"",
                 "; if it has none, say database = \"none\" in [stores]");
    }
    if (stores.wants_cache) {
      check_told(of_cache, "where its cache is", "REDIS_URL = \"{cache_url}\"",
                 "; if it has none, say cache = \"none\" in [stores]");
    }
  }

  void check_told(std::span<const Placeholder> placeholders, std::string_view what, std::string_view example,
                  std::string_view otherwise) {
    const Application& application = draft_.application;
    const bool told = std::ranges::any_of(placeholders, [&](Placeholder placeholder) {
      const auto uses = [&](const auto& variable) { return variable.second.uses(placeholder); };
      return application.start.uses(placeholder) || std::ranges::any_of(application.environment, uses);
    });
    if (!told) {
      complain_of("application", "nothing tells the service " + std::string(what) +
                                     ": environment needs a line such as " + std::string(example) +
                                     std::string(otherwise));
    }
  }

  void check_program() {
    for (const ApplicationKey& key : application_keys()) {
      if (key.http_only) {
        refuse(key.section, key.key, "to adapter = \"program\", whose requests are lines of JSON");
      }
    }
  }

  void check_requests() {
    for (const std::string_view key : {"read", "write"}) {
      if (!has("requests", key)) {
        complain_of("requests",
                    "[requests] must say how a row is " +
                        (key == "read" ? std::string("read, such as read = { request = \"GET /products/{key}\", "
                                                     "value = \"/quantity\" }")
                                       : std::string("written, such as write = { request = \"PUT "
                                                     "/products/{key}\", body = '{\"quantity\": {value}}' }")));
      }
    }
    const ApplicationRequests& requests = draft_.application.requests;
    const auto uses_token = [](const auto& header) { return header.second.uses(Placeholder::token); };
    const bool has_token = requests.login && requests.login->token;
    if (std::ranges::any_of(requests.headers, uses_token) && !has_token) {
      draft_.complain(*find("requests", "headers"),
                      "{token} is what the login answers, and there is no login that says "
                      "where, such as login = { request = \"POST /login\", token = \"/token\" }");
    }
  }

  void check_stores() {
    const ApplicationStores& stores = draft_.application.stores;
    if (!stores.wants_database && !stores.wants_cache) {
      complain_of("stores", "without a database and a cache there is nothing to explore");
    }
    if (has("stores", "prepare_limit") && !has("stores", "prepare")) {
      refuse("stores", "prepare_limit", "where there is no prepare");
    }
    for (const Placeholder placeholder : of_database) {
      refuse_placeholder(placeholder, stores.wants_database, "database");
    }
    for (const Placeholder placeholder : of_cache) {
      refuse_placeholder(placeholder, stores.wants_cache, "cache");
    }
  }

  void refuse_placeholder(Placeholder placeholder, bool wanted, const std::string& store) {
    const Application& application = draft_.application;
    const auto uses = [&](const auto& variable) { return variable.second.uses(placeholder); };
    if (!wanted && (application.start.uses(placeholder) || application.stores.prepare.uses(placeholder) ||
                    std::ranges::any_of(application.environment, uses))) {
      complain_of("stores", "{" + std::string(name_of(placeholder)) + "} is used, and " + store + " is \"none\"");
    }
  }

  void check_entry() {
    const ApplicationStores& stores = draft_.application.stores;
    if (root_.contains("entry") && !has("entry", "name")) {
      complain_of("entry", "[entry] must say the entry's name, such as name = \"product:{key}\"");
    }
    if (root_.contains("entry") && !stores.wants_cache) {
      complain_of("entry", "[entry] cannot apply where cache is \"none\"");
    }
    if (root_.contains("row") && !has("row", "query")) {
      complain_of("row",
                  "[row] must say its query, such as query = \"select quantity from products where id = {key}\"");
    }
    if (root_.contains("row") && !stores.wants_database) {
      complain_of("row", "[row] cannot apply where database is \"none\"");
    }
  }

  ApplicationDraft& draft_;
  const toml::table& root_;
};

}  // namespace

void check_together(ApplicationDraft& draft, const toml::table& root) {
  TogetherCheck(draft, root).check();
}

}  // namespace stalemate
