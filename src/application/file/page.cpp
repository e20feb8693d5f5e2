// The tables of docs/applications.md.
#include <initializer_list>

#include "application/file/draft.hpp"

namespace stalemate {
namespace {

std::string as_code(std::string_view text) {
  return text.empty() ? std::string() : "`" + std::string(text) + "`";
}

std::string table_row(std::initializer_list<std::string_view> cells) {
  std::string line = "|";
  for (const std::string_view cell : cells) {
    line += cell.empty() ? " |" : " " + std::string(cell) + " |";
  }
  return line + "\n";
}

}  // namespace

std::string application_tables() {
  std::string page = table_row({"section", "key", "kind", "what it says", "where left out", "example"}) +
                     table_row({"---", "---", "---", "---", "---", "---"});
  for (const ApplicationKey& key : application_keys()) {
    page +=
        table_row({as_code(key.section.empty() ? "" : "[" + std::string(key.section) + "]"), as_code(key.key), key.kind,
                   key.meaning, key.standard, as_code(std::string(key.key) + " = " + std::string(key.example))});
  }
  page += "\n### Keys of a request\n\n" + table_row({"key of a request", "what it says"}) + table_row({"---", "---"});
  for (const RequestPart& part : request_parts()) {
    page += table_row({as_code(part.key), part.meaning});
  }
  page += "\n### Placeholders\n\n" + table_row({"placeholder", "what is filled in"}) + table_row({"---", "---"});
  for (std::size_t place = 0; place < placeholder_count; ++place) {
    const auto placeholder = static_cast<Placeholder>(place);
    page += table_row({as_code("{" + std::string(name_of(placeholder)) + "}"), meaning_of(placeholder)});
  }
  return page;
}

}  // namespace stalemate
