// --junit, --markdown and --annotations: what was judged, for CI; --page: the same for people.
#pragma once

#include <string>

#include "core/error.hpp"
#include "report/ci/verdict_sheet.hpp"
#include "report/page/page.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
class Option;
}  // namespace CLI

namespace stalemate {

class CiFlags {
 public:
  /// `group`: of the help; empty for its first. This object must outlive the parsing.
  void describe(CLI::App& app, const std::string& group = {});
  /// --markdown alone, of a command that judges nothing; `check` refuses the others, which the help does not have, with
  /// `why`: a clause behind "--junit: ".
  void describe_markdown_alone(CLI::App& app, const std::string& meaning, const std::string& why,
                               const std::string& group = {});
  /// --page, of a command that makes one. `meaning`: what is on it.
  void describe_page(CLI::App& app, const std::string& meaning);

  [[nodiscard]] bool are_given() const { return junit_.is_given || markdown_.is_given || annotations_; }
  /// The first of the flags that is given; "" if none is.
  [[nodiscard]] std::string first_given() const;
  [[nodiscard]] bool want_page() const { return page_.is_given; }
  /// Where --page writes; empty: not asked for.
  [[nodiscard]] const std::string& page_file() const { return page_.path; }
  /// Whether one of them takes standard output, so that nothing else may be printed there.
  [[nodiscard]] bool take_standard_output() const;

  /// Prints text for people on standard output. Where GitHub reads it (--annotations, or GITHUB_ACTIONS is true),
  /// nothing that a history or a service calls its things becomes a command of the runner.
  void print(std::string_view text) const;

  /// Before the work: whether they go together, and the files can be written. `json`: standard output is JSON.
  /// Errors: wrong_type, a sentence that names the flag.
  [[nodiscard]] Result<void> check(bool json) const;
  /// After it: writes the files and prints the annotations. `extra`: more of the Markdown.
  /// Errors: as write_output_file, of the first that could not be written; the others are written all the same.
  [[nodiscard]] Result<void> write(const VerdictSheet& sheet, std::string_view extra = {}) const;
  /// The Markdown alone, if it is asked for. Errors: as write.
  [[nodiscard]] Result<void> write_markdown(std::string_view page) const;
  /// The page, if it is asked for. Errors: as write.
  [[nodiscard]] Result<void> write_page(const Page& page) const;

 private:
  struct NamedFile {
    const char* flag;
    std::string path = {};
    bool is_given = false;  ///< also where the path is empty, which is refused
  };
  static CLI::Option* describe(CLI::App& app, NamedFile& file, const std::string& meaning, const std::string& group);

  NamedFile junit_ = {.flag = "--junit"};
  NamedFile markdown_ = {.flag = "--markdown"};
  NamedFile page_ = {.flag = "--page"};
  bool annotations_ = false;
  std::string why_no_verdict_ = {};  ///< of a command that judges nothing
};

/// The signs that the terminal can show.
[[nodiscard]] Marks terminal_marks();

}  // namespace stalemate
