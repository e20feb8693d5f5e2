// A decision as it is told: for people, and for programs.
#pragma once

#include <string>

#include "report/decision/decision.hpp"

namespace stalemate {

/// Why no further round was done.
enum class DecisionEnd : std::uint8_t {
  told_apart,   ///< more would not have changed anything
  budget,       ///< the next would not have ended within the budget
  rounds,       ///< as many as were asked for
  interrupted,  ///< by the user
  unfinished    ///< it goes on, or a run could not be done
};
/// "told apart", "budget", "rounds", "interrupted", "unfinished".
[[nodiscard]] std::string_view name_of(DecisionEnd end);

/// What was done to decide.
struct DecisionRecord {
  std::string scenario = {};
  std::string question = {};
  DecisionInput input = {};
  DecisionEnd end = DecisionEnd::unfinished;
  Nanoseconds spent_ns = 0;
  Nanoseconds budget_ns = 0;
  Nanoseconds round_ns = 0;             ///< a round's mean; 0 before the first was whole
  std::string turn_left_out = {};       ///< a clause: why no other share of writes was measured; empty where it was
  std::vector<std::string> notes = {};  ///< sentences
};

/// The rounds that all alternatives have.
[[nodiscard]] std::size_t rounds_done(const DecisionRecord& record);

/// A table of all figures, how each alternative does by each want, the recommendation, what is open and what would
/// settle it, and where it would turn. Plain text, one newline at the end. Pure. Requires: width >= 40.
[[nodiscard]] std::string decision_text(const DecisionRecord& record, const Decision& decision, unsigned width);
/// The recommendation alone, as sentences.
[[nodiscard]] std::string recommendation_paragraph(const DecisionRecord& record, const Decision& decision);
/// Everything, as one JSON object. Pure.
[[nodiscard]] std::string decision_json(const DecisionRecord& record, const Decision& decision);

/// The turn of each alternative against the one without cache, as sentences, an alternative a line.
[[nodiscard]] std::vector<std::string> turn_sentences(const DecisionRecord& record);

}  // namespace stalemate
