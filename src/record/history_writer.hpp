// Streams a run's ops and steps to disk while it runs.
//
// Each thread of the run appends to its own lane: one store of 32 bytes, no lock, no allocation. A full block goes to
// one writer thread through a bounded set of buffers. When the disk is slow and every buffer is full, append waits:
// nothing is ever dropped silently and memory stays bounded. The waiting is counted (stalled_ns), and shows in the run
// as late ops. When the disk fails, or stalls for longer than stall_limit_ns, has_failed() turns true: the run must
// end; what is appended from then on is counted as lost, and the file stays readable up to its last whole block.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "core/error.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Records of one kind that go to disk together.
template <class Record>
struct RecordBlock {
  static constexpr std::uint32_t capacity = 2048;
  std::uint32_t lane = 0;
  std::uint32_t size = 0;
  Record records[capacity];
};

class HistoryWriter {
 public:
  struct Options {
    unsigned lanes = 1;
    /// Of buffers, beyond the two blocks a lane fills. 64 MiB hold 2 million records.
    std::size_t buffer_bytes_max = std::size_t{64} << 20U;
    /// The longest append waits for the disk before the recording counts as failed.
    Nanoseconds stall_limit_ns = 30'000'000'000;
  };

  /// What one thread appends to.
  /// Thread rule: one thread at a time a lane.
  class Lane {
   public:
    void append(const Op& op) {
      ops_->records[ops_->size] = OpRecord(op);
      if (++ops_->size == RecordBlock<OpRecord>::capacity) [[unlikely]] {
        hand_over_ops();
      }
    }
    void append(const Step& step) {
      steps_->records[steps_->size] = StepRecord(step);
      if (++steps_->size == RecordBlock<StepRecord>::capacity) [[unlikely]] {
        hand_over_steps();
      }
    }
    /// Hands over what was appended so far, so that a killed process loses only what came after. Once a second is
    /// cheap; once an op is not.
    void flush();

   private:
    friend class HistoryWriter;
    Lane() = default;
    void hand_over_ops();
    void hand_over_steps();
    HistoryWriter* writer_ = nullptr;
    std::uint32_t number_ = 0;
    std::unique_ptr<RecordBlock<OpRecord>> ops_;
    std::unique_ptr<RecordBlock<StepRecord>> steps_;
  };

  /// Creates the file (replacing one of that name), writes the header and starts the writer thread. The header must
  /// cover what is appended later: keys below key_count, clients below client_count, faults in fault_names; and every
  /// op must have a different index. Errors: ErrorCode::unavailable, with a sentence that names the path and the
  /// system's reason.
  [[nodiscard]] static Result<std::unique_ptr<HistoryWriter>> create(const std::filesystem::path& path,
                                                                     const HistoryHeader& header,
                                                                     const Options& options);
  /// Without close(), the history stays truncated: everything appended is written, but no trailer.
  /// Requires: no lane is in use.
  ~HistoryWriter();
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;

  /// Requires: number < Options::lanes. The same lane for the same number, until the writer is destroyed.
  [[nodiscard]] Lane& lane(unsigned number);

  /// What rows and entries hold at rest. At any time before close(). Thread rule: one thread at a time.
  void append_rest(std::span<const RestRecord> records);

  /// Writes what is left and the trailer; its counts of ops and steps are filled in. The history is then complete, and
  /// on disk (fsync).
  /// Errors: those of failure(). Requires: no lane is in use; called once.
  [[nodiscard]] Result<void> close(HistoryTrailer trailer);

  /// True once anything could not be written; it stays true. Any thread; cheap enough to ask before every op.
  [[nodiscard]] bool has_failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  /// The first failure, such as "cannot write runs/x/history.stale: No space left on device; ...". Any thread.
  [[nodiscard]] Result<void> failure() const;
  /// Records that were appended after the failure, or could not be written because of it. Any thread.
  [[nodiscard]] std::uint64_t records_lost() const noexcept;
  /// How long the lanes, together, have waited for the disk. Any thread.
  [[nodiscard]] Nanoseconds stalled_ns() const noexcept;

 private:
  struct Shared;
  HistoryWriter();
  template <class Block>
  void hand_over(std::unique_ptr<Block>& block, bool may_wait);
  void stop(std::optional<HistoryTrailer> trailer);
  std::atomic<bool> failed_ = false;
  std::unique_ptr<Shared> shared_;
};

}  // namespace stalemate
