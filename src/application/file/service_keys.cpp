// The sections [application] and [stores], and what stands before all sections.
#include <algorithm>
#include <array>

#include "application/file/draft.hpp"
#include "application/file/readers.hpp"

namespace stalemate {
namespace {

constexpr std::array of_instance = {
    Placeholder::port,          Placeholder::database_url,      Placeholder::database_host, Placeholder::database_port,
    Placeholder::database_user, Placeholder::database_password, Placeholder::database_name, Placeholder::cache_url,
    Placeholder::cache_host,    Placeholder::cache_port,        Placeholder::cache_password};
constexpr std::span<const Placeholder> of_stores = std::span(of_instance).subspan(1);
void take_question(ApplicationDraft& draft, const toml::node& node) {
  if (const std::string* text = text_in(draft, node, "question")) {
    draft.application.question = *text;
  }
}

void take_start(ApplicationDraft& draft, const toml::node& node) {
  keep_template(draft, node, "start", of_instance, draft.application.start);
}

void take_folder(ApplicationDraft& draft, const toml::node& node) {
  const std::string* text = text_in(draft, node, "folder");
  if (text == nullptr) {
    return;
  }
  // Relative to the file's, which it holds until now.
  const std::filesystem::path folder = (draft.application.folder / *text).lexically_normal();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    draft.complain(node, "folder must be a folder, and " + folder.native() + " is none");
    return;
  }
  draft.application.folder = folder;
}

void take_urls(ApplicationDraft& draft, const toml::node& node) {
  const toml::array* urls = node.as_array();
  if (urls == nullptr || urls->empty()) {
    draft.complain(node, "url must be a list of the instances' URLs, such as [\"http://127.0.0.1:3001\"]");
    return;
  }
  for (const toml::node& element : *urls) {
    if (const std::string* text = text_in(draft, element, "each url")) {
      InstanceAddress address;
      keep(draft, element, read_instance_url(*text), address);
      draft.application.urls.push_back(std::move(address));
    }
  }
}

void take_environment(ApplicationDraft& draft, const toml::node& node) {
  for (const auto& [entry, text] : named_texts(draft, node, "environment")) {
    Template value;
    if (!is_variable_name(entry.key)) {
      draft.complain(entry.place, "'" + std::string(entry.key) + "' cannot be the name of an environment variable");
    } else if (text.size() > file_text_bytes_max || text.find('\0') != std::string::npos) {
      draft.complain(*entry.node, "environment." + std::string(entry.key) + " must have at most 16,384 bytes");
    } else {
      keep(draft, *entry.node, Template::read(text, of_instance), value);
      draft.application.environment.emplace_back(entry.key, std::move(value));
    }
  }
}

void take_inherited(ApplicationDraft& draft, const toml::node& node) {
  const toml::array* names = node.as_array();
  const auto is_name = [](const toml::node& element) {
    return element.is_string() && is_variable_name(element.as_string()->get());
  };
  if (names == nullptr || !std::ranges::all_of(*names, is_name)) {
    draft.complain(node, "inherit must be a list of names of environment variables, such as [\"NODE_OPTIONS\"]");
    return;
  }
  for (const toml::node& element : *names) {
    draft.application.inherited.push_back(element.as_string()->get());
  }
}

void take_ready_limit(ApplicationDraft& draft, const toml::node& node) {
  keep_duration(draft, node, "ready_limit", draft.application.ready_limit_ns);
}

void take_adapter(ApplicationDraft& draft, const toml::node& node) {
  constexpr std::array<std::string_view, 2> names = {"http", "program"};
  const Result<std::size_t> place = read_choice("adapter", field_value_of(node), names);
  if (!place) {
    draft.complain(node, place.error().detail);
    return;
  }
  draft.application.adapter = static_cast<Adapter>(*place);
}

void keep_store(ApplicationDraft& draft, const toml::node& node, std::string_view key, std::string_view scheme,
                bool& wanted, std::optional<StoreAddress>& address) {
  const std::string* text = text_in(draft, node, key);
  if (text == nullptr || *text == "private") {
    return;
  }
  if (*text == "none") {
    wanted = false;
    return;
  }
  const bool is_postgres = scheme == "postgres";
  if (!text->starts_with(scheme)) {
    draft.complain(node,
                   std::string(key) + " must be \"private\", \"none\" or a URL such as " +
                       (is_postgres ? "postgres://USER:PASSWORD@HOST:PORT/NAME" : "redis://:PASSWORD@HOST:PORT/0"));
    return;
  }
  Result<StoreAddress> read = read_store_url(*text);
  if (!read) {
    draft.complain(node, std::string(key) + ": " + read.error().detail);
    return;
  }
  address = std::move(*read);
}

void take_database(ApplicationDraft& draft, const toml::node& node) {
  ApplicationStores& stores = draft.application.stores;
  keep_store(draft, node, "database", "postgres", stores.wants_database, stores.database);
}

void take_cache(ApplicationDraft& draft, const toml::node& node) {
  ApplicationStores& stores = draft.application.stores;
  keep_store(draft, node, "cache", "redis", stores.wants_cache, stores.cache);
}

void keep_ports(ApplicationDraft& draft, const toml::node& node, std::string_view key,
                std::vector<std::uint16_t>& ports) {
  const toml::array* list = node.as_array();
  const auto is_port = [](const toml::node& element) {
    return element.is_integer() && element.as_integer()->get() > 0 && element.as_integer()->get() < 65'536;
  };
  if (list == nullptr || !std::ranges::all_of(*list, is_port)) {
    draft.complain(node, std::string(key) + " must be a list of ports from 1 to 65,535, one for each url");
    return;
  }
  for (const toml::node& element : *list) {
    ports.push_back(static_cast<std::uint16_t>(element.as_integer()->get()));
  }
}

void take_database_gates(ApplicationDraft& draft, const toml::node& node) {
  keep_ports(draft, node, "database_gates", draft.application.stores.database_gates);
}

void take_cache_gates(ApplicationDraft& draft, const toml::node& node) {
  keep_ports(draft, node, "cache_gates", draft.application.stores.cache_gates);
}

void take_prepare(ApplicationDraft& draft, const toml::node& node) {
  keep_template(draft, node, "prepare", of_stores, draft.application.stores.prepare);
}

void take_prepare_limit(ApplicationDraft& draft, const toml::node& node) {
  keep_duration(draft, node, "prepare_limit", draft.application.stores.prepare_limit_ns);
}

constexpr ApplicationKey service_table[] = {
    {"", "question", "text", "what you want to know, printed with the result", "", "\"Does our page ever go stale?\"",
     false, take_question},
    {"application", "start", "text", "the command line, for /bin/sh, that starts one instance and stays", "",
     "\"node server.js\"", false, take_start},
    {"application", "url", "list of texts",
     "instead of `start`: where instances that run already are reached, each behind gates of its own", "",
     "[\"http://127.0.0.1:3001\"]", true, take_urls},
    {"application", "folder", "text", "where `start` and `prepare` run; relative to the file", "the file's folder",
     "\"service\"", false, take_folder},
    {"application", "environment", "table of texts", "environment variables of an instance", "",
     "{ PORT = \"{port}\" }", false, take_environment},
    {"application", "inherit", "list of texts",
     "names of your own environment variables that instances get besides PATH, HOME, USER, LOGNAME, SHELL, TMPDIR, TZ, "
     "LANG and LC_ALL; no others reach them",
     "", "[\"NODE_OPTIONS\"]", false, take_inherited},
    {"application", "ready", "text", "a request without effect that an instance answers as soon as it can serve",
     "it takes connections", "\"GET /health\"", true, take_ready},
    {"application", "ready_limit", "duration", "how long an instance may take to be ready", "30s", "\"30s\"", false,
     take_ready_limit},
    {"application", "adapter", "text",
     "\"http\", or \"program\": requests are lines of JSON on standard input, answers on standard output", "http",
     "\"program\"", false, take_adapter},
    {"stores", "database", "text",
     "\"private\": a PostgreSQL of our own; \"none\"; or the URL of yours, which only your own requests and `prepare` "
     "write to",
     "private", "\"postgres://shop:secret@127.0.0.1:5432/shop_test\"", false, take_database},
    {"stores", "cache", "text", "\"private\": a Redis of our own; \"none\"; or the URL of yours", "private",
     "\"redis://127.0.0.1:6379/1\"", false, take_cache},
    {"stores", "database_gates", "list of ports",
     "with `url`: the ports on which we listen as the database of each instance, in their order", "", "[6001, 6002]",
     true, take_database_gates},
    {"stores", "cache_gates", "list of ports", "with `url`: the same for the cache", "", "[6101, 6102]", true,
     take_cache_gates},
    {"stores", "prepare", "text", "a command line, for /bin/sh, that is run once before all instances", "",
     "\"psql {database_url} -f schema.sql\"", false, take_prepare},
    {"stores", "prepare_limit", "duration", "how long it may take", "2m", "\"2m\"", false, take_prepare_limit},
};

}  // namespace

std::span<const ApplicationKey> service_keys() {
  return service_table;
}

}  // namespace stalemate
