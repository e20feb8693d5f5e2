// One stale read told in full: as a story in order of time, and as a sequence diagram.
#pragma once

#include <string>

#include "check/causes/causes.hpp"
#include "core/sequence_text.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Lines of plain text, each ended by '\n': what the read returned, each step of the proof with its time, and what they
/// come to. Pure. Requires: the explanation is of this history.
[[nodiscard]] std::string story_of(const History& history, const Explanation& explanation);

/// The steps as arrows between the ops and the stores, in plain ASCII, as sequence_text draws them. Pure.
[[nodiscard]] std::string sequence_diagram_of(const History& history, const Explanation& explanation,
                                              std::size_t width = any_width);

/// The same as a Mermaid `sequenceDiagram`. Pure.
[[nodiscard]] std::string mermaid_of(const History& history, const Explanation& explanation);

}  // namespace stalemate
