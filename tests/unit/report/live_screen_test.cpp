#include "report/screen/live_screen.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdlib>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/example_progress.hpp"
#include "unit/report/tiny_terminal.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

// Sets environment variables for the length of a test. Nothing else in the program runs then.
class Environment : public testing::Test {
 protected:
  void set(const std::string& name, const char* text) {
    const char* old = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    saved_.emplace_back(name, old == nullptr ? std::optional<std::string>() : std::optional<std::string>(old));
    text == nullptr ? ::unsetenv(name.c_str()) : ::setenv(name.c_str(), text, 1);  // NOLINT(concurrency-mt-unsafe)
  }
  void SetUp() override {
    set("TERM", "xterm-256color");
    set("NO_COLOR", nullptr);
    set("LC_ALL", "C.UTF-8");
  }
  void TearDown() override {
    for (auto place = saved_.rbegin(); place != saved_.rend(); ++place) {
      const auto& [name, text] = *place;
      text ? ::setenv(name.c_str(), text->c_str(), 1) : ::unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    }
  }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> saved_ = {};
};

std::string available(int file_descriptor) {
  ::fcntl(file_descriptor, F_SETFL, ::fcntl(file_descriptor, F_GETFL) | O_NONBLOCK);
  std::string bytes;
  std::array<char, 65536> chunk = {};
  for (ssize_t length = 0; (length = ::read(file_descriptor, chunk.data(), chunk.size())) > 0;) {
    bytes.append(chunk.data(), static_cast<std::size_t>(length));
  }
  return bytes;
}

class LiveScreenOnATerminal : public Environment {
 protected:
  void SetUp() override {
    Environment::SetUp();
    ASSERT_EQ(::openpty(&reader_, &terminal_, nullptr, nullptr, nullptr), 0);
    resize({80, 24});
  }
  void TearDown() override {
    ::close(terminal_);
    ::close(reader_);
    Environment::TearDown();
  }
  void resize(ScreenSize size) const {
    winsize window = {};
    window.ws_col = static_cast<unsigned short>(size.columns);
    window.ws_row = static_cast<unsigned short>(size.rows);
    ASSERT_EQ(::ioctl(terminal_, TIOCSWINSZ, &window), 0);
  }
  [[nodiscard]] int terminal() const { return terminal_; }
  [[nodiscard]] std::string written() const { return available(reader_); }

 private:
  int reader_ = -1;
  int terminal_ = -1;
};

constexpr ScreenStyle in_blocks = {false, true};

TEST_F(LiveScreenOnATerminal, draws_every_frame_over_the_last_below_what_was_there) {
  TinyTerminal shown(80, 24);
  shown.write("$ stalemate run before\r\n");
  LiveScreen screen(terminal());
  Progress progress = example_trouble_progress();
  for (int frame = 0; frame < 5; ++frame) {
    progress.elapsed_ns += 100'000'000;
    progress.errors = frame % 2 == 0 ? progress.errors : std::vector<NamedCount>{};
    screen.show(progress);
    shown.write(written());
    EXPECT_EQ(shown.text(), "$ stalemate run before\n" + render(progress, {79, 24}, in_blocks));
    EXPECT_TRUE(shown.cursor_shown());
    EXPECT_TRUE(shown.wraps());
  }
  screen.finish();
  shown.write(written());
  shown.write("$ ");
  EXPECT_THAT(shown.text(), HasSubstr("recording has stopped, the run goes on\n$\n"));
  EXPECT_EQ(shown.unknown(), "");
}

TEST_F(LiveScreenOnATerminal, scrolls_when_it_begins_at_the_bottom) {
  TinyTerminal shown(80, 24);
  for (int line = 0; line < 23; ++line) {
    shown.write("old\r\n");
  }
  LiveScreen screen(terminal());
  screen.show(example_progress());
  screen.show(example_progress());
  shown.write(written());
  EXPECT_THAT(shown.text(), testing::EndsWith(render(example_progress(), {79, 24}, in_blocks)));
  EXPECT_THAT(shown.text(), testing::StartsWith("old\n"));
}

TEST_F(LiveScreenOnATerminal, is_clean_after_a_resize) {
  LiveScreen screen(terminal());
  screen.show(example_progress());
  static_cast<void>(written());
  for (const ScreenSize size : {ScreenSize{40, 20}, ScreenSize{120, 40}, ScreenSize{120, 10}}) {
    resize(size);
    TinyTerminal shown(size.columns, size.rows);
    for (unsigned line = 1; line < size.rows; ++line) {
      shown.write("left over from before the resize\r\n");
    }
    screen.show(example_progress());
    shown.write(written());
    EXPECT_EQ(shown.text(), render(example_progress(), {size.columns - 1, size.rows}, in_blocks));
  }
}

TEST_F(LiveScreenOnATerminal, has_colours_unless_told_otherwise) {
  LiveScreen(terminal()).show(example_progress());
  EXPECT_THAT(written(), HasSubstr("\x1b[32m"));
  set("NO_COLOR", "1");
  LiveScreen(terminal()).show(example_progress());
  const std::string plain = written();
  EXPECT_THAT(plain, Not(HasSubstr("\x1b[32m")));
  EXPECT_THAT(plain, HasSubstr("cache correct"));
}

TEST_F(LiveScreenOnATerminal, has_blocks_only_where_the_locale_is_utf8) {
  set("LC_ALL", "C");
  LiveScreen(terminal()).show(example_progress());
  EXPECT_THAT(written(), Not(HasSubstr("█")));
}

TEST_F(LiveScreenOnATerminal, that_is_dumb_gets_lines) {
  set("TERM", "dumb");
  LiveScreen screen(terminal());
  EXPECT_FALSE(screen.is_terminal());
  screen.show(example_progress());
  EXPECT_EQ(written(), render_line(example_progress()) + "\r\n");
}

class LiveScreenOnAPipe : public Environment {
 protected:
  void SetUp() override {
    Environment::SetUp();
    std::array<int, 2> ends = {};
    ASSERT_EQ(::pipe(ends.data()), 0);
    reader_ = ends[0];
    writer_ = ends[1];
  }
  void TearDown() override {
    ::close(reader_);
    ::close(writer_);
    Environment::TearDown();
  }
  int reader_ = -1;
  int writer_ = -1;
};

TEST_F(LiveScreenOnAPipe, writes_one_line_a_second_and_the_last_one) {
  {
    LiveScreen screen(writer_);
    Progress progress = example_progress();
    for (Nanoseconds tenth = 0; tenth <= 25; ++tenth) {
      progress.elapsed_ns = tenth * 100'000'000;
      screen.show(progress);
    }
  }
  const std::string lines = available(reader_);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 4);
  for (const char* beginning : {"0.0 s of 20.0 s", "\n1.0 s of", "\n2.0 s of", "\n2.5 s of"}) {
    EXPECT_THAT(lines, HasSubstr(beginning));
  }
  EXPECT_THAT(lines, Not(HasSubstr("\x1b")));
}

TEST_F(LiveScreenOnAPipe, goes_on_when_nobody_reads) {
  ::fcntl(writer_, F_SETFL, O_NONBLOCK);
  LiveScreen screen(writer_);
  Progress progress = example_progress();
  progress.notes.push_back(std::string(100'000, 'x'));
  screen.show(progress);
  EXPECT_FALSE(available(reader_).empty());
}

}  // namespace
}  // namespace stalemate
