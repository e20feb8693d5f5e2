// What held a run back while ops waited for a free client: the servers, this machine, or a lack of clients.
#pragma once

#include <cstdint>
#include <string>

#include "report/results/run_results.hpp"

namespace stalemate {

/// The name of what the figures show to have been the limit: "outage", "conflicts", "locks", "processor",
/// "stalemate", "server", "clients", or "unknown" where they show nothing. Reads asked, latency and the other members
/// of limit. Pure. Requires: results.limit.
[[nodiscard]] std::string derive_limit(const RunResults& results);

/// What the limit was and what was reached, without a full stop, such as "all 16 clients were busy and 3,700 ops a
/// second were done; the database was at its limit: ...". Says that more clients are needed only where the servers
/// had room. Requires: results.limit.
[[nodiscard]] std::string limit_phrase(const RunResults& results);

/// Why so many ops of a kind, of which so many a second were wanted, were dropped; without a full stop: that servers
/// did not answer, where that explains so many, else what the limit was.
[[nodiscard]] std::string losses_phrase(const RunResults& results, std::uint64_t dropped, double rate_wanted);

/// For the summary: that the run was behind for a tenth of its time or more, and the phrase; empty where it was not, or
/// where the drift's causes say it.
[[nodiscard]] std::string limit_sentence(const RunResults& results);

}  // namespace stalemate
