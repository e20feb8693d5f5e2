// The matrix as a page and as a table for terminals.
#include <algorithm>

#include "core/text/number_text.hpp"
#include "explore/matrix/matrix.hpp"

namespace stalemate {

std::string mark_of(const JudgeFinding& finding) {
  if (finding.finding == Finding::unknown) {
    return finding.steps_ruled_out == 0 ? "?" : ">" + std::to_string(finding.steps_ruled_out);
  }
  if (finding.finding != Finding::violated) {
    return "✓";
  }
  return (finding.end == SearchEnd::complete ? "" : std::to_string(finding.steps_ruled_out + 1) + "–") +
         std::to_string(finding.witness->choices.size()) + (faults_of(*finding.witness) > 0 ? "!" : "");
}

namespace {

/// The same of a run for which the fault is to blame by definition: nothing is to be marked with "!".
std::string mark_of_alone(const JudgeFinding& finding) {
  std::string mark = mark_of(finding);
  std::erase(mark, '!');
  return mark;
}

std::string marks_of(const Exploration& exploration, std::string (*mark)(const JudgeFinding&)) {
  std::string marks;
  for (const JudgeInfo* judge : matrix_judges()) {
    marks += (marks.empty() ? "" : " ") + mark(finding_of(exploration, *judge));
  }
  return marks;
}

std::string padded(std::string text, std::size_t width) {
  const auto letters = static_cast<std::size_t>(
      std::ranges::count_if(text, [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; }));
  return text + std::string(width > letters ? width - letters : 0, ' ');
}

std::string without_trailing_spaces(const std::string& text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string_view name_of(const VirtualFaultInfo* fault) {
  return fault == nullptr ? "no fault" : fault->name;
}

/// One of the page's tables: a line a pattern, a column a fault. `text`: of a cell that is concerned.
template <class Text>
std::string page_table(const std::vector<MatrixRow>& rows, std::vector<MatrixCell> MatrixRow::* cells,
                       bool has_no_fault, Text text) {
  std::string head = "| pattern |";
  std::string rule = "|---|";
  for (const MatrixCell& cell : rows.empty() ? std::vector<MatrixCell>() : rows.front().*cells) {
    if (cell.fault != nullptr || has_no_fault) {
      head += " " + std::string(name_of(cell.fault)) + " |";
      rule += "---|";
    }
  }
  std::string table = head + "\n" + rule + "\n";
  for (const MatrixRow& row : rows) {
    table += "| `" + std::string(row.pattern->name) + "` |";
    for (const MatrixCell& cell : row.*cells) {
      if (cell.fault != nullptr || has_no_fault) {
        table += cell.concerned ? " " + text(cell) + " |" : " |";
      }
    }
    table += "\n";
  }
  return table;
}

/// A fault that cannot take place takes nothing from what holds without it.
bool holds_in(const MatrixRow& row, std::size_t fault, const JudgeInfo& judge) {
  const MatrixCell& cell = row.cells[fault].concerned ? row.cells[fault] : row.cells.front();
  return finding_of(cell.exploration, judge).finding == Finding::holds;
}

std::string page_of_holding(const std::vector<MatrixRow>& rows) {
  std::string page =
      "\n## Which patterns hold\n\nThe patterns to choose from where another one is violated: those that hold there, "
      "or "
      "that the fault cannot hit. Properties\nthat the tables leave out are in scopes of their own.\n";
  for (const JudgeInfo* judge : page_judges()) {
    page += "\n### " + std::string(judge->name) + "\n\nIn the scope `" + std::string(judge->scope) +
            "`: " + std::string(judge->summary) + ".\n\n";
    const std::size_t faults = rows.empty() ? 0 : rows.front().cells.size();
    for (std::size_t fault = 0; fault < faults; ++fault) {
      std::string names;
      for (const MatrixRow& row : rows) {
        if (holds_in(row, fault, *judge)) {
          names += (names.empty() ? "`" : ", `") + std::string(row.pattern->name) + "`";
        }
      }
      page +=
          "- " + std::string(name_of(rows.front().cells[fault].fault)) + ": " + (names.empty() ? "none" : names) + "\n";
    }
  }
  return page;
}

constexpr const char* legend = R"(
✓: it holds on every interleaving. A number: it is violated, and this is the length in steps of the shortest run that
violates it, in the scope or a part of it; with `!` that run contains the fault. A step is one call to a store, or one
thing that happens to a process or a store. An empty cell: the fault cannot hit the pattern. Whatever a pattern violates
without faults it also violates with them.

A live run is judged a little more strictly: its check `stale-reads` also counts a missed write of unknown outcome, once
another read has returned it. *fresh* does not, *linearizable* does. [field-matrix](field-matrix.md) has live runs of
every pattern under every fault beside this table.

)";

constexpr const char* about_faults_alone = R"(
## What each fault does by itself

A pattern that is broken without faults is broken under every fault, so the table above does not tell what the fault
adds. Here a number is the length of the shortest run in which the fault is to blame: the fault takes place, the
property is violated, and the same order of steps without the fault is right. (A process that the fault sent another way
takes its own next step instead. Whatever is unfinished at the end is finished, one process after the other.) ✓: there
is no such run; the fault does no harm by itself.

)";

constexpr const char* about_limits = R"( pairs of states a property. Where that is too few, `>12` means that the fault
is to blame for no run of up to 12 steps, but may be for longer ones; `15–18`: the shortest has 15 to 18 steps.
`stalemate explore PATTERN --faults FAULT --only PROPERTY --max-states N` searches on.

)";

constexpr const char* about_one_after_another = R"(
## Ops one after the other

The same scope, but no client begins an op while another client's is going on; only background processes work meanwhile.
So no race between clients hides a fault: here `cache-aside` is wrong only because of its faults.

)";

std::string table_part(const MatrixRow& row, const std::vector<MatrixCell>& cells, const std::string& order) {
  constexpr std::size_t gap = 2;
  std::string part;
  for (const MatrixCell& cell : cells) {
    if (!cell.concerned) {
      continue;
    }
    std::string line =
        padded(std::string(row.pattern->name), 20) + padded(std::string(name_of(cell.fault)), 14) + padded(order, 11);
    for (const JudgeInfo* judge : matrix_judges()) {
      const bool has_alone = !cell.alone.findings.empty();
      const std::string mark = mark_of(finding_of(cell.exploration, *judge)) +
                               (has_alone ? " / " + mark_of_alone(finding_of(cell.alone, *judge)) : "");
      line += padded(mark, std::max<std::size_t>(judge->name.size(), 9) + gap);
    }
    part += without_trailing_spaces(line) + "\n";
  }
  return part;
}

}  // namespace

std::string table_of(const std::vector<MatrixRow>& rows) {
  std::string table = padded("pattern", 20) + padded("fault", 14) + padded("ops", 11);
  for (const JudgeInfo* judge : matrix_judges()) {
    table += padded(std::string(judge->name), std::max<std::size_t>(judge->name.size(), 9) + 2);
  }
  table = without_trailing_spaces(table) + "\n";
  for (const MatrixRow& row : rows) {
    table += table_part(row, row.cells, "overlap") + table_part(row, row.one_after_another, "one by one");
  }
  table +=
      "\nScope " + std::string(default_scope) +
      ": two writers of one write, two readers of two reads, with at most one fault. Where ops overlap, every\n"
      "interleaving of their calls; one by one: no client begins an op while another's is going on.\n"
      "✓: holds. A number: violated, and no run that does so has fewer steps; with !: that run has the fault in "
      "it.\nBehind the /: what the fault does by itself: the steps of the shortest run in which it takes place and "
      "without\nwhich the same order of steps is right; ✓: there is none. Not all looked at within the limits: >12: no "
      "run "
      "of up to\n12 steps; 15–18: the shortest has 15 to 18; ?: not decided. Not listed: faults that cannot hit the "
      "pattern.\n";
  for (const JudgeInfo* judge : matrix_judges()) {
    table += std::string(judge->name) + ": " + std::string(judge->summary) + ".\n";
  }
  return table;
}

std::string markdown_of(const std::vector<MatrixRow>& rows, std::uint64_t pairs_max) {
  std::string page =
      "# What each pattern guarantees\n\nGenerated by `stalemate explore --matrix --markdown FILE`; a test proves it "
      "again. "
      "One key, in the scope `" +
      std::string(default_scope) +
      "`: two\nwriters of one write, two readers of two reads, every interleaving of their calls, and at most one "
      "fault "
      "of the column's\nkind. In each cell, in this order:\n\n";
  for (const JudgeInfo* judge : matrix_judges()) {
    page += "- *" + std::string(judge->name) + "*: " + std::string(judge->summary) + ";\n";
  }
  page += legend;
  page += page_table(rows, &MatrixRow::cells, true,
                     [](const MatrixCell& cell) { return marks_of(cell.exploration, mark_of); });
  page += about_faults_alone;
  page += "A search ends after " + with_thousands(pairs_max) + about_limits;
  page += page_table(rows, &MatrixRow::cells, false,
                     [](const MatrixCell& cell) { return marks_of(cell.alone, mark_of_alone); });
  page += about_one_after_another;
  page += page_table(rows, &MatrixRow::one_after_another, true,
                     [](const MatrixCell& cell) { return marks_of(cell.exploration, mark_of); });
  page += page_of_holding(rows) + "\n## The faults\n\n";
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    page += "- `" + std::string(fault.name) + "`: " + std::string(fault.summary) + ".\n";
  }
  return page;
}

}  // namespace stalemate
