// The caching libraries of tests/applications, explored: writes docs/libraries.md.
//
// Usage: bench_libraries [FILE...]; all of tests/applications/libraries.json by default. Runs the built `stalemate`
// from the project's folder: each service without faults in growing scopes, then with each fault for one client that
// reads and then writes, where no race hides what the fault does. Rooms: core
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

constexpr const char* program = "build/release/stalemate";
constexpr const char* services = "tests/applications/";
constexpr const char* page = "docs/libraries.md";
constexpr const char* budget = "60s";
constexpr std::array<const char*, 8> faults = {"crash",        "delayed",    "duplicated", "evict",
                                               "lost-request", "lost-reply", "restart",    "rollback"};
constexpr std::array<const char*, 7> properties = {
    "converges",          "fresh", "linearizable", "monotonic-reads", "monotonic-writes", "read-your-writes",
    "writes-follow-reads"};

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  for (int sign = pipe == nullptr ? EOF : fgetc(pipe); sign != EOF; sign = fgetc(pipe)) {
    text += static_cast<char>(sign);
  }
  if (pipe != nullptr) {
    pclose(pipe);
  }
  return text;
}

/// What an exploration found; null where it could not be made, which is told.
json explored(const std::string& arguments) {
  const std::string command = std::string(program) + " explore " + services + arguments + " --json";
  std::fprintf(stderr, "%s\n", command.c_str());
  json found = json::parse(output_of(command + " 2>/dev/null"), nullptr, false);
  if (found.is_discarded()) {
    std::fprintf(stderr, "  gave nothing that can be read\n");
    return nullptr;
  }
  return found;
}

std::string versions_of(const json& library) {
  std::string versions;
  const auto add = [&](const std::string& version) { versions += (versions.empty() ? "" : ", ") + version; };
  for (const json& package : library.value("npm", json::array())) {
    const auto name = package.get<std::string>();
    std::ifstream in(std::string(services) + "node/node_modules/" + name + "/package.json");
    const json about = json::parse(in, nullptr, false);
    add(name + " " + (about.is_discarded() ? "?" : about.value("version", "?")));
  }
  for (const json& package : library.value("debian", json::array())) {
    const auto name = package.get<std::string>();
    add(name + " " + output_of("dpkg-query -W -f '${Version}' " + name + " 2>/dev/null"));
  }
  return versions;
}

/// The scope with the most processes, then ops, of those in which a property was proved.
std::string largest(const json& scopes) {
  std::string best;
  for (const json& scope : scopes) {
    const auto text = scope.get<std::string>();
    const auto size = [](const std::string& words) { return std::pair(std::ranges::count(words, ','), words.size()); };
    best = best.empty() || size(best) < size(text) ? text : best;
  }
  return best;
}

std::string verdict_of(const json& finding) {
  const std::string verdict = finding.value("verdict", "?");
  if (verdict == "violated") {
    return "✗ " + finding["witness"]["processes"].get<std::string>() + ", " +
           std::to_string(finding["witness"]["steps"].size());
  }
  return verdict == "holds" ? "✓ to " + largest(finding["proved"]) : verdict == "vacuous" ? "–" : "?";
}

const json* finding_of(const json& findings, const std::string& property) {
  for (const json& finding : findings) {
    if (finding["property"] == property) {
      return &finding;
    }
  }
  return nullptr;
}

/// "✗ lost-reply, 6" for each fault that breaks it, and which do not.
std::string by_fault(const std::string& file) {
  std::string broken;
  std::string harmless;
  std::string open;
  for (const char* fault : faults) {
    const json found = explored(file + " --scope rw --only converges --faults " + fault);
    const json* finding = found.is_null() ? nullptr : finding_of(found["findings_with_faults"], "converges");
    const std::string verdict = finding == nullptr ? "unknown" : finding->value("verdict", "unknown");
    std::string& list = verdict == "violated" ? broken : verdict == "holds" ? harmless : open;
    list += (list.empty() ? "" : ", ") + std::string(fault);
  }
  return (broken.empty() ? "" : "✗ " + broken) + (broken.empty() || harmless.empty() ? "" : "; ") +
         (harmless.empty() ? "" : "✓ " + harmless) + (open.empty() ? "" : "; ? " + open);
}

std::string steps_of(const json& witness) {
  std::string text;
  std::size_t number = 0;
  for (const json& step : witness["steps"]) {
    text += std::to_string(++number) + ". " + step["actor"].get<std::string>();
    for (const char* part : {"begins", "act", "ends"}) {
      const auto words = step[part].get<std::string>();
      text += words.empty() ? "" : " " + std::string(part == std::string("ends") ? "— " : "") + words;
    }
    text += "\n";
  }
  return text;
}

struct Explored {
  json library;
  json found;
  std::string faults;
};

std::string table_of(std::span<const Explored> all) {
  std::string text = "| library | versions |";
  std::string line = "|---|---|";
  for (const char* property : properties) {
    text += " " + std::string(property) + " |";
    line += "---|";
  }
  text += " one client, one fault: converges |\n" + line + "---|\n";
  for (const Explored& one : all) {
    text += "| " + one.library["library"].get<std::string>() + " | " + versions_of(one.library) + " |";
    for (const char* property : properties) {
      const json* finding = one.found.is_null() ? nullptr : finding_of(one.found["findings"], property);
      text += " " + (finding == nullptr ? std::string("?") : verdict_of(*finding)) + " |";
    }
    text += " " + one.faults + " |\n";
  }
  return text;
}

std::string section_of(const Explored& one) {
  const auto file = one.library["file"].get<std::string>();
  const auto address = one.library["address"].get<std::string>();
  std::string text = "\n## " + one.library["library"].get<std::string>() + "\n\n" +
                     "Used as: " + one.library["use"].get<std::string>() +
                     ". Its documentation's promise: " + one.library["promise"].get<std::string>() +
                     (address.empty() ? "" : " (<" + address + ">)") + "\n\n`stalemate explore " + services + file +
                     "`\n";
  if (one.found.is_null()) {
    return text + "\nIt could not be explored.\n";
  }
  for (const json& finding : one.found["findings"]) {
    if (finding["verdict"] == "violated") {
      const json& witness = finding["witness"];
      return text + "\nThe shortest run that violates `" + finding["property"].get<std::string>() + "`:\n\n" +
             steps_of(witness) + "\n" + witness["conclusion"].get<std::string>() + "\n\n`stalemate replay " +
             witness["token"].get<std::string>() + " " + services + file + "`\n";
    }
  }
  return text + "\nNo run of the scopes that were searched to their end violates a property.\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> wanted(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0)));
  std::ifstream in(std::string(services) + "libraries.json");
  std::vector<Explored> all;
  for (const json& library : json::parse(in)) {
    const auto file = library["file"].get<std::string>();
    if (wanted.empty() || std::ranges::find(wanted, file) != wanted.end()) {
      const json found = explored(file + " --budget " + budget);
      all.push_back({.library = library, .found = found, .faults = by_fault(file)});
    }
  }
  std::ofstream out(page);
  out << "# Caching libraries, explored\n\n"
         "Generated by `./dev bench libraries`. Each row is a service of at most 60 lines in `tests/applications/`, "
         "written as the library's own documentation shows, with PostgreSQL and Redis behind gates. Every order of its "
         "calls was tried in growing scopes for "
      << budget
      << ".\n\n"
         "`✗ w,r, 7`: violated, in a scope of one writer and one reader, by 7 steps. `✓ to w,rr`: no order of that "
         "scope "
         "violates it, nor of the smaller ones. `?`: not decided in the time. `–`: no op could violate it. The last "
         "column is of one client that reads and then writes, with one fault at a time.\n\n"
      << table_of(all);
  for (const Explored& one : all) {
    out << section_of(one);
  }
  std::printf("wrote %s: %zu libraries\n", page, all.size());
  return std::ranges::all_of(all, [](const Explored& one) { return !one.found.is_null(); }) ? 0 : 1;
}
