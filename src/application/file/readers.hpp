// Reads values of an application's file into the draft, or complains.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "application/file/draft.hpp"

namespace stalemate {

/// A keeper is told an order in one message of 64 KiB, of which a text is a part.
inline constexpr std::size_t file_text_bytes_max = 16'384;

/// The text of a value in quotes; nullptr after a complaint.
[[nodiscard]] const std::string* text_in(ApplicationDraft& draft, const toml::node& node, std::string_view key);

void keep_template(ApplicationDraft& draft, const toml::node& node, std::string_view key,
                   std::span<const Placeholder> allowed, Template& place);
void keep_duration(ApplicationDraft& draft, const toml::node& node, std::string_view key, Nanoseconds& place);

template <class T>
void keep(ApplicationDraft& draft, const toml::node& node, Result<T> value, T& place) {
  if (!value) {
    draft.complain(node, value.error().detail);
    return;
  }
  place = std::move(*value);
}

/// A name of a table and its text.
struct NamedText {
  FileEntry entry;
  std::string text;
};
/// A table of texts, in file order; numbers and true or false count as texts.
[[nodiscard]] std::vector<NamedText> named_texts(ApplicationDraft& draft, const toml::node& node, std::string_view key);

/// Letters of ASCII, digits and _, the first no digit.
[[nodiscard]] bool is_variable_name(std::string_view name);
/// A token of HTTP.
[[nodiscard]] bool is_header_name(std::string_view name);
/// Without control characters.
[[nodiscard]] bool is_one_line(std::string_view text);

}  // namespace stalemate
