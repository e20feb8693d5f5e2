#include "report/server_trouble.hpp"

#include <fmt/core.h>

#include "report/words.hpp"

namespace stalemate {

std::string outage_sentence(const Outage& outage) {
  const std::string who = outage.node == 0
                              ? fmt::format("The {}", outage.role)
                              : fmt::format("1 of {} nodes of the {} ({})", outage.nodes, outage.role, outage.place);
  return fmt::format("{} did not answer for {}, from {} on.", who, spoken_duration(outage.end_ns - outage.start_ns),
                     outage.start_ns == 0 ? "the start" : spoken_duration(outage.start_ns));
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
