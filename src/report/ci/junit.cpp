// Source: what Jenkins, GitLab and GitHub actions read of "JUnit XML", which has no standard of its own:
// https://llg.cubic.org/docs/junit/.
#include <fmt/format.h>

#include "core/text/printable.hpp"
#include "report/ci/verdict_sheet.hpp"

namespace stalemate {
namespace {

// The two code points that printable() leaves and XML 1.0 forbids, as UTF-8.
constexpr std::string_view no_characters[] = {"\xEF\xBF\xBE", "\xEF\xBF\xBF"};

/// For an attribute in quotes, and between tags.
std::string in_xml(std::string_view text) {
  const std::string shown = printable_lines(text);
  std::string safe;
  for (std::size_t place = 0; place < shown.size(); ++place) {
    const std::string_view rest = std::string_view(shown).substr(place);
    if (rest.starts_with(no_characters[0]) || rest.starts_with(no_characters[1])) {
      safe += rest.starts_with(no_characters[0]) ? "\\ufffe" : "\\uffff";
      place += 2;
      continue;
    }
    switch (rest.front()) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      case '"': safe += "&quot;"; break;
      case '\n': safe += "&#10;"; break;
      default: safe += rest.front();
    }
  }
  return safe;
}

/// A class name as Jenkins groups by: what stands behind the last dot is the class, what is before it the package.
std::string class_of(const VerdictSheet& sheet) {
  std::string subject = sheet.subject;
  for (char& letter : subject) {
    letter = letter == '.' ? '_' : letter;
  }
  return fmt::format("stalemate.{}.{}", sheet.command, subject);
}

std::string body_of(const VerdictCase& one, const VerdictSheet& sheet) {
  const std::string again = sheet.again.empty() ? "" : fmt::format("\nOnce more: {}\n", sheet.again);
  switch (one.verdict) {
    case CaseVerdict::passed: return {};
    case CaseVerdict::failed:
      return fmt::format("<failure type=\"violation\" message=\"{}\">{}</failure>", in_xml(one.fact),
                         in_xml(one.proof + again));
    case CaseVerdict::unknown:
      return fmt::format("<error type=\"not judged\" message=\"{}\">{}</error>", in_xml(one.fact),
                         in_xml(one.proof + again));
    case CaseVerdict::tolerated:
      return fmt::format("<skipped message=\"{}; no condition of --fail-if is about it\"/><system-out>{}</system-out>",
                         in_xml(one.fact), in_xml(one.proof + again));
    case CaseVerdict::vacuous: return fmt::format("<skipped message=\"{}\"/>", in_xml(one.fact));
  }
  return {};
}

}  // namespace

std::string junit_of(const VerdictSheet& sheet) {
  const std::string name = in_xml(fmt::format("stalemate {} {}", sheet.command, sheet.subject));
  const std::size_t skipped = count_of(sheet, CaseVerdict::tolerated) + count_of(sheet, CaseVerdict::vacuous);
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", sheet.cases.size(),
                  count_of(sheet, CaseVerdict::failed), count_of(sheet, CaseVerdict::unknown), skipped);
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" {}>\n<testsuite name=\"{}\" {}>\n", name,
      counts, name, counts);
  for (const VerdictCase& one : sheet.cases) {
    text += fmt::format("  <testcase classname=\"{}\" name=\"{}\">{}</testcase>\n", in_xml(class_of(sheet)),
                        in_xml(title_of(one)), body_of(one, sheet));
  }
  return text + fmt::format("  <system-out>{}</system-out>\n</testsuite>\n</testsuites>\n", in_xml(sheet.headline));
}

}  // namespace stalemate
