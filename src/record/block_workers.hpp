// Hands the blocks of a file to a few threads and keeps the first error in file order.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "record/block_scan.hpp"
#include "record/mapped_file.hpp"

namespace stalemate {

struct LoadOptions {
  std::string_view name;  ///< of the file, for sentences
  unsigned threads = 1;
  bool is_mapped = false;  ///< the bytes are a mapped file's: what has been read may leave this process's memory
};

/// Calls `work(block)` (a Result<void>) for every block, on so many threads; blocks are taken in file order. After an
/// error no further block is begun.
/// Errors: that of the first block in file order whose work failed.
template <class Work>
[[nodiscard]] Result<void> for_each_block(std::span<const BlockPlace> blocks, const LoadOptions& options,
                                          const Work& work) {
  constexpr std::size_t blocks_at_once = 16;
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> is_over = false;
  std::mutex mutex;
  std::optional<std::pair<std::size_t, Error>> first;
  const auto run = [&] {
    while (!is_over.load(std::memory_order_relaxed)) {
      const std::size_t begin = next.fetch_add(blocks_at_once);
      if (begin >= blocks.size()) {
        return;
      }
      const std::size_t end = std::min(begin + blocks_at_once, blocks.size());
      for (std::size_t number = begin; number < end; ++number) {
        Result<void> done = work(blocks[number]);
        if (!done) {
          is_over = true;
          const std::lock_guard guard(mutex);
          if (!first || number < first->first) {
            first.emplace(number, std::move(done.error()));
          }
          return;
        }
      }
      if (options.is_mapped) {
        const std::byte* const from = blocks[begin].payload.data();
        forget_mapped({from, blocks[end - 1].payload.data() + blocks[end - 1].payload.size()});
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned helper = 1; helper < options.threads && helper * blocks_at_once < blocks.size(); ++helper) {
    helpers.emplace_back(run);
  }
  run();
  helpers.clear();
  if (first) {
    return std::unexpected(std::move(first->second));
  }
  return {};
}

}  // namespace stalemate
