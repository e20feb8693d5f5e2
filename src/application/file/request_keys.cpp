// The sections [requests], [entry] and [row].
#include <algorithm>
#include <array>
#include <set>

#include "application/file/draft.hpp"
#include "application/file/readers.hpp"
#include "core/text/printable.hpp"

namespace stalemate {
namespace {

constexpr std::array token_only = {Placeholder::token};
constexpr std::array key_only = {Placeholder::key};
constexpr std::size_t keys_max = 100'000;

void take_headers(ApplicationDraft& draft, const toml::node& node) {
  // What HTTP itself needs for finding the end of a message is ours to say.
  constexpr std::array<std::string_view, 4> ours = {"content-length", "transfer-encoding", "connection", "cookie"};
  for (const auto& [entry, text] : named_texts(draft, node, "headers")) {
    std::string lower(entry.key);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    Template value;
    if (!is_header_name(entry.key)) {
      draft.complain(entry.place, "'" + printable(entry.key) + "' cannot be the name of a header");
    } else if (std::ranges::find(ours, lower) != ours.end()) {
      draft.complain(entry.place, lower == "cookie" ? "cookies have a key of their own, cookies = { NAME = \"text\" }"
                                                    : "the header " + lower + " is set by stalemate itself");
    } else if (!is_one_line(text)) {
      draft.complain(*entry.node, "a header must be one line");
    } else {
      keep(draft, *entry.node, Template::read(text, token_only), value);
      draft.application.requests.headers.emplace_back(entry.key, std::move(value));
    }
  }
}

void take_cookies(ApplicationDraft& draft, const toml::node& node) {
  for (const auto& [entry, text] : named_texts(draft, node, "cookies")) {
    if (!is_header_name(entry.key) || !is_one_line(text) || text.find_first_of(";, \"\\") != std::string::npos) {
      draft.complain(entry.place, "a cookie must be a name and a text without blanks, quotes, commas and semicolons");
      continue;
    }
    draft.application.requests.cookies.emplace_back(entry.key, text);
  }
}

bool is_key_text(std::string_view text) {
  return !text.empty() && text.size() <= 256 && is_one_line(text) &&
         text.find_first_of("\"\\") == std::string_view::npos;
}

void take_key_list(ApplicationDraft& draft, const toml::array& list) {
  std::set<std::string> seen;
  for (const toml::node& element : list) {
    const std::string text = element.is_string()    ? element.as_string()->get()
                             : element.is_integer() ? std::to_string(element.as_integer()->get())
                                                    : std::string();
    if (!is_key_text(text)) {
      draft.complain(element, "each key must be a number or a text of 1 to 256 bytes without quotes and backslashes");
    } else if (!seen.insert(text).second) {
      draft.complain(element, "the key '" + printable(text) + "' is there twice");
    }
    draft.application.keys.list.push_back(text);
  }
}

void take_keys(ApplicationDraft& draft, const toml::node& node) {
  ApplicationKeys& keys = draft.application.keys;
  const toml::array* list = node.as_array();
  if (list != nullptr && !list->empty() && list->size() <= keys_max) {
    keys.kind = KeyKind::listed;
    take_key_list(draft, *list);
    return;
  }
  const std::string text = node.is_string() ? node.as_string()->get() : std::string();
  if (text != "numbers" && text != "uuids") {
    draft.complain(node, "keys must be \"numbers\", \"uuids\" or a list of 1 to 100,000 keys");
    return;
  }
  keys.kind = text == "uuids" ? KeyKind::uuids : KeyKind::numbers;
}

/// 404, "404", "4xx" or "500-503".
bool add_status(const toml::node& node, StatusSet& set) {
  const std::string text = node.is_string()    ? node.as_string()->get()
                           : node.is_integer() ? std::to_string(node.as_integer()->get())
                                               : std::string();
  const auto number_at = [&](std::size_t begin) -> unsigned {
    unsigned number = 0;
    for (const char digit : text.substr(begin, 3)) {
      number = digit >= '0' && digit <= '9' ? 10 * number + static_cast<unsigned>(digit - '0') : 1000;
    }
    return number;
  };
  const auto is_status = [](unsigned status) { return status >= 100 && status <= 599; };
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
    const unsigned hundreds = 100 * static_cast<unsigned>(text[0] - '0');
    set.add(hundreds, hundreds + 99);
    return true;
  }
  if (text.size() == 3 && is_status(number_at(0))) {
    set.add(number_at(0), number_at(0));
    return true;
  }
  if (text.size() == 7 && text[3] == '-' && is_status(number_at(0)) && is_status(number_at(4)) &&
      number_at(0) <= number_at(4)) {
    set.add(number_at(0), number_at(4));
    return true;
  }
  return false;
}

void keep_statuses(ApplicationDraft& draft, const toml::node& node, std::string_view key, StatusSet& place) {
  StatusSet set;
  const toml::array* list = node.as_array();
  const bool fits =
      list == nullptr ? add_status(node, set)
                      : std::ranges::all_of(*list, [&](const toml::node& element) { return add_status(element, set); });
  if (!fits) {
    draft.complain(node, std::string(key) + " must be a status such as 404, \"4xx\" or \"500-503\", or a list of them");
    return;
  }
  place = set;
}

void take_missing(ApplicationDraft& draft, const toml::node& node) {
  keep_statuses(draft, node, "missing", draft.application.requests.missing);
}
void take_ok(ApplicationDraft& draft, const toml::node& node) {
  keep_statuses(draft, node, "ok", draft.application.requests.ok);
}
void take_fail(ApplicationDraft& draft, const toml::node& node) {
  keep_statuses(draft, node, "fail", draft.application.requests.fail);
}

void take_time_limit(ApplicationDraft& draft, const toml::node& node) {
  keep_duration(draft, node, "time_limit", draft.application.requests.time_limit_ns);
}

EntryForm& entry_of(ApplicationDraft& draft) {
  if (!draft.application.entry) {
    draft.application.entry.emplace();
  }
  return *draft.application.entry;
}

void take_entry_name(ApplicationDraft& draft, const toml::node& node) {
  keep_template(draft, node, "name", key_only, entry_of(draft).name);
  if (!entry_of(draft).name.empty() && !entry_of(draft).name.uses(Placeholder::key)) {
    draft.complain(node, "name must say whose entry it is: {key} stands nowhere in it");
  }
}

void take_entry_value(ApplicationDraft& draft, const toml::node& node) {
  const std::string* text = text_in(draft, node, "value");
  if (text != nullptr && text->starts_with("header:")) {
    draft.complain(node, "an entry has no headers; its value must be a JSON pointer, \"body\" or \"regex:EXPRESSION\"");
  } else if (text != nullptr) {
    keep(draft, node, ValuePlace::read(*text), entry_of(draft).value);
  }
}

void take_entry_field(ApplicationDraft& draft, const toml::node& node) {
  if (const std::string* text = text_in(draft, node, "field")) {
    entry_of(draft).field = *text;
  }
}

void take_row_query(ApplicationDraft& draft, const toml::node& node) {
  const std::string* text = text_in(draft, node, "query");
  Template query;
  if (text == nullptr) {
    return;
  }
  keep(draft, node, Template::read(*text, key_only), query);
  if (text->find("'{key}'") != std::string::npos || text->find("\"{key}\"") != std::string::npos) {
    draft.complain(node, "{key} must stand without quotes around it: the database is given it as a parameter");
  } else if (!query.empty() && !query.uses(Placeholder::key)) {
    draft.complain(node, "query must say which row: {key} stands nowhere in it");
  }
  draft.application.row_query = query.filled({.key = "$1"});
}

constexpr ApplicationKey request_table[] = {
    {"requests", "create", "request", "makes a row; without it a write of the first value does", "",
     "{ request = \"POST /products\", body = '{\"id\": {key}, \"quantity\": {value}}' }", true, take_create},
    {"requests", "read", "request", "reads a row", "", "{ request = \"GET /products/{key}\", value = \"/quantity\" }",
     true, take_read},
    {"requests", "write", "request", "writes a row", "",
     "{ request = \"PUT /products/{key}\", body = '{\"quantity\": {value}}' }", true, take_write},
    {"requests", "login", "request",
     "made once an instance, before its other requests; cookies that it sets are sent with them", "",
     "{ request = \"POST /login\", body = '{\"user\": \"test\"}', token = \"/token\" }", true, take_login},
    {"requests", "headers", "table of texts", "headers of every request; {token} is what the login answered", "",
     "{ Authorization = \"Bearer {token}\" }", true, take_headers},
    {"requests", "cookies", "table of texts", "cookies of every request", "", "{ tenant = \"7\" }", true, take_cookies},
    {"requests", "keys", "text or list",
     "\"numbers\" from 100001 on; \"uuids\"; or a list of keys: every schedule takes a fresh one", "numbers",
     "\"uuids\"", false, take_keys},
    {"requests", "missing", "status", "an answer to a read that says that there is no such row", "404", "[404, 410]",
     true, take_missing},
    {"requests", "ok", "status", "answers that say that it was done", "2xx", "[\"2xx\", 304]", true, take_ok},
    {"requests", "fail", "status",
     "answers that say that it was certainly not done; after all others, and without an answer, it may have been",
     "4xx", "[\"4xx\", 503]", true, take_fail},
    {"requests", "time_limit", "duration", "how long a request may take", "10s", "\"10s\"", false, take_time_limit},
    {"entry", "name", "text", "the name of a row's entry in the cache: then entry and row are compared as well", "",
     "\"product:{key}\"", false, take_entry_name},
    {"entry", "value", "text", "where the entry has the value: a JSON pointer, \"body\" or \"regex:EXPRESSION\"",
     "body", "\"/quantity\"", false, take_entry_value},
    {"entry", "field", "text", "of an entry that is a hash: the field that is read", "", "\"quantity\"", false,
     take_entry_field},
    {"row", "query", "text", "SQL that reads the value of a row, for the same comparison", "",
     "\"select quantity from products where id = {key}\"", false, take_row_query},
};

}  // namespace

std::span<const ApplicationKey> request_keys() {
  return request_table;
}

}  // namespace stalemate
