// Parts of sentences about a run that the summary and the comparison share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/results/run_results.hpp"

namespace stalemate {

/// "PostgreSQL 15.8 (read committed) and Redis 7.0.15"; "no server" if none is known.
[[nodiscard]] std::string engines_phrase(const RunResults& results);
/// "PostgreSQL 15.8 stood in for CockroachDB"; empty if no engine stood in for another.
[[nodiscard]] std::string stand_in_phrase(const RunResults& results);
/// "'fill: skip 1%', 'update: skip 1%'"; "" where none was asked for.
[[nodiscard]] std::string faults_phrase(const RunResults& results);
/// "all 6,000 reads", "4,139 of 6,000 reads", "no reads (none were planned)".
[[nodiscard]] std::string done_phrase(const OpCounts& counts, std::string_view noun);
/// "20 of 599 samples (3.34 %)".
[[nodiscard]] std::string share_phrase(std::uint64_t part, std::uint64_t whole, std::string_view noun);
/// "95 % interval 2.05 to 5.11 %"; with none found, "at 95 % confidence less than 5.12 %". Requires: whole > 0.
[[nodiscard]] std::string bounds_phrase(std::uint64_t part, std::uint64_t whole);
/// "about one look in 156"; "nearly every look" from 95 % on, "every look" for a share of 1. Requires: part > 0.
[[nodiscard]] std::string one_in_phrase(std::uint64_t part, std::uint64_t whole, std::string_view noun);
/// "1.2", "1.0", "0.97", "323": two significant digits, since two single runs say no more. Requires: both above 0.
[[nodiscard]] std::string times_phrase(Nanoseconds before_ns, Nanoseconds after_ns);
/// "connection_lost 5, timed_out 11".
[[nodiscard]] std::string counts_phrase(const std::vector<NamedCount>& counts);
/// Looks the sampler took: one for each key of each sample.
[[nodiscard]] std::uint64_t looks(const SampleCounts& samples);
/// The database's isolation level as it reports it; empty if none is known.
[[nodiscard]] std::string isolation_of(const RunResults& results);

/// "1 write", "0.5 writes".
[[nodiscard]] std::string rate_of(double a_second, std::string_view noun);
/// With its first letter as a capital.
[[nodiscard]] std::string capitalized(std::string text);
/// Adds a sentence to a paragraph, behind a space where it is not the first; does nothing for an empty one.
void add_sentence(std::string& paragraph, std::string_view sentence);
/// Where the first sentence of a paragraph ends; its length where it is the only one.
[[nodiscard]] std::size_t end_of_sentence(std::string_view paragraph);

}  // namespace stalemate
