// An application's file while it is read: what it says so far, and what is wrong with it.
#pragma once

#include <toml++/toml.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "application/application.hpp"
#include "scenario/field_value.hpp"

namespace stalemate {

/// One mistake and its place; line 0 where a place would be that of the whole file.
struct FileMistake {
  toml::source_position place = {};
  std::string sentence = {};
};

struct ApplicationDraft {
  Application application = {};
  std::vector<FileMistake> mistakes = {};

  void complain(toml::source_position place, std::string sentence) { mistakes.push_back({place, std::move(sentence)}); }
  void complain(const toml::node& node, std::string sentence) { complain(node.source().begin, std::move(sentence)); }
};

/// A key of the file.
struct ApplicationKey {
  std::string_view section = {};  ///< empty: before all sections
  std::string_view key = {};
  std::string_view kind = {};
  std::string_view meaning = {};
  std::string_view standard = {};  ///< what holds where it is left out; may be empty
  std::string_view example = {};   ///< as TOML
  bool http_only = false;          ///< it cannot apply where adapter = "program"
  /// Reads it into the draft, or complains.
  void (*take)(ApplicationDraft& draft, const toml::node& node) = nullptr;
};

/// In the order of the docs, section by section: those of [application] and [stores], then of [requests], [entry] and
/// [row].
[[nodiscard]] std::span<const ApplicationKey> service_keys();
[[nodiscard]] std::span<const ApplicationKey> request_keys();
/// Both, one after the other.
[[nodiscard]] std::vector<ApplicationKey> application_keys();

/// A key of a request such as `read`, for docs and hints.
struct RequestPart {
  std::string_view key = {};
  std::string_view meaning = {};
};
[[nodiscard]] std::span<const RequestPart> request_parts();

/// A key with its value and the key's place. TOML++ sorts keys by name; people read files from the top.
struct FileEntry {
  std::string_view key;
  const toml::node* node;
  toml::source_position place;
};
[[nodiscard]] std::vector<FileEntry> in_file_order(const toml::table& table);

/// The value as the readers of scenarios take it.
[[nodiscard]] FieldValue field_value_of(const toml::node& node);

/// Reads `create`, `read`, `write` and `login`.
void take_create(ApplicationDraft& draft, const toml::node& node);
void take_read(ApplicationDraft& draft, const toml::node& node);
void take_write(ApplicationDraft& draft, const toml::node& node);
void take_login(ApplicationDraft& draft, const toml::node& node);
/// Reads `ready`.
void take_ready(ApplicationDraft& draft, const toml::node& node);

/// What cannot be said of one key alone: what is missing, and what contradicts.
void check_together(ApplicationDraft& draft, const toml::table& root);

}  // namespace stalemate
