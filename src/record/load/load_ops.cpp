#include "record/load/load_ops.hpp"

#include <algorithm>

namespace stalemate {
namespace {

/// The most places that a file's ops get: one for each record it can hold, and some more for gaps.
std::uint64_t places_max(std::uint64_t file_bytes) {
  constexpr std::uint64_t spare_a_record_max = 16;
  constexpr std::uint64_t spare_max = std::uint64_t{1} << 20U;
  const std::uint64_t records = file_bytes / DiskRecord::size_bytes;
  return records + std::min(records * spare_a_record_max, spare_max);
}

/// What is wrong with an op that a block holds; nullptr if nothing. In the loop over a block's ops, which has no time
/// for a call.
[[gnu::always_inline]] inline const char* fault_of(const OpRecord& op, const BlockPlace& block,
                                                   const HistoryHeader& header) {
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

/// Calls `place(record)`, which returns a fault or nullptr, for each of the block's ops.
template <class Place>
Result<void> unpack_block(const BlockPlace& block, const HistoryHeader& header, std::string_view name,
                          const Place& place) {
  const BlockBases bases = block.bases();
  const std::byte* at = block.payload.data();
  for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
    const OpRecord op = DiskRecord::unpack_op(at, bases);
    const char* fault = fault_of(op, block, header);
    if (fault == nullptr) [[likely]] {
      fault = place(op);
    }
    if (fault != nullptr) [[unlikely]] {
      return damaged(block, name, fault);
    }
  }
  return {};
}

std::unexpected<Error> index_twice(std::string_view name) {
  return failed(ErrorCode::protocol, std::string(name) + " is damaged: two ops have the same index");
}

}  // namespace

OpLoader::OpLoader(std::uint64_t file_bytes, const HistoryHeader& header, const LoadOptions& options)
    : header_(header), options_(options), array_(places_max(file_bytes)) {}

Result<void> OpLoader::add(const BlockPlace& block) {
  if (block.header.index_max >= array_.size()) {
    is_sparse_ = true;
  }
  if (is_sparse_.load(std::memory_order_relaxed)) {
    return {};
  }
  make_ready(block);
  return unpack_block(block, header_, options_.name, [this](const OpRecord& op) { return put(op); });
}

/// A place is read before it is written, for which the system would first make it ready as one that is only read.
void OpLoader::make_ready(const BlockPlace& block) {
  constexpr std::uint64_t piece = RecordArray<OpRecord>::piece;
  constexpr std::uint64_t pieces_max = 8;
  const std::uint64_t end = (block.header.index_max / piece + 1) * piece;
  std::uint64_t begin = ready_.load(std::memory_order_relaxed);
  while (begin < end) {
    if (ready_.compare_exchange_weak(begin, end, std::memory_order_relaxed)) {
      if (end - begin <= pieces_max * piece) {
        array_.make_ready(begin, end);
      }
      return;
    }
  }
}

const char* OpLoader::put(const OpRecord& op) {
  OpRecord& place = array_.data()[op.index()];
  const bool is_taken = op.index() == 0 ? has_first_.exchange(true) : DiskRecord::index_at(place) == op.index();
  if (is_taken) [[unlikely]] {
    return "an op's index occurs a second time";
  }
  DiskRecord::put(op, place);
  return nullptr;
}

Result<RecordArray<OpRecord>> OpLoader::finish(std::span<const BlockPlace> blocks) {
  std::uint64_t count = 0;
  std::uint64_t places = 0;
  for (const BlockPlace& block : blocks) {
    count += block.header.records;
    places = std::max(places, std::uint64_t{block.header.index_max} + 1);
  }
  if (is_sparse_) {
    return load_sorted(blocks, count);
  }
  array_.shrink(places);
  if (has_gaps()) {
    close_gaps();
  }
  // One thread sees every second use of an index. Two might each believe to be the first, but then there are fewer ops
  // than records.
  if (array_.size() != count) {
    return index_twice(options_.name);
  }
  return std::move(array_);
}

bool OpLoader::has_gaps() const {
  const std::span<const OpRecord> all = array_.span();
  std::atomic<bool> found = !all.empty() && !has_first_;
  on_threads(options_.threads, [&](unsigned member) {
    const std::size_t end = all.size() * (member + 1) / options_.threads;
    bool is_whole = true;
    for (std::size_t number = all.size() * member / options_.threads; number < end; ++number) {
      is_whole = is_whole && all[number].index() == number;
    }
    if (!is_whole) {
      found = true;
    }
  });
  return found;
}

void OpLoader::close_gaps() {
  const std::span<OpRecord> all = array_.span();
  std::size_t count = 0;
  for (std::size_t number = 0; number < all.size(); ++number) {
    if (number == 0 ? has_first_.load() : all[number].index() == number) {
      all[count++] = all[number];
    }
  }
  array_.shrink(count);
}

Result<RecordArray<OpRecord>> OpLoader::load_sorted(std::span<const BlockPlace> blocks, std::uint64_t count) {
  array_ = RecordArray<OpRecord>(count);
  std::size_t next = 0;
  for (const BlockPlace& block : blocks) {
    const Result<void> unpacked =
        unpack_block(block, header_, options_.name, [this, &next](const OpRecord& op) -> const char* {
          array_.data()[next++] = op;
          return nullptr;
        });
    if (!unpacked) {
      return std::unexpected(unpacked.error());
    }
  }
  std::ranges::sort(array_.span(), {}, &OpRecord::index);
  if (std::ranges::adjacent_find(array_.span(), {}, &OpRecord::index) != array_.span().end()) {
    return index_twice(options_.name);
  }
  return std::move(array_);
}

}  // namespace stalemate
