// A page: one self-contained HTML file that shows data, with all that it needs inside. docs/decisions/0017-page.md says
// how.
#pragma once

#include <string>
#include <string_view>

namespace stalemate {

/// What becomes a page. All of it may hold any bytes: none of them becomes markup.
struct Page {
  std::string title = {};      ///< in the browser's title bar
  std::string kind = {};       ///< "run": web/KIND_page.js draws it, as `stalemate.pages.KIND`
  std::string data_json = {};  ///< what it draws, as JSON
  std::string words = {};      ///< the same in plain text, for browsers without JavaScript
  std::string generator = {};  ///< who wrote it, such as "stalemate 0.1.0"
  bool is_live = false;  ///< served with data yet to come, for which it asks the server that it came from: live.js
};

/// The HTML text. The same page gives the same bytes. Pure.
/// Requires: web/ has a script for the kind, and data_json is JSON.
[[nodiscard]] std::string html_of(const Page& page);

/// The text where HTML wants text: every byte that could begin markup or end an attribute is written as a reference.
[[nodiscard]] std::string html_text(std::string_view text);

/// JSON where a script element holds it: no byte of it can end the element. It stays the same JSON.
/// Requires: `json` is JSON.
[[nodiscard]] std::string json_in_script(std::string_view json);

}  // namespace stalemate
