#include "report/page/run_pictures.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "check/words.hpp"

namespace stalemate {
namespace {

// So many pieces of a strip can be told apart.
constexpr Nanoseconds strip_pieces = 150;

// "t below 10 ms: reads", "...: visible" and "...: visible, at least at 95 %" follow each other.
std::vector<VisibilityPoint> visibility_of(const CheckResult& check) {
  std::vector<VisibilityPoint> points;
  for (const Figure& figure : check.figures) {
    const std::size_t colon = figure.name.find(": ");
    if (colon == std::string::npos) {
      continue;
    }
    const std::string_view what = std::string_view(figure.name).substr(colon + 2);
    if (what == "reads") {
      points.push_back({.t = figure.name.substr(0, colon), .reads = figure.value});
    } else if (!points.empty()) {
      (what == "visible" ? points.back().visible : points.back().visible_least) = figure.value;
    }
  }
  return points;
}

// From when on an older value was stale, and before which step of the story that was.
void tell_certain(const History& history, const Explanation& explanation, StaleReadTold& told) {
  const OpRecord* newer = history.find_op(explanation.newer_write);
  if (newer == nullptr || !newer->is_completed()) {
    return;
  }
  const Nanoseconds certain_ns = newer->completion_ns();
  told.steps_before_certain = static_cast<std::size_t>(
      std::ranges::count_if(explanation.steps, [certain_ns](const Step& step) { return step.start_ns < certain_ns; }));
  told.certain = "write " + std::to_string(newer->index()) + " is acknowledged (" + words_of_instant(certain_ns) +
                 "): from here on an older value is stale";
}

StaleReadTold told_of(const History& history, const StaleRead& stale, CauseFinder& finder) {
  const Explanation explanation = finder.explain(stale);
  const OpRecord& op = *history.find_op(stale.read);
  StaleReadTold told{.read = stale.read,
                     .key = words_of_key(history.header, op.key()),
                     .client = words_of_client(history.header, op.client()),
                     .begin_ns = op.invocation_ns(),
                     .lower_ns = stale.lower_ns,
                     .upper_ns = stale.upper_ns,
                     .versions = stale.versions,
                     .cause = std::string(name_of(explanation.cause)),
                     .words = story_words_of(history, explanation),
                     .sequence = sequence_of(history, explanation),
                     .cell = guarantee_cell(history.header.pattern, explanation.cause)};
  tell_certain(history, explanation, told);
  return told;
}

// Of `count` in a row, the one that comes `turn`-th: the first, the last, then others between them, each as far as can
// be from those before.
std::size_t spread(std::size_t turn, std::size_t count) {
  if (turn < 2) {
    return turn == 0 ? 0 : count - 1;
  }
  std::size_t parts = 2;
  std::size_t before = 2;
  while (turn >= before + parts / 2) {
    before += parts / 2;
    parts *= 2;
  }
  return (2 * (turn - before) + 1) * (count - 1) / parts;
}

}  // namespace

std::vector<std::size_t> sample_by_cause(std::span<const CauseInfo* const> causes, std::size_t count_max) {
  std::map<std::string_view, std::vector<std::size_t>> by_cause;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    by_cause[name_of(causes[i])].push_back(i);
  }
  std::vector<std::size_t> sample;
  const std::size_t wanted = std::min(count_max, causes.size());
  // Two turns may fall on the same read where few are left between; then those in order fill up.
  for (std::size_t turn = 0; sample.size() < wanted; ++turn) {
    for (const auto& [name, reads] : by_cause) {
      const bool may_spread = turn < 2 * reads.size();
      const std::size_t place = may_spread ? spread(turn, reads.size()) : turn - 2 * reads.size();
      if (place < reads.size() && sample.size() < wanted && std::ranges::find(sample, reads[place]) == sample.end()) {
        sample.push_back(reads[place]);
      }
    }
  }
  std::ranges::sort(sample);
  return sample;
}

Nanoseconds drawn_gap_ns(const History& history) {
  return end_of(history) / strip_pieces;
}

RunPictures pictures_of(const History& history, const Report& report, std::span<const CauseInfo* const> causes,
                        CauseFinder& finder, const Crew& crew) {
  RunPictures pictures;
  const CheckResult* const check = find_result(report, "stale-reads");
  const std::span<const StaleRead> stale =
      check == nullptr ? std::span<const StaleRead>() : std::span<const StaleRead>(check->stale_reads);
  pictures.timeline = timeline_of(history, stale, crew);
  if (const CheckResult* incoherence = find_result(report, "incoherence")) {
    pictures.disagreements = disagreements_of(history, *incoherence, stale, {.gap_ns = drawn_gap_ns(history)});
  }
  for (const KeyDisagreement& key : pictures.disagreements.keys) {
    pictures.key_names.push_back(words_of_key(history.header, key.key));
  }
  if (const CheckResult* visibility = find_result(report, "visibility")) {
    pictures.visibility = visibility_of(*visibility);
    pictures.visibility_note = visibility->note;
  }
  pictures.stale_reads_found = check == nullptr ? 0 : check->count;
  if (check != nullptr && check->count > check->stale_reads.size()) {
    pictures.notes.push_back("Of the stale reads only the first " + std::to_string(check->stale_reads.size()) +
                             " are in the pictures; all of them are counted.");
  }
  if (!history.truncation.empty()) {
    pictures.notes.push_back("The pictures show what is left of the history: " + history.truncation);
  }
  std::vector<std::size_t> sample = sample_by_cause(causes, stale_reads_told_max);
  // The finder wants the reads of one key together.
  std::ranges::sort(sample, {}, [&](std::size_t i) { return std::pair(history.find_op(stale[i].read)->key(), i); });
  for (const std::size_t i : sample) {
    pictures.stale_reads.push_back(told_of(history, stale[i], finder));
  }
  std::ranges::sort(pictures.stale_reads, {},
                    [](const StaleReadTold& told) { return std::pair(told.begin_ns, told.read); });
  return pictures;
}

}  // namespace stalemate
