// A told witness as a sequence diagram: in plain text, as Mermaid and as SVG.
#include <algorithm>

#include "explore/telling.hpp"

namespace stalemate {
namespace {

/// Who takes part, in order of appearance: processes first, then stores.
class Parties {
 public:
  explicit Parties(const Telling& telling) {
    for (const ToldStep& step : telling.steps) {
      add(is_store(step.actor) ? stores_ : processes_, step.actor);
    }
    for (const ToldStep& step : telling.steps) {
      if (!step.target.empty()) {
        add(stores_, step.target);
      }
    }
    names_ = processes_;
    names_.insert(names_.end(), stores_.begin(), stores_.end());
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t column_of(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
  }

 private:
  static bool is_store(const std::string& name) {
    return name == "cache" || name == "database" || name == "replica" || name == "memory";
  }
  static void add(std::vector<std::string>& names, const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  }
  std::vector<std::string> processes_ = {};
  std::vector<std::string> stores_ = {};
  std::vector<std::string> names_ = {};
};

std::string label_of(const ToldStep& step) {
  std::string label = step.begins.empty() ? "" : step.begins + "; ";
  label += step.act;
  label += step.ends.empty() ? "" : "; " + step.ends;
  return label;
}

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    safe += letter == '<' ? "&lt;" : letter == '>' ? "&gt;" : letter == '&' ? "&amp;" : std::string(1, letter);
  }
  return safe;
}

}  // namespace

std::string text_diagram_of(const Telling& telling) {
  constexpr std::size_t gap = 3;
  const Parties parties(telling);
  const std::size_t number_width = std::to_string(telling.steps.size()).size() + gap;
  std::string head(number_width, ' ');
  std::vector<std::size_t> lines;
  for (const std::string& name : parties.names()) {
    lines.push_back(head.size() + name.size() / 2);
    head += name + std::string(gap, ' ');
  }
  std::string diagram = head.substr(0, head.find_last_not_of(' ') + 1) + "\n";
  for (std::size_t number = 1; number <= telling.steps.size(); ++number) {
    const ToldStep& step = telling.steps[number - 1];
    std::string row = std::to_string(number);
    row.resize(head.size(), ' ');
    for (const std::size_t line : lines) {
      row[line] = '|';
    }
    const std::size_t from = lines[parties.column_of(step.actor)];
    if (step.target.empty()) {
      row[from] = '*';
    } else {
      const std::size_t to = lines[parties.column_of(step.target)];
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(from) + 1, row.begin() + static_cast<std::ptrdiff_t>(to),
                '-');
      row[to - 1] = step.arrives ? '>' : 'x';
    }
    diagram += row + label_of(step) + (step.fault.empty() ? "" : " [" + step.fault + "]") + "\n";
  }
  return diagram;
}

std::string mermaid_of(const Telling& telling) {
  const Parties parties(telling);
  const auto id_of = [&](const std::string& name) { return "p" + std::to_string(parties.column_of(name)); };
  std::string diagram = "sequenceDiagram\n  autonumber\n";
  for (const std::string& name : parties.names()) {
    diagram += "  participant " + id_of(name) + " as " + name + "\n";
  }
  for (const ToldStep& step : telling.steps) {
    std::string label = label_of(step) + (step.fault.empty() ? "" : " [" + step.fault + "]");
    std::ranges::replace(label, ';', ',');  // which ends a statement in Mermaid
    diagram += "  " + id_of(step.actor) + (step.arrives ? "->>" : "-x") +
               id_of(step.target.empty() ? step.actor : step.target) + ": " + label + "\n";
  }
  std::string conclusion = telling.conclusion;
  std::ranges::replace(conclusion, ';', ',');
  diagram += parties.names().empty() ? "" : "  Note over " + id_of(parties.names().front()) + ": " + conclusion + "\n";
  return diagram;
}

std::string svg_of(const Telling& telling) {
  constexpr std::size_t column_width = 130;
  constexpr std::size_t row_height = 26;
  constexpr std::size_t top = 56;
  constexpr std::size_t letter_width = 7;
  const Parties parties(telling);
  std::size_t longest = telling.conclusion.size();
  for (const ToldStep& step : telling.steps) {
    longest = std::max(longest, label_of(step).size() + step.fault.size() + 3);
  }
  const auto number = [](std::size_t value) { return std::to_string(value); };
  const auto line_of = [&](std::size_t column) { return 60 + column * column_width; };
  const std::size_t text_left = line_of(parties.names().size()) - 40;
  const std::size_t width = text_left + (longest + 2) * letter_width;
  const std::size_t bottom = top + telling.steps.size() * row_height;
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" +
                    number(bottom + 50) + "\" font-family=\"sans-serif\" font-size=\"13\">\n" +
                    "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  for (std::size_t column = 0; column < parties.names().size(); ++column) {
    const std::string x = number(line_of(column));
    svg += "<text x=\"" + x + "\" y=\"24\" text-anchor=\"middle\" font-weight=\"bold\">" +
           escaped(parties.names()[column]) + "</text>\n<line x1=\"" + x + "\" y1=\"34\" x2=\"" + x + "\" y2=\"" +
           number(bottom) + "\" stroke=\"#999\"/>\n";
  }
  for (std::size_t place = 0; place < telling.steps.size(); ++place) {
    const ToldStep& step = telling.steps[place];
    const std::string y = number(top + place * row_height);
    const std::size_t from = line_of(parties.column_of(step.actor));
    const std::string colour = step.fault.empty() ? "#1f4e9c" : "#b3261e";
    if (step.target.empty()) {
      svg += "<circle cx=\"" + number(from) + "\" cy=\"" + y + "\" r=\"5\" fill=\"" + colour + "\"/>\n";
    } else {
      const std::size_t to = line_of(parties.column_of(step.target)) - (step.arrives ? 0 : column_width / 2);
      const std::string x = number(to);
      const std::size_t level = top + place * row_height;
      svg += "<line x1=\"" + number(from) + "\" y1=\"" + y + "\" x2=\"" + x + "\" y2=\"" + y + "\" stroke=\"" + colour +
             "\" stroke-width=\"2\"/>\n<path d=\"M" + number(to - 8) + " " + number(level - 5) + " L" + x + " " + y +
             " L" + number(to - 8) + " " + number(level + 5) + "\" fill=\"none\" stroke=\"" + colour +
             "\" stroke-width=\"2\"/>\n";
    }
    svg += "<text x=\"" + number(text_left) + "\" y=\"" + number(top + place * row_height + 4) + "\" fill=\"" +
           (step.fault.empty() ? "#222" : colour) + "\">" + number(place + 1) + ". " + escaped(label_of(step)) +
           (step.fault.empty() ? "" : " [" + step.fault + "]") + "</text>\n";
  }
  return svg + "<text x=\"20\" y=\"" + number(bottom + 26) + "\" font-weight=\"bold\">" + escaped(telling.conclusion) +
         "</text>\n</svg>\n";
}

}  // namespace stalemate
