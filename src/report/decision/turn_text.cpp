// Where a decision would turn, for people.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/comparison/compared_figures.hpp"
#include "report/decision/told.hpp"
#include "report/decision/turn.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

constexpr std::string_view bare_pattern = "none";

std::string time_of(double value_ns) {
  return spoken_duration(std::llround(value_ns));
}

/// A quantity of two alternatives at two shares of writes.
struct TwoLines {
  const Alternative& one;
  const Alternative& bare;
  std::string_view noun;  ///< "CPU an op"
  std::optional<double> LoadPoint::* value;
};

// What the two lines say; empty where one of the four values is not known.
std::string crossing_sentence(const TwoLines& lines) {
  const LoadPoint one_here = load_point(lines.one.runs);
  const LoadPoint one_there = load_point(*lines.one.turned);
  const LoadPoint bare_here = load_point(lines.bare.runs);
  const LoadPoint bare_there = load_point(*lines.bare.turned);
  const auto [first_here, first_there] = std::pair(one_here.*lines.value, one_there.*lines.value);
  const auto [second_here, second_there] = std::pair(bare_here.*lines.value, bare_there.*lines.value);
  if (!first_here || !first_there || !second_here || !second_there || one_here.write_share == one_there.write_share) {
    return "";
  }
  const std::string figures =
      fmt::format("{}: at {} writes {} against {} of {}, at {} writes {} against {}", lines.noun,
                  percent(one_here.write_share), time_of(*first_here), time_of(*second_here), lines.bare.name,
                  percent(one_there.write_share), time_of(*first_there), time_of(*second_there));
  const Crossing met =
      crossing(one_here.write_share, one_there.write_share, *first_here, *first_there, *second_here, *second_there);
  switch (met.kind) {
    case Crossing::Kind::between:
      return fmt::format("{}; on straight lines the two meet at about {} writes.", figures, percent(met.at));
    case Crossing::Kind::first_below:
      return fmt::format("{}; {} has less at both, so it does not turn between them.", figures, lines.one.name);
    case Crossing::Kind::second_below:
      return fmt::format("{}; {} has less at both, so it does not turn between them.", figures, lines.bare.name);
    case Crossing::Kind::same: return fmt::format("{}; the two are alike there, so no line says more.", figures);
  }
  return "";
}

std::string database_sentence(const Alternative& cached, const Alternative& bare) {
  const DatabaseTurnFound found = database_turn(cached, bare);
  if (!found.turn) {
    return fmt::format("Speed of the database: the model cannot say for {}: {}.", cached.name, found.why_none);
  }
  const DatabaseTurn& turn = *found.turn;
  return fmt::format(
      "Speed of the database: in the mean a read of {} took {} (service time), one of {} {} with {} loads of the "
      "database each; {} reads faster where a read of the database takes longer than about {}.",
      bare.name, time_of(turn.database_read_ns), cached.name, time_of(turn.cached_read_ns),
      short_number(turn.loads_per_read), cached.name, time_of(turn.turn_ns));
}

std::string of_pair(const DecisionRecord& record, const Alternative& one, const Alternative& bare) {
  std::string text = one.name + ". ";
  if (one.turned && bare.turned) {
    const std::string cpu = crossing_sentence({one, bare, "CPU an op", &LoadPoint::cpu_ns_per_op});
    const std::string p50 = crossing_sentence({one, bare, "Read p50", &LoadPoint::read_p50_ns});
    text += cpu.empty() ? "CPU an op: not known at both shares of writes. " : cpu + " ";
    text += p50.empty() ? "" : p50 + " ";
    text += "The second share was measured once. ";
  } else {
    text += fmt::format("Share of writes: not measured at another one{}{}. ",
                        record.turn_left_out.empty() ? "" : ", as ", record.turn_left_out);
  }
  return text + database_sentence(one, bare);
}

}  // namespace

std::vector<std::string> turn_sentences(const DecisionRecord& record) {
  std::vector<std::string> sentences;
  const auto bare = std::ranges::find(record.input.alternatives, bare_pattern, &Alternative::name);
  if (bare == record.input.alternatives.end() || bare->runs.empty()) {
    return sentences;
  }
  for (const Alternative& alternative : record.input.alternatives) {
    if (&alternative != &*bare && !alternative.runs.empty()) {
      sentences.push_back(of_pair(record, alternative, *bare));
    }
  }
  return sentences;
}

}  // namespace stalemate
