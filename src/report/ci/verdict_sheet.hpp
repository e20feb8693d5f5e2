// What was judged, case by case, for CI: JUnit's XML, a page of Markdown, GitHub's annotations, and lines with a tick
// or a cross.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/results/run_results.hpp"

namespace stalemate {

/// `unknown` is never a pass. `tolerated`: violated or not judged, where other cases decide (a run with --fail-if).
/// `vacuous`: there was nothing that could have failed.
enum class CaseVerdict : std::uint8_t { passed, failed, unknown, tolerated, vacuous };
/// "passed", "failed", "not judged", "tolerated" or "nothing to judge".
[[nodiscard]] std::string_view words_of(CaseVerdict verdict);

/// One property or condition. Texts may hold anything.
struct VerdictCase {
  std::string name = {};  ///< "stale-reads", "fail-if stale.stale>0"
  std::string fact = {};  ///< a clause with figures: "12 of 1,203 reads were stale (worst 42 ms)"
  CaseVerdict verdict = CaseVerdict::unknown;
  std::string proof = {};  ///< lines: the steps, or the first case found; may be empty
};

/// All that one command judged.
struct VerdictSheet {
  std::string command = {};   ///< "run", "check", "explore"
  std::string subject = {};   ///< the scenario, the file or the pattern, as people know it
  std::string headline = {};  ///< a sentence, without mark-up
  std::string again = {};     ///< the command that does the same once more; may be empty
  std::vector<VerdictCase> cases = {};
};

/// How many cases have that verdict.
[[nodiscard]] std::size_t count_of(const VerdictSheet& sheet, CaseVerdict verdict);
/// "stale-reads: 12 of 1,203 reads were stale".
[[nodiscard]] std::string title_of(const VerdictCase& one);

/// JUnit's XML, one test suite: `failed` is a failure, `unknown` an error, `tolerated` and `vacuous` are skipped. Every
/// text gives well-formed XML: what XML does not know (control characters, bytes that are not UTF-8) is escaped as
/// printable() does.
[[nodiscard]] std::string junit_of(const VerdictSheet& sheet);

/// GitHub shows a step's summary up to 1 MiB, and nothing of a larger one.
inline constexpr std::size_t markdown_bytes_max = std::size_t{256} * 1024;
/// GitHub-flavoured Markdown: the headline, a table of cases, and the proofs to fold out. `extra`: more of it, at the
/// end. Foreign text never becomes mark-up. At most `bytes_max`: proofs that do not fit are counted, and so are cases.
[[nodiscard]] std::string markdown_of(const VerdictSheet& sheet, std::string_view extra = {},
                                      std::size_t bytes_max = markdown_bytes_max);
/// Text as a page of Markdown shows it, in one line.
[[nodiscard]] std::string in_markdown(std::string_view text);
/// Lines as they are, between fences that no line of theirs closes.
[[nodiscard]] std::string fenced(std::string_view lines);

/// Workflow commands of GitHub, a line each: an error for every case that failed or could not be judged, of more than
/// nine the last says how many. Empty where there is none.
[[nodiscard]] std::string annotations_of(const VerdictSheet& sheet);

/// Text in which GitHub's runner finds no command: a backslash stands before "::" at the beginning of a line (behind
/// spaces as well), and before "##[" anywhere.
[[nodiscard]] std::string without_commands(std::string_view text);

/// The signs before verdicts, each one cell wide.
struct Marks {
  std::string_view passed = "+";
  std::string_view failed = "x";
  std::string_view unknown = "?";
  /// A space for `vacuous` and for nothing judged.
  [[nodiscard]] std::string_view of(CaseVerdict verdict) const;
};
/// A tick and a cross where the locale has them.
[[nodiscard]] Marks marks_of(bool is_utf8);
/// A line a case, "MARK TITLE".
[[nodiscard]] std::string marked_lines(const std::vector<VerdictCase>& cases, const Marks& marks);

/// Whether a check has a case: a measurement has none.
[[nodiscard]] bool is_a_case(const CheckFound& found);
/// What a check found, with its figures; `vacuous` where the history gave it nothing to decide on. `worst`: of the
/// violations, such as "42 ms"; may be empty. Its proof is the first violation.
[[nodiscard]] VerdictCase case_of(const CheckFound& found, std::string_view worst);
/// Every check of a run that has a case. `story`: of the first stale read; may be empty. Where the checks did not take
/// place one case says so.
[[nodiscard]] std::vector<VerdictCase> cases_of(const RunResults& results, const std::string& story);

}  // namespace stalemate
