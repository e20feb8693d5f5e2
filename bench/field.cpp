// Every pattern under every fault, live beside explored: writes docs/field-matrix.md.
//
// Usage: bench_field [PATTERN...]; all patterns by default. Runs the built `stalemate` from the project's folder, a
// second a cell, and reads what the explorer says from docs/guarantees.md. A cell in which a run shows a violation of
// what the explorer says holds is a contradiction: it is told, and the exit code is 99.
// Rooms: core patterns record check
#include <unistd.h>

#include <algorithm>
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

#include "check/check.hpp"
#include "core/pattern/pattern.hpp"
#include "record/history_reader.hpp"

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
      {"db-rollback", {"db: rollback 300ms..600ms"}, "lost-request"},
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
  long long hit = 0;  ///< by the fault
  long long diverged = 0;
  long long missed_acknowledged = 0;  ///< reads
  /// Reads that missed no acknowledged write, but one of unknown outcome that another read had returned before.
  long long missed_shown = 0;
  long long not_linearizable = 0;
  bool entries_expire = false;
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

/// The versions of the writes of a history, by key and value.
class Versions {
 public:
  explicit Versions(const stalemate::History& history) : history_(history) {
    for (const stalemate::OpRecord& op : history.ops()) {
      for (const stalemate::StepRecord& step : history.steps_of(op.index())) {
        if (op.kind() == stalemate::OpKind::write && step.version() != 0) {
          versions_[{op.key().index, op.value()}] = step.version();
        }
      }
    }
  }

  /// A newer write than the one that `read` returned had been acknowledged before it began.
  [[nodiscard]] bool missed_acknowledged(const stalemate::OpRecord& read) const {
    const stalemate::Version returned = version_of(read);
    return std::ranges::any_of(history_.ops(), [&](const stalemate::OpRecord& op) {
      return op.kind() == stalemate::OpKind::write && op.outcome() == stalemate::Outcome::ok &&
             op.key() == read.key() && op.completion_ns() < read.invocation_ns() && version_of(op) > returned;
    });
  }

 private:
  [[nodiscard]] stalemate::Version version_of(const stalemate::OpRecord& op) const {
    const auto place = versions_.find({op.key().index, op.value()});
    return place == versions_.end() ? 0 : place->second;
  }

  const stalemate::History& history_;
  std::map<std::pair<std::uint32_t, stalemate::Value>, stalemate::Version> versions_ = {};
};

void tell_stale_reads_apart(const std::filesystem::path& path, Seen& seen) {
  const stalemate::Result<stalemate::History> history = stalemate::read_history(path);
  if (!history) {
    seen = {.why_not = history.error().detail};
    return;
  }
  const stalemate::Report report = stalemate::check_all(*history, {.only = {"stale-reads"}});
  const Versions versions(*history);
  for (const stalemate::StaleRead& stale : stalemate::find_result(report, "stale-reads")->stale_reads) {
    const bool acknowledged = versions.missed_acknowledged(*history->find_op(stale.read));
    ++(acknowledged ? seen.missed_acknowledged : seen.missed_shown);
  }
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
    if (code == 64 && sentences.size() > 1) {
      sentences.pop_back();  // of two, the one about the cache, which the pattern does not use
      continue;
    }
    if (code != 0) {
      const std::string err = text_of(out + ".err");
      return {.why_not = err.substr(0, err.find('\n'))};
    }
    Seen seen{.ran = true};
    const json results = json::parse(text_of(out));
    for (const auto& [name, count] : results["faults"].items()) {
      seen.hit += count.get<long long>();
    }
    seen.diverged = results["violations"].value("convergence", 0LL);
    seen.not_linearizable = results["violations"].value("linearizable", 0LL);
    seen.entries_expire = stalemate::PatternRegistry::find(pattern)->needs.time_to_live_ns > 0;
    tell_stale_reads_apart(folder / "runs/before/latest/history.stale", seen);
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

/// What a run showed, beside what the explorer says.
class Comparison {
 public:
  Comparison(const Seen& seen, const std::string& cell, const std::string& also_name, const std::string& also)
      : says_(parts_of(cell)), also_name_(also_name), also_(also), says_also_(parts_of(also)) {
    if (seen.entries_expire && seen.diverged > 0) {
      notes_ = "these entries are bound to expire";
    } else {
      compare(seen.diverged, "convergence", 0);
    }
    compare(seen.missed_acknowledged, "stale reads", 1);
    compare(seen.missed_shown, "reads that missed what others had shown", 2);
    compare(seen.not_linearizable, "linearizable", 2);
  }

  [[nodiscard]] const std::string& contradicted() const { return contradicted_; }
  [[nodiscard]] std::string text() const {
    std::string text = contradicted_.empty() ? "" : "contradiction: " + contradicted_;
    const auto add = [&text](const std::string& note) { text += text.empty() || note.empty() ? note : "; " + note; };
    add(explained_.empty() ? "" : explained_ + " as under " + also_name_ + ": " + also_);
    add(notes_);
    return text;
  }

 private:
  void compare(long long count, const std::string& what, std::size_t part) {
    if (count == 0 || says_.at(part) != "✓") {
      return;
    }
    std::string& list = says_also_.at(part).empty() || says_also_.at(part) == "✓" ? contradicted_ : explained_;
    list += (list.empty() ? "" : ", ") + what;
  }

  std::array<std::string, 3> says_;
  std::string also_name_;
  std::string also_;
  std::array<std::string, 3> says_also_;
  std::string contradicted_;
  std::string explained_;
  std::string notes_;
};

using Cells = std::map<std::string, std::string>;

std::string cell_of(const Cells& cells, const std::string& fault) {
  const auto place = cells.find(fault);
  return place == cells.end() ? "" : place->second;
}

/// A line of the page, and what it contradicts; of a fault that cannot hit the pattern nothing.
std::string row_of(const std::filesystem::path& folder, const std::string& pattern, const Cells& cells,
                   const FieldFault& fault, std::string& contradictions) {
  const std::string cell = cell_of(cells, fault.name);
  if (cell.empty()) {
    return {};
  }
  const Seen seen = run_cell(folder, pattern, fault);
  const std::string line = "| `" + pattern + "` | " + fault.name + " | ";
  if (!seen.ran) {
    contradictions += pattern + ", " + fault.name + ": not run: " + seen.why_not + "\n";
    return line + "| not run | " + cell + " | " + seen.why_not + " |\n";
  }
  const Comparison comparison(seen, cell, fault.also, cell_of(cells, fault.also));
  if (!comparison.contradicted().empty()) {
    contradictions += pattern + ", " + fault.name + ": " + comparison.contradicted() + "\n";
  }
  return line + (fault.live.empty() ? "" : std::to_string(seen.hit)) + " | " + std::to_string(seen.diverged) + " " +
         std::to_string(seen.missed_acknowledged) +
         (seen.missed_shown == 0 ? "" : "+" + std::to_string(seen.missed_shown)) + " " +
         std::to_string(seen.not_linearizable) + " | " + cell + " | " + comparison.text() + " |\n";
}

constexpr const char* head_of_page = R"(# Every pattern under every fault, live beside explored

Generated by `./dev bench field`. Each row is a run of a second on private servers: 1,000 reads and 333 writes a second
on six keys, and the fault, which hits as often as `hit` says. `live` has three counts: keys whose entry differs from
the row at the end; stale reads; values that break linearizability. `explored` is what [the explorer](guarantees.md)
says of *converges*, *fresh* and *linearizable* with at most one fault: ✓ it holds, else the length of the shortest run
that breaks it. A live 0 proves nothing. A live violation where the explorer has ✓ is a contradiction, and is marked.

Three things are not compared with the row's own cell alone:

- `3+2` stale reads: 3 missed a write that had been acknowledged, 2 only one of unknown outcome that another read had
  returned before (its writer crashed or saw a timeout). The check counts both as stale. *fresh* asks for acknowledged
  writes alone, so the 2 stand beside *linearizable*.
- *converges* forgives an entry that is bound to expire; the check counts it, if it is still there when the run ends.
- The explorer's `restart` and `db-rollback` take no time. Live ones take a while, in which calls fail, so they are
  `lost-request` as well. The last column says where a violation is explained by that.

| pattern | fault | hit | live | explored | |
|---|---|---|---|---|---|
)";

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
  std::string page = head_of_page;
  std::string contradictions;
  for (const std::string& pattern : patterns) {
    const auto cells = table.find(pattern);
    for (const FieldFault& fault : faults()) {
      const std::string row = cells == table.end() ? "" : row_of(folder, pattern, cells->second, fault, contradictions);
      std::printf("%s", row.c_str());
      std::fflush(stdout);
      page += row;
    }
  }
  std::filesystem::remove_all(folder);
  if (argument_count == 1) {
    std::ofstream(matrix_page) << page;
  }
  std::printf("%s", contradictions.empty() ? "no contradiction\n" : ("contradictions:\n" + contradictions).c_str());
  return contradictions.empty() ? 0 : 99;
}
