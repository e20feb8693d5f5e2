// TOML to Application, by the table of keys.
#include <algorithm>
#include <map>

#include "application/file/draft.hpp"
#include "core/input_file.hpp"
#include "core/text/nearest.hpp"

namespace stalemate {
namespace {

constexpr std::uint64_t file_bytes_max = 1U << 20U;

const ApplicationKey* find_key(std::string_view section, std::string_view key) {
  for (const std::span<const ApplicationKey> keys : {service_keys(), request_keys()}) {
    const auto found = std::ranges::find_if(
        keys, [&](const ApplicationKey& known) { return known.section == section && known.key == key; });
    if (found != keys.end()) {
      return &*found;
    }
  }
  return nullptr;
}

std::vector<std::string_view> keys_of(std::string_view section) {
  std::vector<std::string_view> names;
  for (const ApplicationKey& key : application_keys()) {
    if (key.section == section) {
      names.push_back(key.key);
    }
  }
  return names;
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const ApplicationKey& key : application_keys()) {
    if (!key.section.empty() && (names.empty() || names.back() != key.section)) {
      names.push_back(key.section);
    }
  }
  return names;
}

/// The section that has a key of this name, or "".
std::string_view home_of(std::string_view name) {
  const std::vector<ApplicationKey> keys = application_keys();
  const auto found = std::ranges::find(keys, name, &ApplicationKey::key);
  return found == keys.end() ? std::string_view() : found->section;
}

std::string in_section(std::string_view section) {
  return section.empty() ? std::string() : " in [" + std::string(section) + "]";
}

std::string unknown_key(std::string_view section, std::string_view name) {
  const std::string sentence = "unknown key '" + std::string(name) + "'" + in_section(section);
  const std::string_view home = home_of(name);
  if (!home.empty()) {
    return sentence + "; it belongs into [" + std::string(home) + "]";
  }
  return sentence + did_you_mean(name, keys_of(section));
}

void take_entry(ApplicationDraft& draft, std::string_view section, const FileEntry& entry) {
  const ApplicationKey* known = find_key(section, entry.key);
  if (known == nullptr) {
    draft.complain(entry.place, unknown_key(section, entry.key));
    return;
  }
  known->take(draft, *entry.node);
}

void take_all(ApplicationDraft& draft, const toml::table& root) {
  const std::vector<std::string_view> sections = section_names();
  for (const FileEntry& entry : in_file_order(root)) {
    const toml::table* table = entry.node->as_table();
    const bool is_section = std::ranges::find(sections, entry.key) != sections.end();
    if (table == nullptr && is_section) {
      draft.complain(entry.place, std::string(entry.key) + " must be a section, [" + std::string(entry.key) + "]");
    } else if (table != nullptr && is_section) {
      for (const FileEntry& inner : in_file_order(*table)) {
        take_entry(draft, entry.key, inner);
      }
    } else if (table != nullptr && home_of(entry.key).empty()) {
      draft.complain(entry.place,
                     "unknown section [" + std::string(entry.key) + "]" + did_you_mean(entry.key, sections));
    } else {
      take_entry(draft, "", entry);
    }
  }
}

/// "FILE:LINE:COLUMN: sentence" for each, in the file's order.
std::unexpected<Error> all_of(const std::vector<FileMistake>& mistakes, const std::filesystem::path& path) {
  std::multimap<std::pair<std::uint32_t, std::uint32_t>, const FileMistake*> by_place;
  for (const FileMistake& mistake : mistakes) {
    by_place.emplace(std::pair(mistake.place.line, mistake.place.column), &mistake);
  }
  std::string text;
  for (const auto& [place, mistake] : by_place) {
    text += text.empty() ? "" : "\n";
    text += path.native();
    text += place.first == 0 ? "" : ":" + std::to_string(place.first) + ":" + std::to_string(place.second);
    text += ": " + mistake->sentence;
  }
  return failed(ErrorCode::wrong_type, text);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::path whole = std::filesystem::absolute(path, ignored);
  return whole.parent_path().lexically_normal();
}

}  // namespace

std::vector<ApplicationKey> application_keys() {
  std::vector<ApplicationKey> keys(service_keys().begin(), service_keys().end());
  keys.insert(keys.end(), request_keys().begin(), request_keys().end());
  return keys;
}

Result<Application> parse_application(std::string_view text, const std::filesystem::path& path) {
  ApplicationDraft draft;
  draft.application.file = path;
  draft.application.name = path.extension() == ".toml" ? path.stem().native() : path.filename().native();
  draft.application.folder = folder_of(path);
  draft.application.requests.missing.add(404, 404);
  draft.application.requests.ok.add(200, 299);
  draft.application.requests.fail.add(400, 499);
  try {
    const toml::table root = toml::parse(text, path.native());
    take_all(draft, root);
    // Of a file with misspelt words it would say that what they stand for is missing.
    if (draft.mistakes.empty()) {
      check_together(draft, root);
    }
  } catch (const toml::parse_error& error) {
    draft.complain(error.source().begin, "this is not TOML: " + std::string(error.description()));
  }
  if (!draft.mistakes.empty()) {
    return all_of(draft.mistakes, path);
  }
  return std::move(draft.application);
}

Result<Application> load_application(const std::filesystem::path& path) {
  const Result<std::string> text = read_input(path, {.what = "an application's file", .bytes_max = file_bytes_max});
  return text ? parse_application(*text, path) : std::unexpected(text.error());
}

bool is_application_file(std::string_view text) {
  try {
    return toml::parse(text).contains("application");
  } catch (const toml::parse_error& /*error*/) {
    return text.starts_with("[application]") || text.find("\n[application]") != std::string_view::npos;
  }
}

}  // namespace stalemate
