#include "check/search/search_keys.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/text/number_text.hpp"

namespace stalemate {

namespace {

constexpr std::uint64_t first_round_states = 20'000;
constexpr std::uint64_t round_factor = 8;

std::string keys_were(std::uint64_t count) {
  return with_thousands(count) + (count == 1 ? " key was" : " keys were");
}

}  // namespace

KeysSearched search_keys(std::span<const std::uint32_t> keys, const SearchKey& search, const CheckOptions& options) {
  KeysSearched found;
  std::vector<std::uint32_t> open(keys.begin(), keys.end());
  const auto is_over = [&] { return found.invalid > 0 && !options.search_every_key; };
  std::uint64_t states_max = std::min(first_round_states, options.search_states_max);
  for (bool is_first = true; !open.empty() && (is_first || !is_over()); is_first = false) {
    std::vector<std::uint32_t> undecided;
    for (const std::uint32_t key : open) {
      if (!is_first && is_over()) {
        undecided.push_back(key);
        continue;
      }
      if (options.should_stop && options.should_stop()) {
        ++found.given_up;
        continue;
      }
      const SearchOutcome outcome = search(key, states_max);
      found.states += outcome.states;
      found.meaningless += outcome.has_meaning ? 0 : 1;
      const bool may_go_on = outcome.reached_states_max && states_max < options.search_states_max;
      if (outcome.verdict == Verdict::unknown && may_go_on) {
        undecided.push_back(key);
      } else {
        ++(outcome.verdict == Verdict::valid     ? found.valid
           : outcome.verdict == Verdict::invalid ? found.invalid
                                                 : found.given_up);
      }
    }
    open = std::move(undecided);
    states_max = std::min(states_max * round_factor, options.search_states_max);
  }
  found.left = open.size();
  return found;
}

std::string words_of_undecided(const KeysSearched& searched) {
  std::string words;
  const auto add = [&words](std::uint64_t keys, const char* what) {
    if (keys > 0) {
      words += (words.empty() ? "" : " ") + keys_were(keys) + what;
    }
  };
  add(searched.meaningless,
      " not searched, since what its ops leave is not defined: numbers of 64 bits are added, and texts appended.");
  add(searched.given_up - searched.meaningless, " given up, since the search reached its limit.");
  add(searched.left, " not searched to the end, since the verdict is certain without: --every-key does.");
  return words;
}

}  // namespace stalemate
