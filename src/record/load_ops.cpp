#include "record/load_ops.hpp"

#include <algorithm>
#include <atomic>

namespace stalemate {
namespace {

/// More places than this an op, and sorting is cheaper than leaving gaps.
constexpr std::uint64_t places_an_op_max = 4;
constexpr std::uint64_t places_always = std::uint64_t{1} << 20U;

/// What is wrong with an op that a block holds; nullptr if nothing.
const char* fault_of(const OpRecord& op, const BlockPlace& block, const HistoryHeader& header) {
  if (!DiskRecord::is_sound(op)) {
    return "an op has a field that makes no sense";
  }
  if (op.index() > block.header.index_max || op.index() == no_op) {
    return "an op's index is not within the block's range";
  }
  if (op.key().index >= header.key_count) {
    return "an op's key is not below the header's key_count";
  }
  if (op.client() >= header.client_count) {
    return "an op's client is not below the header's client_count";
  }
  return nullptr;
}

/// Checks the block and calls `place(record)`, which returns a fault or nullptr, for each of its ops.
template <class Place>
Result<void> unpack_block(const BlockPlace& block, const HistoryHeader& header, std::string_view name,
                          const Place& place) {
  if (Result<void> sound = check_payload(block, name); !sound) {
    return sound;
  }
  const BlockBases bases = block.bases();
  const std::byte* at = block.payload.data();
  for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
    const OpRecord op = DiskRecord::unpack_op(at, bases);
    const char* fault = fault_of(op, block, header);
    if (fault == nullptr) [[likely]] {
      fault = place(op);
    }
    if (fault != nullptr) {
      return damaged(block, name, fault);
    }
  }
  return {};
}

std::unexpected<Error> index_twice(std::string_view name) {
  return failed(ErrorCode::protocol, std::string(name) + " is damaged: two ops have the same index");
}

/// Places are zero at first. A taken place holds an op whose index is its own; index 0 alone is told by `has_first`.
struct Places {
  RecordArray<OpRecord>& array;
  std::atomic<bool> has_first = false;

  const char* put(const OpRecord& op) {
    OpRecord& place = array.data()[op.index()];
    const bool is_taken = op.index() == 0 ? has_first.exchange(true) : DiskRecord::index_at(place) == op.index();
    if (is_taken) [[unlikely]] {
      return "an op's index occurs a second time";
    }
    DiskRecord::put(op, place);
    return nullptr;
  }

  /// Closes the gaps; how many ops there are.
  std::size_t close_gaps() {
    const std::span<OpRecord> all = array.span();
    std::size_t count = 0;
    for (std::size_t number = 0; number < all.size(); ++number) {
      if (number == 0 ? has_first.load() : all[number].index() == number) {
        all[count++] = all[number];
      }
    }
    array.shrink(count);
    return count;
  }
};

Result<RecordArray<OpRecord>> load_sorted(std::span<const BlockPlace> blocks, const HistoryHeader& header,
                                          const LoadOptions& options, std::uint64_t count) {
  RecordArray<OpRecord> array(count);
  std::size_t next = 0;
  for (const BlockPlace& block : blocks) {
    const Result<void> unpacked = unpack_block(block, header, options.name, [&](const OpRecord& op) -> const char* {
      array.data()[next++] = op;
      return nullptr;
    });
    if (!unpacked) {
      return std::unexpected(unpacked.error());
    }
  }
  std::ranges::sort(array.span(), {}, &OpRecord::index);
  if (std::ranges::adjacent_find(array.span(), {}, &OpRecord::index) != array.span().end()) {
    return index_twice(options.name);
  }
  return array;
}

}  // namespace

Result<RecordArray<OpRecord>> load_ops(std::span<const BlockPlace> blocks, const HistoryHeader& header,
                                       const LoadOptions& options) {
  std::uint64_t count = 0;
  std::uint64_t places_wanted = 0;
  for (const BlockPlace& block : blocks) {
    count += block.header.records;
    places_wanted = std::max(places_wanted, std::uint64_t{block.header.index_max} + 1);
  }
  if (places_wanted > places_always + count * places_an_op_max) {
    return load_sorted(blocks, header, options, count);
  }
  RecordArray<OpRecord> array(places_wanted);
  Places places{array};
  const Result<void> loaded = for_each_block(blocks, options, [&](const BlockPlace& block) {
    return unpack_block(block, header, options.name, [&](const OpRecord& op) { return places.put(op); });
  });
  if (!loaded) {
    return std::unexpected(loaded.error());
  }
  // One thread sees every second use of an index. Two might each believe to be the first, but then a place stays empty.
  const bool may_have_gaps = options.threads > 1 || count != places_wanted;
  if (may_have_gaps && places.close_gaps() != count) {
    return index_twice(options.name);
  }
  return array;
}

}  // namespace stalemate
