#include "cli/text/waiting.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "live/loopback.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// Standard error as a file, for as long as it lives.
class StandardError {
 public:
  explicit StandardError(std::filesystem::path path) : path_(std::move(path)), before_(dup(STDERR_FILENO)) {
    const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~StandardError() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;

  [[nodiscard]] std::string text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // Waits until it holds `part`; the test's own time limit ends a wait in vain.
  void wait_for(const std::string& part) const {
    while (text().find(part) == std::string::npos) {
      usleep(10'000);
    }
  }

 private:
  std::filesystem::path path_;
  int before_;
};

// The seconds of the line that ends so; -1 where there is none.
int seconds_before(const std::string& text, const std::string& end) {
  const std::size_t place = text.find(" s" + end);
  return place == std::string::npos ? -1 : std::stoi(text.substr(text.rfind(' ', place - 1) + 1));
}

TEST(Waiting, says_what_is_done_for_how_long_and_how_far_it_is_ever_more_rarely) {
  const OwnFolder folder;
  const StandardError printed(folder.path() / "err");
  {
    Waiting waiting("shop");
    waiting.next("checking the history");
    waiting.reached("3 of 12 parts");
    printed.wait_for(": 3 of 12 parts ...\n");
    waiting.reached("9 of 12 parts");
    printed.wait_for(": 9 of 12 parts ...\n");
    waiting.next("stopping the servers");
    printed.wait_for("shop: stopping the servers, ");
  }
  const int first = seconds_before(printed.text(), ": 3 of 12 parts ...\n");
  EXPECT_GE(first, 2);
  EXPECT_GE(seconds_before(printed.text(), ": 9 of 12 parts ...\n"), 2 * first);
  EXPECT_THAT(printed.text(), HasSubstr("shop: checking the history, "));
  EXPECT_GE(seconds_before(printed.text(), " ...\n"), 2) << "the time begins anew with what is done next";
  EXPECT_EQ(printed.text().find('\x1b'), std::string::npos) << "no terminal, no escape sequence";
}

TEST(Waiting, is_silent_where_it_is_short_or_not_to_be_shown) {
  const OwnFolder folder;
  const StandardError printed(folder.path() / "err");
  {
    Waiting unseen("shop", false);
    unseen.next("checking the history");
    Waiting seen("other");
    seen.next("waiting");
    printed.wait_for("other: waiting, ");
  }
  {
    const Waiting short_one("short");
  }
  EXPECT_THAT(printed.text(), Not(HasSubstr("shop")));
  EXPECT_THAT(printed.text(), Not(HasSubstr("short")));
}

TEST(Waiting, for_a_server_that_says_nothing_is_told) {
  const OwnFolder folder;
  const SilentServer silent;
  folder.write("slow.toml", "pattern = \"none\"\nconnect_limit = \"3s\"\n");
  const Ended ended = run_stalemate(
      folder.path(),
      {"run", "./slow.toml", "--db", "postgres://me@127.0.0.1:" + std::to_string(silent.port()) + "/shop"});
  EXPECT_EQ(ended.code, 69);
  EXPECT_THAT(ended.err, ContainsRegex("slow: preparing the table stock of [^\n]*, [0-9]+ s \\.\\.\\.\n"));
}

}  // namespace
}  // namespace stalemate
