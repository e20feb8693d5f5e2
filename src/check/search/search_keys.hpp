// search_keys: the general search for several keys, which share its budget.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "check/check.hpp"
#include "check/search/search.hpp"

namespace stalemate {

/// Searches one key, visiting at most so many states.
using SearchKey = std::function<SearchOutcome(std::uint32_t key, std::uint64_t states_max)>;

/// The figure of a result that tells how many keys were searched; not there where none was.
inline constexpr std::string_view keys_searched = "keys searched";

/// How many keys came to what.
struct KeysSearched {
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::uint64_t given_up = 0;     ///< a limit was reached, or the key cannot be searched
  std::uint64_t meaningless = 0;  ///< those of given_up that cannot be searched
  std::uint64_t left = 0;         ///< not searched to the end, since another key is invalid
  std::uint64_t states = 0;       ///< visited in all

  [[nodiscard]] std::uint64_t keys() const { return valid + invalid + given_up + left; }
};

/// Every key in a first small round; those that it does not decide in further rounds, each of eight times as many
/// states as the one before, up to options.search_states_max. So one hard key does not keep an easy one waiting, and no
/// key costs much more than it would alone. Ends after the first round, or with a key of a later one, where a key is
/// invalid, unless options.search_every_key. `search` may be called several times for a key, and not again for one that
/// it found valid or invalid.
[[nodiscard]] KeysSearched search_keys(std::span<const std::uint32_t> keys, const SearchKey& search,
                                       const CheckOptions& options);

/// What is to be said of keys that were not decided; empty where all were.
[[nodiscard]] std::string words_of_undecided(const KeysSearched& searched);

}  // namespace stalemate
