#include "record/format/crc32c.hpp"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace stalemate {
namespace {

/// The polynomial with its bits reversed, as all arithmetic here is.
constexpr std::uint32_t polynomial = 0x82F63B78U;

constexpr std::uint32_t step(std::uint32_t state) {
  return (state & 1U) != 0 ? state >> 1U ^ polynomial : state >> 1U;
}

/// tables[k][b]: what byte b contributes when k more bytes follow it.
constexpr std::array<std::array<std::uint32_t, 256>, 8> make_tables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables = {};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t state = byte;
    for (unsigned bit = 0; bit < 8; ++bit) {
      state = step(state);
    }
    tables[0][byte] = state;
  }
  for (std::size_t following = 1; following < 8; ++following) {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t state = tables[following - 1][byte];
      tables[following][byte] = state >> 8U ^ tables[0][state & 0xFFU];
    }
  }
  return tables;
}

constexpr auto tables = make_tables();

std::uint64_t load_word(const std::byte* place) {
  std::uint64_t word = 0;
  std::memcpy(&word, place, sizeof word);
  return word;
}

#if defined(__x86_64__)

/// The product of two polynomials modulo `polynomial`, in reversed bits (x^0 is the highest).
constexpr std::uint32_t multiply(std::uint32_t left, std::uint32_t right) {
  std::uint32_t product = 0;
  for (std::uint32_t mask = 0x80000000U; mask != 0; mask >>= 1U) {
    if ((left & mask) != 0) {
      product ^= right;
    }
    right = step(right);
  }
  return product;
}

/// Three strands of this many bytes are summed at once: the instruction takes three cycles but one starts every cycle.
constexpr std::size_t strand_bytes = 1024;

/// The processor prefetches no further than the end of a page, and a strand is a part of one: so the next strands are
/// prefetched while these are summed.
constexpr std::size_t line_bytes = 64;
void fetch(const std::byte* line) {
  _mm_prefetch(reinterpret_cast<const char*>(line), _MM_HINT_T0);
}

/// advance[k][b]: what byte k of a state, being b, becomes when strand_bytes zero bytes follow.
constexpr std::array<std::array<std::uint32_t, 256>, 4> make_advance() {
  std::uint32_t power = 0x80000000U;
  for (std::size_t bit = 0; bit < strand_bytes * 8; ++bit) {
    power = step(power);
  }
  std::array<std::array<std::uint32_t, 256>, 4> advance = {};
  for (unsigned place = 0; place < 4; ++place) {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      advance[place][byte] = multiply(byte << 8U * place, power);
    }
  }
  return advance;
}

constexpr auto advance = make_advance();

std::uint32_t advanced(std::uint32_t state) {
  return advance[0][state & 0xFFU] ^ advance[1][state >> 8U & 0xFFU] ^ advance[2][state >> 16U & 0xFFU] ^
         advance[3][state >> 24U];
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes,
                                                                      std::uint32_t previous) {
  std::uint64_t state = ~previous;
  const std::byte* place = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3 * strand_bytes; left -= 3 * strand_bytes, place += 3 * strand_bytes) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    const std::byte* ahead = left >= 6 * strand_bytes ? place + 3 * strand_bytes : place;
    for (std::size_t line = 0; line < strand_bytes; line += line_bytes) {
      fetch(ahead + line);
      fetch(ahead + strand_bytes + line);
      fetch(ahead + 2 * strand_bytes + line);
      for (std::size_t at = line; at < line + line_bytes; at += 8) {
        state = _mm_crc32_u64(state, load_word(place + at));
        second = _mm_crc32_u64(second, load_word(place + strand_bytes + at));
        third = _mm_crc32_u64(third, load_word(place + 2 * strand_bytes + at));
      }
    }
    state = advanced(static_cast<std::uint32_t>(state)) ^ second;
    state = advanced(static_cast<std::uint32_t>(state)) ^ third;
  }
  for (; left >= 8; left -= 8, place += 8) {
    state = _mm_crc32_u64(state, load_word(place));
  }
  auto narrow = static_cast<std::uint32_t>(state);
  for (; left > 0; --left, ++place) {
    narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(*place));
  }
  return ~narrow;
}

#endif

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t previous) {
  static_assert(std::endian::native == std::endian::little, "words are read in the file's byte order");
  std::uint32_t state = ~previous;
  const std::byte* place = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, place += 8) {
    const std::uint64_t word = load_word(place) ^ state;
    state = 0;
    for (unsigned byte = 0; byte < 8; ++byte) {
      state ^= tables[7 - byte][word >> 8U * byte & 0xFFU];
    }
  }
  for (; left > 0; --left, ++place) {
    state = state >> 8U ^ tables[0][(state ^ static_cast<std::uint32_t>(*place)) & 0xFFU];
  }
  return ~state;
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t previous) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) {
    return crc32c_by_instruction(bytes, previous);
  }
#endif
  return crc32c_by_table(bytes, previous);
}

std::optional<BitPlace> find_flipped_bit(std::uint32_t stored, std::uint32_t computed, std::uint64_t size_bytes) {
  const std::uint32_t difference = stored ^ computed;
  if (std::has_single_bit(difference)) {
    const auto bit = static_cast<unsigned>(std::countr_zero(difference));
    return BitPlace{size_bytes + bit / 8, bit % 8};
  }
  // A flipped bit adds `polynomial` to the state when it is taken in, and every later bit takes the state one step on:
  // stepping the difference back meets `polynomial` at the flipped bit.
  std::uint32_t state = difference;
  for (std::uint64_t later_bits = 0; later_bits < size_bytes * 8; ++later_bits) {
    if (state == polynomial) {
      return BitPlace{size_bytes - 1 - later_bits / 8, static_cast<unsigned>(7 - later_bits % 8)};
    }
    state = (state & 0x80000000U) != 0 ? (state ^ polynomial) << 1U | 1U : state << 1U;
  }
  return std::nullopt;
}

}  // namespace stalemate
