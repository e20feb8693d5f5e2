#include "record/history_writer.hpp"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "core/assert.hpp"
#include "core/try_start.hpp"
#include "record/format/block_sink.hpp"

namespace stalemate {
namespace {

using OpBlock = RecordBlock<OpRecord>;
using StepBlock = RecordBlock<StepRecord>;
using SteadyClock = std::chrono::steady_clock;
using FullBlock = std::variant<std::unique_ptr<OpBlock>, std::unique_ptr<StepBlock>, std::vector<RestRecord>>;

/// A flush hands over no fewer: with its header such a block still takes no more than 32 bytes a record.
constexpr std::uint32_t flushed_records_min = 32;
/// What waits in the sink's stage is written at least this often.
constexpr std::chrono::milliseconds idle_flush{200};

std::uint64_t records_in(const FullBlock& block) {
  if (const auto* ops = std::get_if<std::unique_ptr<OpBlock>>(&block)) {
    return (*ops)->size;
  }
  if (const auto* steps = std::get_if<std::unique_ptr<StepBlock>>(&block)) {
    return (*steps)->size;
  }
  return 0;
}

}  // namespace

/// What lanes and the writer thread share. Invariants: all under `mutex` except `sink`, which is the writer thread's
/// once it runs, and the atomics; `buffers` counts the blocks that are queued, free or with the writer thread.
struct HistoryWriter::Shared {
  std::vector<std::unique_ptr<Lane>> lanes;
  std::size_t buffers_max = 0;
  Nanoseconds stall_limit_ns = 0;
  std::atomic<std::uint64_t> lost = 0;
  std::atomic<Nanoseconds> stalled_ns = 0;
  std::atomic<std::uint64_t> ops = 0;
  std::atomic<std::uint64_t> steps = 0;

  mutable std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable buffer_came;
  std::deque<FullBlock> queue;
  std::vector<std::unique_ptr<OpBlock>> free_ops;
  std::vector<std::unique_ptr<StepBlock>> free_steps;
  std::size_t buffers = 0;
  bool closing = false;
  std::optional<HistoryTrailer> trailer;
  std::optional<Error> error;

  BlockSink sink;
  std::thread thread;

  auto& free_blocks(const OpBlock& /*kind*/) { return free_ops; }
  auto& free_blocks(const StepBlock& /*kind*/) { return free_steps; }

  template <class Block>
  std::unique_ptr<Block> take_buffer(std::unique_lock<std::mutex>& lock, const Block& kind, bool may_wait,
                                     const std::atomic<bool>& is_over);
  template <class Block>
  void recycle(std::unique_ptr<Block> block);
  Result<void> append(FullBlock block);
  void expect(const Result<void>& written, std::atomic<bool>& is_over);
  void fail(Error reason, std::atomic<bool>& is_over);
  void run(std::atomic<bool>& is_over);
  void finish(std::atomic<bool>& is_over);
};

/// An empty block: a used one, a new one while there may be more, or else the next that the writer thread gives back.
/// nullptr: there is none and no waiting allowed, or the recording has failed.
template <class Block>
std::unique_ptr<Block> HistoryWriter::Shared::take_buffer(std::unique_lock<std::mutex>& lock, const Block& kind,
                                                          bool may_wait, const std::atomic<bool>& is_over) {
  auto& free = free_blocks(kind);
  const auto available = [&] { return !free.empty() || buffers < buffers_max || is_over.load(); };
  if (!available()) {
    if (!may_wait) {
      return nullptr;
    }
    const SteadyClock::time_point start = SteadyClock::now();
    buffer_came.wait_for(lock, std::chrono::nanoseconds(stall_limit_ns), available);
    stalled_ns += std::chrono::nanoseconds(SteadyClock::now() - start).count();
  }
  if (is_over.load() || !available()) {
    return nullptr;
  }
  if (free.empty()) {
    ++buffers;
    return std::make_unique_for_overwrite<Block>();
  }
  std::unique_ptr<Block> block = std::move(free.back());
  free.pop_back();
  return block;
}

/// Free buffers of one kind may be what the other kind lacks; so at most half of all are kept for each.
template <class Block>
void HistoryWriter::Shared::recycle(std::unique_ptr<Block> block) {
  auto& free = free_blocks(*block);
  const std::lock_guard guard(mutex);
  if (free.size() < buffers_max / 2) {
    free.push_back(std::move(block));
  } else {
    --buffers;
  }
  buffer_came.notify_all();
}

void HistoryWriter::Shared::fail(Error reason, std::atomic<bool>& is_over) {
  const std::lock_guard guard(mutex);
  if (!error) {
    error = std::move(reason);
  }
  is_over = true;
  buffer_came.notify_all();
}

Result<void> HistoryWriter::Shared::append(FullBlock block) {
  Result<void> written;
  if (auto* op_block = std::get_if<std::unique_ptr<OpBlock>>(&block)) {
    written = sink.append((*op_block)->lane, std::span((*op_block)->records, (*op_block)->size));
    ops += (*op_block)->size;
    recycle(std::move(*op_block));
  } else if (auto* step_block = std::get_if<std::unique_ptr<StepBlock>>(&block)) {
    written = sink.append((*step_block)->lane, std::span((*step_block)->records, (*step_block)->size));
    steps += (*step_block)->size;
    recycle(std::move(*step_block));
  } else {
    written = sink.append(std::span<const RestRecord>(std::get<std::vector<RestRecord>>(block)));
  }
  return written;
}

/// An error of the sink ends the recording.
void HistoryWriter::Shared::expect(const Result<void>& written, std::atomic<bool>& is_over) {
  if (!written) {
    lost += sink.records_staged();
    fail(written.error(), is_over);
  }
}

void HistoryWriter::Shared::finish(std::atomic<bool>& is_over) {
  if (is_over.load()) {
    return;
  }
  Result<void> written;
  if (trailer) {
    trailer->ops = ops;
    trailer->steps = steps;
    written = sink.append(*trailer);
  }
  if (written) {
    written = trailer ? sink.sync() : sink.flush();
  }
  expect(written, is_over);
}

void HistoryWriter::Shared::run(std::atomic<bool>& is_over) {
  bool is_staged = false;
  for (;;) {
    std::unique_lock lock(mutex);
    const auto is_due = [this] { return !queue.empty() || closing; };
    if (is_staged && !is_over.load() && !work_came.wait_for(lock, idle_flush, is_due)) {
      lock.unlock();
      expect(sink.flush(), is_over);
      is_staged = false;
      continue;
    }
    work_came.wait(lock, is_due);
    if (queue.empty()) {
      break;
    }
    FullBlock block = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    if (is_over.load()) {
      lost += records_in(block);
    } else {
      expect(append(std::move(block)), is_over);
      is_staged = !is_over.load();
    }
  }
  finish(is_over);
}

HistoryWriter::HistoryWriter() : shared_(std::make_unique<Shared>()) {}

Result<std::unique_ptr<HistoryWriter>> HistoryWriter::create(const std::filesystem::path& path,
                                                             const HistoryHeader& header, const Options& options) {
  STALEMATE_ASSERT(options.lanes > 0 && options.lanes <= 65'536, "a history has between 1 and 65,536 lanes");
  std::unique_ptr<HistoryWriter> writer(new HistoryWriter());
  Shared& shared = *writer->shared_;
  if (const Result<void> opened = shared.sink.open(path, header); !opened) {
    return std::unexpected(opened.error());
  }
  shared.buffers_max = std::max<std::size_t>(2, options.buffer_bytes_max / sizeof(OpBlock));
  shared.stall_limit_ns = options.stall_limit_ns;
  for (unsigned number = 0; number < options.lanes; ++number) {
    std::unique_ptr<Lane> lane(new Lane());
    lane->writer_ = writer.get();
    lane->number_ = number;
    lane->ops_ = std::make_unique_for_overwrite<OpBlock>();
    lane->steps_ = std::make_unique_for_overwrite<StepBlock>();
    lane->ops_->lane = lane->steps_->lane = number;
    lane->ops_->size = lane->steps_->size = 0;
    shared.lanes.push_back(std::move(lane));
  }
  // Signals are for the run's own threads; a blocked SIGXFSZ turns a file limit into an error of write().
  sigset_t every_signal;
  sigset_t before;
  sigfillset(&every_signal);
  pthread_sigmask(SIG_SETMASK, &every_signal, &before);
  Result<std::thread> thread = try_start("to write the history", [&shared, &is_over = writer->failed_] {
    return std::thread([&shared, &is_over] { shared.run(is_over); });
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!thread) {
    return std::unexpected(thread.error());
  }
  shared.thread = std::move(*thread);
  return writer;
}

HistoryWriter::Lane& HistoryWriter::lane(unsigned number) {
  STALEMATE_ASSERT(number < shared_->lanes.size(), "a lane's number is below Options::lanes");
  return *shared_->lanes[number];
}

/// Swaps a lane's block for an empty one; with `may_wait` false, leaves it where there is none.
template <class Block>
void HistoryWriter::hand_over(std::unique_ptr<Block>& block, bool may_wait) {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  std::unique_ptr<Block> empty = shared.take_buffer(lock, *block, may_wait, failed_);
  if (empty == nullptr) {
    lock.unlock();
    if (may_wait) {
      shared.fail(Error{ErrorCode::timed_out, Outcome::fail,
                        "the disk did not take the history within " +
                            std::to_string(shared.stall_limit_ns / 1'000'000) + " ms while every buffer was full"},
                  failed_);
      shared.lost += std::exchange(block->size, 0);
    }
    return;
  }
  empty->lane = block->lane;
  empty->size = 0;
  std::swap(empty, block);
  shared.queue.push_back(std::move(empty));
  lock.unlock();
  shared.work_came.notify_one();
}

void HistoryWriter::Lane::hand_over_ops() {
  writer_->hand_over(ops_, true);
}
void HistoryWriter::Lane::hand_over_steps() {
  writer_->hand_over(steps_, true);
}

void HistoryWriter::Lane::flush() {
  if (ops_->size >= flushed_records_min) {
    writer_->hand_over(ops_, false);
  }
  if (steps_->size >= flushed_records_min) {
    writer_->hand_over(steps_, false);
  }
}

void HistoryWriter::append_rest(std::span<const RestRecord> records) {
  const std::lock_guard guard(shared_->mutex);
  shared_->queue.emplace_back(std::vector<RestRecord>(records.begin(), records.end()));
  shared_->work_came.notify_one();
}

/// Hands over all that lanes hold and waits for the writer thread's end.
void HistoryWriter::stop(std::optional<HistoryTrailer> trailer) {
  Shared& shared = *shared_;
  if (!shared.thread.joinable()) {
    return;
  }
  {
    const std::lock_guard guard(shared.mutex);
    for (const std::unique_ptr<Lane>& lane : shared.lanes) {
      if (lane->ops_->size > 0) {
        shared.queue.emplace_back(std::move(lane->ops_));
        ++shared.buffers;
      }
      if (lane->steps_->size > 0) {
        shared.queue.emplace_back(std::move(lane->steps_));
        ++shared.buffers;
      }
    }
    shared.trailer = std::move(trailer);
    shared.closing = true;
  }
  shared.work_came.notify_one();
  shared.thread.join();
}

HistoryWriter::~HistoryWriter() {
  stop(std::nullopt);
}

Result<void> HistoryWriter::close(HistoryTrailer trailer) {
  STALEMATE_ASSERT(shared_->thread.joinable(), "a history is closed once");
  stop(std::move(trailer));
  return failure();
}

Result<void> HistoryWriter::failure() const {
  const std::lock_guard guard(shared_->mutex);
  if (shared_->error) {
    return std::unexpected(*shared_->error);
  }
  return {};
}

std::uint64_t HistoryWriter::records_lost() const noexcept {
  return shared_->lost;
}

Nanoseconds HistoryWriter::stalled_ns() const noexcept {
  return shared_->stalled_ns;
}

}  // namespace stalemate
