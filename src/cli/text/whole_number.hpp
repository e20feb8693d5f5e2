// Whole numbers on the command line, refused in our own words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace stalemate {

/// For an option's check(): a sentence, without the option's name, that says what is wrong with a text; empty where the
/// text is a whole number from `low` to `high`, both included.
[[nodiscard]] std::function<std::string(const std::string&)> whole_number(std::uint64_t low, std::uint64_t high);

}  // namespace stalemate
