#include "report/page/page.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "report/page/web_files.hpp"

namespace stalemate {
namespace {

const std::string hostile = "</script><script>alert(1)</script><!--<script> & \"quoted\" 'so' \xff {{data}}";

// What a browser takes as the data: from the element's start to the first thing that can end it.
std::string data_of(const std::string& html) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = html.find(open) + open.size();
  return html.substr(begin, html.find("</script", begin) - begin);
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t place = text.find(part); place != std::string::npos; place = text.find(part, place + 1)) {
    ++count;
  }
  return count;
}

TEST(Page, gives_its_data_back_whatever_they_hold) {
  const nlohmann::json data = {{"name", "</script><!-- & > {{title}}"}, {"number", 7}};
  const std::string html = html_of({.title = "a run", .kind = "run", .data_json = data.dump()});
  EXPECT_EQ(nlohmann::json::parse(data_of(html)), data);
}

TEST(Page, makes_no_markup_of_any_text) {
  const std::string plain = html_of({.title = "t", .kind = "run", .data_json = "{}", .words = "w", .generator = "g"});
  const std::string data = nlohmann::json(hostile).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::string html =
      html_of({.title = hostile, .kind = "run", .data_json = data, .words = hostile, .generator = hostile});
  for (const char* markup : {"<", ">", "<script", "</script", "<!--", "{{"}) {
    EXPECT_EQ(occurrences(html, markup) - (markup == std::string("{{") ? occurrences(html, "{{data}}") : 0),
              occurrences(plain, markup))
        << markup;
  }
}

TEST(Page, asks_nobody_for_anything) {
  const std::string html = html_of({.title = "t", .kind = "run", .data_json = "{}"});
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(html.find("connect-src 'none'"), std::string::npos);
  EXPECT_EQ(html.find("src="), std::string::npos);
  EXPECT_EQ(html.find("url("), std::string::npos);
}

TEST(Page, may_ask_its_server_where_it_is_live) {
  const std::string html = html_of({.title = "t", .kind = "run", .data_json = "{}", .is_live = true});
  EXPECT_NE(html.find("connect-src 'self'"), std::string::npos);
}

TEST(Page, listens_to_its_server_only_where_it_is_live) {
  EXPECT_EQ(html_of({.title = "t", .kind = "run", .data_json = "{}"}).find("EventSource"), std::string::npos);
  EXPECT_NE(html_of({.title = "t", .kind = "run", .data_json = "null", .is_live = true}).find("EventSource"),
            std::string::npos);
}

TEST(Page, has_scripts_that_end_where_their_element_does) {
  for (const WebFile& file : web_files()) {
    const std::string text(file.text);
    EXPECT_TRUE(file.name == "page.html" || text.find("</script") == std::string::npos) << file.name;
  }
}

}  // namespace
}  // namespace stalemate
