#include "report/words/server_trouble.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "report/words/words.hpp"

namespace stalemate {

std::string outage_sentence(const Outage& outage) {
  const std::string who = outage.node == 0
                              ? fmt::format("The {}", outage.role)
                              : fmt::format("1 of {} nodes of the {} ({})", outage.nodes, outage.role, outage.place);
  return fmt::format("{} did not answer for {}, from {} on.", who, spoken_duration(outage.end_ns - outage.start_ns),
                     outage.start_ns == 0 ? "the start" : spoken_duration(outage.start_ns));
}

std::string stop_sentence(const PlannedStop& stop) {
  return fmt::format("The fault {} kept the {} from answering for {}, from {} on.", stop.fault, stop.role,
                     spoken_duration(stop.end_ns - stop.start_ns), spoken_duration(stop.start_ns));
}

Nanoseconds unanswered_ns(const RunResults& results) {
  std::vector<std::pair<Nanoseconds, Nanoseconds>> stretches;
  for (const Outage& outage : results.outages) {
    stretches.emplace_back(outage.start_ns, outage.end_ns);
  }
  for (const PlannedStop& stop : results.stops) {
    stretches.emplace_back(stop.start_ns, stop.end_ns);
  }
  std::ranges::sort(stretches);
  Nanoseconds total_ns = 0;
  Nanoseconds reached_ns = 0;
  for (const auto& [start_ns, end_ns] : stretches) {
    total_ns += std::max<Nanoseconds>(0, end_ns - std::max(start_ns, reached_ns));
    reached_ns = std::max(reached_ns, end_ns);
  }
  return total_ns;
}

std::string unanswered_phrase(const RunResults& results) {
  std::vector<std::string> reasons;
  for (const PlannedStop& stop : results.stops) {
    std::string reason = fmt::format("the fault {} kept the {} from answering", stop.fault, stop.role);
    if (std::ranges::find(reasons, reason) == reasons.end()) {
      reasons.push_back(std::move(reason));
    }
  }
  const auto is_planned = [&results](const Outage& outage) {
    return std::ranges::any_of(results.stops, [&outage](const PlannedStop& stop) {
      return stop.role == outage.role && stop.start_ns <= outage.end_ns && outage.start_ns <= stop.end_ns;
    });
  };
  if (!std::ranges::all_of(results.outages, is_planned)) {
    reasons.emplace_back("a server did not answer");
  }
  std::string text;
  for (const std::string& reason : reasons) {
    text += (text.empty() ? "" : " and ") + reason;
  }
  return text;
}

std::string refusal_sentence(const Refusal& refusal) {
  const std::string words = refusal.words + (refusal.words.ends_with('.') ? "" : ".");
  if (refusal.part == "background") {
    return fmt::format(
        "The background part of the pattern failed {} at the {}, so its work was late or left undone: {}",
        refusal.count == 1 ? "once" : with_thousands(refusal.count) + " times", refusal.role, words);
  }
  if (refusal.part == "sampler") {
    return fmt::format("{} of the sampler failed at the {}: {}", counted(refusal.count, "look"), refusal.role, words);
  }
  return fmt::format("The {} answered {} with an error: {}", refusal.role, counted(refusal.count, "call"), words);
}

}  // namespace stalemate
