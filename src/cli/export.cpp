// stalemate export RUN: a recorded history, ours or somebody else's, as a file that other tools read.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "check/imported.hpp"
#include "cli/check_history.hpp"
#include "cli/interrupt.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/text/nearest.hpp"
#include "export/export_format.hpp"
#include "record/foreign/import.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

std::string series_names() {
  std::string names;
  for (const LatencySeries& series : latency_series) {
    names += fmt::format("{}{}",
                         &series == latency_series.begin()     ? ""
                         : &series == latency_series.end() - 1 ? " or "
                                                               : ", ",
                         series.name);
  }
  return names;
}

/// What was read for an export.
struct ReadForExport {
  EventHistory events = {};
  std::optional<History> history = {};
  Report report = {};
};

class Export final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", run_, "a run's folder, its history, or any other history that 'stalemate check' reads")
        ->required();
    import_.describe(app);
    app.add_option("--to", to_, fmt::format("{}; by FILE's name if left out", export_format_names()));
    app.add_option("--series", series_, fmt::format("of a format that holds one latency: {}", series_names()));
    app.add_option("-o,--output", output_, "the FILE to write; standard output if left out");
  }

  ExitCode run() override {
    const Result<const ExportFormat*> format = chosen_format();
    if (!format) {
      return say(format.error());
    }
    ExportSubject subject;
    if (const Result<void> fine = choose_series(**format, subject); !fine) {
      return say(fine.error());
    }
    ReadForExport read;
    Waiting waiting("");
    if (const Result<void> done = read_for(**format, read, waiting); !done) {
      return say(ExitCode::usage, done.error().detail);
    }
    subject.events = &read.events;
    subject.history = read.history ? &*read.history : nullptr;
    subject.report = &read.report;
    if (!output_.empty() && output_ != "-") {
      waiting.next("writing");
      const ExitCode code = write_to_file(**format, subject);
      waiting.next("");
      return code;
    }
    errno = 0;
    (*format)->write(subject, std::cout);
    std::cout.flush();
    // A reader that stops reading early is no error.
    return std::cout || errno == EPIPE ? ExitCode::ok : say(ExitCode::defect, "standard output cannot be written");
  }

 private:
  [[nodiscard]] Result<const ExportFormat*> chosen_format() const {
    const ExportFormat* format = to_.empty() ? export_format_of_file(output_) : ExportFormatRegistry::find(to_);
    if (format != nullptr) {
      return format;
    }
    if (to_.empty()) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("which format? Give --to one of {}, or an output file named like one ('stalemate list "
                                "formats')",
                                export_format_names()));
    }
    std::vector<std::string_view> known;
    std::ranges::transform(ExportFormatRegistry::all(), std::back_inserter(known), &ExportFormat::name);
    return failed(ErrorCode::wrong_type,
                  fmt::format("--to: '{}' is not one of {}{}", to_, export_format_names(), did_you_mean(to_, known)));
  }

  [[nodiscard]] Result<void> choose_series(const ExportFormat& format, ExportSubject& subject) const {
    if (!format.takes_series) {
      return series_.empty()
                 ? Result<void>()
                 : failed(ErrorCode::wrong_type,
                          fmt::format("--series chooses one latency, and {} has no use for it; leave it out",
                                      format.name));
    }
    subject.series = latency_series_named(series_);
    if (subject.series) {
      return {};
    }
    return failed(ErrorCode::wrong_type, series_.empty()
                                             ? fmt::format("a file of {} holds one latency; choose it with --series {}",
                                                           format.name, series_names())
                                             : fmt::format("--series: '{}' is not {}", series_, series_names()));
  }

  /// Reads what the format needs of the history, and has it judged where that goes into the file.
  [[nodiscard]] Result<void> read_for(const ExportFormat& format, ReadForExport& read, Waiting& waiting) const {
    waiting.next("reading the history");
    const std::filesystem::path path = history_path(run_);
    const Result<bool> is_own = names_own_history(path);
    if (!is_own) {
      return std::unexpected(is_own.error());
    }
    const bool is_foreign = !*is_own || import_.are_given();
    Result<void> done = is_foreign ? read_foreign(format, path, read) : read_own(format, path, read, waiting);
    waiting.next("");
    if (done && read.history && format.needs_times && !has_times(read.history->header)) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{} has no times, so it cannot become {}; csv and jsonl hold the order of its lines",
                                run_, format.name));
    }
    if (done && read.history && !read.history->truncation.empty()) {
      warn(read.history->truncation);
    }
    return done;
  }

  [[nodiscard]] Result<void> read_own(const ExportFormat& format, const std::filesystem::path& path,
                                      ReadForExport& read, Waiting& waiting) const {
    Result<History> history =
        read_on_all_cores(path, format.source == ExportSource::ops ? StepsWanted::no : StepsWanted::yes);
    waiting.next("");
    if (!history) {
      return std::unexpected(history.error());
    }
    read.history = std::move(*history);
    if (format.source == ExportSource::events || format.source == ExportSource::report) {
      read.report = check_on_all_cores(*read.history, {}, checking(waiting));
    }
    if (format.source == ExportSource::events) {
      read.events = to_events(*read.history);
      read.events.facts.verdicts = verdicts_of(read.report);
    }
    return {};
  }

  /// Other tools' histories hold ops only.
  [[nodiscard]] Result<void> read_foreign(const ExportFormat& format, const std::filesystem::path& path,
                                          ReadForExport& read) const {
    if (format.source == ExportSource::steps || format.source == ExportSource::report) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{} is made of calls to stores, which {} does not hold: it is no "
                                "history of our own",
                                format.name, run_));
    }
    Result<EventHistory> events = read_events(path, import_.options());
    if (!events) {
      return std::unexpected(events.error());
    }
    read.events = std::move(*events);
    if (format.source == ExportSource::ops) {
      Result<History> history = to_history(read.events);
      if (!history) {
        return std::unexpected(history.error());
      }
      read.history = std::move(*history);
    }
    return {};
  }

  /// A file appears under its name when it is complete; a device or pipe is written as it is.
  [[nodiscard]] ExitCode write_to_file(const ExportFormat& format, const ExportSubject& subject) const {
    std::error_code ignored;
    if (std::filesystem::equivalent(output_, history_path(run_), ignored)) {
      return say(ExitCode::usage, fmt::format("{} is the history that is read; name another file to write", output_));
    }
    const bool is_special = std::filesystem::exists(output_, ignored) && !std::filesystem::is_regular_file(output_);
    const std::string part = is_special ? output_ : output_ + ".part";
    const Farewell without_half_a_file("interrupted", is_special ? "" : part);
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    if (!file) {
      return say(ExitCode::usage, fmt::format("cannot write {}: {}", output_, std::strerror(errno)));
    }
    errno = 0;
    format.write(subject, file);
    file.close();
    if (file && (is_special || std::rename(part.c_str(), output_.c_str()) == 0)) {
      return ExitCode::ok;
    }
    const int reason = errno;
    if (!is_special) {
      std::filesystem::remove(part, ignored);
    }
    // As on standard output: who reads a pipe may have had enough.
    return is_special && reason == EPIPE
               ? ExitCode::ok
               : say(ExitCode::defect, fmt::format("cannot write {}: {}", output_, std::strerror(reason)));
  }

  ImportFlags import_ = {};
  std::string run_ = {};
  std::string to_ = {};
  std::string series_ = {};
  std::string output_ = {};
};

[[maybe_unused]] const bool export_registered = register_subcommand<Export>(
    "export", "a history for other tools: Jepsen's, spreadsheets, DuckDB, Prometheus, HdrHistogram's");

}  // namespace
}  // namespace stalemate
