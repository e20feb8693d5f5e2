#include "report/page/page.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/assert.hpp"
#include "report/page/web_files.hpp"

namespace stalemate {
namespace {

std::string_view web_file(std::string_view name) {
  const auto found = std::ranges::find(web_files(), name, &WebFile::name);
  STALEMATE_ASSERT(found != web_files().end(), "the page's kind has a script in web/");
  return found->text;
}

// Of all kinds of page, in the order in which they run; the kind's own comes last.
constexpr std::array<std::string_view, 3> shared_scripts = {"dom.js", "charts.js", "sequence.js"};

std::string scripts_of(const Page& page) {
  std::string scripts;
  for (const std::string_view name : shared_scripts) {
    scripts += web_file(name);
  }
  scripts += web_file(page.kind + "_page.js");
  return page.is_live ? scripts.append(web_file("live.js")) : scripts;
}

std::string text_of(const Page& page, std::string_view place) {
  if (place == "style") {
    return std::string(web_file("page.css"));
  }
  if (place == "scripts") {
    return scripts_of(page);
  }
  if (place == "data") {
    return json_in_script(page.data_json);
  }
  if (place == "connect") {
    return page.is_live ? "'self'" : "'none'";
  }
  for (const auto& [name, text] : {std::pair<std::string_view, const std::string*>{"title", &page.title},
                                   {"kind", &page.kind},
                                   {"words", &page.words},
                                   {"generator", &page.generator}}) {
    if (place == name) {
      return html_text(*text);
    }
  }
  STALEMATE_ASSERT(false, "web/page.html has no other places");
  return {};
}

}  // namespace

std::string html_of(const Page& page) {
  std::string_view rest = web_file("page.html");
  std::string html;
  while (true) {
    const std::size_t open = rest.find("{{");
    html += rest.substr(0, open);
    if (open == std::string_view::npos) {
      return html;
    }
    const std::size_t close = rest.find("}}", open);
    STALEMATE_ASSERT(close != std::string_view::npos, "web/page.html closes its places");
    html += text_of(page, rest.substr(open + 2, close - open - 2));
    rest.remove_prefix(close + 2);
  }
}

std::string html_text(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char letter : text) {
    switch (letter) {
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '&': escaped += "&amp;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += letter;
    }
  }
  return escaped;
}

std::string json_in_script(std::string_view json) {
  // In JSON these stand in strings only, where an escape says the same.
  std::string escaped;
  escaped.reserve(json.size());
  for (const char letter : json) {
    switch (letter) {
      case '<': escaped += "\\u003c"; break;
      case '>': escaped += "\\u003e"; break;
      case '&': escaped += "\\u0026"; break;
      default: escaped += letter;
    }
  }
  return escaped;
}

}  // namespace stalemate
