#include "application/file/readers.hpp"

#include <algorithm>

namespace stalemate {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

FieldValue field_value_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return node.as_string()->get();
    case toml::node_type::integer: return node.as_integer()->get();
    case toml::node_type::floating_point: return node.as_floating_point()->get();
    case toml::node_type::boolean: return node.as_boolean()->get();
    case toml::node_type::array: return ForeignValue{"a list"};
    case toml::node_type::table: return ForeignValue{"a table"};
    default: return ForeignValue{"a date or time"};
  }
}

std::vector<FileEntry> in_file_order(const toml::table& table) {
  std::vector<FileEntry> entries;
  for (const auto& [key, node] : table) {
    entries.push_back({key.str(), &node, key.source().begin});
  }
  std::ranges::sort(entries, [](const FileEntry& left, const FileEntry& right) {
    return std::pair(left.place.line, left.place.column) < std::pair(right.place.line, right.place.column);
  });
  return entries;
}

const std::string* text_in(ApplicationDraft& draft, const toml::node& node, std::string_view key) {
  const toml::value<std::string>* text = node.as_string();
  if (text == nullptr) {
    draft.complain(node, std::string(key) + " must be a text in quotes, not " + show_value(field_value_of(node)));
    return nullptr;
  }
  if (text->get().empty() || text->get().size() > file_text_bytes_max || text->get().find('\0') != std::string::npos) {
    draft.complain(node, std::string(key) + " must be a text of 1 to 16,384 bytes, none of them zero");
    return nullptr;
  }
  return &text->get();
}

void keep_template(ApplicationDraft& draft, const toml::node& node, std::string_view key,
                   std::span<const Placeholder> allowed, Template& place) {
  if (const std::string* text = text_in(draft, node, key)) {
    keep(draft, node, Template::read(*text, allowed), place);
  }
}

void keep_duration(ApplicationDraft& draft, const toml::node& node, std::string_view key, Nanoseconds& place) {
  keep(draft, node, read_duration(key, field_value_of(node), false), place);
}

std::vector<NamedText> named_texts(ApplicationDraft& draft, const toml::node& node, std::string_view key) {
  std::vector<NamedText> texts;
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    draft.complain(node, std::string(key) + " must be a table such as { NAME = \"text\" }");
    return texts;
  }
  for (const FileEntry& entry : in_file_order(*table)) {
    const FieldValue value = field_value_of(*entry.node);
    if (const auto* text = std::get_if<std::string>(&value)) {
      texts.push_back({entry, *text});
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      texts.push_back({entry, std::to_string(*whole)});
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      texts.push_back({entry, *flag ? "true" : "false"});
    } else {
      draft.complain(*entry.node, std::string(key) + "." + std::string(entry.key) + " must be a text in quotes, not " +
                                      show_value(value));
    }
  }
  return texts;
}

bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) { return is_letter(c) || is_digit(c); };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, fits);
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^`|~";
  const auto fits = [&](char c) { return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos; };
  return !name.empty() && std::ranges::all_of(name, fits);
}

bool is_one_line(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

}  // namespace stalemate
