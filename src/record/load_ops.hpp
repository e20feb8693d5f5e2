// Brings the ops of a file's blocks into memory, sorted by index.
#pragma once

#include <span>

#include "core/error.hpp"
#include "record/block_workers.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Every op of the blocks. Each goes straight to the place its index names, so sorting costs nothing where (nearly) all
/// indexes are there; where they are few and far between, they are sorted.
/// Errors: ErrorCode::protocol, a damaged block, a record that makes no sense, or an index that occurs twice.
[[nodiscard]] Result<RecordArray<OpRecord>> load_ops(std::span<const BlockPlace> blocks, const HistoryHeader& header,
                                                     const LoadOptions& options);

}  // namespace stalemate
