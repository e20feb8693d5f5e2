// Brings the steps of a file's blocks into memory, sorted by op and start.
#pragma once

#include <span>

#include "core/error.hpp"
#include "record/block_workers.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Every step of the blocks, by a counting sort over op indexes (two passes over the blocks); with `keep` false the
/// blocks are only checked and the array is empty. Steps of no op come last.
/// Errors: ErrorCode::protocol, a damaged block or a record that makes no sense.
[[nodiscard]] Result<RecordArray<StepRecord>> load_steps(std::span<const BlockPlace> blocks,
                                                         const HistoryHeader& header, bool keep,
                                                         const LoadOptions& options);

}  // namespace stalemate
