// Source: GitHub Flavored Markdown, https://github.github.com/gfm/: 2.4 any ASCII punctuation may be escaped, 4.5 a
// fence is closed by one that is as long.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "report/ci/verdict_sheet.hpp"

namespace stalemate {
namespace {

// Of one proof; a witness of twenty steps takes 2 kB.
constexpr std::size_t proof_bytes_max = std::size_t{16} * 1024;
// What says how much was left out.
constexpr std::size_t note_bytes = 300;

std::string_view sign_of(CaseVerdict verdict) {
  switch (verdict) {
    case CaseVerdict::passed: return "✅";
    case CaseVerdict::failed: return "❌";
    case CaseVerdict::unknown: return "❓";
    case CaseVerdict::tolerated: return "⚠️";
    case CaseVerdict::vacuous: return "➖";
  }
  return {};
}

std::string row_of(const VerdictCase& one) {
  return fmt::format("| {} {} | {} | {} |\n", sign_of(one.verdict), words_of(one.verdict), in_markdown(one.name),
                     in_markdown(one.fact));
}

/// The first lines that fit, and how many are left out.
std::string shortened_lines(std::string_view lines, std::size_t bytes_max) {
  if (lines.size() <= bytes_max) {
    return std::string(lines);
  }
  const std::size_t last = lines.rfind('\n', bytes_max);
  const std::string_view kept = lines.substr(0, last == std::string_view::npos ? 0 : last + 1);
  const auto left = std::ranges::count(lines.substr(kept.size()), '\n') + (lines.ends_with('\n') ? 0 : 1);
  return fmt::format("{}... and {} more lines\n", kept, with_thousands(static_cast<std::uint64_t>(left)));
}

/// In the line of <details>, which is HTML up to the next empty line.
std::string in_html(std::string_view text) {
  std::string safe;
  for (const char letter : printable(text)) {
    switch (letter) {
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '&': safe += "&amp;"; break;
      default: safe += letter;
    }
  }
  return safe;
}

std::string proof_of(const VerdictCase& one) {
  return fmt::format("<details><summary>{} {}</summary>\n\n{}\n</details>\n\n", sign_of(one.verdict),
                     in_html(title_of(one)), fenced(shortened_lines(one.proof, proof_bytes_max)));
}

/// Appends as many of `parts` as `bytes_max` allows; how many are left.
std::size_t append_while_short(std::string& text, const std::vector<std::string>& parts, std::size_t bytes_max) {
  std::size_t done = 0;
  while (done < parts.size() && text.size() + parts[done].size() + note_bytes <= bytes_max) {
    text += parts[done++];
  }
  return parts.size() - done;
}

}  // namespace

std::string in_markdown(std::string_view text) {
  constexpr std::string_view marks = "\\`*_{}[]<>()#|~&$!";
  const std::string shown = printable(text);
  std::string safe;
  for (std::size_t place = 0; place < shown.size(); ++place) {
    // An address would become a link by itself, "@name" and ":name:" a mention and a picture.
    const std::string_view rest = std::string_view(shown).substr(place);
    const bool is_mark = marks.contains(rest.front()) || rest.front() == '@' || rest.starts_with("://") ||
                         (rest.front() == '.' && place >= 3 && shown.substr(place - 3, 3) == "www");
    safe += is_mark ? "\\" : "";
    safe += rest.front();
  }
  return safe;
}

std::string fenced(std::string_view lines) {
  const std::string shown = printable_lines(lines);
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char letter : shown) {
    run = letter == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{0}text\n{1}{2}{0}\n", fence, shown, shown.empty() || shown.ends_with('\n') ? "" : "\n");
}

std::string markdown_of(const VerdictSheet& sheet, std::string_view extra, std::size_t bytes_max) {
  std::vector<std::string> rows;
  std::vector<std::string> proofs;
  for (const VerdictCase& one : sheet.cases) {
    rows.push_back(row_of(one));
    if (!one.proof.empty()) {
      proofs.push_back(proof_of(one));
    }
  }
  std::string text =
      fmt::format("## stalemate {} {}\n\n{}{}", sheet.command, in_markdown(sheet.subject),
                  in_markdown(shortened_lines(sheet.headline, proof_bytes_max)), sheet.headline.empty() ? "" : "\n\n");
  text += rows.empty() ? "" : "| verdict | what | found |\n|---|---|---|\n";
  if (const std::size_t left = append_while_short(text, rows, bytes_max / 2); left > 0) {
    text += fmt::format("\n{} more do not fit here; `--junit` has them.\n", with_thousands(left));
  }
  text += "\n";
  const std::string again = sheet.again.empty() ? "" : "Once more:\n\n" + fenced(sheet.again) + "\n";
  const std::size_t kept = extra.size() + again.size();
  if (const std::size_t left = append_while_short(text, proofs, bytes_max - std::min(bytes_max, kept)); left > 0) {
    text += fmt::format("{} more proofs do not fit here; `--junit` has them.\n\n", with_thousands(left));
  }
  for (const std::string_view part : {extra, std::string_view(again)}) {
    text += text.size() + part.size() + note_bytes <= bytes_max ? part : "";
  }
  return text;
}

}  // namespace stalemate
