// Hands the blocks of a file to a few threads and keeps the first error in file order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/try_start.hpp"
#include "record/format/block_scan.hpp"
#include "record/load/mapped_file.hpp"
#include "record/load/read_ahead.hpp"

namespace stalemate {

struct LoadOptions {
  std::string_view name;  ///< of the file, for sentences
  unsigned threads = 1;
  std::span<const std::byte> mapped = {};  ///< the bytes, if a mapped file's: they may leave this process's memory
  ReadAhead* read_ahead = nullptr;         ///< told how far the blocks have been taken; may be nullptr
};

/// Calls work(0) to work(threads - 1), each once, at once as far as there can be threads, the first on this one, and
/// returns when all have returned.
template <class Work>
void on_threads(unsigned threads, const Work& work) {
  std::vector<std::jthread> helpers;
  for (unsigned member = 1; member < threads; ++member) {
    start_or_do(helpers, [&work, member] { work(member); });
  }
  work(0U);
}

/// The error that comes first in a file, of those that several threads find. Any thread at any time.
class FirstError {
 public:
  void note(std::size_t number, Error error) {
    const std::lock_guard guard(mutex_);
    if (!first_ || number < first_->first) {
      first_.emplace(number, std::move(error));
    }
  }
  [[nodiscard]] bool is_there() {
    const std::lock_guard guard(mutex_);
    return first_.has_value();
  }
  [[nodiscard]] Result<void> take() {
    const std::lock_guard guard(mutex_);
    return first_ ? Result<void>(std::unexpected(std::move(first_->second))) : Result<void>();
  }

 private:
  std::mutex mutex_;
  std::optional<std::pair<std::size_t, Error>> first_;
};

/// The remaining blocks of a file. Several threads take a few at a time, in file order; while some are processed, the
/// next are found.
class BlockQueue {
 public:
  explicit BlockQueue(BlockScanner& scanner) : scanner_(scanner) {}

  /// The next few blocks, and the number of the first; none once there are no more or the scanner failed. Any thread.
  [[nodiscard]] std::pair<std::size_t, std::vector<BlockPlace>> take(FirstError& errors) {
    constexpr std::size_t blocks_at_once = 16;
    const std::lock_guard guard(mutex_);
    const std::size_t begin = blocks_.size();
    while (!is_over_ && blocks_.size() < begin + blocks_at_once) {
      Result<std::optional<BlockPlace>> block = scanner_.next();
      if (!block) {
        errors.note(blocks_.size(), std::move(block.error()));
      }
      is_over_ = !block || !*block;
      if (!is_over_) {
        blocks_.push_back(**block);
      }
    }
    return {begin, {blocks_.begin() + static_cast<std::ptrdiff_t>(begin), blocks_.end()}};
  }

  /// All blocks, after all threads are done.
  [[nodiscard]] std::vector<BlockPlace>& blocks() { return blocks_; }

 private:
  BlockScanner& scanner_;
  std::mutex mutex_;
  bool is_over_ = false;
  std::vector<BlockPlace> blocks_;
};

/// What was read this long ago is dropped from memory: the steps of its blocks have mostly been sorted.
inline constexpr std::uint64_t keep_mapped_bytes = std::uint64_t{32} << 20U;

/// Calls `work(block)` (a Result<void>) for every block as it is found, on that many threads; each takes several blocks
/// at a time, in file order. After these, `after(number, blocks)` is called with the number of the first, unless one
/// failed. After an error no further block is begun. Returns the blocks, in file order.
/// Errors: that of the scanner, or of the first block in file order for which `work` failed.
template <class Work, class After>
[[nodiscard]] Result<std::vector<BlockPlace>> for_each_block(BlockScanner& scanner, const LoadOptions& options,
                                                             const Work& work, const After& after) {
  BlockQueue queue(scanner);
  FirstError errors;
  on_threads(options.threads, [&](unsigned) {
    while (!errors.is_there()) {
      const auto [begin, blocks] = queue.take(errors);
      if (blocks.empty()) {
        return;
      }
      if (options.read_ahead != nullptr) {
        options.read_ahead->reached(blocks.back().offset);
      }
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (Result<void> done = work(blocks[i]); !done) {
          errors.note(begin + i, std::move(done.error()));
          return;
        }
      }
      after(begin, blocks);
      const auto forgotten = [](std::uint64_t end) { return end - std::min(end, keep_mapped_bytes); };
      forget_mapped(options.mapped, forgotten(blocks.front().offset), forgotten(blocks.back().end()));
    }
  });
  if (Result<void> done = errors.take(); !done) {
    return std::unexpected(std::move(done.error()));
  }
  return std::move(queue.blocks());
}

}  // namespace stalemate
