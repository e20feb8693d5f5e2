#include "application/requests/json_at.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/text/json_pointer.hpp"

namespace stalemate {
namespace {

using nlohmann::json;

/// The library's own way: the whole text is made into a value, which is asked.
std::string whole_way(const std::string& pointer, const std::string& text) {
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) {
    return "no JSON";
  }
  try {
    const json& value = parsed.at(json::json_pointer(pointer));
    return value.is_object() ? "an object" : value.is_array() ? "a list" : value.dump();
  } catch (const json::exception& /*error*/) {
    return "nothing";
  }
}

std::string our_way(const std::string& pointer, const std::string& text) {
  const JsonAt at = json_at(*names_of_pointer(pointer), text);
  if (!at.is_json || !at.value) {
    return at.is_json ? "nothing" : "no JSON";
  }
  return at.value->is_object() ? "an object" : at.value->is_array() ? "a list" : at.value->dump();
}

TEST(JsonAt, finds_what_the_library_finds_in_the_whole_value) {
  const std::vector<std::string> texts = {
      R"({"a": 1, "b": {"a": 2, "": {"": 3}}, "c": [4, [5, {"a": 6}], null, true, "x", 1.50, 1e3]})",
      R"({"a": {"a": {"a": -1}}, "b": [], "c": {}})",
      R"([{"a": 1}, {"a": 2}, [[1, 2], [3, 4]], 18446744073709551615])",
      R"({"a/b": 1, "c~d": 2, "~1": 3, "0": {"0": 4}, "e\u0061": 5})",
      R"({"a": {"b": 1}, "a": {"c": 2}})",
      R"({"a": 1, "a": [7], "b": {"a": 1, "a": null}})",
      R"({"a": {"b": 1}, "a": 2})",
      R"({"a": 1, )",
      R"({"a": 1} x)",
      R"({"a": 1e999})",
      "{\"a\": \"\xff\"}",
      "7",
      "\"a\"",
      "",
      "[]",
      "{}",
  };
  const std::vector<std::string> pointers = {"/",
                                             "/a",
                                             "/b",
                                             "/c",
                                             "/a/a",
                                             "/a/b",
                                             "/a/c",
                                             "/a/a/a",
                                             "/b/a",
                                             "/b/",
                                             "/b//",
                                             "/c/0",
                                             "/c/1",
                                             "/c/2",
                                             "/c/3",
                                             "/c/4",
                                             "/c/5",
                                             "/c/6",
                                             "/c/7",
                                             "/c/-",
                                             "/c/01",
                                             "/c/+1",
                                             "/c/a",
                                             "/c/1/0",
                                             "/c/1/1/a",
                                             "/0",
                                             "/0/a",
                                             "/1/a",
                                             "/2/1/0",
                                             "/2/0/1",
                                             "/3",
                                             "/a~1b",
                                             "/c~0d",
                                             "/~01",
                                             "/0/0",
                                             "/ea",
                                             "/18446744073709551616",
                                             "/c/18446744073709551617"};
  for (const std::string& text : texts) {
    for (const std::string& pointer : pointers) {
      EXPECT_EQ(our_way(pointer, text), whole_way(pointer, text)) << pointer << " in " << text;
    }
  }
}

}  // namespace
}  // namespace stalemate
