// The plan's random streams: SeededRandom(seed, stream). Streams from plan_stream_end on are for others.
#pragma once

#include <cstdint>

namespace stalemate::stream {

inline constexpr std::uint64_t key_places = 0;
inline constexpr std::uint64_t read_arrivals = 1;
inline constexpr std::uint64_t write_arrivals = 2;
inline constexpr std::uint64_t read_keys = 3;
inline constexpr std::uint64_t write_keys = 4;
inline constexpr std::uint64_t clients = 5;
inline constexpr std::uint64_t write_kinds = 6;
inline constexpr std::uint64_t faults = 8;

}  // namespace stalemate::stream
