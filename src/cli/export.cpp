// stalemate export RUN: a recorded history, ours or somebody else's, in a format that other tools read.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "check/imported.hpp"
#include "cli/check_history.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "record/foreign/export.hpp"
#include "record/foreign/import.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using Write = void (*)(const EventHistory&, std::ostream&);

Write writer_named(std::string_view format) {
  if (format == "edn") {
    return write_edn;
  }
  if (format == "jsonl" || format == "json") {
    return write_json_lines;
  }
  return format == "csv" ? write_csv : nullptr;
}

class Export final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", run_, "a run's folder, its history, or any other history that 'stalemate check' reads")
        ->required();
    import_.describe(app);
    app.add_option("--to", format_, "edn (Jepsen), jsonl or csv; by FILE's name if left out");
    app.add_option("-o,--output", output_, "the FILE to write; standard output if left out");
  }

  ExitCode run() override {
    const Write write = writer_named(format_.empty() ? format_of_name() : format_);
    if (write == nullptr) {
      return say(ExitCode::usage, format_.empty()
                                      ? "which format? Give --to edn, jsonl or csv, or an output file named like one"
                                      : fmt::format("--to: '{}' is not one of edn, jsonl and csv", format_));
    }
    const Result<EventHistory> events = read();
    if (!events) {
      return say(ExitCode::usage, events.error().detail);
    }
    if (!output_.empty() && output_ != "-") {
      return write_to_file(*events, write);
    }
    errno = 0;
    write(*events, std::cout);
    std::cout.flush();
    // A reader that stops reading early is no error.
    return std::cout || errno == EPIPE ? ExitCode::ok : say(ExitCode::defect, "standard output cannot be written");
  }

 private:
  [[nodiscard]] std::string format_of_name() const {
    const std::string extension = std::filesystem::path(output_).extension().string();
    return extension.empty() ? "" : extension.substr(1);
  }

  [[nodiscard]] Result<EventHistory> read() const {
    Waiting waiting("");
    waiting.next("reading the history");
    const std::filesystem::path path = history_path(run_);
    const Result<bool> is_own = names_own_history(path);
    if (!is_own) {
      return std::unexpected(is_own.error());
    }
    if (!*is_own || import_.are_given()) {
      return read_events(path, import_.options());
    }
    const Result<History> history = read_on_all_cores(path);
    waiting.next("");
    if (!history) {
      return std::unexpected(history.error());
    }
    if (!history->truncation.empty()) {
      warn(history->truncation);
    }
    EventHistory events = to_events(*history);
    events.facts.verdicts = verdicts_of(check_on_all_cores(*history, {}, checking(waiting)));
    waiting.next("");
    return events;
  }

  /// A file appears under its name when it is complete; a device or pipe is written as it is.
  [[nodiscard]] ExitCode write_to_file(const EventHistory& events, Write write) const {
    std::error_code ignored;
    if (std::filesystem::equivalent(output_, history_path(run_), ignored)) {
      return say(ExitCode::usage, fmt::format("{} is the history that is read; name another file to write", output_));
    }
    const bool is_special = std::filesystem::exists(output_, ignored) && !std::filesystem::is_regular_file(output_);
    const std::string part = is_special ? output_ : output_ + ".part";
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    if (!file) {
      return say(ExitCode::usage, fmt::format("cannot write {}: {}", output_, std::strerror(errno)));
    }
    write(events, file);
    file.close();
    if (file && (is_special || std::rename(part.c_str(), output_.c_str()) == 0)) {
      return ExitCode::ok;
    }
    const std::string reason = std::strerror(errno);
    if (!is_special) {
      std::filesystem::remove(part, ignored);
    }
    return say(ExitCode::defect, fmt::format("cannot write {}: {}", output_, reason));
  }

  ImportFlags import_ = {};
  std::string run_ = {};
  std::string format_ = {};
  std::string output_ = {};
};

[[maybe_unused]] const bool export_registered = register_subcommand<Export>(
    "export", "a history's ops, without steps and versions, as EDN (Jepsen), JSON lines or CSV");

}  // namespace
}  // namespace stalemate
