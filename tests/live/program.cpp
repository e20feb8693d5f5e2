#include "live/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;
using ProgramClock = std::chrono::steady_clock;

constexpr std::chrono::seconds run_limit{120};
constexpr std::chrono::seconds event_limit{60};
constexpr std::chrono::seconds end_limit{20};

// Through the stream, which says of a process that ends while it is read that there is no more.
std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class Condition>
bool comes_true(std::chrono::seconds limit, Condition condition) {
  const auto deadline = ProgramClock::now() + limit;
  while (!condition()) {
    if (ProgramClock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

// The words of a command line, as /proc shows them.
std::vector<std::string> words_of(pid_t pid) {
  const std::string text = text_of("/proc/" + std::to_string(pid) + "/cmdline");
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::string line_of(pid_t pid) {
  std::string line = std::to_string(pid);
  for (const std::string& word : words_of(pid)) {
    line += " " + word;
  }
  return line + "\n";
}

// A pid that is dead but not waited for counts as running for all others; orphans are ours to wait for.
void reap_orphans() {
  for (const ProcessStat& process : all_processes()) {
    if (process.parent == getpid() && process.state == 'Z') {
      waitpid(process.pid, nullptr, WNOHANG);
    }
  }
}

std::string living_below(pid_t root) {
  reap_orphans();
  std::string lines;
  for (const pid_t pid : descendants_of(all_processes(), root)) {
    lines += line_of(pid);
  }
  return lines;
}

}  // namespace

Program::Program(const fs::path& folder, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& prefix) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::vector<std::string> words = prefix;
  words.emplace_back(STALEMATE_PROGRAM);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  const std::string out = output_.path() / "out";
  const std::string err = output_.path() / "err";
  pid_ = fork();
  if (pid_ == 0) {
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), flags, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), flags, 0600), STDERR_FILENO);
    if (chdir(folder.c_str()) == 0) {
      execvp(pointers.front(), pointers.data());
    }
    _exit(127);
  }
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void Program::send(int signal_number) const {
  ASSERT_GT(pid_, 0);
  kill(pid_, signal_number);
}

Ended Program::wait() {
  int status = 0;
  if (!comes_true(run_limit, [&] { return waitpid(pid_, &status, WNOHANG) == pid_; })) {
    ADD_FAILURE() << "the program does not end; it said: " << err();
    kill(pid_, SIGKILL);
    waitpid(pid_, &status, 0);
  }
  pid_ = -1;
  return {.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          .out = text_of(output_.path() / "out"),
          .err = err()};
}

std::string Program::err() const {
  return text_of(output_.path() / "err");
}

// Whether the condition on what it printed comes true before it ends.
template <class Condition>
bool Program::comes_to(Condition condition) const {
  siginfo_t ended = {};
  bool came = false;
  static_cast<void>(comes_true(event_limit, [&] {
    const bool is_over =
        waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid_;
    came = condition(err());
    return came || is_over;
  }));
  return came;
}

bool Program::says(const std::string& text) const {
  return comes_to([&text](const std::string& printed) { return printed.find(text) != std::string::npos; });
}

bool Program::says_lines(std::ptrdiff_t count) const {
  return comes_to(
      [count](const std::string& printed) { return std::ranges::count(without_start_up(printed), '\n') >= count; });
}

fs::path Program::servers_folder() const {
  fs::path folder;
  static_cast<void>(comes_true(event_limit, [&] {
    // The keeper is no descendant of the program; orphans below us come to us.
    for (const pid_t pid : descendants_of(all_processes(), getpid())) {
      const std::vector<std::string> words = words_of(pid);
      if (words.size() == 4 && words[1] == "--keep-servers") {
        folder = words[2];
      }
    }
    return !folder.empty();
  }));
  return folder;
}

std::string without_start_up(const std::string& err) {
  std::string rest;
  for (std::size_t begin = 0; begin < err.size();) {
    const std::size_t end = std::min(err.find('\n', begin), err.size() - 1) + 1;
    const std::string line = err.substr(begin, end - begin);
    rest += line.ends_with(" ...\n") ? "" : line;
    begin = end;
  }
  return rest;
}

Ended run_stalemate(const fs::path& folder, const std::vector<std::string>& arguments) {
  return Program(folder, arguments).wait();
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* const pipe = popen(("exec 2>&1; " + command).c_str(), "r");
  for (int letter = 0; (letter = std::fgetc(pipe)) != EOF;) {
    output += static_cast<char>(letter);
  }
  pclose(pipe);
  return output;
}

std::string left_running() {
  static_cast<void>(comes_true(end_limit, [] { return living_below(getpid()).empty(); }));
  return living_below(getpid());
}

std::string running_with(const std::string& part) {
  reap_orphans();
  std::string found;
  for (const ProcessStat& process : all_processes()) {
    const std::string line = line_of(process.pid);
    found += line.find(part) == std::string::npos ? "" : line;
  }
  return found;
}

std::string left_running_with(const std::string& part) {
  static_cast<void>(comes_true(end_limit, [&part] { return running_with(part).empty(); }));
  return running_with(part);
}

std::vector<fs::path> run_folders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code no_such_folder;
  for (const auto& scenario : fs::directory_iterator(folder / "runs", no_such_folder)) {
    for (const auto& run : fs::directory_iterator(scenario.path())) {
      if (run.path().filename() != "latest") {
        found.push_back(run.path());
      }
    }
  }
  std::ranges::sort(found);
  return found;
}

fs::path only_run(const fs::path& folder) {
  const std::vector<fs::path> runs = run_folders(folder);
  EXPECT_EQ(runs.size(), 1U);
  return runs.empty() ? fs::path() : runs.front();
}

nlohmann::json results_in(const fs::path& run_folder) {
  const std::string text = text_of(run_folder / "results.json");
  nlohmann::json results = nlohmann::json::parse(text, nullptr, false);
  EXPECT_TRUE(results.is_object()) << run_folder << ": " << text;
  return results.is_object() ? results : nlohmann::json::object();
}

std::vector<std::string> warnings_in(const nlohmann::json& results) {
  auto warnings = results.at("warnings").get<std::vector<std::string>>();
  std::erase_if(warnings,
                [](const std::string& warning) { return warning.starts_with("stalemate itself stood still"); });
  return warnings;
}

}  // namespace stalemate
