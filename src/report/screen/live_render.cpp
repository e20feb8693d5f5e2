// What the live screen shows, as pure functions of the progress.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/duration.hpp"
#include "report/screen/live_screen.hpp"
#include "report/screen/screen_lines.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// Which lines stay when the terminal is low: see ScreenLines.
enum Importance : unsigned { figures = 1, notices, details, headings, circumstances, spacing, explanations };

// On a very narrow terminal a label keeps its last word only.
std::string label_text(std::string_view label, ScreenSize size) {
  constexpr std::size_t width = 17;
  constexpr std::size_t narrow_width = 11;
  return size.columns >= 34 ? align_left(label, width) : align_left(label.substr(label.rfind(' ') + 1), narrow_width);
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

// Always one decimal, so that the figures beside it do not jump.
std::string clock_text(Nanoseconds time_ns) {
  const auto tenths = std::max<Nanoseconds>(time_ns, 0) / 100'000'000;
  if (tenths < 1200) {
    return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  }
  const auto seconds = tenths / 10;
  return seconds < 3600 ? fmt::format("{}:{:02}", seconds / 60, seconds % 60)
                        : fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string phase_text(const Progress& progress) {
  switch (progress.phase) {
    case RunPhase::starting: return "starting";
    case RunPhase::running: return clock_text(progress.duration_ns - progress.elapsed_ns) + " left";
    case RunPhase::draining: return "waiting for the last ops";
    case RunPhase::finished: return "finished";
    case RunPhase::interrupted: return "interrupted";
  }
  return "";
}

std::string response_text(const ResponseTimes& times, Nanoseconds ResponseTimes::* figure) {
  return times.count == 0 ? "-" : format_duration_short(times.*figure);
}

std::string counts_text(const std::vector<NamedCount>& counts) {
  std::string text;
  for (const NamedCount& count : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.name, with_thousands(count.count));
  }
  return text;
}

void add_title(ScreenLines& screen, const Progress& progress, ScreenSize size) {
  ScreenLine line;
  line.add(progress.title, Paint::strong);
  const std::size_t both = line.width() + 2 + display_width(progress.engines);
  if (both <= size.columns) {
    line.add(std::string(size.columns - both + 2, ' ')).add(progress.engines, Paint::faint);
    screen.add(std::move(line), circumstances);
    return;
  }
  screen.add(std::move(line), circumstances);
  screen.add(ScreenLine().add(progress.engines, Paint::faint), explanations);
}

void add_progress(ScreenLines& screen, const Progress& progress, ScreenSize size, bool unicode) {
  const double share =
      progress.phase == RunPhase::finished ? 1
      : progress.duration_ns <= 0
          ? 0
          : std::clamp(static_cast<double>(progress.elapsed_ns) / static_cast<double>(progress.duration_ns), 0.0, 1.0);
  const std::string percents = fmt::format(" {:3} %  ", static_cast<int>(share * 100));
  const std::string whole =
      fmt::format("{}{} of {}, ", percents, clock_text(progress.elapsed_ns), clock_text(progress.duration_ns)) +
      phase_text(progress);
  const std::string brief = percents + phase_text(progress);
  constexpr std::size_t bar_least = 16;
  const std::string& figures_text = display_width(whole) + bar_least <= size.columns ? whole : brief;
  const std::size_t taken = display_width(figures_text);
  const std::size_t bar_width = taken < size.columns ? size.columns - taken : 0;
  ScreenLine line;
  line.add_bar(share, bar_width, Paint::plain, unicode).add(figures_text);
  screen.add(std::move(line), figures);
}

// One column of the table of ops. Columns are taken in the order of `rank` while there is room.
struct Column {
  std::string_view heading;
  unsigned rank;
  std::size_t width_least;
  std::string reads;
  std::string writes;
  Paint reads_paint = Paint::plain;
  Paint writes_paint = Paint::plain;

  [[nodiscard]] std::size_t width() const {
    return 2 + std::max({width_least, display_width(heading), display_width(reads), display_width(writes)});
  }
};

using CountOf = std::uint64_t (*)(const KindProgress& kind);

Column count_column(std::string_view heading, unsigned rank, const Progress& progress, CountOf count_of) {
  return {heading, rank, 6, with_thousands(count_of(progress.reads)), with_thousands(count_of(progress.writes))};
}

// A count that should be 0: once it is not, it is coloured and gets a higher rank.
Column loss_column(std::string_view heading, unsigned rank, unsigned rank_if_any, Paint paint, const Progress& progress,
                   CountOf count_of) {
  const bool any_reads = count_of(progress.reads) > 0;
  const bool any_writes = count_of(progress.writes) > 0;
  Column column = count_column(heading, any_reads || any_writes ? rank_if_any : rank, progress, count_of);
  column.reads_paint = any_reads ? paint : Paint::plain;
  column.writes_paint = any_writes ? paint : Paint::plain;
  return column;
}

Column time_column(std::string_view heading, unsigned rank, const Progress& progress,
                   ResponseTimes KindProgress::* times, Nanoseconds ResponseTimes::* figure) {
  return {heading, rank, 7, response_text(progress.reads.*times, figure),
          response_text(progress.writes.*times, figure)};
}

std::vector<Column> columns_that_fit(const Progress& progress, std::size_t width) {
  std::vector<Column> columns = {
      count_column("planned", 9, progress, [](const KindProgress& kind) { return kind.counts.planned; }),
      count_column("due", 2, progress, [](const KindProgress& kind) { return kind.due; }),
      count_column("done", 1, progress, [](const KindProgress& kind) { return kind.counts.ended(); }),
      count_column("last s", 6, progress, [](const KindProgress& kind) { return kind.done_last_second; }),
      loss_column("failed", 10, 3, Paint::bad, progress, [](const KindProgress& kind) { return kind.counts.failed(); }),
      loss_column("dropped", 11, 4, Paint::bad, progress, [](const KindProgress& kind) { return kind.counts.dropped; }),
      loss_column("late", 12, 8, Paint::warning, progress, [](const KindProgress& kind) { return kind.counts.late; }),
      time_column("p50", 7, progress, &KindProgress::last_second, &ResponseTimes::p50_ns),
      time_column("p99", 5, progress, &KindProgress::last_second, &ResponseTimes::p99_ns),
      time_column("p50 all", 14, progress, &KindProgress::overall, &ResponseTimes::p50_ns),
      time_column("p99 all", 13, progress, &KindProgress::overall, &ResponseTimes::p99_ns),
  };
  std::vector<unsigned> ranks;
  ranks.reserve(columns.size());
  for (const Column& column : columns) {
    ranks.push_back(column.rank);
  }
  std::ranges::sort(ranks);
  std::size_t taken = 6;  // "writes"
  unsigned rank_shown = 0;
  for (const unsigned rank : ranks) {
    taken += std::ranges::find(columns, rank, &Column::rank)->width();
    if (taken > width) {
      break;
    }
    rank_shown = rank;
  }
  std::erase_if(columns, [rank_shown](const Column& column) { return column.rank > rank_shown; });
  return columns;
}

void add_ops(ScreenLines& screen, const Progress& progress, ScreenSize size) {
  const std::vector<Column> columns = columns_that_fit(progress, size.columns);
  ScreenLine heading;
  ScreenLine reads;
  ScreenLine writes;
  heading.add(align_left("", 6));
  reads.add(align_left("reads", 6));
  writes.add(align_left("writes", 6));
  for (const Column& column : columns) {
    heading.add(align_right(column.heading, column.width()), Paint::faint);
    reads.add(align_right(column.reads, column.width()), column.reads_paint);
    writes.add(align_right(column.writes, column.width()), column.writes_paint);
  }
  screen.add(std::move(heading), headings);
  screen.add(std::move(reads), figures);
  screen.add(std::move(writes), figures);
  if (size.columns >= 76) {
    screen.add(
        ScreenLine().add("p50, p99: response time from the planned start, of the last second and of all", Paint::faint),
        explanations);
  }
}

// A label, a right-aligned figure and what follows it.
ScreenLine labelled(std::string_view label, std::string_view figure, Paint paint, ScreenSize size) {
  ScreenLine line;
  line.add(label_text(label, size)).add(align_right(figure, size.columns >= 60 ? 9 : 6), paint);
  return line;
}

void add_bar_if_room(ScreenLine& line, double share, Paint paint, ScreenSize size, bool unicode) {
  constexpr std::size_t bar_least = 8;
  constexpr std::size_t bar_most = 60;
  if (line.width() + 2 + bar_least <= size.columns) {
    line.add("  ").add_bar(share, std::min(bar_most, size.columns - line.width() - 2), paint, unicode);
  }
}

void add_cache(ScreenLines& screen, const CacheCounts& cache, ScreenSize size, bool unicode) {
  const std::optional<double> ratio = hit_ratio(cache);
  ScreenLine line;
  line.add(label_text("hits / misses", size))
      .add(fmt::format("{} / {}", with_thousands(cache.hits), with_thousands(cache.misses)));
  if (ratio) {
    const std::string hits = fmt::format("  {:.1f} %", *ratio * 100);
    line.add(line.width() + display_width(hits) <= size.columns ? hits : "");
    add_bar_if_room(line, *ratio, Paint::plain, size, unicode);
  }
  screen.add(std::move(line), details);
}

void add_samples(ScreenLines& screen, const SampleTotals& totals, ScreenSize size, bool unicode) {
  const SampleCounts& samples = totals.counts;
  const std::uint64_t taken = samples.correct + samples.incorrect;
  ScreenLine heading;
  heading.add("Snapshot sample", Paint::strong);
  heading.add(fmt::format("  {} of {}{}", counted(taken, "sample"), counted(samples.keys, "key"),
                          samples.skipped == 0 ? "" : fmt::format(", {} skipped", with_thousands(samples.skipped))),
              Paint::faint);
  screen.add(std::move(heading), headings);

  ScreenLine correct = labelled("cache correct", with_thousands(samples.correct), Paint::good, size);
  add_bar_if_room(correct, share_of(samples.correct, taken), Paint::good, size, unicode);
  screen.add(std::move(correct), figures);

  const Paint alarm = samples.incorrect > 0 ? Paint::bad : Paint::plain;
  ScreenLine incorrect = labelled("cache incorrect", with_thousands(samples.incorrect), alarm, size);
  add_bar_if_room(incorrect, share_of(samples.incorrect, taken), Paint::bad, size, unicode);
  screen.add(std::move(incorrect), figures);

  const bool now = totals.incoherent_keys_now > 0;
  ScreenLine keys =
      labelled("incoherent keys", with_thousands(totals.incoherent_keys_now), now ? Paint::bad : Paint::plain, size);
  keys.add(now ? fmt::format("  now, for {}", clock_text(totals.oldest_episode_ns)) : "  now");
  if (samples.keys_affected > 0 && size.columns >= 60) {
    keys.add(fmt::format("; {} so far", with_thousands(samples.keys_affected)), Paint::faint);
  }
  screen.add(std::move(keys), details);
}

void add_origin(ScreenLines& screen, const OriginCounts& origin, ScreenSize size) {
  screen.add(labelled("as the origin", with_thousands(origin.correct), Paint::plain, size)
                 .add(fmt::format(" / {} wrong", with_thousands(origin.incorrect))),
             details);
}

void add_wrapped(ScreenLines& screen, std::string_view text, std::string_view indent, Paint paint, unsigned importance,
                 ScreenSize size) {
  const std::string lines = wrap(text, size.columns, indent);
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t end = lines.find('\n', from);
    screen.add(ScreenLine().add(std::string_view(lines).substr(from, end - from), paint), importance);
    from = end + 1;
  }
}

void add_state(ScreenLines& screen, const Progress& progress, ScreenSize size) {
  std::string state = fmt::format("in flight {}, backlog {}, retries {}", with_thousands(progress.in_flight),
                                  with_thousands(progress.backlog), with_thousands(progress.retries));
  if (!progress.faults.empty()) {
    state += "; faults: " + counts_text(progress.faults);
  }
  add_wrapped(screen, state, "", Paint::plain, circumstances, size);
  if (!progress.errors.empty()) {
    add_wrapped(screen, "errors: " + counts_text(progress.errors), "", Paint::bad, notices, size);
  }
  for (const std::string& note : progress.notes) {
    add_wrapped(screen, note, "! ", Paint::warning, figures, size);
  }
}

// "1,000 of 1,000"
std::string done_of_due(const KindProgress& kind) {
  return fmt::format("{} of {}", with_thousands(kind.counts.ended()), with_thousands(kind.due));
}

}  // namespace

std::string render(const Progress& progress, ScreenSize size, ScreenStyle style) {
  STALEMATE_ASSERT(size.columns >= 20 && size.rows >= 2, "a screen has room for something");
  ScreenLines screen;
  add_title(screen, progress, size);
  add_progress(screen, progress, size, style.unicode);
  screen.add(ScreenLine(), spacing);
  add_ops(screen, progress, size);
  if (progress.cache) {
    screen.add(ScreenLine(), spacing);
    add_cache(screen, *progress.cache, size, style.unicode);
  }
  if (progress.samples) {
    screen.add(ScreenLine(), spacing);
    add_samples(screen, *progress.samples, size, style.unicode);
    if (progress.counts_as_origin) {
      add_origin(screen, progress.samples->origin, size);
    }
  }
  screen.add(ScreenLine(), spacing);
  add_state(screen, progress, size);
  return screen.text(size, style);
}

std::string render_line(const Progress& progress) {
  std::string line = fmt::format("{} of {}: reads {}", clock_text(progress.elapsed_ns),
                                 clock_text(progress.duration_ns), done_of_due(progress.reads));
  if (progress.cache) {
    line += fmt::format(" ({} hits / {} misses)", with_thousands(progress.cache->hits),
                        with_thousands(progress.cache->misses));
  }
  line += ", writes " + done_of_due(progress.writes);
  if (progress.samples) {
    line += fmt::format(
        "; samples {} correct / {} incorrect, {} incoherent now", with_thousands(progress.samples->counts.correct),
        with_thousands(progress.samples->counts.incorrect), counted(progress.samples->incoherent_keys_now, "key"));
  }
  line += fmt::format("; p99 {} read, {} write", response_text(progress.reads.last_second, &ResponseTimes::p99_ns),
                      response_text(progress.writes.last_second, &ResponseTimes::p99_ns));
  const std::uint64_t dropped = progress.reads.counts.dropped + progress.writes.counts.dropped;
  const std::uint64_t late = progress.reads.counts.late + progress.writes.counts.late;
  for (const auto& [name, count] : {std::pair{"dropped", dropped}, std::pair{"late", late},
                                    std::pair{"backlog", progress.backlog}, std::pair{"retries", progress.retries}}) {
    if (count > 0) {
      line += fmt::format("; {} {}", name, with_thousands(count));
    }
  }
  if (!progress.errors.empty()) {
    line += "; errors: " + counts_text(progress.errors);
  }
  for (const std::string& note : progress.notes) {
    line += "; " + note;
  }
  if (progress.phase != RunPhase::running) {
    line += "; " + phase_text(progress);
  }
  return ascii_only(line);
}

}  // namespace stalemate
