// The requests of an application's file: { request = "PUT /products/{key}", body = '...' }.
#include <algorithm>
#include <array>

#include "application/file/draft.hpp"
#include "core/text/nearest.hpp"

namespace stalemate {
namespace {

constexpr std::array<RequestPart, 4> parts = {{
    {"request", "method and path, such as \"GET /products/{key}\""},
    {"body", "what is sent; \"content-type\" is application/json where it begins with { or [, else text/plain"},
    {"value",
     "only of `read`: where the answer has the value: a JSON pointer (\"/quantity\", \"/items/0/quantity\"), "
     "\"header:NAME\", \"body\", or \"regex:EXPRESSION\", whose first group is the value"},
    {"token", "only of `login`: where its answer has what {token} stands for in `headers`; written as `value` is"},
}};

/// What one request may have, by its key.
struct RequestRules {
  std::string_view key;
  std::span<const Placeholder> allowed;
  std::string_view place_key;  ///< "value", "token" or none
  bool must_use_key;
  bool must_use_value;
};

/// What a request says, once read.
struct RequestText {
  RequestTemplate request = {};
  std::optional<ValuePlace> place = {};
};

constexpr std::array row_and_value = {Placeholder::key, Placeholder::value};
constexpr std::array row_only = {Placeholder::key};

bool is_method_letter(char letter) {
  return letter >= 'A' && letter <= 'Z';
}

/// "METHOD /TARGET" into the request, or a sentence.
Result<void> read_request_line(std::string_view text, std::span<const Placeholder> allowed, RequestTemplate& request) {
  const std::size_t space = text.find(' ');
  const std::string_view method = text.substr(0, space);
  const std::string_view target = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  const bool is_clean = std::ranges::all_of(target, [](char c) { return c > ' ' && c < 127; });
  if (method.empty() || !std::ranges::all_of(method, is_method_letter) || !target.starts_with('/') || !is_clean) {
    return failed(
        ErrorCode::wrong_type,
        "a request must be a method and a path, such as \"GET /products/{key}\", not '" + std::string(text) + "'");
  }
  Result<Template> read = Template::read(target, allowed);
  if (!read) {
    return std::unexpected(read.error());
  }
  request.method = method;
  request.target = std::move(*read);
  return {};
}

class RequestReader {
 public:
  RequestReader(ApplicationDraft& draft, const RequestRules& rules) : draft_(draft), rules_(rules) {}

  /// Nothing where there was something to complain of.
  std::optional<RequestText> read(const toml::node& node) {
    const std::size_t mistakes_before = draft_.mistakes.size();
    if (const toml::value<std::string>* text = node.as_string()) {
      take_line(*text);
    } else if (const toml::table* table = node.as_table()) {
      take_parts(*table);
    } else {
      draft_.complain(node,
                      std::string(rules_.key) + " must be a request such as { request = \"GET /products/{key}\" }");
    }
    if (draft_.mistakes.size() == mistakes_before) {
      check_uses(node);
    }
    return draft_.mistakes.size() == mistakes_before ? std::optional(std::move(text_)) : std::nullopt;
  }

 private:
  void take_parts(const toml::table& table) {
    for (const FileEntry& entry : in_file_order(table)) {
      const toml::value<std::string>* text = entry.node->as_string();
      const bool is_known = std::ranges::find(parts, entry.key, &RequestPart::key) != parts.end();
      if (!is_known) {
        constexpr std::array<std::string_view, 4> names = {"request", "body", "value", "token"};
        draft_.complain(entry.place, "unknown key '" + std::string(entry.key) + "' in " + std::string(rules_.key) +
                                         did_you_mean(entry.key, names));
      } else if ((entry.key == "value" || entry.key == "token") && entry.key != rules_.place_key) {
        draft_.complain(entry.place, std::string(entry.key) + " is of " + (entry.key == "value" ? "read" : "login") +
                                         ", and " + std::string(rules_.key) + " has none");
      } else if (text == nullptr) {
        draft_.complain(*entry.node, std::string(entry.key) + " of " + std::string(rules_.key) +
                                         " must be a text in quotes, not " + show_value(field_value_of(*entry.node)));
      } else if (entry.key == "request") {
        take_line(*text);
      } else if (entry.key == "body") {
        take_body(*text);
      } else {
        take_place(*text);
      }
    }
    if (!table.contains("request")) {
      draft_.complain(table,
                      std::string(rules_.key) + " must say its request, such as request = \"GET /products/{key}\"");
    }
  }

  void take_line(const toml::value<std::string>& text) {
    if (const Result<void> done = read_request_line(text.get(), rules_.allowed, text_.request); !done) {
      draft_.complain(text, done.error().detail);
    }
  }

  void take_body(const toml::value<std::string>& text) {
    Result<Template> body = Template::read(text.get(), rules_.allowed);
    if (!body) {
      draft_.complain(text, body.error().detail);
      return;
    }
    text_.request.body = std::move(*body);
  }

  void take_place(const toml::value<std::string>& text) {
    Result<ValuePlace> place = ValuePlace::read(text.get());
    if (!place) {
      draft_.complain(text, place.error().detail);
      return;
    }
    text_.place = std::move(*place);
  }

  void check_uses(const toml::node& node) {
    const auto uses = [&](Placeholder placeholder) {
      return text_.request.target.uses(placeholder) || text_.request.body.uses(placeholder);
    };
    if (rules_.must_use_key && !uses(Placeholder::key)) {
      draft_.complain(
          node, std::string(rules_.key) + " must say which row: {key} stands neither in its path nor in its body");
    }
    if (rules_.must_use_value && !uses(Placeholder::value)) {
      draft_.complain(
          node, std::string(rules_.key) + " must say the value: {value} stands neither in its path nor in its body");
    }
  }

  ApplicationDraft& draft_;
  const RequestRules& rules_;
  RequestText text_ = {};
};

constexpr RequestRules create_rules = {"create", row_and_value, "", true, true};
constexpr RequestRules read_rules = {"read", row_only, "value", true, false};
constexpr RequestRules write_rules = {"write", row_and_value, "", true, true};
constexpr RequestRules login_rules = {"login", {}, "token", false, false};

}  // namespace

std::span<const RequestPart> request_parts() {
  return parts;
}

void take_create(ApplicationDraft& draft, const toml::node& node) {
  if (auto text = RequestReader(draft, create_rules).read(node)) {
    draft.application.requests.create = std::move(text->request);
  }
}

void take_read(ApplicationDraft& draft, const toml::node& node) {
  if (auto text = RequestReader(draft, read_rules).read(node)) {
    draft.application.requests.read = std::move(text->request);
    draft.application.requests.value = text->place.value_or(ValuePlace());
  }
}

void take_write(ApplicationDraft& draft, const toml::node& node) {
  if (auto text = RequestReader(draft, write_rules).read(node)) {
    draft.application.requests.write = std::move(text->request);
  }
}

void take_login(ApplicationDraft& draft, const toml::node& node) {
  if (auto text = RequestReader(draft, login_rules).read(node)) {
    draft.application.requests.login = LoginTemplate{std::move(text->request), std::move(text->place)};
  }
}

void take_ready(ApplicationDraft& draft, const toml::node& node) {
  const toml::value<std::string>* text = node.as_string();
  RequestTemplate request;
  const Result<void> done = text == nullptr
                                ? failed(ErrorCode::wrong_type, "ready must be a request such as \"GET /health\"")
                                : read_request_line(text->get(), {}, request);
  if (!done) {
    draft.complain(node, done.error().detail);
    return;
  }
  draft.application.ready = std::move(request);
}

}  // namespace stalemate
