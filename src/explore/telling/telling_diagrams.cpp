// A told witness as a sequence diagram: in plain text, as Mermaid and as SVG.
#include <algorithm>
#include <iterator>

#include "explore/telling/telling.hpp"

namespace stalemate {
namespace {

/// Who takes part, in order of appearance: processes first, then stores.
class Parties {
 public:
  explicit Parties(const Telling& telling) {
    for (const ToldStep& step : telling.steps) {
      add(step.actor);
    }
    for (const ToldStep& step : telling.steps) {
      if (step.target) {
        add(*step.target);
      }
    }
    std::ranges::stable_partition(parties_, [](const Party& party) { return !party.is_store(); });
    std::ranges::transform(parties_, std::back_inserter(names_), &Party::name);
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] std::size_t column_of(const Party& party) const {
    return static_cast<std::size_t>(std::ranges::find(parties_, party) - parties_.begin());
  }

 private:
  void add(const Party& party) {
    if (std::ranges::find(parties_, party) == parties_.end()) {
      parties_.push_back(party);
    }
  }
  std::vector<Party> parties_ = {};
  std::vector<std::string> names_ = {};
};

std::string label_of(const ToldStep& step) {
  std::string label = step.begins + (step.begins.empty() || step.act.empty() ? "" : "; ");
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

std::string number(std::size_t value) {
  return std::to_string(value);
}

/// An SVG image: a column a party, a row a step, and the step's words at its right.
class Drawing {
 public:
  explicit Drawing(const Telling& telling) : telling_(telling), parties_(telling) {}

  [[nodiscard]] std::string text() const {
    std::size_t longest = 0;
    for (std::size_t step = 0; step < telling_.steps.size(); ++step) {
      longest = std::max(longest, words_of(step).size());
    }
    const std::size_t width =
        std::max(words_left() + longest * letter_width, margin + telling_.conclusion.size() * bold_letter_width) +
        margin;
    const std::string size = number(width) + " " + number(bottom() + 50);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
                      number(width) + "\" height=\"" + number(bottom() + 50) +
                      "\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n" +
                      (telling_.conclusion.empty() ? "" : "<title>" + escaped(telling_.conclusion) + "</title>\n") +
                      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    for (std::size_t step = 0; step < telling_.steps.size(); step += 2) {
      svg += "<rect y=\"" + number(level_of(step) - row_height / 2) + "\" width=\"100%\" height=\"" +
             number(row_height) + "\" fill=\"#f1f4f9\"/>\n";
    }
    for (std::size_t column = 0; column < parties_.names().size(); ++column) {
      const std::string x = number(line_of(column));
      svg += "<text x=\"" + x + "\" y=\"24\" text-anchor=\"middle\" font-weight=\"bold\">" +
             escaped(parties_.names()[column]) + "</text>\n<line x1=\"" + x + "\" y1=\"34\" x2=\"" + x + "\" y2=\"" +
             number(bottom()) + "\" stroke=\"#999\"/>\n";
    }
    for (std::size_t step = 0; step < telling_.steps.size(); ++step) {
      const bool fails = !telling_.steps[step].fault.empty();
      svg += mark_of(step) + "<text x=\"" + number(words_left()) + "\" y=\"" + number(level_of(step) + 4) +
             "\" fill=\"" + (fails ? fault_colour : "#222") + "\">" + escaped(words_of(step)) + "</text>\n";
    }
    return telling_.conclusion.empty()
               ? svg + "</svg>\n"
               : svg + "<text x=\"" + number(margin) + "\" y=\"" + number(bottom() + 28) + "\" font-weight=\"bold\">" +
                     escaped(telling_.conclusion) + "</text>\n</svg>\n";
  }

 private:
  static constexpr std::size_t column_width = 130;
  static constexpr std::size_t row_height = 26;
  static constexpr std::size_t top = 56;
  static constexpr std::size_t margin = 20;
  static constexpr std::size_t letter_width = 7;  // more than the usual sans-serif has on average
  static constexpr std::size_t bold_letter_width = 8;
  static constexpr const char* fault_colour = "#b3261e";

  static std::size_t line_of(std::size_t column) { return 60 + column * column_width; }
  static std::size_t level_of(std::size_t step) { return top + step * row_height; }
  [[nodiscard]] std::size_t bottom() const { return level_of(telling_.steps.size()) - row_height / 2 + 4; }
  [[nodiscard]] std::size_t words_left() const { return line_of(parties_.names().size()) - column_width / 2; }
  [[nodiscard]] std::string words_of(std::size_t step) const {
    const std::string& fault = telling_.steps[step].fault;
    return number(step + 1) + ". " + label_of(telling_.steps[step]) + (fault.empty() ? "" : " [" + fault + "]");
  }

  /// A dot where a party does something by itself, else an arrow; one that ends in a cross does not get there.
  [[nodiscard]] std::string mark_of(std::size_t place) const {
    const ToldStep& step = telling_.steps[place];
    const std::string colour = step.fault.empty() ? "#1f4e9c" : fault_colour;
    const std::size_t level = level_of(place);
    const std::size_t from = line_of(parties_.column_of(step.actor));
    const std::string y = number(level);
    std::string mark = "<circle cx=\"" + number(from) + "\" cy=\"" + y + "\" r=\"" + (step.target ? "3" : "6") +
                       "\" fill=\"" + colour + "\"/>\n";
    if (!step.target) {
      return mark;
    }
    const std::size_t to = line_of(parties_.column_of(*step.target)) - (step.arrives ? 0 : column_width / 2);
    mark += "<line x1=\"" + number(from) + "\" y1=\"" + y + "\" x2=\"" + number(to - (step.arrives ? 6 : 0)) +
            "\" y2=\"" + y + "\" stroke=\"" + colour + "\" stroke-width=\"2\"/>\n<path d=\"";
    if (step.arrives) {
      mark += "M" + number(to - 10) + " " + number(level - 5) + " L" + number(to) + " " + y + " L" + number(to - 10) +
              " " + number(level + 5) + " Z\" fill=\"" + colour + "\"/>\n";
    } else {
      mark += "M" + number(to - 6) + " " + number(level - 6) + " L" + number(to + 6) + " " + number(level + 6) + " M" +
              number(to - 6) + " " + number(level + 6) + " L" + number(to + 6) + " " + number(level - 6) +
              "\" fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"2\"/>\n";
    }
    return mark;
  }

  const Telling& telling_;
  Parties parties_;
};

}  // namespace

std::string text_diagram_of(const Telling& telling, std::size_t width) {
  const Parties parties(telling);
  std::vector<SequenceRow> rows;
  for (const ToldStep& step : telling.steps) {
    const std::optional<std::size_t> to = step.target ? std::optional(parties.column_of(*step.target)) : std::nullopt;
    rows.push_back({.left = std::to_string(rows.size() + 1),
                    .from = parties.column_of(step.actor),
                    .to = to,
                    .arrives = step.arrives,
                    .words = label_of(step) + (step.fault.empty() ? "" : " [" + step.fault + "]")});
  }
  return sequence_text(parties.names(), rows, width);
}

std::string mermaid_of(const Telling& telling) {
  const Parties parties(telling);
  const auto id_of = [](std::size_t column) { return "p" + std::to_string(column); };
  std::string diagram = "sequenceDiagram\n  autonumber\n";
  for (std::size_t column = 0; column < parties.names().size(); ++column) {
    diagram += "  participant " + id_of(column) + " as " + parties.names()[column] + "\n";
  }
  for (const ToldStep& step : telling.steps) {
    std::string label = label_of(step) + (step.fault.empty() ? "" : " [" + step.fault + "]");
    std::ranges::replace(label, ';', ',');  // which ends a statement in Mermaid
    diagram += "  " + id_of(parties.column_of(step.actor)) + (step.arrives ? "->>" : "-x") +
               id_of(parties.column_of(step.target.value_or(step.actor))) + ": " + label + "\n";
  }
  std::string conclusion = telling.conclusion;
  std::ranges::replace(conclusion, ';', ',');
  diagram += parties.names().empty() || conclusion.empty() ? "" : "  Note over " + id_of(0) + ": " + conclusion + "\n";
  return diagram;
}

std::string svg_of(const Telling& telling) {
  return Drawing(telling).text();
}

}  // namespace stalemate
