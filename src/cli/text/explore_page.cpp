#include "cli/text/explore_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "cli/text/explore_words.hpp"
#include "core/text/printable.hpp"
#include "explore/application/application_telling.hpp"
#include "explore/telling/token.hpp"

namespace stalemate {
namespace {

using PageJson = nlohmann::ordered_json;

constexpr int no_witness = -1;

/// What a page's runs share: each text and each party once, and each run that several cells show.
class WitnessTable {
 public:
  /// Its place. `subject`: the pattern or service; with another one the same story is another run.
  int add(const Telling& telling, const std::string& subject, const std::string& token,
          const std::vector<std::string>& notes) {
    const auto [known, is_new] =
        places_.try_emplace(subject + '\n' + story_of(telling), static_cast<int>(witnesses_.size()));
    if (is_new) {
      witnesses_.push_back(json_of(telling, token, notes));
    }
    return known->second;
  }
  void move_into(PageJson& page) {
    page["texts"] = std::move(texts_);
    page["parties"] = std::move(parties_);
    page["witnesses"] = std::move(witnesses_);
  }

 private:
  int text(const std::string& words) {
    const auto [known, is_new] = places_of_texts_.try_emplace(words, static_cast<int>(texts_.size()));
    if (is_new) {
      texts_.push_back(words);
    }
    return known->second;
  }

  int party(const Party& party) {
    const auto [known, is_new] = places_of_parties_.try_emplace(party.name, static_cast<int>(parties_.size()));
    if (is_new) {
      parties_.push_back({{"name", party.name}, {"store", party.is_store()}});
    }
    return known->second;
  }

  /// Actor, target or -1, words; where it did not go as it should, 1 if the request does not arrive, and the fault or
  /// -1.
  PageJson json_of(const ToldStep& step) {
    std::string words = step.begins;
    for (const std::string* part : {&step.act, &step.ends}) {
      words += (words.empty() || part->empty() ? "" : "; ") + *part;
    }
    PageJson json = {party(step.actor), step.target ? party(*step.target) : -1, text(words)};
    if (!step.arrives || !step.fault.empty()) {
      json.push_back(step.arrives ? 0 : 1);
      json.push_back(step.fault.empty() ? -1 : text(step.fault));
    }
    return json;
  }

  PageJson json_of(const Telling& telling, const std::string& token, const std::vector<std::string>& notes) {
    PageJson steps = PageJson::array();
    for (const ToldStep& step : telling.steps) {
      steps.push_back(json_of(step));
    }
    PageJson words = PageJson::array();
    for (const std::string* part : {&telling.conclusion, &telling.details}) {
      if (!part->empty()) {
        words.push_back(text(*part));
      }
    }
    for (const std::string& note : notes) {
      words.push_back(text(note));
    }
    return {steps, words, token};
  }

  PageJson texts_ = PageJson::array();
  PageJson parties_ = PageJson::array();
  PageJson witnesses_ = PageJson::array();
  std::map<std::string, int> places_ = {};
  std::map<std::string, int> places_of_texts_ = {};
  std::map<std::string, int> places_of_parties_ = {};
};

Page made_page(const std::string& title, const PageJson& data, std::string words) {
  return {.title = title,
          .kind = "explore",
          .data_json = data.dump(-1, ' ', false, PageJson::error_handler_t::replace),
          .words = printable_lines(words),
          .generator = std::string("stalemate ") + program_version()};
}

PageJson begun(const std::string& title, const std::string& again, const std::vector<std::string>& about) {
  return {{"title", title},   {"again", again}, {"about", about}, {"file", ""}, {"groups", PageJson::array()},
          {"matrix", nullptr}};
}

int add_witness(WitnessTable& table, const Witness& witness, const std::vector<std::string>& notes) {
  return table.add(told(witness), std::string(witness.options.pattern->name), token_of(witness), notes);
}

PageJson json_of_case(const VerdictCase& one, Finding finding, int witness) {
  return {{"property", one.name}, {"verdict", name_of(finding)}, {"words", one.fact}, {"witness", witness}};
}

/// What each fault does by itself, of the properties that are violated with the faults.
PageJson json_of_alone(const Explored& found, WitnessTable& table) {
  PageJson all = PageJson::array();
  for (const FaultAlone& alone : found.alone) {
    for (const JudgeFinding& finding : alone.exploration.findings) {
      const std::string fault(alone.options.faults.front()->name);
      const int witness =
          finding.witness
              ? add_witness(table, *finding.witness,
                            {fmt::format("Without the fault ({}) the same order of steps is right.", fault)})
              : no_witness;
      const std::string words = finding.witness ? words_of(*finding.witness)
                                : finding.finding == Finding::unknown
                                    ? reason_of(finding, alone.options, alone.exploration)
                                    : "does no harm by itself";
      all.push_back({{"property", finding.judge->name},
                     {"verdict", name_of(finding.finding)},
                     {"words", words},
                     {"witness", witness},
                     {"fault", fault}});
    }
  }
  return all;
}

/// A mark of a cell, its verdict and, where there is one, its witness; `alone`: of what the fault does by itself, where
/// nothing is to be marked with "!".
PageJson json_of_mark(const JudgeFinding& finding, bool alone, WitnessTable& table) {
  std::string mark = mark_of(finding);
  if (alone) {
    std::erase(mark, '!');
  }
  PageJson json = {mark, name_of(finding.finding)};
  if (finding.witness) {
    json.push_back(add_witness(table, *finding.witness, {}));
  }
  return json;
}

using CellsOfRow = std::vector<MatrixCell> MatrixRow::*;

/// One of the matrix's tables. `findings`: those of a cell that it shows.
PageJson json_of_table(const std::string& name, const std::string& about, const std::vector<MatrixRow>& rows,
                       CellsOfRow cells, Exploration MatrixCell::* findings, WitnessTable& table) {
  const bool alone = findings == &MatrixCell::alone;
  PageJson faults = PageJson::array();
  PageJson lines = PageJson::array();
  for (const MatrixRow& row : rows) {
    PageJson line = PageJson::array();
    for (const MatrixCell& cell : row.*cells) {
      if (alone && cell.fault == nullptr) {
        continue;
      }
      if (lines.empty()) {
        faults.push_back(cell.fault == nullptr ? "no fault" : cell.fault->name);
      }
      PageJson marks = cell.concerned ? PageJson::array() : PageJson();
      for (const JudgeInfo* judge : cell.concerned ? matrix_judges() : std::vector<const JudgeInfo*>()) {
        marks.push_back(json_of_mark(finding_of(cell.*findings, *judge), alone, table));
      }
      line.push_back(marks);
    }
    lines.push_back({{"pattern", row.pattern->name}, {"cells", line}});
  }
  return {{"name", name}, {"about", about}, {"faults", faults}, {"rows", lines}};
}

}  // namespace

Page page_of(const ExplorationOptions& options, const Explored& found, const std::string& again) {
  const VerdictSheet sheet = sheet_of(options, found, again);
  WitnessTable table;
  PageJson data = begun(sheet.headline, again, {});
  PageJson verdicts = PageJson::array();
  for (std::size_t place = 0; place < sheet.cases.size(); ++place) {
    const JudgeFinding& finding = found.exploration.findings[place];
    const std::string why = reason_of(finding.end, options, found.exploration.runs);
    const int witness =
        finding.witness ? add_witness(table, *finding.witness,
                                      {words_of_length(finding, "violates it", why), words_of_remedy(options, finding)})
                        : no_witness;
    verdicts.push_back(json_of_case(sheet.cases[place], finding.finding, witness));
  }
  data["groups"].push_back({{"name", "Properties"}, {"found", verdicts}});
  if (!found.alone.empty()) {
    data["groups"].push_back({{"name", "Each fault by itself, where the same order of steps is right without it"},
                              {"found", json_of_alone(found, table)}});
  }
  table.move_into(data);
  return made_page("stalemate explore " + sheet.subject, data,
                   text_of(options, found, DiagramKind::none, any_width, Marks{}));
}

Page page_of(const ExploredApplication& explored, const std::string& again) {
  const VerdictSheet sheet = sheet_of(explored);
  WitnessTable table;
  PageJson data = begun("stalemate explore " + explored.file, again, {sheet.headline});
  data["file"] = explored.file;
  std::size_t place = 0;
  const auto add = [&](const std::string& name, const std::vector<ApplicationFinding>& findings) {
    PageJson verdicts = PageJson::array();
    for (const ApplicationFinding& finding : findings) {
      const int witness = finding.witness ? table.add(tell(*finding.witness), explored.name,
                                                      token_of(*finding.witness, explored.subject), {})
                                          : no_witness;
      verdicts.push_back(json_of_case(sheet.cases[place++], finding.finding, witness));
    }
    if (!findings.empty()) {
      data["groups"].push_back({{"name", name}, {"found", verdicts}});
    }
  };
  add("Without faults", explored.exploration.findings);
  add("With faults", explored.exploration.with_faults);
  table.move_into(data);
  return made_page("stalemate explore " + explored.file, data,
                   text_of(explored, DiagramKind::none, any_width, Marks{}));
}

Page page_of(const std::vector<MatrixRow>& rows, const std::string& again) {
  WitnessTable table;
  PageJson data = begun("What each pattern guarantees", again,
                        {fmt::format("{} patterns under every fault, in the scope {}: two writers of one write, two "
                                     "readers of two reads, every interleaving of their calls, and at most one fault.",
                                     rows.size(), default_scope)});
  PageJson properties = PageJson::array();
  for (const JudgeInfo* judge : matrix_judges()) {
    properties.push_back({{"name", judge->name}, {"summary", judge->summary}});
  }
  PageJson tables = PageJson::array();
  tables.push_back(
      json_of_table("ops overlap", "Every interleaving.", rows, &MatrixRow::cells, &MatrixCell::exploration, table));
  tables.push_back(json_of_table(
      "each fault by itself", "Only runs in which the fault is to blame: the same order of steps is right without it.",
      rows, &MatrixRow::cells, &MatrixCell::alone, table));
  tables.push_back(json_of_table("ops one by one", "No client begins an op while another's is going on.", rows,
                                 &MatrixRow::one_after_another, &MatrixCell::exploration, table));
  data["matrix"] = {{"properties", properties}, {"scope", default_scope}, {"tables", tables}};
  table.move_into(data);
  return made_page("stalemate: what each pattern guarantees", data, table_of(rows));
}

}  // namespace stalemate
