#include "record/load/load_steps.hpp"

#include <algorithm>
#include <limits>

#include "record/load/step_order.hpp"
#include "record/load/unpack_steps.hpp"

namespace stalemate {

StepLoader::StepLoader(std::uint64_t file_bytes, const HistoryHeader& header, bool keep, const LoadOptions& options)
    : header_(header),
      options_(options),
      keep_(keep),
      array_(keep ? file_bytes / DiskRecord::size_bytes : 0),
      sorter_(header, options, array_.span()) {}

Result<void> StepLoader::add(const BlockPlace& block) {
  if (!keep_) {
    const char* fault = unpack_steps(block, header_, [](const StepRecord&) {});
    return fault == nullptr ? Result<void>() : damaged(block, options_.name, fault);
  }
  constexpr std::uint64_t piece = RecordArray<StepRecord>::piece;
  const std::uint64_t begin = count_.fetch_add(block.header.records);
  const std::uint64_t end = begin + block.header.records;
  array_.make_ready((begin + piece - 1) / piece * piece, (end + piece - 1) / piece * piece);
  return {};
}

void StepLoader::sort_after(std::size_t number, std::span<const BlockPlace> blocks) {
  if (keep_) {
    sorter_.add(number, blocks);
    sorter_.sort_ready();
  }
}

Result<RecordArray<StepRecord>> StepLoader::finish(std::span<const BlockPlace> blocks) {
  if (!keep_) {
    return std::move(array_);
  }
  array_.shrink(count_);
  std::uint64_t ops = 0;
  for (const BlockPlace& block : blocks) {
    ops = std::max(ops, std::uint64_t{block.header.index_max} + 1);
  }
  if (ops > ops_always + count_ * ops_a_step_max || count_ > std::numeric_limits<std::uint32_t>::max()) {
    return load_sorted(blocks);
  }
  if (const Result<void> sorted = sorter_.finish(blocks, count_); !sorted) {
    return std::unexpected(sorted.error());
  }
  return std::move(array_);
}

Result<RecordArray<StepRecord>> StepLoader::load_sorted(std::span<const BlockPlace> blocks) {
  std::size_t next = 0;
  for (const BlockPlace& block : blocks) {
    const char* fault = unpack_steps(block, header_, [&](const StepRecord& step) { array_.data()[next++] = step; });
    if (fault != nullptr) {
      return damaged(block, options_.name, fault);
    }
  }
  std::ranges::sort(array_.span(), step_before);
  return std::move(array_);
}

}  // namespace stalemate
