#include "cli/output/ci_flags.hpp"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <array>
#include <cstdlib>

#include "cli/output/output_file.hpp"
#include "report/screen/live_screen.hpp"

namespace stalemate {

CLI::Option* CiFlags::describe(CLI::App& app, NamedFile& file, const std::string& meaning, const std::string& group) {
  const auto take = [&file](const std::string& text) {
    file.path = text;
    file.is_given = true;
  };
  CLI::Option* const option = app.add_option_function<std::string>(file.flag, take, meaning);
  option->type_name("FILE");
  if (!group.empty()) {
    option->group(group);
  }
  return option;
}

void CiFlags::describe(CLI::App& app, const std::string& group) {
  describe(app, junit_, "what was judged, as JUnit's XML: a test case each; - for standard output in place of the text",
           group);
  describe(app, markdown_, "the same as a page of Markdown, such as \"$GITHUB_STEP_SUMMARY\"; - as above", group);
  CLI::Option* const option = app.add_flag("--annotations", annotations_,
                                           "GitHub's ::error lines of what failed or could not be judged, at the end");
  if (!group.empty()) {
    option->group(group);
  }
}

void CiFlags::describe_markdown_alone(CLI::App& app, const std::string& meaning, const std::string& why,
                                      const std::string& group) {
  constexpr const char* not_in_the_help = "";
  describe(app, markdown_, meaning, group);
  describe(app, junit_, "", {})->group(not_in_the_help);
  app.add_flag("--annotations", annotations_)->group(not_in_the_help);
  why_no_verdict_ = why;
}

void CiFlags::describe_page(CLI::App& app, const std::string& meaning) {
  describe(app, page_, meaning, {});
}

std::string CiFlags::first_given() const {
  return junit_.is_given ? "--junit" : markdown_.is_given ? "--markdown" : annotations_ ? "--annotations" : "";
}

bool CiFlags::take_standard_output() const {
  return is_standard_output(junit_.path) || is_standard_output(markdown_.path) || is_standard_output(page_.path);
}

void CiFlags::print(std::string_view text) const {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program never changes its environment
  const char* const on_github = std::getenv("GITHUB_ACTIONS");
  const bool is_read_by_github = annotations_ || (on_github != nullptr && std::string_view(on_github) == "true");
  fmt::print("{}", is_read_by_github ? without_commands(text) : std::string(text));
}

Result<void> CiFlags::check(bool json) const {
  if (!why_no_verdict_.empty() && (junit_.is_given || annotations_)) {
    return failed(ErrorCode::wrong_type, first_given() + ": " + why_no_verdict_);
  }
  std::string taking = json ? "--json" : "";
  const std::array<const NamedFile*, 3> files = {&junit_, &markdown_, &page_};
  for (const NamedFile* file : files) {
    if (!is_standard_output(file->path)) {
      continue;
    }
    const std::string words = std::string(file->flag) + " -";
    if (!taking.empty()) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{} and {} both want standard output; name a file for one of them", words, taking));
    }
    taking = words;
  }
  if (annotations_ && !taking.empty()) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("--annotations and {} do not go together: GitHub reads annotations from standard output, "
                              "where they would spoil the other",
                              taking));
  }
  for (std::size_t place = 0; place < files.size(); ++place) {
    const NamedFile& file = *files[place];
    for (std::size_t other = 0; file.is_given && other < place; ++other) {
      if (files[other]->is_given && files[other]->path == file.path) {
        return failed(ErrorCode::wrong_type,
                      fmt::format("{} and {} name the same file; give each its own", files[other]->flag, file.flag));
      }
    }
    if (file.is_given) {
      if (const Result<void> fine = check_output_file(file.flag, file.path); !fine) {
        return fine;
      }
    }
  }
  return {};
}

Result<void> CiFlags::write(const VerdictSheet& sheet, std::string_view extra) const {
  Result<void> first;
  if (junit_.is_given) {
    first = write_output_file(junit_.flag, junit_.path, junit_of(sheet));
  }
  const Result<void> page = markdown_.is_given ? write_markdown(markdown_of(sheet, extra)) : Result<void>();
  if (annotations_) {
    fmt::print("{}", annotations_of(sheet));
  }
  return first ? page : first;
}

Result<void> CiFlags::write_markdown(std::string_view page) const {
  return markdown_.is_given ? write_output_file(markdown_.flag, markdown_.path, page) : Result<void>();
}

Result<void> CiFlags::write_page(const Page& page) const {
  return page_.is_given ? write_output_file(page_.flag, page_.path, html_of(page)) : Result<void>();
}

Marks terminal_marks() {
  return marks_of(locale_is_utf8());
}

}  // namespace stalemate
