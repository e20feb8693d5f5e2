#include "record/foreign/export_facts.hpp"

#include <algorithm>
#include <iterator>

#include "core/text/printable.hpp"
#include "record/foreign/event_assembler.hpp"

namespace stalemate {

using edn::Form;
using edn::FormKind;

namespace {

/// Of a text or keyword; empty for what is not there.
std::string_view text_of(const Form* form) {
  return form == nullptr ? std::string_view() : std::string_view(form->text);
}

std::vector<JudgedCheck> verdicts_of(const Form& map) {
  std::vector<JudgedCheck> verdicts;
  for (std::size_t place = 0; map.kind == FormKind::map && place + 1 < map.items.size(); place += 2) {
    const std::string& name = map.items[place].text;
    const bool is_name = !name.empty() && printable(name) == name;
    const std::vector<Form>& pair = map.items[place + 1].items;
    const bool is_told = pair.size() == 2 && pair[1].kind == FormKind::integer && pair[1].integer >= 0;
    if (is_name && is_told && std::ranges::find(verdicts, name, &JudgedCheck::name) == verdicts.end()) {
      verdicts.push_back({.name = name, .verdict = pair[0].text, .count = static_cast<std::uint64_t>(pair[1].integer)});
    }
  }
  return verdicts;
}

std::vector<EngineFacts> engines_of(const Form& list) {
  std::vector<EngineFacts> engines;
  for (const Form& item : list.items) {
    engines.push_back({.role = std::string(text_of(item.find("role"))),
                       .name = std::string(text_of(item.find("name"))),
                       .version = std::string(text_of(item.find("version"))),
                       .isolation = std::string(text_of(item.find("isolation")))});
  }
  return engines;
}

Form form_of_text(const std::string& text) {
  return {.kind = FormKind::text, .text = text};
}

Form form_of_flag(bool flag) {
  return {.kind = FormKind::other, .text = flag ? "true" : "false"};
}

/// Adds a member to a map.
void add(Form& map, std::string_view name, Form value) {
  map.items.push_back({.kind = FormKind::keyword, .text = std::string(name)});
  map.items.push_back(std::move(value));
}

Form form_of(const EngineFacts& engine) {
  Form map{.kind = FormKind::map};
  add(map, "role", form_of_text(engine.role));
  add(map, "name", form_of_text(engine.name));
  add(map, "version", form_of_text(engine.version));
  add(map, "isolation", form_of_text(engine.isolation));
  return map;
}

Form form_of(const ValueTable& values, ValueId id) {
  const std::string text = values.edn(id);
  edn::Reader reader(text, "a value");
  return reader.next().value_or(Form{});
}

}  // namespace

ExportFacts export_facts_of(const Form& map) {
  const auto is_true = [&map](std::string_view name) {
    const Form* member = map.find(name);
    return member != nullptr && member->is_true();
  };
  ExportFacts facts{.is_keyed = is_true("keyed"), .is_timed = is_true("timed")};
  if (const Form* initial = map.find("initial"); initial != nullptr) {
    facts.has_initial = true;
    facts.initial = *initial;
  }
  facts.recording.is_native = is_true("native");
  facts.recording.is_excerpt = is_true("excerpt");
  facts.recording.truncation = text_of(map.find("cut"));
  if (const Form* engines = map.find("engines"); engines != nullptr) {
    facts.recording.engines = engines_of(*engines);
  }
  if (const Form* verdicts = map.find("verdicts"); verdicts != nullptr) {
    facts.recording.verdicts = verdicts_of(*verdicts);
  }
  return facts;
}

Form form_of_facts(const EventHistory& history, bool is_keyed) {
  Form map{.kind = FormKind::map};
  add(map, "keyed", form_of_flag(is_keyed));
  add(map, "timed", form_of_flag(history.timed));
  if (history.has_initial) {
    add(map, "initial", form_of(history.values, history.initial));
  }
  const RecordingFacts& recording = history.facts;
  if (recording.is_native) {
    add(map, "native", form_of_flag(true));
  }
  if (recording.is_excerpt) {
    add(map, "excerpt", form_of_flag(true));
  }
  if (!recording.truncation.empty()) {
    add(map, "cut", form_of_text(recording.truncation));
  }
  if (!recording.engines.empty()) {
    Form engines{.kind = FormKind::vector};
    std::ranges::transform(recording.engines, std::back_inserter(engines.items),
                           [](const EngineFacts& engine) { return form_of(engine); });
    add(map, "engines", std::move(engines));
  }
  if (!recording.verdicts.empty()) {
    Form verdicts{.kind = FormKind::map};
    for (const JudgedCheck& judged : recording.verdicts) {
      verdicts.items.push_back(form_of_text(judged.name));
      Form pair{.kind = FormKind::vector};
      pair.items = {form_of_text(judged.verdict), edn::whole_number(std::to_string(judged.count))};
      verdicts.items.push_back(std::move(pair));
    }
    add(map, "verdicts", std::move(verdicts));
  }
  return map;
}

void set_facts(EventHistory& history, const ExportFacts& facts) {
  history.has_initial = facts.has_initial;
  history.initial = facts.has_initial ? intern(history.values, facts.initial) : nil_value;
  history.facts = facts.recording;
  if (!facts.recording.truncation.empty()) {
    history.notes.push_back(facts.recording.truncation);
  }
}

}  // namespace stalemate
