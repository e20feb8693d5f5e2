// Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions; a step shows ten errors.
// Which lines are commands: the runner's src/Runner.Common/ActionCommand.cs.
#include <fmt/format.h>

#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "report/ci/verdict_sheet.hpp"

namespace stalemate {
namespace {

constexpr std::size_t annotations_max = 9;
// Longer ones are cut by GitHub, in the midst of an escape.
constexpr std::size_t message_bytes_max = 4000;

std::string escaped_for_github(std::string_view text, bool is_property) {
  std::string safe;
  for (const char letter : printable_lines(text)) {
    switch (letter) {
      case '%': safe += "%25"; break;
      case '\n': safe += "%0A"; break;
      case ':': safe += is_property ? "%3A" : ":"; break;
      case ',': safe += is_property ? "%2C" : ","; break;
      default: safe += letter;
    }
  }
  return safe;
}

std::string annotation(std::string_view title, std::string_view message) {
  return fmt::format("::error title={}::{}\n", escaped_for_github(title, true), escaped_for_github(message, false));
}

/// Whole lines of it, as far as they fit.
std::string_view beginning_of(std::string_view lines) {
  return lines.size() <= message_bytes_max ? lines : lines.substr(0, lines.rfind('\n', message_bytes_max) + 1);
}

}  // namespace

std::string without_commands(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  bool only_space_before = true;
  for (std::size_t place = 0; place < text.size(); ++place) {
    const std::string_view rest = text.substr(place);
    if ((only_space_before && rest.starts_with("::")) || rest.starts_with("##[")) {
      safe += '\\';
    }
    const char letter = text[place];
    safe += letter;
    only_space_before = letter == '\n' || letter == '\r' || (only_space_before && (letter == ' ' || letter == '\t'));
  }
  return safe;
}

std::string annotations_of(const VerdictSheet& sheet) {
  std::string text;
  std::size_t count = 0;
  for (const VerdictCase& one : sheet.cases) {
    const bool is_told = one.verdict == CaseVerdict::failed || one.verdict == CaseVerdict::unknown;
    if (is_told && ++count <= annotations_max) {
      const std::string_view proof = beginning_of(one.proof);
      text += annotation(fmt::format("stalemate {}: {}", sheet.command, one.name),
                         fmt::format("{}: {}{}{}", sheet.subject, one.fact, proof.empty() ? "" : "\n", proof));
    }
  }
  if (count > annotations_max) {
    text += annotation(fmt::format("stalemate {}", sheet.command),
                       fmt::format("{} more of {} failed or could not be judged",
                                   with_thousands(count - annotations_max), sheet.subject));
  }
  return text;
}

}  // namespace stalemate
