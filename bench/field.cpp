// Every pattern under every fault, live beside explored: writes docs/field-matrix.md.
//
// Usage: bench_field [PATTERN...]; all patterns by default. Runs the built `stalemate` from the project's folder, a
// second a cell, and reads what the explorer says from docs/guarantees.md. A cell in which a run shows a violation of
// what the explorer says holds is a contradiction: it is told, and the exit code is 99.
// Rooms: core
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

constexpr const char* program = "build/release/stalemate";
constexpr const char* guarantees_page = "docs/guarantees.md";
constexpr const char* matrix_page = "docs/field-matrix.md";

/// A fault of the explorer's table, and how a run has it.
struct FieldFault {
  std::string name;                    ///< the column in docs/guarantees.md
  std::vector<std::string> live = {};  ///< sentences; those that the pattern cannot be asked for are left out
  /// Another column that it is live as well: what the explorer does in no time takes some, in which calls fail.
  std::string also = {};
};

const std::vector<FieldFault>& faults() {
  static const std::vector<FieldFault> all = {
      {"no fault", {}},
      {"crash", {"db: crash 2%", "cache: crash 2%"}},
      {"delayed", {"db: delayed 10ms 2% timeout=5ms", "cache: delayed 10ms 2% timeout=5ms"}},
      {"duplicated", {"update: duplicated 10ms 2%", "cache: duplicated 10ms 2%"}},
      {"evict", {"cache: evict 100ms..900ms"}},
      {"expire", {"cache: expire 100ms..900ms"}},
      {"lost-push", {"push: lost-push 5%"}},
      {"lost-reply", {"db: lost-reply 2% timeout=5ms", "cache: lost-reply 2% timeout=5ms"}},
      {"lost-request", {"db: lost-request 2% timeout=5ms", "cache: lost-request 2% timeout=5ms"}},
      {"refused", {"update: refused 5%"}},
      {"replica-lag", {"replica: replica-lag 300ms..600ms"}},
      {"restart", {"cache: restart 400ms..500ms"}, "lost-request"},
      {"rollback", {"cache: rollback 300ms..600ms"}},
  };
  return all;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  std::string cell;
  while (std::getline(in, cell, '|')) {
    const std::size_t begin = cell.find_first_not_of(" `");
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, cell.find_last_not_of(" `") - begin + 1));
  }
  return cells;
}

/// By pattern and fault, "converges fresh linearizable" as the first table of the page has them; empty: not possible.
std::map<std::string, std::map<std::string, std::string>> explored() {
  std::ifstream in(guarantees_page);
  std::map<std::string, std::map<std::string, std::string>> table;
  std::vector<std::string> head;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() < 3 || cells[1].starts_with("-")) {
      if (!head.empty() && line.empty()) {
        break;  // the first table is over
      }
      continue;
    }
    if (head.empty()) {
      head = cells;
      continue;
    }
    for (std::size_t place = 2; place < cells.size() && place < head.size(); ++place) {
      table[cells[1]][head[place]] = cells[place];
    }
  }
  return table;
}

/// What one run showed.
struct Seen {
  bool ran = false;
  std::string why_not = {};
  long long hit = 0;
  std::map<std::string, long long> violations = {};
};

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

int run_command(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

Seen run_cell(const std::filesystem::path& folder, const std::string& pattern, const FieldFault& fault) {
  std::filesystem::remove_all(folder / "runs");
  const std::string base = std::string(program) + " run before --json --no-live --no-faults --pattern " + pattern +
                           " -d 1s -r 1ms -w 3ms --clients 32 --out " + quoted((folder / "runs").string());
  std::vector<std::string> sentences = fault.live;
  while (true) {
    std::string command = base;
    for (const std::string& sentence : sentences) {
      command += " --fault " + quoted(sentence);
    }
    const std::string out = (folder / "out").string();
    const int code = run_command(command + " > " + quoted(out) + " 2> " + quoted(out + ".err") + " < /dev/null");
    const std::string err = text_of(out + ".err");
    if (code == 64 && sentences.size() > 1) {
      sentences.pop_back();  // of two, the one about the cache, which the pattern does not use
      continue;
    }
    if (code != 0) {
      return {.why_not = err.substr(0, err.find('\n'))};
    }
    Seen seen{.ran = true};
    const json results = json::parse(text_of(out));
    for (const auto& [name, count] : results["faults"].items()) {
      seen.hit += count.get<long long>();
    }
    for (const char* const check : {"convergence", "stale-reads", "linearizable"}) {
      seen.violations[check] = results["violations"].value(check, 0LL);
    }
    return seen;
  }
}

/// The parts of an explored cell: converges, fresh, linearizable.
std::array<std::string, 3> parts_of(const std::string& cell) {
  std::istringstream in(cell);
  std::array<std::string, 3> parts;
  in >> parts[0] >> parts[1] >> parts[2];
  return parts;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const auto table = explored();
  if (table.empty() || !std::filesystem::exists(program)) {
    std::fprintf(stderr, "run it in the project's folder, with %s built\n", program);
    return 64;
  }
  std::vector<std::string> patterns(arguments + 1, arguments + argument_count);
  for (const auto& [pattern, cells] : table) {
    if (argument_count == 1) {
      patterns.push_back(pattern);
    }
  }
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("stalemate-field-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  constexpr std::array checks = {"convergence", "stale-reads", "linearizable"};
  std::string page =
      "# Every pattern under every fault, live beside explored\n\n"
      "Generated by `./dev bench field`. Each cell is a run of a second on private servers, 1,000 reads and 333 writes "
      "a\n"
      "second on six keys, in which the fault hits what `hit` says. `live` are violations of convergence, stale-reads "
      "and\n"
      "linearizable; `explored` what [the explorer](guarantees.md) says of converges, fresh and linearizable with at "
      "most\n"
      "one fault: ✓ it holds. A live 0 proves nothing; a live violation where the explorer has ✓ is a "
      "contradiction.\n\n"
      "| pattern | fault | hit | live | explored | |\n|---|---|---|---|---|---|\n";
  std::string contradictions;
  for (const std::string& pattern : patterns) {
    for (const FieldFault& fault : faults()) {
      const auto row = table.find(pattern);
      const auto cell =
          row == table.end() ? std::map<std::string, std::string>::const_iterator() : row->second.find(fault.name);
      if (row == table.end() || cell == row->second.end() || cell->second.empty()) {
        continue;  // the fault cannot hit the pattern
      }
      const Seen seen = run_cell(folder, pattern, fault);
      std::string line = "| `" + pattern + "` | " + fault.name + " | ";
      if (!seen.ran) {
        line += "| not run | " + cell->second + " | " + seen.why_not + " |\n";
        contradictions += pattern + ", " + fault.name + ": not run: " + seen.why_not + "\n";
      } else {
        const std::array<std::string, 3> says = parts_of(cell->second);
        const auto also = row->second.find(fault.also);
        const std::array<std::string, 3> says_also = also == row->second.end() ? says : parts_of(also->second);
        std::string live;
        std::string wrong;
        for (std::size_t place = 0; place < checks.size(); ++place) {
          const long long count = seen.violations.at(checks[place]);
          live += (place == 0 ? "" : " ") + std::to_string(count);
          wrong += count > 0 && says[place] == "✓" && says_also[place] == "✓"
                       ? std::string(wrong.empty() ? "" : ", ") + checks[place]
                       : "";
        }
        line += (fault.live.empty() ? "" : std::to_string(seen.hit)) + " | " + live + " | " + cell->second + " | " +
                (wrong.empty() ? "" : "contradiction: " + wrong) + " |\n";
        contradictions += wrong.empty() ? "" : pattern + ", " + fault.name + ": " + wrong + "\n";
      }
      std::printf("%s", line.c_str());
      std::fflush(stdout);
      page += line;
    }
  }
  std::filesystem::remove_all(folder);
  if (argument_count == 1) {
    std::ofstream(matrix_page) << page;
  }
  std::printf("%s", contradictions.empty() ? "no contradiction\n" : ("contradictions:\n" + contradictions).c_str());
  return contradictions.empty() ? 0 : 99;
}
