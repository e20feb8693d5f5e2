// stalemate init: a file about a service of the user's own, to start from.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <cerrno>
#include <string>

#include "application/application.hpp"
#include "cli/output/output_file.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "servers/keeper/folders.hpp"

namespace stalemate {
namespace {

class Init final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("FILE", file_, "the file to write; it must not be there")->capture_default_str();
  }

  ExitCode run() override {
    // Only a file that is not there is made, whoever else makes it at the same time.
    const Descriptor file(open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.is_open() && errno == EEXIST) {
      return say(ExitCode::usage, fmt::format("{} is there already, and is left as it is; name another file", file_));
    }
    if (!file.is_open()) {
      return say(ExitCode::usage, fmt::format("{} cannot be written: {}", file_, system_message(errno)));
    }
    if (const Result<void> written = write_all(file.number(), application_file_to_start_from()); !written) {
      static_cast<void>(unlink(file_.c_str()));
      return say(ExitCode::defect, fmt::format("{} cannot be written: {}", file_, written.error().detail));
    }
    fmt::print("wrote {}: say in it how your service starts and what it is asked, then run 'stalemate explore {}'\n",
               file_, file_);
    return ExitCode::ok;
  }

 private:
  std::string file_ = "shop.toml";
};

[[maybe_unused]] const bool init_registered =
    register_subcommand<Init>("init", "write a file about a service of your own, to start from");

}  // namespace
}  // namespace stalemate
