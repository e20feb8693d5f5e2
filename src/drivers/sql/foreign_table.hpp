// What may be done to a table of our name that is not ours, and who hears of rows that were made.
#pragma once

#include <cstdint>
#include <functional>

namespace stalemate {

/// Whether a table of the name `stock` that is not ours may be dropped.
enum class ForeignTable : std::uint8_t { keep, replace };

using RowsTold = std::function<void(std::uint32_t rows)>;

}  // namespace stalemate
