// Words on an exploration of a pattern that its text, its JSON and its page share.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "explore/exploration.hpp"
#include "explore/telling/telling.hpp"

namespace stalemate {

/// Requires: the witness was just found.
[[nodiscard]] Telling told(const Witness& witness);

/// The steps of a story, one object each.
[[nodiscard]] nlohmann::ordered_json json_of_steps(const Telling& telling);

/// "1 step", "2 processes".
[[nodiscard]] std::string count_of(std::size_t count, std::string_view thing);
/// "0.5 MB", "149 MB", "4,295 MB".
[[nodiscard]] std::string megabytes(std::uint64_t bytes);
/// "2 processes, 3 ops, 0 faults, 9 steps".
[[nodiscard]] std::string words_of(const Witness& witness);

/// Why a finding is unknown, and what can be done about it.
[[nodiscard]] std::string reason_of(SearchEnd end, const ExplorationOptions& options, std::uint64_t runs);
/// Of a finding that is neither a proof nor a violation; empty for others.
[[nodiscard]] std::string reason_of(const JudgeFinding& finding, const ExplorationOptions& options,
                                    const Exploration& exploration);
/// Whether a violation's witness is the shortest. `what`: "violates it".
[[nodiscard]] std::string words_of_length(const JudgeFinding& finding, std::string_view what,
                                          const std::string& reason);

[[nodiscard]] std::vector<std::string_view> names_of(const std::vector<const VirtualFaultInfo*>& faults);
/// The patterns that hold where this one is violated, as docs/guarantees.md has them.
[[nodiscard]] std::vector<std::string_view> remedies_of(const ExplorationOptions& options, const JudgeFinding& finding);
/// The same as a line: "Remedy: fresh holds ..., with the patterns 'lease', ...".
[[nodiscard]] std::string words_of_remedy(const ExplorationOptions& options, const JudgeFinding& finding);

}  // namespace stalemate
