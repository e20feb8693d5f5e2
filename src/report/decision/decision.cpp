#include "report/decision/decision.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "report/comparison/rank_test.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// An estimate beyond this many rounds is no help.
constexpr std::size_t rounds_max = 100'000;
// Source: the quantile of the normal distribution for 95 %, squared.
constexpr double certain_squared = 1.96 * 1.96;

std::optional<std::size_t> as_rounds(double rounds, std::size_t at_least) {
  if (!(rounds <= static_cast<double>(rounds_max))) {
    return std::nullopt;
  }
  return std::max(at_least, static_cast<std::size_t>(std::ceil(rounds)));
}

bool is_order(Relation relation) {
  return relation != Relation::equal && relation != Relation::not_equal;
}

// Rounds until the bounds of a share lie on one side of the want's.
std::optional<std::size_t> rounds_for_share(const Want& want, const FigureOfRounds& figure) {
  const double looked_at = static_cast<double>(figure.counts->looked_at);
  const double a_round = looked_at / static_cast<double>(figure.values.size());
  const double found = static_cast<double>(figure.counts->found) / looked_at;
  const double bound = want.bound / a_million;
  if (!is_order(want.relation) || bound <= 0 || bound == found) {
    return std::nullopt;
  }
  // With none found, the rule of three: the upper bound is about 3 / looks.
  const double looks = figure.counts->found == 0
                           ? -std::log(0.05) / bound
                           : certain_squared * found * (1 - found) / ((found - bound) * (found - bound));
  return as_rounds(looks / a_round, figure.values.size() + 1);
}

// Rounds until so many are on one side that chance would hardly do it, if the share on that side stays.
std::optional<std::size_t> rounds_for_sides(std::size_t on_side, std::size_t rounds) {
  constexpr std::size_t looked_ahead = 200;
  for (std::size_t more = rounds + 1; more <= looked_ahead; ++more) {
    const std::size_t expected = on_side * more / rounds;
    if (sign_test_chance(expected, more) < chance_max) {
      return more;
    }
  }
  return std::nullopt;
}

void settle_share(const Want& want, JudgedWant& judged) {
  const bool fulfilled = judged.verdict == WantVerdict::fulfilled;
  const Bounds& bounds = *judged.figure.per_million;
  judged.is_settled = holds(want, bounds.lower) == fulfilled && holds(want, bounds.upper) == fulfilled;
  judged.rounds_needed =
      judged.is_settled ? std::optional(judged.figure.values.size()) : rounds_for_share(want, judged.figure);
}

void settle_rounds(JudgedWant& judged) {
  const std::size_t rounds = judged.figure.values.size();
  const std::size_t on_side =
      judged.verdict == WantVerdict::fulfilled ? judged.rounds_fulfilled : rounds - judged.rounds_fulfilled;
  // What the worst of all misses has happened.
  const bool has_happened = judged.figure.is_worst && judged.verdict == WantVerdict::missed;
  judged.is_settled = has_happened || sign_test_chance(on_side, rounds) < chance_max;
  judged.rounds_needed = judged.is_settled ? std::optional(rounds) : rounds_for_sides(on_side, rounds);
}

void tell_median(FigureOfRounds& figure) {
  if (!figure.values.empty()) {
    figure.spread = spread_of(figure.values);
    figure.told = figure.is_worst ? figure.spread->max : figure.spread->median;
  }
}

FigureOfRounds figure_of_field(const std::vector<std::optional<double>>& values) {
  FigureOfRounds figure;
  for (const std::optional<double>& value : values) {
    if (value) {
      figure.values.push_back(*value);
    }
  }
  tell_median(figure);
  return figure;
}

JudgedAlternative judge_alternative(const DecisionInput& input, std::size_t place) {
  const Alternative& alternative = input.alternatives[place];
  JudgedAlternative judged;
  for (std::size_t want = 0; want < input.wants.size(); ++want) {
    const DecisionFigure* const figure = find_decision_figure(input.wants[want].figure);
    judged.wants.push_back(judge(input.wants[want], figure != nullptr ? over_rounds(alternative, *figure)
                                                                      : figure_of_field(input.fields[want][place])));
  }
  judged.cost = over_rounds(alternative, *find_decision_figure(cost_figure));
  return judged;
}

// Those that fulfil all wants: the settled ones, or if there are none all of them.
std::vector<std::size_t> candidates_of(const Decision& decision, const DecisionInput& input) {
  std::vector<std::size_t> settled;
  std::vector<std::size_t> all;
  for (std::size_t place = 0; place < decision.alternatives.size(); ++place) {
    const JudgedAlternative& judged = decision.alternatives[place];
    if (!input.alternatives[place].runs.empty() && judged.fulfils_all()) {
      all.push_back(place);
      if (judged.is_settled()) {
        settled.push_back(place);
      }
    }
  }
  return settled.empty() ? all : settled;
}

void recommend(Decision& decision) {
  const auto cost = [&decision](std::size_t place) { return decision.alternatives[place].cost.told; };
  const bool is_known =
      std::ranges::all_of(decision.candidates, [&](std::size_t place) { return cost(place).has_value(); });
  if (decision.candidates.size() == 1) {
    decision.recommended = decision.candidates.front();
    decision.is_cost_told_apart = true;
  } else if (!decision.candidates.empty() && is_known) {
    decision.recommended = *std::ranges::min_element(decision.candidates, {}, cost);
    decision.is_cost_told_apart = std::ranges::all_of(decision.candidates, [&](std::size_t place) {
      return place == *decision.recommended || are_told_apart(decision.alternatives[*decision.recommended].cost.values,
                                                              decision.alternatives[place].cost.values);
    });
  }
}

// Whether it would not be recommended even if it fulfilled everything.
bool is_beaten(const Decision& decision, std::size_t place) {
  if (!decision.recommended || *decision.recommended == place) {
    return false;
  }
  const FigureOfRounds& best = decision.alternatives[*decision.recommended].cost;
  const FigureOfRounds& own = decision.alternatives[place].cost;
  return decision.alternatives[*decision.recommended].is_settled() && best.told && own.told && *best.told < *own.told &&
         are_told_apart(best.values, own.values);
}

void ask_about_wants(Decision& decision, const DecisionInput& input) {
  for (std::size_t place = 0; place < decision.alternatives.size(); ++place) {
    const JudgedAlternative& judged = decision.alternatives[place];
    if (judged.is_settled() || is_beaten(decision, place)) {
      continue;
    }
    for (std::size_t want = 0; want < judged.wants.size(); ++want) {
      const JudgedWant& one = judged.wants[want];
      if (!one.is_settled) {
        decision.open.push_back(
            {fmt::format("whether {} fulfils '{}' (it did in {} of {})", input.alternatives[place].name,
                         input.wants[want].text, one.rounds_fulfilled, counted(one.figure.values.size(), "round")),
             one.rounds_needed});
      }
    }
  }
}

void ask_which(Decision& decision, const DecisionInput& input, std::size_t one, std::size_t other,
               std::string_view figure_name, std::string_view is_less) {
  const DecisionFigure& figure = *find_decision_figure(figure_name);
  const FigureOfRounds first = over_rounds(input.alternatives[one], figure);
  const FigureOfRounds second = over_rounds(input.alternatives[other], figure);
  if (first.values.empty() || second.values.empty() || are_told_apart(first.values, second.values)) {
    return;
  }
  decision.open.push_back(
      {fmt::format("which of {} and {} {}", input.alternatives[one].name, input.alternatives[other].name, is_less),
       rounds_to_tell_apart(first.values, second.values)});
}

}  // namespace

FigureOfRounds over_rounds(const Alternative& alternative, const DecisionFigure& figure) {
  FigureOfRounds over;
  over.is_worst = figure.is_worst;
  for (const MeasuredRun& run : alternative.runs) {
    if (const std::optional<double> value = figure.value(run)) {
      over.values.push_back(*value);
    }
    const std::optional<ShareCounts> counts = figure.counts == nullptr ? std::nullopt : figure.counts(run);
    if (counts) {
      ShareCounts& sum = over.counts ? *over.counts : over.counts.emplace();
      sum.found += counts->found;
      sum.looked_at += counts->looked_at;
    }
  }
  tell_median(over);
  if (over.counts) {
    const Bounds bounds = share_bounds(over.counts->found, over.counts->looked_at);
    over.per_million = Bounds{bounds.lower * a_million, bounds.upper * a_million};
    over.told = a_million * static_cast<double>(over.counts->found) / static_cast<double>(over.counts->looked_at);
  }
  return over;
}

double sign_test_chance(std::size_t on_one_side, std::size_t rounds) {
  STALEMATE_ASSERT(on_one_side <= rounds, "a part is no more than the whole");
  double chance = 0;
  double ways = std::pow(0.5, static_cast<double>(rounds));  // of all rounds on that side
  for (std::size_t on_side = rounds; on_side + 1 > on_one_side; --on_side) {
    chance += ways;
    if (on_side == 0) {
      break;
    }
    ways *= static_cast<double>(on_side) / static_cast<double>(rounds - on_side + 1);
  }
  return std::min(1.0, chance);
}

std::optional<std::size_t> rounds_to_tell_apart(std::span<const double> first, std::span<const double> second) {
  constexpr double too_alike = 0.05;
  constexpr std::size_t least = 4;
  const double effect = std::abs(share_smaller(first, second) - 0.5);
  if (effect < too_alike) {
    return std::nullopt;
  }
  // The share of smaller pairs of n and n has a variance of about 1 / (6 n).
  return as_rounds(certain_squared / (6 * effect * effect), std::max(least, std::min(first.size(), second.size()) + 1));
}

JudgedWant judge(const Want& want, FigureOfRounds figure) {
  JudgedWant judged;
  judged.figure = std::move(figure);
  if (!judged.figure.told) {
    judged.is_settled = true;
    return judged;
  }
  judged.verdict = holds(want, *judged.figure.told) ? WantVerdict::fulfilled : WantVerdict::missed;
  judged.rounds_fulfilled = static_cast<std::size_t>(
      std::ranges::count_if(judged.figure.values, [&want](double value) { return holds(want, value); }));
  judged.figure.per_million ? settle_share(want, judged) : settle_rounds(judged);
  return judged;
}

bool JudgedAlternative::fulfils_all() const {
  return std::ranges::all_of(wants, [](const JudgedWant& want) { return want.verdict == WantVerdict::fulfilled; });
}

bool JudgedAlternative::is_settled() const {
  if (fulfils_all()) {
    return std::ranges::all_of(wants, &JudgedWant::is_settled);
  }
  return std::ranges::any_of(
      wants, [](const JudgedWant& want) { return want.verdict != WantVerdict::fulfilled && want.is_settled; });
}

Decision decide(const DecisionInput& input) {
  STALEMATE_ASSERT(input.alternatives.size() >= 2, "a decision is between two or more");
  STALEMATE_ASSERT(input.fields.size() == input.wants.size(), "a list a want");
  Decision decision;
  for (std::size_t place = 0; place < input.alternatives.size(); ++place) {
    decision.alternatives.push_back(judge_alternative(input, place));
  }
  decision.candidates = candidates_of(decision, input);
  recommend(decision);
  ask_about_wants(decision, input);
  for (const std::size_t place : decision.candidates) {
    if (decision.recommended && place != *decision.recommended) {
      ask_which(decision, input, *decision.recommended, place, cost_figure, "costs less CPU");
    }
  }
  if (input.wants.empty()) {
    for (std::size_t place = 1; place < input.alternatives.size(); ++place) {
      ask_which(decision, input, 0, place, quickness_figure, "reads faster (p50)");
    }
  }
  return decision;
}

}  // namespace stalemate
