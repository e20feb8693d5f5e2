// stalemate replay TOKEN: repeats a run that explore found, step by step. One of a service of the user's own is forced
// in that service: stalemate replay TOKEN FILE.toml.
#include <fmt/core.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>

#include "cli/explore/explore_application.hpp"
#include "cli/explore/explore_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/stores/replay_on_stores.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/explore_text.hpp"
#include "cli/text/say.hpp"
#include "explore/application/application_token.hpp"
#include "explore/telling/token.hpp"
#include "replay/live_process.hpp"

namespace stalemate {
namespace {

class Replay final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app_ = &app;
    app.add_option("TOKEN", token_, "what explore printed behind 'stalemate replay'")->required();
    app.add_option("FILE", file_, "of a service of your own: its file, such as shop.toml");
    app.add_option("--diagram", diagram_, "only a sequence diagram: text, mermaid or svg");
    app.add_flag("--json", json_, "as one JSON object");
    app.add_flag("--live", live_, "force the same order of steps on a real database and cache, private ones or these:");
    app.add_option_function<std::vector<std::string>>(
        "--db", [this](const std::vector<std::string>& texts) { take_database(stores_, texts); },
        "with --live: URL of the database, or the name of an engine");
    app.add_option_function<std::string>(
        "--cache", [this](const std::string& text) { take_cache(stores_, text); },
        "with --live: URL of the cache, or the name of an engine");
    app.add_flag("--replace", stores_.replace_table, "with --live: drop a table 'stock' that stalemate did not make");
  }

  ExitCode run() override {
    if (const std::optional<std::string> misused = misused_flag_of_replay(*app_)) {
      return say(ExitCode::usage, *misused);
    }
    const Result<DiagramKind> kind = parse_diagram(diagram_);
    if (!kind) {
      return say(ExitCode::usage, kind.error().detail);
    }
    if (is_application_token(token_) != !file_.empty()) {
      return say(ExitCode::usage, file_.empty()
                                      ? "the token is of a service of your own; name its file, too, such as shop.toml"
                                      : "the token is of a pattern, which needs no file; leave out '" + file_ + "'");
    }
    if (!file_.empty()) {
      return live_ ? say(ExitCode::usage, "a service of your own is always replayed on real servers; leave out --live")
                   : replay_application_file(token_, file_, *kind, json_);
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
      return print_json(*witness, *telling);
    }
    if (*kind != DiagramKind::none) {
      fmt::print("{}", diagram_of(*telling, *kind, columns_of(STDOUT_FILENO)));
    } else {
      print_story(*witness, *telling);
    }
    if (live_ && telling->violated) {
      return force(*witness, *telling);
    }
    return telling->violated ? ExitCode::invalid : ExitCode::ok;
  }

 private:
  void print_story(const Witness& witness, const Telling& telling) const {
    const std::string_view judge = witness.options.judges.front()->name;
    fmt::print("{}: {} is {} in the scope {}:\n{}", witness.options.pattern->name, judge,
               telling.violated ? "violated" : "not violated by these steps", to_text(witness.options.scope),
               story_of(telling));
    if (!telling.violated) {
      fmt::print("These steps do not violate {}{}.\n", judge, live_ ? ", so none were forced on real servers" : "");
    }
  }

  static ExitCode say_failure(const Error& error) {
    return say(error.code == ErrorCode::wrong_type ? ExitCode::usage : ExitCode::server_unavailable, error.detail);
  }

  ExitCode print_json(const Witness& witness, const Telling& telling) {
    std::optional<LiveReplay> live;
    if (live_ && telling.violated) {
      Result<LiveReplay> forced = replay_on_stores(witness, telling, stores_);
      if (!forced) {
        return say_failure(forced.error());
      }
      live = *std::move(forced);
    }
    fmt::print("{}", json_of(witness, telling, live));
    return !telling.violated                    ? ExitCode::ok
           : live && !live->differences.empty() ? ExitCode::unknown
                                                : ExitCode::invalid;
  }

  ExitCode force(const Witness& witness, const Telling& telling) {
    const Result<LiveReplay> live = replay_on_stores(witness, telling, stores_);
    if (!live) {
      return say_failure(live.error());
    }
    const std::string engines = fmt::format("{}", fmt::join(live->engines, " and "));
    if (live->differences.empty()) {
      fmt::print("On {} the same steps gave the same replies ({} stands for 0): it happens there, too.\n", engines,
                 live_value(0));
      return ExitCode::invalid;
    }
    fmt::print("On {} it went otherwise:\n  {}\n", engines, fmt::join(live->differences, "\n  "));
    return ExitCode::unknown;
  }

  const CLI::App* app_ = nullptr;
  std::string token_ = {};
  std::string file_ = {};
  std::string diagram_ = "none";
  bool json_ = false;
  bool live_ = false;
  StoresWanted stores_ = {};
};

[[maybe_unused]] const bool replay_registered =
    register_subcommand<Replay>("replay", "repeat a run that explore found, step by step");

}  // namespace
}  // namespace stalemate
