// TOML to Scenario. The only file that includes the TOML library.
#include "scenario/parse.hpp"

#include <toml++/toml.h>
#include <algorithm>
#include <array>

#include "core/text/nearest.hpp"
#include "scenario/data_section.hpp"
#include "scenario/fields.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

// A key with its value. TOML++ sorts keys by name; people read files from the top.
struct Entry {
  std::string_view key;
  const toml::node* node;
  toml::source_position place;
};

std::vector<Entry> entries_in_file_order(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : table) {
    entries.push_back({key.str(), &node, key.source().begin});
  }
  std::ranges::sort(entries, [](const Entry& left, const Entry& right) {
    return std::pair(left.place.line, left.place.column) < std::pair(right.place.line, right.place.column);
  });
  return entries;
}

FieldValue value_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return node.as_string()->get();
    case toml::node_type::integer: return node.as_integer()->get();
    case toml::node_type::floating_point: return node.as_floating_point()->get();
    case toml::node_type::boolean: return node.as_boolean()->get();
    case toml::node_type::array: return ForeignValue{"an array"};
    case toml::node_type::table: return ForeignValue{"a table"};
    default: return ForeignValue{"a date or time"};
  }
}

// A text, or an array of texts.
Result<std::vector<std::string>> texts_in(std::string_view key, const toml::node& node) {
  std::vector<FieldValue> values;
  if (const toml::array* const array = node.as_array()) {
    for (const toml::node& one : *array) {
      values.push_back(value_of(one));
    }
  } else {
    values.push_back(value_of(node));
  }
  std::vector<std::string> texts;
  for (const FieldValue& value : values) {
    Result<std::string> text = read_text(key, value);
    if (!text) {
      return std::unexpected(text.error());
    }
    texts.push_back(std::move(*text));
  }
  return texts;
}

class Parser {
 public:
  explicit Parser(std::string_view source_name) : source_name_(source_name) {}

  Result<Scenario> parse(const toml::table& root) {
    Result<void> done = {};
    for (const Entry& entry : entries_in_file_order(root)) {
      done = entry.key == "faults" ? take_faults(entry)
             : entry.key == "data" ? take_data(entry)
                                   : take_field(entry, root);
      if (!done) {
        return std::unexpected(done.error());
      }
    }
    return scenario_;
  }

  // "FILE:LINE: sentence", or "FILE: sentence" for line 0.
  [[nodiscard]] std::unexpected<Error> located(std::size_t line, std::string_view sentence) const {
    std::string where(source_name_);
    if (line > 0) {
      where += ':' + std::to_string(line);
    }
    return failed(ErrorCode::wrong_type, where + ": " + std::string(sentence));
  }

  // The line of the key that the sentence begins with.
  [[nodiscard]] std::size_t line_of(std::string_view sentence) const {
    const std::string_view key = sentence.substr(0, sentence.find_first_of(": "));
    const auto place = std::ranges::find(lines_, key, &std::pair<std::string, std::size_t>::first);
    return place == lines_.end() ? 0 : place->second;
  }

 private:
  Result<void> take_field(const Entry& entry, const toml::table& root) {
    const Field* field = find_field(entry.key);
    if (field == nullptr) {
      return unknown(entry);
    }
    const std::string_view rival = rival_of(entry.key);
    if (!rival.empty() && root.contains(rival)) {
      return located(entry.place.line, std::string(entry.key) + " and " + std::string(rival) +
                                           " say the same thing in two ways; keep one of them");
    }
    Result<void> done = field->set(scenario_, entry.key, value_of(*entry.node));
    if (done) {
      done = field->check(scenario_, entry.key);
    }
    if (!done) {
      return located(entry.place.line, done.error().detail);
    }
    lines_.emplace_back(entry.key, entry.place.line);
    return {};
  }

  Result<void> take_data(const Entry& entry) {
    const toml::table* const section = entry.node->as_table();
    if (section == nullptr) {
      return located(entry.place.line, "data must be a section, [data], about a table of your own");
    }
    Dataset data;
    lines_.emplace_back("data", entry.place.line);
    for (const Entry& one : entries_in_file_order(*section)) {
      const std::string key = "data." + std::string(one.key);
      Result<std::vector<std::string>> texts = texts_in(key, *one.node);
      const Result<void> done =
          texts ? set_data(data, one.key, std::move(*texts)) : Result<void>(std::unexpected(texts.error()));
      if (!done) {
        return located(one.place.line, done.error().detail);
      }
      lines_.emplace_back(key, one.place.line);
    }
    scenario_.data = std::move(data);
    return {};
  }

  Result<void> take_faults(const Entry& entry) {
    if (const toml::array* statements = entry.node->as_array()) {
      return take_timeline(*statements, entry.place.line);
    }
    const toml::table* faults = entry.node->as_table();
    if (faults == nullptr) {
      return located(entry.place.line,
                     "faults must be a section, [faults], with one line a fault, or a list of texts such as "
                     "\"invalidate: lost-request n=3\"");
    }
    for (const Entry& fault : entries_in_file_order(*faults)) {
      const toml::value<std::string>* text = fault.node->as_string();
      const std::string key = "faults." + std::string(fault.key);
      if (text == nullptr) {
        return located(fault.place.line, key + " must be a text in quotes, not " + show_value(value_of(*fault.node)));
      }
      const FaultInfo* known = find_fault(fault.key);
      const std::string name(known == nullptr ? std::string_view(fault.key) : known->name);
      scenario_.faults.emplace_back(name, text->get());
      lines_.emplace_back("faults." + name, fault.place.line);
    }
    return {};
  }

  // Faults as a list, each in one sentence.
  Result<void> take_timeline(const toml::array& statements, std::size_t line) {
    for (const toml::node& node : statements) {
      const toml::value<std::string>* text = node.as_string();
      if (text == nullptr) {
        return located(line, "faults must be a list of texts, and " + show_value(value_of(node)) + " is none");
      }
      const Result<NamedFault> fault = parse_fault_statement(text->get());
      if (!fault) {
        return located(line, "faults: " + fault.error().detail);
      }
      add_fault_clause(scenario_.faults, *fault);
      lines_.emplace_back("faults." + fault->first, line);
    }
    return {};
  }

  [[nodiscard]] std::unexpected<Error> unknown(const Entry& entry) const {
    const bool is_section = entry.node->is_table();
    constexpr std::array<std::string_view, 2> sections = {"faults", "data"};
    std::string hint = is_section ? did_you_mean(entry.key, sections) : key_hint(entry.key);
    if (!is_section && FaultRegistry::find(entry.key) != nullptr) {
      hint = "; it is a fault, so it belongs into the section [faults]";
    }
    return located(entry.place.line, std::string(is_section ? "unknown section '" : "unknown key '") +
                                         std::string(entry.key) + "'" + hint);
  }

  std::string_view source_name_;
  Scenario scenario_;
  std::vector<std::pair<std::string, std::size_t>> lines_ = {};
};

std::string stem_of(std::string_view source_name) {
  const std::size_t slash = source_name.rfind('/');
  std::string_view stem = slash == std::string_view::npos ? source_name : source_name.substr(slash + 1);
  if (stem.ends_with(".toml")) {
    stem.remove_suffix(5);
  }
  return std::string(stem);
}

Result<Scenario> parse_with(Parser& parser, std::string_view text, std::string_view source_name) {
  try {
    const toml::table root = toml::parse(text, source_name);
    Result<Scenario> scenario = parser.parse(root);
    if (scenario && scenario->name.empty()) {
      scenario->name = stem_of(source_name);
    }
    return scenario;
  } catch (const toml::parse_error& error) {
    return parser.located(error.source().begin.line, "this is not TOML: " + std::string(error.description()));
  }
}

}  // namespace

Result<Scenario> parse_fields(std::string_view text, std::string_view source_name, Names names) {
  Parser parser(source_name);
  Result<Scenario> scenario = parse_with(parser, text, source_name);
  if (!scenario) {
    return scenario;
  }
  Result<void> valid = validate(*scenario);
  if (valid && names == Names::registered) {
    valid = validate_registered(*scenario);
  }
  if (!valid) {
    return parser.located(parser.line_of(valid.error().detail), valid.error().detail);
  }
  return scenario;
}

Result<Scenario> parse_scenario(std::string_view text, std::string_view source_name) {
  return parse_fields(text, source_name, Names::registered);
}

}  // namespace stalemate
