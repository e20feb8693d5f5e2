#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "report/screen/live_screen.hpp"
#include "report/words/words.hpp"
#include "unit/report/example_progress.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr ScreenStyle blocks = {false, true};
constexpr ScreenStyle ascii = {false, false};

TEST(LiveRender, shows_a_run_at_every_width) {
  expect_golden(render(example_progress(), {120, 30}, blocks), "live_120.txt");
  expect_golden(render(example_progress(), {80, 24}, blocks), "live_80.txt");
  expect_golden(render(example_progress(), {40, 24}, blocks), "live_40.txt");
  expect_golden(render(example_progress(), {20, 24}, blocks), "live_20.txt");
}

TEST(LiveRender, shows_trouble) {
  expect_golden(render(example_trouble_progress(), {80, 30}, blocks), "live_trouble_80.txt");
  expect_golden(render(example_trouble_progress(), {40, 30}, blocks), "live_trouble_40.txt");
}

TEST(LiveRender, leaves_out_what_matters_least_on_a_low_terminal) {
  expect_golden(render(example_trouble_progress(), {80, 12}, blocks), "live_low.txt");
  const std::string lowest = render(example_progress(), {80, 6}, blocks);
  EXPECT_THAT(lowest, HasSubstr("cache incorrect"));
  EXPECT_THAT(lowest, HasSubstr("writes"));
  EXPECT_THAT(lowest, HasSubstr("9.6 s left"));
}

TEST(LiveRender, shows_a_run_without_a_cache_before_anything_is_measured) {
  expect_golden(render(example_first_progress(), {80, 24}, blocks), "live_first.txt");
}

TEST(LiveRender, needs_nothing_but_ascii_where_the_locale_has_no_more) {
  const std::string text = render(example_progress(), {80, 24}, ascii);
  expect_golden(text, "live_ascii.txt");
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80U; }));
}

TEST(LiveRender, colours_are_all_that_colour_adds) {
  const std::string coloured = render(example_trouble_progress(), {80, 24}, {true, true});
  std::string plain;
  for (std::size_t place = 0; place < coloured.size(); ++place) {
    if (coloured[place] == '\x1b') {
      place = coloured.find('m', place);
    } else {
      plain += coloured[place];
    }
  }
  EXPECT_NE(plain, coloured);
  std::istringstream lines(plain);
  std::string stripped;
  for (std::string line; std::getline(lines, line);) {
    stripped += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  EXPECT_EQ(stripped, render(example_trouble_progress(), {80, 24}, blocks));
}

TEST(LiveRender, says_how_a_run_ends) {
  Progress progress = example_progress();
  progress.phase = RunPhase::draining;
  EXPECT_THAT(render(progress, {80, 24}, blocks), HasSubstr("waiting for the last ops"));
  progress.phase = RunPhase::finished;
  EXPECT_THAT(render(progress, {80, 24}, blocks), HasSubstr("100 %"));
  EXPECT_THAT(render(progress, {80, 24}, blocks), HasSubstr("finished"));
  progress.phase = RunPhase::interrupted;
  EXPECT_THAT(render(progress, {80, 24}, blocks), HasSubstr("interrupted"));
}

Progress any_progress() {
  const auto count = [] {
    return *rc::gen::mapcat(rc::gen::inRange(0, 63),
                            [](int bits) { return rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << bits); });
  };
  const auto kind = [&] {
    KindProgress kind;
    for (std::uint64_t OpCounts::* field :
         {&OpCounts::planned, &OpCounts::ok, &OpCounts::info, &OpCounts::late, &OpCounts::dropped}) {
      kind.counts.*field = count();
    }
    kind.due = count();
    kind.done_last_second = count();
    for (ResponseTimes* times : {&kind.last_second, &kind.overall}) {
      *times = {count(), static_cast<Nanoseconds>(count()), static_cast<Nanoseconds>(count())};
    }
    return kind;
  };
  Progress progress = *rc::gen::element(example_progress(), example_trouble_progress(), example_first_progress());
  progress.elapsed_ns = static_cast<Nanoseconds>(count());
  progress.duration_ns = static_cast<Nanoseconds>(count());
  progress.reads = kind();
  progress.writes = kind();
  progress.backlog = count();
  if (progress.samples) {
    progress.samples->counts.correct = count() / 2;
    progress.samples->counts.incorrect = count() / 2;
  }
  return progress;
}

RC_GTEST_PROP(LiveRender, never_leaves_its_terminal, ()) {
  const Progress progress = any_progress();
  const ScreenSize size = {*rc::gen::inRange(20U, 200U), *rc::gen::inRange(2U, 60U)};
  std::istringstream lines(render(progress, size, *rc::gen::element(blocks, ascii)));
  unsigned rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    RC_ASSERT(display_width(line) <= size.columns);
  }
  RC_ASSERT(rows >= 1U);
  RC_ASSERT(rows < size.rows);
}

TEST(LiveRenderLine, says_the_same_in_one_line) {
  EXPECT_EQ(
      render_line(example_progress()),
      "10.4 s of 20.0 s: reads 1,039 of 1,040 (668 hits / 371 misses), writes 520 of 520; samples 101 correct / 3 "
      "incorrect, 1 key incoherent now; p99 310 us read, 812 us write");
  const std::string trouble = render_line(example_trouble_progress());
  EXPECT_THAT(trouble,
              HasSubstr("; dropped 2; late 211; backlog 1,250; retries 1; errors: connection_lost 5, timed_out 8; "
                        "cache unreachable since 3.2 s; the disk is full"));
  EXPECT_THAT(trouble, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace stalemate
