// What servers did to a run, in sentences.
#pragma once

#include <string>

#include "report/run_results.hpp"

namespace stalemate {

/// "The database did not answer for 16 s, from 2 s on.", or of which node of how many.
[[nodiscard]] std::string outage_sentence(const Outage& outage);
/// Who met what how often, with the server's own words.
[[nodiscard]] std::string refusal_sentence(const Refusal& refusal);

}  // namespace stalemate
