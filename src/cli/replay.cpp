// stalemate replay TOKEN: repeats a run that explore found, step by step.
#include <fmt/core.h>

#include <CLI/App.hpp>

#include "cli/explore_text.hpp"
#include "cli/say.hpp"
#include "cli/subcommand.hpp"
#include "explore/token.hpp"

namespace stalemate {
namespace {

class Replay final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("TOKEN", token_, "what explore printed behind 'stalemate replay'")->required();
    app.add_option("--diagram", diagram_, "only a sequence diagram: text, mermaid or svg");
    app.add_flag("--json", json_, "as one JSON object");
  }

  ExitCode run() override {
    const Result<DiagramKind> kind = parse_diagram(diagram_);
    if (!kind) {
      return say(ExitCode::usage, kind.error().detail);
    }
    const Result<Witness> witness = parse_token(token_);
    if (!witness) {
      return say(ExitCode::usage, witness.error().detail);
    }
    const Result<Telling> telling = tell(*witness);
    if (!telling) {
      return say(ExitCode::usage, telling.error().detail);
    }
    if (json_) {
      fmt::print("{}", json_of(*witness, *telling));
    } else if (*kind != DiagramKind::none) {
      fmt::print("{}", diagram_of(*telling, *kind));
    } else {
      fmt::print("{}: {} is violated in the scope {}:\n{}", witness->options.pattern->name,
                 witness->options.judges.front()->name, to_text(witness->options.scope), story_of(*telling));
    }
    return telling->violated ? ExitCode::invalid : ExitCode::ok;
  }

 private:
  std::string token_ = {};
  std::string diagram_ = {};
  bool json_ = false;
};

[[maybe_unused]] const bool registered =
    register_subcommand<Replay>("replay", "repeat a run that explore found, step by step");

}  // namespace
}  // namespace stalemate
