// One stale read told in full: as a story in order of time, and as a sequence diagram.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "check/causes/causes.hpp"
#include "core/text/sequence_text.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Lines of plain text, each ended by '\n': what the read returned, each step of the proof with its time, and what they
/// come to. Pure. Requires: the explanation is of this history.
[[nodiscard]] std::string story_of(const History& history, const Explanation& explanation);

/// The steps as arrows between the ops and the stores, in plain ASCII, as sequence_text draws them. Pure.
[[nodiscard]] std::string sequence_diagram_of(const History& history, const Explanation& explanation,
                                              std::size_t width = any_width);

/// The steps as a picture's parts: parties and who called whom. Pure.
struct StorySequence {
  std::vector<std::string> names = {};  ///< of the parties: "client 3 read 17" or "background 4", then the stores'
  std::size_t ops = 0;                  ///< how many of them are ops
  std::vector<SequenceRow> rows = {};   ///< a step each, by start
};
[[nodiscard]] StorySequence sequence_of(const History& history, const Explanation& explanation);

/// The story's sentences, without the steps.
struct StoryWords {
  std::string read = {};        ///< "On key 1000, client 3's read of 7 (op 17, ...) returned an old value."
  std::string missed = {};      ///< "It missed client 1's write of 9 (op 12, ...)."; empty where there is none
  std::string conclusion = {};  ///< what the steps come to, and which faults had a hand in it
};
[[nodiscard]] StoryWords story_words_of(const History& history, const Explanation& explanation);

/// The same as a Mermaid `sequenceDiagram`. Pure.
[[nodiscard]] std::string mermaid_of(const History& history, const Explanation& explanation);

}  // namespace stalemate
