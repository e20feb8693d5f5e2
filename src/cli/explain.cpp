// stalemate explain RUN [READ]: why a read was stale, as a story in time order and as a sequence diagram.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>

#include "check/causes.hpp"
#include "check/check.hpp"
#include "check/story.hpp"
#include "cli/check_history.hpp"
#include "cli/say.hpp"
#include "cli/subcommand.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

class Explain final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", run_, "a run's folder or its history")->required();
    app.add_option("READ", read_, "the number of a stale read; the first one if left out");
    app.add_flag("--mermaid", mermaid_, "only the sequence diagram, as Mermaid");
    app.add_flag("--list", list_, "every stale read with its cause, one a line");
  }

  ExitCode run() override {
    std::filesystem::path path = run_;
    if (std::filesystem::is_directory(path)) {
      path /= "history.stale";
    }
    const Result<History> history = read_history(path);
    if (!history) {
      return say(ExitCode::usage, history.error().detail);
    }
    CheckOptions options;
    options.only = {"stale-reads"};
    const Report report = check_on_all_cores(*history, options);
    const std::vector<StaleRead>& stale = find_result(report, "stale-reads")->stale_reads;
    if (stale.empty()) {
      fmt::print("no read of this run was stale{}\n", report.versions_known ? "" : ", as far as its history tells");
      return ExitCode::ok;
    }
    return list_ ? print_list(*history, stale) : print_one(*history, stale);
  }

 private:
  static ExitCode print_list(const History& history, const std::vector<StaleRead>& stale) {
    CauseFinder finder(history);
    for (const StaleRead& read : stale) {
      fmt::print("{} {}\n", read.read, name_of(finder.explain(read).cause));
    }
    return ExitCode::ok;
  }

  [[nodiscard]] ExitCode print_one(const History& history, const std::vector<StaleRead>& stale) const {
    auto chosen = stale.begin();
    if (read_) {
      chosen = std::ranges::find(stale, *read_, &StaleRead::read);
      if (chosen == stale.end()) {
        return say(ExitCode::usage, fmt::format("op {} is not a stale read of this run; 'stalemate explain {} --list' "
                                                "names all {}",
                                                *read_, run_, stale.size()));
      }
    }
    CauseFinder finder(history);
    const Explanation explanation = finder.explain(*chosen);
    if (mermaid_) {
      fmt::print("{}", mermaid_of(history, explanation));
    } else {
      fmt::print("{}\n{}", story_of(history, explanation), sequence_diagram_of(history, explanation));
    }
    return ExitCode::ok;
  }

  std::string run_ = {};
  std::optional<OpIndex> read_ = {};
  bool mermaid_ = false;
  bool list_ = false;
};

[[maybe_unused]] const bool registered =
    register_subcommand<Explain>("explain", "why a read was stale: the steps that prove it");

}  // namespace
}  // namespace stalemate
