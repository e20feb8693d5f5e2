#include "cli/program.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "cli/interrupt.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/help_format.hpp"
#include "cli/text/say.hpp"
#include "core/text/nearest.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

// All ways to write the options and subcommands of `app`.
std::vector<std::string> known_words(const CLI::App& app, bool options) {
  std::vector<std::string> words;
  if (options) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.push_back("--" + name);
      }
      for (const std::string& name : option->get_snames()) {
        words.push_back("-" + name);
      }
    }
  } else {
    for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(subcommand->get_name());
    }
  }
  return words;
}

std::string suggest(std::string_view word, const std::vector<std::string>& words) {
  const std::vector<std::string_view> known(words.begin(), words.end());
  return did_you_mean(word, known);
}

// The deepest subcommand that is named, else the program.
const CLI::App* named_command(const CLI::App& root) {
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
  }
  return app;
}

// The first argument that the command does not know.
std::string unknown_argument(const CLI::App& root) {
  const CLI::App* const app = named_command(root);
  std::vector<std::string> extras = root.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front();
  if (word.starts_with("-")) {
    const std::string flag = word.substr(0, word.find('='));
    // A name that other tools use for a setting is a better hint than a similar spelling.
    const std::vector<std::string> known = known_words(*app, true);
    const bool sets_fields = std::ranges::find(known, "--duration") != known.end();
    const std::string hint = sets_fields ? run_flag_hint(flag) : std::string();
    return fmt::format("'{}' is not an option of {}{}; see 'stalemate{} --help'", flag, app->get_name(),
                       hint.empty() ? suggest(flag, known) : hint, app == &root ? "" : " " + app->get_name());
  }
  if (app == &root) {
    return fmt::format("'{}' is not a command{}; see 'stalemate --help'", word,
                       suggest(word, known_words(root, false)));
  }
  return fmt::format("'{}' is one argument too many for {}; see 'stalemate {} --help'", word, app->get_name(),
                     app->get_name());
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) {
    text.pop_back();
  }
  return text;
}

// How many of the arguments called `name` a command takes, where it is another number than was given.
std::string wrong_number(const CLI::App& command, const std::string& name) {
  const CLI::Option* const argument = command.get_option_no_throw(name);
  const int least = argument == nullptr ? 1 : argument->get_items_expected_min();
  const int most = argument == nullptr ? 1 : argument->get_items_expected_max();
  const std::string many = most > least ? fmt::format(" {} to {} times", least, most) : std::string();
  const std::string meaning = argument == nullptr ? std::string() : ": " + argument->get_description();
  return fmt::format("{0} needs {1}{2}{3}; see 'stalemate {0} --help'", command.get_name(), name, many, meaning);
}

// "--duration: At Most 1 required but received 2" and the like, in our own words; other sentences as they are.
std::string in_our_words(const std::string& sentence, const CLI::App& command) {
  constexpr std::string_view missing = " is required";
  if (sentence.ends_with(missing)) {
    return wrong_number(command, sentence.substr(0, sentence.size() - missing.size()));
  }
  const std::string option = sentence.substr(0, sentence.find(": "));
  const std::string_view rest = std::string_view(sentence).substr(std::min(option.size() + 2, sentence.size()));
  if (rest.contains(" required but received ") && !option.starts_with("-")) {
    return wrong_number(command, option);
  }
  if (rest.starts_with("At Most 1 required")) {
    return fmt::format("{} is given more than once; give it once", option);
  }
  if (rest.ends_with(" missing")) {
    return fmt::format("{} needs a value behind it", option);
  }
  constexpr std::string_view unreadable = "Could not convert: ";
  if (sentence.starts_with(unreadable)) {
    const std::string pair = sentence.substr(unreadable.size());
    const auto equals = pair.find(" = ");
    return fmt::format("{}: '{}' cannot be used here", pair.substr(0, equals),
                       equals == std::string::npos ? "" : pair.substr(equals + 3));
  }
  return sentence;
}

int report_parse_error(CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    return app.exit(error);  // --help and --version
  }
  const bool unknown = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) ||
                       (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError) &&
                        app.get_subcommands().empty() && app.remaining_size(true) > 0);
  const std::string sentence =
      unknown ? unknown_argument(app) : in_our_words(one_line(error.what()), *named_command(app));
  return static_cast<int>(say(ExitCode::usage, sentence));
}

std::string cannot_print(int error) {
  return "standard output cannot be written: " + std::generic_category().message(error);
}

// Output to a reader that has gone counts as printed: `stalemate list | head -1` is no error.
ssize_t write_while_read(void* /*cookie*/, const char* bytes, std::size_t size) {
  static bool is_read = true;
  std::size_t done = 0;
  while (is_read && done < size) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes + done, size - done);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno == EPIPE) {
      is_read = false;
    } else if (errno != EINTR) {
      return static_cast<ssize_t>(done);
    }
  }
  return static_cast<ssize_t>(size);
}

// A file or terminal stays as it is: only who reads a pipe or socket can go away.
void let_readers_go() {
  struct stat output = {};
  if (::fstat(STDOUT_FILENO, &output) != 0 || !(S_ISFIFO(output.st_mode) || S_ISSOCK(output.st_mode))) {
    return;
  }
  cookie_io_functions_t functions = {};
  functions.write = write_while_read;
  if (FILE* const stream = ::fopencookie(nullptr, "w", functions)) {
    stdout = stream;
  }
}

int run_checked(int argc, char** argv) {
  CLI::App app("Does your cache tell the truth, what does it cost when it does not, and what would happen without it?",
               "stalemate");
  app.set_version_flag("--version", std::string("stalemate ") + program_version());
  app.require_subcommand(0, 1);
  app.formatter(std::make_shared<HelpFormat>(columns_of(STDOUT_FILENO)));
  app.failure_message([](const CLI::App*, const CLI::Error&) { return std::string(); });
  std::vector<std::pair<CLI::App*, std::unique_ptr<Subcommand>>> subcommands;
  for (const SubcommandInfo& info : SubcommandRegistry::all()) {
    CLI::App* described = app.add_subcommand(std::string(info.name), std::string(info.summary));
    subcommands.emplace_back(described, info.make());
    subcommands.back().second->describe(*described);
  }
  app.footer(
      "Exit codes: 0 done (check, explore: valid), 1 invalid, 2 unknown (replay --live: the servers gave other "
      "replies; sweep: not all was measured, or there is no answer), "
      "64 usage, 69 a server is unavailable, 70 an internal error, 99 a --fail-if came true, 130 interrupted.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_parse_error(app, error);
  }
  for (const auto& [described, subcommand] : subcommands) {
    if (described->parsed()) {
      const ExitCode code = subcommand->run();
      return static_cast<int>(std::fflush(stdout) == 0 ? code : say(ExitCode::defect, cannot_print(errno)));
    }
  }
  fmt::print("{}", app.help());
  return static_cast<int>(ExitCode::usage);
}

}  // namespace

const char* program_version() {
  return STALEMATE_VERSION;
}

std::string own_command() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program never changes its environment
  const char* const search_path = std::getenv("PATH");
  std::istringstream folders(search_path == nullptr ? "" : search_path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty() && fs::equivalent(fs::path(folder) / "stalemate", program, error)) {
      return "stalemate";
    }
  }
  const fs::path from_here = program.lexically_relative(fs::current_path(error));
  if (from_here.empty() || *from_here.begin() == "..") {
    return shell_word(program.string());
  }
  return shell_word(from_here.has_parent_path() ? from_here.string() : "./" + from_here.string());
}

int run_program(int argc, char** argv) {
  // A reader of our output that goes away causes a failed write and must not kill us.
  std::signal(SIGPIPE, SIG_IGN);
  let_readers_go();
  end_at_interrupt();
  try {
    return run_checked(argc, argv);
  } catch (const std::system_error& error) {
    // fmt throws when the stream's buffer is full and cannot be written.
    return static_cast<int>(
        say(ExitCode::defect, std::ferror(stdout) != 0 ? cannot_print(error.code().value()) : error.what()));
  } catch (const std::bad_alloc&) {
    return static_cast<int>(say(ExitCode::defect, "this machine, or a limit set for the program, has no more memory"));
  } catch (const std::exception& error) {
    return static_cast<int>(say(ExitCode::defect, error.what()));
  }
}

}  // namespace stalemate
