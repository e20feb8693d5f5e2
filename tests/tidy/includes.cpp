// Who may include whom.
#include <algorithm>
#include <map>

#include "tidy/rules.hpp"

namespace stalemate::tidy {
namespace {

// The table of docs/whats-here.md. Every room may include itself; cli, which is not here, may include every other.
const std::map<std::string_view, std::vector<std::string_view>> may_include = {
    {"core", {}},
    {"scenario", {"core"}},
    {"patterns", {"core"}},
    {"faults", {"core"}},
    {"drivers", {"core"}},
    {"servers", {"core"}},
    {"record", {"core"}},
    {"plan", {"scenario", "core"}},
    {"drive", {"plan", "scenario", "record", "core"}},
    {"explore", {"plan", "scenario", "record", "core"}},
    {"wire", {"core"}},
    {"proxy", {"wire", "record", "core"}},
    {"application", {"scenario", "drivers", "servers", "core"}},
    {"gated", {"explore", "application", "proxy", "wire", "drivers", "servers", "core"}},
    {"replay", {"explore", "drive", "drivers", "core"}},
    {"engines", {"drive", "drivers", "servers", "core"}},
    {"check", {"record", "core"}},
    {"export", {"check", "record", "core"}},
    {"report", {"check", "record", "core"}},
    {"asio", {}},
};

// Folders of which others may include one header only.
struct ClosedFolder {
  std::string_view folder;
  std::string_view header;
};
constexpr ClosedFolder closed_folders[] = {{"check/prefilter/", "check/prefilter/prefilter.hpp"}};

constexpr std::string_view asio_rooms[] = {"asio",   "drivers", "engines",     "drive",
                                           "replay", "proxy",   "application", "cli"};

std::string listed(const std::vector<std::string_view>& rooms) {
  if (rooms.empty()) {
    return "no other room";
  }
  std::string text;
  for (std::size_t index = 0; index < rooms.size(); ++index) {
    text += index == 0 ? "only " : index + 1 == rooms.size() ? " and " : ", ";
    text += rooms[index];
  }
  return text;
}

// The sentence for an include of ours that the table does not allow, or "".
std::string broken_by(std::string_view room, std::string_view path) {
  const std::string_view other = path.substr(0, path.find('/'));
  if (room == other || room == "cli") {
    return {};
  }
  const auto entry = may_include.find(room);
  if (entry == may_include.end()) {
    return "the room '" + std::string(room) + "' is not in the table of who may include whom";
  }
  if (std::ranges::find(entry->second, other) != entry->second.end()) {
    return {};
  }
  return std::string(room) + " may include " + listed(entry->second) + ", not \"" + std::string(path) + "\"";
}

// The sentence for an include of what is inside a closed folder, by a file outside, or "".
std::string opened_by(std::string_view file, std::string_view path) {
  for (const auto& [folder, header] : closed_folders) {
    const bool is_inside = file.starts_with("src/" + std::string(folder));
    if (!is_inside && path.starts_with(folder) && path != header) {
      return "of " + std::string(folder) + " others may include only \"" + std::string(header) + "\", not \"" +
             std::string(path) + "\"";
    }
  }
  return {};
}

std::string own_header_of(const SourceFile& file) {
  return file.path.ends_with(".cpp") ? file.path.substr(0, file.path.size() - 4) + ".hpp" : std::string();
}

}  // namespace

std::string finding(std::string_view path, int line, std::string_view sentence) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(sentence);
}

Findings check_includes(const SourceFile& file, const Exists& exists) {
  Findings findings;
  const std::string_view room = file.room();
  for (const Include& include : file.includes) {
    if (include.path.starts_with("../")) {
      findings.push_back(finding(file.path, include.line, "paths are given from src/ or tests/, not with \"../\""));
    } else if (!room.empty() && include.ours) {
      const std::string sentence = broken_by(room, include.path);
      if (!sentence.empty()) {
        findings.push_back(finding(file.path, include.line, sentence));
      }
    }
    if (const std::string sentence = opened_by(file.path, include.path); !sentence.empty()) {
      findings.push_back(finding(file.path, include.line, sentence));
    }
    if (!room.empty() && include.path.starts_with("boost/asio") &&
        std::ranges::find(asio_rooms, room) == std::end(asio_rooms)) {
      findings.push_back(finding(file.path, include.line, "only drivers, drive and cli may include boost/asio"));
    }
  }
  const std::string own_header = own_header_of(file);
  if (!room.empty() && !own_header.empty() && exists(own_header) &&
      (file.includes.empty() || "src/" + std::string(file.includes.front().path) != own_header)) {
    findings.push_back(finding(file.path, 1, "include " + own_header + " first, which proves it complete"));
  }
  return findings;
}

}  // namespace stalemate::tidy
