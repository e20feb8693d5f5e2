#include "scenario/page.hpp"

#include <variant>

#include "core/faults/call_names.hpp"
#include "core/faults/fault.hpp"
#include "scenario/fields.hpp"

namespace stalemate {
namespace {

std::string code(std::string_view text) {
  return text.empty() ? std::string() : "`" + std::string(text) + "`";
}

std::string row(std::initializer_list<std::string_view> cells) {
  std::string line = "|";
  for (const std::string_view cell : cells) {
    line += cell.empty() ? " |" : " " + std::string(cell) + " |";
  }
  return line + "\n";
}

std::string flags_of(const ScenarioField& field) {
  std::string text = code(field.flags);
  for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 5)) {
    text.replace(comma, 1, "`, `");
  }
  return text;
}

std::string_view kind_in_results(const Field& field) {
  constexpr std::string_view kinds[] = {"", "yes/no", "count", "number", "text"};
  return field.about.result.ends_with("_ns") ? "nanoseconds" : kinds[field.told(Scenario()).index()];
}

}  // namespace

std::string scenario_tables() {
  std::string page = row({"key", "what it means", "kind", "values", "default", "flag of `run`", "in results.json"}) +
                     row({"---", "---", "---", "---", "---", "---", "---"});
  for (const ScenarioField& field : scenario_fields()) {
    page += row({code(field.key), field.meaning, field.kind, field.range, code(field.default_value), flags_of(field),
                 code(field.result)});
  }
  page += "\n## Faults\n\n";
  page += row({"fault", "what goes wrong", "as a sentence", "under `[faults]`"}) + row({"---", "---", "---", "---"});
  for (const FaultInfo& fault : FaultRegistry::all()) {
    page += row({code(fault.name), fault.summary, code(fault.sentence),
                 code(std::string(fault.name) + " = \"" + std::string(fault.example) + "\"")});
  }
  page += "\n## Calls\n\nThe calls that a fault can apply to. The words mean the same in every fault.\n\n";
  page += row({"word", "which calls"}) + row({"---", "---"});
  for (const CallName& call : call_names()) {
    page += row({code(call.name), call.meaning});
  }
  return page;
}

std::string asked_table() {
  std::string page = row({"field", "kind", "meaning"}) + row({"---", "---", "---"});
  for (const Field& field : fields()) {
    if (field.about.result.starts_with("asked.")) {
      page += row({code(field.about.result), kind_in_results(field), field.about.meaning});
    }
  }
  return page;
}

}  // namespace stalemate
