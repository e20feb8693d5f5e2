#include "cli/text/check_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "cli/run/check_run.hpp"
#include "core/absent_row.hpp"
#include "core/text/duration.hpp"
#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "record/foreign/edn.hpp"
#include "record/foreign/json_value.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t violations_shown = 3;
// Of a proof in JUnit's XML and in Markdown.
constexpr unsigned proof_columns = 100;

/// "1,234,567"; "2.5" where it is no whole number.
std::string short_count(double count) {
  constexpr double exact_max = 1e15;
  return count >= 0 && count < exact_max && std::floor(count) == count
             ? with_thousands(static_cast<std::uint64_t>(count))
             : fmt::format("{:.10g}", count);
}

std::string figure_text(const Figure& figure, bool is_timed = true) {
  switch (figure.unit) {
    case Unit::nanoseconds:
      if (!is_timed && figure.value < static_cast<double>(never)) {
        return fmt::format("{} position{}", short_count(figure.value), figure.value == 1 ? "" : "s");
      }
      // As a double `never` is one too many for a Nanoseconds.
      return figure.value < static_cast<double>(never) ? format_duration_short(static_cast<Nanoseconds>(figure.value))
                                                       : "no time is enough";
    case Unit::share: return fmt::format("{:.4g} %", figure.value * 100);
    case Unit::nines: return fmt::format("{:.2f} nines", figure.value);
    case Unit::count: return short_count(figure.value);
    case Unit::versions: return fmt::format("{} version{}", short_count(figure.value), figure.value == 1 ? "" : "s");
  }
  return {};
}

/// Makes foreign text in a sentence printable.
std::string wrapped(std::string_view sentence, std::size_t width, std::string_view indent) {
  const std::string shown = printable(sentence);
  std::string_view text = shown;
  std::string out;
  while (!text.empty()) {
    std::size_t length = std::min(text.size(), width - indent.size());
    if (length < text.size()) {
      const auto space = text.rfind(' ', length);
      length = space == std::string_view::npos || space == 0 ? length : space;
    }
    out += fmt::format("{}{}\n", indent, text.substr(0, length));
    text.remove_prefix(std::min(text.size(), length + 1));
  }
  return out;
}

/// "1 key", "6 keys": of a word in the plural.
std::string plural_count(std::uint64_t count, std::string_view plural) {
  if (count == 1 && plural.ends_with('s')) {
    plural.remove_suffix(1);
  }
  return fmt::format("{} {}", with_thousands(count), plural);
}

/// The table's middle column: the worst violation, else the first measurement that is not a count; may be empty.
std::string headline_of(const CheckResult& result, bool is_timed) {
  if (result.worst) {
    return figure_text(*result.worst, is_timed);
  }
  const auto figure = std::ranges::find_if(
      result.figures, [](const Figure& found) { return found.unit == Unit::nanoseconds || found.unit == Unit::nines; });
  return figure == result.figures.end() ? "" : figure_text(*figure, is_timed);
}

CaseVerdict case_verdict_of(const CheckResult& result) {
  return result.verdict == Verdict::unknown   ? CaseVerdict::unknown
         : !result.decides                    ? CaseVerdict::vacuous
         : result.verdict == Verdict::invalid ? CaseVerdict::failed
                                              : CaseVerdict::passed;
}

std::string table_of(const Report& report, const Marks& marks) {
  std::size_t name_width = 5;
  for (const CheckResult& result : report.results) {
    name_width = std::max(name_width, result.name.size());
  }
  std::string text = fmt::format("  {:<{}}  {:<8} {:>10}  {:<24} {}\n", "check", name_width, "verdict", "count",
                                 "worst or measure", "judged");
  for (const CheckResult& result : report.results) {
    const bool measure = !result.decides && result.verdict != Verdict::unknown;
    const std::string verdict(measure ? std::string_view("measure") : name_of(result.verdict));
    text += fmt::format("{} {:<{}}  {:<8} {:>10}  {:<24} {}\n", marks.of(case_verdict_of(result)), result.name,
                        name_width, verdict, with_thousands(result.count), headline_of(result, report.is_timed),
                        plural_count(result.sample, result.sample_of));
  }
  return text;
}

/// The violations of a check at a point; none where the check could not decide.
std::optional<double> count_at(const ClockErrorPoint& point, std::string_view check) {
  const auto figure = std::ranges::find(point.counts, check, &Figure::name);
  return figure == point.counts.end() ? std::nullopt : std::optional(figure->value);
}

/// One line a check that was violated anywhere on the curve.
std::string curve_of(std::span<const ClockErrorPoint> curve) {
  constexpr std::string_view head = "clock error";
  std::set<std::string_view> checks;
  std::size_t name_width = head.size();
  for (const ClockErrorPoint& point : curve) {
    for (const Figure& figure : point.counts) {
      if (figure.value > 0) {
        checks.insert(figure.name);
        name_width = std::max(name_width, figure.name.size());
      }
    }
  }
  if (checks.empty()) {
    return fmt::format("\nno violations were found at any clock error up to {}\n",
                       format_duration_short(curve.back().clock_error_ns));
  }
  std::string text = fmt::format("\nviolations, if clocks were so far apart\n{:<{}}", head, name_width);
  for (const ClockErrorPoint& point : curve) {
    text += fmt::format(" {:>9}", point.clock_error_ns == 0 ? "0" : format_duration_short(point.clock_error_ns));
  }
  text += '\n';
  for (const std::string_view check : checks) {
    text += fmt::format("{:<{}}", check, name_width);
    for (const ClockErrorPoint& point : curve) {
      const std::optional<double> count = count_at(point, check);
      text += fmt::format(" {:>9}", count ? short_count(*count) : "?");
    }
    text += '\n';
  }
  return text;
}

std::string findings_of(const CheckResult& result, unsigned width, bool is_timed) {
  std::string text;
  for (const Figure& figure : result.figures) {
    text += fmt::format("  {}: {}\n", figure.name, figure_text(figure, is_timed));
  }
  for (const Distribution& spread : result.distributions) {
    if (spread.count == 0) {
      continue;
    }
    const auto shown = [&spread, is_timed](std::int64_t value) {
      return figure_text({.name = {}, .value = static_cast<double>(value), .unit = spread.unit}, is_timed);
    };
    text += fmt::format("  {}: min {}, p50 {}, p90 {}, p99 {}, max {}\n", spread.name, shown(spread.min),
                        shown(spread.p50), shown(spread.p90), shown(spread.p99), shown(spread.max));
  }
  for (std::size_t place = 0; place < std::min(violations_shown, result.violations.size()); ++place) {
    text += wrapped(fmt::format("{}. {}", place + 1, result.violations[place].sentence), width, "  ");
  }
  if (!result.note.empty()) {
    text += wrapped(result.note, width, "  ");
  }
  return text;
}

/// Of a name as EDN.
Json json_of_name(const std::string& name) {
  edn::Reader reader(name, "a name");
  return json_of(reader.next().value_or(edn::Form{.kind = edn::FormKind::text, .text = name}));
}

/// `names`: of an imported history; nullptr: of one of our own.
Json json_of(const Op& op, const OpNames* names) {
  Json json = {{"index", op.index},
               {"client", names != nullptr ? json_of_name(names->client) : Json(op.client)},
               {"kind", names != nullptr ? names->kind : name_of(op.kind)},
               {"key", names != nullptr ? json_of_name(names->key) : Json(op.key.index)},
               {"value", names != nullptr                                      ? json_of_name(names->value)
                         : op.value == absent || row_after(op.value) == no_row ? Json()
                                                                               : Json(op.value)},
               {"outcome", name_of(op.outcome)},
               {"intended_ns", op.intended_ns},
               {"invocation_ns", op.invocation_ns},
               {"completion_ns", op.completion_ns == never ? Json() : Json(op.completion_ns)}};
  return json;
}

Json json_of(const Figure& figure) {
  return {{"name", figure.name}, {"value", figure.value}};
}

Json json_of(const CheckResult& result) {
  Json json = {{"name", result.name},         {"verdict", name_of(result.verdict)},
               {"decides", result.decides},   {"count", result.count},
               {"sample", result.sample},     {"sample_of", result.sample_of},
               {"unjudged", result.unjudged}, {"worst", result.worst ? json_of(*result.worst) : Json()}};
  json["figures"] = Json::array();
  for (const Figure& figure : result.figures) {
    json["figures"].push_back(json_of(figure));
  }
  json["distributions"] = Json::array();
  for (const Distribution& spread : result.distributions) {
    json["distributions"].push_back({{"name", spread.name},
                                     {"count", spread.count},
                                     {"min", spread.min},
                                     {"p50", spread.p50},
                                     {"p90", spread.p90},
                                     {"p99", spread.p99},
                                     {"max", spread.max}});
  }
  json["violations"] = Json::array();
  for (const Violation& violation : result.violations) {
    Json ops = Json::array();
    const bool is_named = !violation.key_name.empty();
    for (std::size_t place = 0; place < violation.ops.size(); ++place) {
      const bool has_names = is_named && place < violation.names.size();
      ops.push_back(json_of(violation.ops[place], has_names ? &violation.names[place] : nullptr));
    }
    json["violations"].push_back({{"key", is_named ? json_of_name(violation.key_name) : Json(violation.key.index)},
                                  {"at_ns", violation.at_ns},
                                  {"sentence", violation.sentence},
                                  {"ops", ops}});
  }
  json["note"] = result.note;
  return json;
}

/// "invalid: 1,203 ops on 4 keys, model register".
std::string headline_of(const Report& report) {
  const auto unjudged =
      static_cast<std::uint64_t>(std::ranges::count(report.results, Verdict::unknown, &CheckResult::verdict));
  return fmt::format(
      "{}: {} on {}, model {}{}{}{}", name_of(report.verdict), plural_count(report.ops, "ops"),
      plural_count(report.keys, "keys"), name_of(report.model),
      report.versions_known ? ", order of versions known" : "",
      report.clock_error_ns > 0 ? ", intervals widened by " + format_duration_short(report.clock_error_ns) : "",
      unjudged > 0
          ? fmt::format("; {} of {} could not judge it", unjudged, plural_count(report.results.size(), "checks"))
          : "");
}

}  // namespace

std::string report_text(const Report& report, unsigned width, const Marks& marks,
                        std::span<const ClockErrorPoint> curve) {
  std::string text = headline_of(report) + "\n\n";
  for (const std::string& note : report.notes) {
    text += wrapped(note, width, "") + "\n";
  }
  text += table_of(report, marks);
  text += curve.empty() ? "" : curve_of(curve);
  for (const CheckResult& result : report.results) {
    const std::string findings = findings_of(result, width, report.is_timed);
    text += findings.empty() ? "" : fmt::format("\n{}\n{}", result.name, findings);
  }
  for (const std::string& defect : report.defects) {
    text += fmt::format("\nDEFECT OF STALEMATE: {}\n", defect);
  }
  return text;
}

VerdictSheet sheet_of(const Report& report, const std::string& file, const std::string& again) {
  VerdictSheet sheet{.command = "check", .subject = file, .headline = headline_of(report), .again = again};
  RunResults results;
  note_checks(report, results);
  for (std::size_t place = 0; place < results.checks.size(); ++place) {
    const CheckResult& result = report.results[place];
    if (!is_a_case(results.checks[place])) {
      continue;
    }
    VerdictCase& one = sheet.cases.emplace_back(
        case_of(results.checks[place], result.worst ? figure_text(*result.worst, report.is_timed) : ""));
    one.proof = one.verdict == CaseVerdict::vacuous ? "" : findings_of(result, proof_columns, report.is_timed);
  }
  for (const std::string& defect : report.defects) {
    sheet.cases.push_back({.name = "defect of stalemate", .fact = defect, .verdict = CaseVerdict::unknown});
  }
  return sheet;
}

std::string report_json(const Report& report, std::span<const ClockErrorPoint> curve) {
  Json json = {{"verdict", name_of(report.verdict)},
               {"model", name_of(report.model)},
               {"versions_known", report.versions_known},
               {"ops", report.ops},
               {"keys", report.keys},
               {"clock_error_ns", report.clock_error_ns},
               {"instants", report.is_timed ? "nanoseconds" : "positions"}};
  json["notes"] = report.notes;
  if (report.has_end_mark && !*report.has_end_mark) {
    json["notes"].push_back(
        "The file has no end mark, so one that was cut between two lines cannot be told from a whole one.");
  }
  json["checks"] = Json::array();
  for (const CheckResult& result : report.results) {
    json["checks"].push_back(json_of(result));
  }
  json["clock_error_curve"] = Json::array();
  for (const ClockErrorPoint& point : curve) {
    Json counts = Json::object();
    for (const Figure& figure : point.counts) {
      counts[figure.name] = static_cast<std::uint64_t>(figure.value);
    }
    json["clock_error_curve"].push_back({{"clock_error_ns", point.clock_error_ns}, {"violations", counts}});
  }
  json["defects"] = report.defects;
  return printable_lines(json.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace stalemate
