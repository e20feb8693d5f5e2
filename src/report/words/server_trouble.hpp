// What servers did to a run, in sentences.
#pragma once

#include <string>

#include "report/results/run_results.hpp"

namespace stalemate {

/// "The database did not answer for 16 s, from 2 s on.", or of which node of how many.
[[nodiscard]] std::string outage_sentence(const Outage& outage);
/// "The fault stall kept the cache from answering for 500 ms, from 5 s on."
[[nodiscard]] std::string stop_sentence(const PlannedStop& stop);
/// How long a server did not answer or was stopped by a fault; times in which two did count once.
[[nodiscard]] Nanoseconds unanswered_ns(const RunResults& results);
/// Why, as a clause in the past: "the fault stall kept the database from answering", "a server did not answer", or
/// both. Requires: there was an outage or a stop.
[[nodiscard]] std::string unanswered_phrase(const RunResults& results);
/// Who met what how often, with the server's own words.
[[nodiscard]] std::string refusal_sentence(const Refusal& refusal);

}  // namespace stalemate
