// DiskRecord: the 30 bytes that an OpRecord or a StepRecord is on disk, relative to its block's bases.
//
// Two bytes are saved against memory because a block names the least instant and the least op index in it, so that 40
// and 24 bits are enough for the rest: with its share of the block's header a record then takes less than 32 bytes.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "record/op_record.hpp"

namespace stalemate {

/// What a block's records are relative to.
struct BlockBases {
  std::uint64_t instant_ns = 0;  ///< the least invocation or start
  OpIndex index = no_op;         ///< the least op index; no_op where no record has one
  OpIndex index_max = 0;         ///< the greatest op index; 0 where no record has one
};

struct DiskRecord {
  static constexpr std::size_t size_bytes = 30;
  static constexpr std::uint64_t instant_range = std::uint64_t{1} << 40U;
  /// This relative index stands for no_op.
  static constexpr std::uint32_t index_none = 0xFFFFFFU;

  /// Byte offsets (all little-endian): 0 invocation 5, 5 service 5, 10 lead 5, 15 index 3, 18 key 4, 22 value 4,
  /// 26 client 2, 28 kind and outcome 1, 29 error 1.
  static void pack(const OpRecord& record, const BlockBases& bases, std::byte* place) {
    const std::uint64_t* words = record.words_;
    const std::uint64_t instant = (words[0] & packed_time::instant_mask) - bases.instant_ns;
    const std::uint64_t service = words[0] >> 48U | (words[1] & 0xFFFFFFU) << 16U;
    const std::uint64_t lead = words[1] >> 24U;
    const std::uint64_t index = relative_index(record.index(), bases);
    const std::uint64_t key = words[2] >> 32U;
    store(place, instant | service << 40U);
    store(place + 8, service >> 24U | lead << 16U | index << 56U);
    store(place + 16, index >> 8U | key << 16U);
    store(place + 22, words[3]);
  }

  static OpRecord unpack_op(const std::byte* place, const BlockBases& bases) {
    const std::uint64_t first = load(place);
    const std::uint64_t second = load(place + 8);
    const std::uint64_t third = load(place + 16);
    const std::uint64_t instant = (first & (instant_range - 1)) + bases.instant_ns;
    const std::uint64_t service = first >> 40U | (second & 0xFFFFU) << 24U;
    const auto index = static_cast<std::uint32_t>(second >> 56U | (third & 0xFFFFU) << 8U);
    OpRecord record;
    record.words_[0] = (instant & packed_time::instant_mask) | service << 48U;
    record.words_[1] = service >> 16U | (second >> 16U & packed_time::duration_never) << 24U;
    record.words_[2] = absolute_index(index, bases) | (third >> 16U & 0xFFFFFFFFU) << 32U;
    record.words_[3] = load(place + 22);
    return record;
  }

  /// Byte offsets: 0 start 5, 5 duration 5, 10 op index 3, 13 retries or cache command 1, 14 value 4, 18 version 8, 26
  /// store and command 1, 27 role, outcome and skipped 1, 28 fault 1, 29 error 1.
  static void pack(const StepRecord& record, const BlockBases& bases, std::byte* place) {
    const std::uint64_t* words = record.words_;
    const std::uint64_t instant = (words[0] & packed_time::instant_mask) - bases.instant_ns;
    const std::uint64_t duration = words[0] >> 48U | (words[1] & 0xFFFFFFU) << 16U;
    const std::uint64_t index = relative_index(record.op(), bases);
    const std::uint64_t retries_and_value = words[1] >> 24U;
    store(place, instant | duration << 40U);
    store(place + 8, duration >> 24U | index << 16U | retries_and_value << 40U);
    store(place + 22, words[3]);  // its low half is overwritten by the version's end
    store(place + 16, retries_and_value >> 24U | words[2] << 16U);
    const auto version_end = static_cast<std::uint16_t>(words[2] >> 48U);
    std::memcpy(place + 24, &version_end, sizeof version_end);
  }

  static StepRecord unpack_step(const std::byte* place, const BlockBases& bases) {
    const std::uint64_t first = load(place);
    const std::uint64_t second = load(place + 8);
    const std::uint64_t instant = (first & (instant_range - 1)) + bases.instant_ns;
    const std::uint64_t duration = first >> 40U | (second & 0xFFFFU) << 24U;
    const auto index = static_cast<std::uint32_t>(second >> 16U & 0xFFFFFFU);
    StepRecord record;
    record.words_[0] = (instant & packed_time::instant_mask) | duration << 48U;
    record.words_[1] = duration >> 16U | (load(place + 13) & 0xFFFFFFFFFFU) << 24U;
    record.words_[2] = load(place + 18);
    record.words_[3] = absolute_index(index, bases) | (load(place + 22) >> 32U) << 32U;
    return record;
  }

  /// The op alone of what unpack_step gives.
  static OpIndex op_of_step(const std::byte* place, const BlockBases& bases) {
    const auto index = static_cast<std::uint32_t>(load(place + 8) >> 16U & 0xFFFFFFU);
    return static_cast<OpIndex>(absolute_index(index, bases));
  }

  static std::uint64_t instant_of(const OpRecord& record) { return record.words_[0] & packed_time::instant_mask; }
  static std::uint64_t instant_of(const StepRecord& record) { return record.words_[0] & packed_time::instant_mask; }
  static OpIndex index_of(const OpRecord& record) { return record.index(); }
  static OpIndex index_of(const StepRecord& record) { return record.op(); }

  /// An array's place for an op, written and read by several threads at once: each word is whole, and a place whose
  /// index has been read as taken is never written again.
  static void put(const OpRecord& record, OpRecord& place) {
    for (unsigned word = 0; word < 4; ++word) {
      std::atomic_ref(place.words_[word]).store(record.words_[word], std::memory_order_relaxed);
    }
  }
  static OpIndex index_at(OpRecord& place) {
    return static_cast<OpIndex>(std::atomic_ref(place.words_[2]).load(std::memory_order_relaxed));
  }

  /// Whether every field is one that this version writes: known enumerators, durations below 2^48 ns, and a completion
  /// exactly where the outcome is known.
  static bool is_sound(const OpRecord& record) {
    return record.kind() <= OpKind::background && record.outcome() <= Outcome::info &&
           record.error() <= ErrorCode::defect && record.is_completed() == (record.outcome() != Outcome::info) &&
           record.words_[1] >> 24U != packed_time::duration_never &&
           packed_time::is_packed_duration(record.words_[1] >> 24U) && takes_a_duration(record.words_);
  }
  static bool is_sound(const StepRecord& record) {
    return record.store() <= Store::local && record.command() <= Command::erase && record.role() <= Role::refresh &&
           record.outcome() <= Outcome::info && record.error() <= ErrorCode::defect &&
           (!record.skipped() || record.outcome() == Outcome::fail) && takes_a_duration(record.words_);
  }

 private:
  static_assert(std::endian::native == std::endian::little, "a big-endian machine needs byte swaps here");

  static bool takes_a_duration(const std::uint64_t (&words)[4]) {
    return packed_time::is_packed_duration(words[0] >> 48U | (words[1] & 0xFFFFFFU) << 16U);
  }
  static std::uint64_t relative_index(OpIndex index, const BlockBases& bases) {
    return index == no_op ? index_none : index - bases.index;
  }
  static std::uint64_t absolute_index(std::uint32_t relative, const BlockBases& bases) {
    return relative == index_none ? no_op : static_cast<OpIndex>(bases.index + relative);
  }
  static void store(std::byte* place, std::uint64_t word) { std::memcpy(place, &word, sizeof word); }
  static std::uint64_t load(const std::byte* place) {
    std::uint64_t word = 0;
    std::memcpy(&word, place, sizeof word);
    return word;
  }
};

/// How many of the first `records` fit one block (at least 1), and their bases.
/// Requires: records is not empty.
template <class Record>
[[nodiscard]] std::size_t fit_block(std::span<const Record> records, BlockBases& bases) {
  std::uint64_t instant_min = DiskRecord::instant_of(records[0]);
  std::uint64_t instant_max = instant_min;
  OpIndex index_min = no_op;
  OpIndex index_max = 0;
  std::size_t count = 0;
  for (const Record& record : records) {
    const std::uint64_t instant = DiskRecord::instant_of(record);
    const OpIndex index = DiskRecord::index_of(record);
    const std::uint64_t low = std::min(instant_min, instant);
    const std::uint64_t high = std::max(instant_max, instant);
    const OpIndex index_low = std::min(index_min, index);
    const OpIndex index_high = index == no_op ? index_max : std::max(index_max, index);
    const bool fits = high - low < DiskRecord::instant_range &&
                      (index_low == no_op || index_high - index_low < DiskRecord::index_none);
    if (!fits) {
      break;
    }
    instant_min = low;
    instant_max = high;
    index_min = index_low;
    index_max = index_high;
    ++count;
  }
  bases = BlockBases{instant_min, index_min, index_max};
  return count;
}

}  // namespace stalemate
