// Lines, lengths, names, comments and links.
#include <algorithm>
#include <array>
#include <cctype>

#include "tidy/rules.hpp"

namespace stalemate::tidy {
namespace {

constexpr std::size_t line_characters_max = 120;
constexpr std::size_t file_lines_max = 400;

// Written apart, so that this file does not break its own rule.
constexpr std::array<std::string_view, 4> markers = {
    "TO"
    "DO",
    "FIX"
    "ME",
    "XX"
    "X",
    "HA"
    "CK"};

constexpr std::array<std::string_view, 6> empty_names = {"util", "utils", "helper", "helpers", "misc", "common"};

// Bytes of UTF-8 that begin a character.
std::size_t character_count(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool holds_word(std::string_view line, std::string_view word) {
  for (std::size_t place = line.find(word); place != std::string_view::npos; place = line.find(word, place + 1)) {
    const std::size_t end = place + word.size();
    if ((place == 0 || !is_word_character(line[place - 1])) && (end == line.size() || !is_word_character(line[end]))) {
      return true;
    }
  }
  return false;
}

// A line that begins as a statement and ends as one, or is a call and nothing else. Prose is neither.
bool is_code(std::string_view comment) {
  constexpr std::array<std::string_view, 7> openings = {"return ", "if (",  "for (", "while (",
                                                        "auto ",   "std::", "const "};
  const bool opens = std::ranges::any_of(openings, [&](auto opening) { return comment.starts_with(opening); });
  const bool is_call = comment.ends_with(");") && comment.find('(') < comment.find(' ');
  return is_call || (opens && (comment.ends_with(';') || comment.ends_with('{'))) || comment.starts_with("#include");
}

std::string_view stem_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return path.substr(0, path.find('.'));
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

// "docs/decisions" and "../glossary.md" make "docs/glossary.md".
std::string joined(std::string folder, std::string_view target) {
  while (target.starts_with("../") || target.starts_with("./")) {
    if (target.starts_with("../")) {
      folder = folder_of(folder);
      target.remove_prefix(3);
    } else {
      target.remove_prefix(2);
    }
  }
  return folder.empty() ? std::string(target) : folder + "/" + std::string(target);
}

void check_lengths(const SourceFile& file, const std::set<std::string>& long_files, Findings& findings) {
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    if (character_count(lines[index]) > line_characters_max) {
      findings.push_back(finding(file.path, static_cast<int>(index + 1), "the line is longer than 120 characters"));
    }
  }
  if (lines.size() > file_lines_max && !long_files.contains(file.path)) {
    findings.push_back(finding(file.path, static_cast<int>(file_lines_max),
                               "the file has " + std::to_string(lines.size()) + " lines, and 400 are the limit"));
  }
}

}  // namespace

Findings check_form(const SourceFile& file, const std::set<std::string>& long_files, const Exists& exists) {
  Findings findings;
  check_lengths(file, long_files, findings);
  const bool told_by_header = !file.is_header() && exists(file.path.substr(0, file.path.rfind('.')) + ".hpp");
  const bool is_test = file.path.ends_with("_test.cpp");
  if (!told_by_header && !is_test && (file.comments.empty() || file.comments.front().line != 1)) {
    findings.push_back(finding(file.path, 1, "the file opens with a comment that says what it is for"));
  }
  if (file.is_header() && file.text.find("\n#pragma once\n") == std::string::npos) {
    findings.push_back(finding(file.path, 1, "a header has #pragma once"));
  }
  if (std::ranges::find(empty_names, stem_of(file.path)) != empty_names.end()) {
    findings.push_back(finding(file.path, 1, "the file's name does not say what is in it"));
  }
  for (const Comment& comment : file.comments) {
    if (is_code(comment.text)) {
      findings.push_back(finding(file.path, comment.line, "code that is commented out is deleted"));
    }
  }
  return findings;
}

Findings check_markers(std::string_view path, std::string_view text) {
  Findings findings;
  const std::vector<std::string_view> lines = lines_of(text);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    for (const std::string_view marker : markers) {
      if (holds_word(lines[index], marker)) {
        findings.push_back(finding(path, static_cast<int>(index + 1),
                                   "do what `" + std::string(marker) + "` promises, or open an issue"));
      }
    }
  }
  return findings;
}

Findings check_links(std::string_view path, std::string_view text, const Exists& exists) {
  Findings findings;
  const std::vector<std::string_view> lines = lines_of(text);
  bool in_code = false;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const std::string_view line = lines[index];
    in_code = in_code != trimmed(line).starts_with("```");
    for (std::size_t place = line.find("]("); !in_code && place != std::string_view::npos;
         place = line.find("](", place + 1)) {
      const std::string_view target = line.substr(place + 2, line.find(')', place) - place - 2);
      const std::string_view file = target.substr(0, target.find('#'));
      if (file.empty() || file.find(':') != std::string_view::npos) {
        continue;
      }
      if (!exists(joined(folder_of(path), file))) {
        findings.push_back(
            finding(path, static_cast<int>(index + 1), "the link leads nowhere: " + std::string(target)));
      }
    }
  }
  return findings;
}

Findings check_rooms_are_described(const std::vector<std::string>& rooms, std::string_view whats_here) {
  Findings findings;
  for (const std::string& room : rooms) {
    if (whats_here.find("src/" + room + "/") == std::string_view::npos) {
      findings.push_back(finding("docs/whats-here.md", 1, "it does not say what src/" + room + "/ is for"));
    }
  }
  return findings;
}

}  // namespace stalemate::tidy
