#include "record/format/block_sink.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/assert.hpp"
#include "record/format/crc32c.hpp"
#include "record/format/header_json.hpp"

namespace stalemate {
namespace {

using block_format::BlockHeader;
using block_format::BlockType;
using block_format::Preamble;

constexpr std::size_t staged_bytes_wanted = std::size_t{512} << 10U;

std::string reason_of(int error_number) {
  return std::generic_category().message(error_number);
}

/// Writes all, or returns how much it wrote and leaves errno set.
std::size_t write_all(int file, std::span<const std::byte> bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (count == 0) {
      errno = ENOSPC;
      break;
    } else if (errno != EINTR) {
      break;
    }
  }
  return written;
}

}  // namespace

BlockSink::~BlockSink() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

Result<void> BlockSink::open(const std::filesystem::path& path, const HistoryHeader& header) {
  path_ = path.string();
  key_count_ = header.key_count;
  client_count_ = header.client_count;
  fault_count_ = header.fault_names.size();
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) {
    return failed(ErrorCode::unavailable, "cannot create the history " + path_ + ": " + reason_of(errno));
  }
  const std::string json = to_json(header);
  if (json.size() > block_format::header_json_bytes_max) {
    return failed(ErrorCode::unsupported, "the history's header takes " + std::to_string(json.size()) +
                                              " bytes; at most " + std::to_string(block_format::header_json_bytes_max) +
                                              " are allowed");
  }
  Preamble preamble;
  block_format::file_magic.copy(preamble.magic, sizeof preamble.magic);
  preamble.json_bytes = static_cast<std::uint32_t>(json.size());
  preamble.json_crc = crc32c(std::as_bytes(std::span(json)));
  preamble.crc = crc32c(block_format::checked_bytes(preamble));
  const auto bytes = std::as_bytes(std::span(&preamble, 1));
  staged_.insert(staged_.end(), bytes.begin(), bytes.end());
  const auto text = std::as_bytes(std::span(json));
  staged_.insert(staged_.end(), text.begin(), text.end());
  staged_blocks_.push_back({staged_.size(), 0});
  return flush();
}

std::byte* BlockSink::stage(BlockHeader header) {
  header.number = blocks_++;
  header.record_bytes = block_format::record_bytes_of(header.type);
  header.payload_bytes = header.records * header.record_bytes;
  const std::size_t start = staged_.size();
  staged_.resize(start + BlockHeader::size_bytes + header.payload_bytes);
  std::memcpy(staged_.data() + start, &header, sizeof header);
  staged_blocks_.push_back({staged_.size(), header.records});
  return staged_.data() + start + BlockHeader::size_bytes;
}

void BlockSink::seal(std::byte* payload) {
  BlockHeader header;
  std::byte* place = payload - BlockHeader::size_bytes;
  std::memcpy(&header, place, sizeof header);
  header.payload_crc = crc32c({payload, header.payload_bytes});
  header.crc = crc32c(block_format::checked_bytes(header));
  std::memcpy(place, &header, sizeof header);
}

void BlockSink::assert_covered(const OpRecord& op) const {
  STALEMATE_ASSERT(op.key().index < key_count_, "every op's key is below the history header's key_count");
  STALEMATE_ASSERT(op.client() < client_count_, "every op's client is below the history header's client_count");
  STALEMATE_ASSERT(op.index() != no_op, "every op of a history has an index");
}

void BlockSink::assert_covered(const StepRecord& step) const {
  STALEMATE_ASSERT(step.fault() < fault_count_, "every step's fault is named in the history's header");
}

template <class Record>
Result<void> BlockSink::append_records(BlockType type, std::uint32_t lane, std::span<const Record> records) {
  while (!records.empty()) {
    BlockBases bases;
    const std::span<const Record> fitting = records.first(fit_block(records, bases));
    std::byte* const payload = stage(BlockHeader{.type = type,
                                                 .lane = static_cast<std::uint16_t>(lane),
                                                 .records = static_cast<std::uint32_t>(fitting.size()),
                                                 .base_instant_ns = bases.instant_ns,
                                                 .base_index = bases.index,
                                                 .index_max = bases.index_max});
    std::byte* place = payload;
    for (const Record& record : fitting) {
      assert_covered(record);
      DiskRecord::pack(record, bases, place);
      place += DiskRecord::size_bytes;
    }
    seal(payload);
    records_staged_ += fitting.size();
    records = records.subspan(fitting.size());
  }
  return flush_if_full();
}

Result<void> BlockSink::append(std::uint32_t lane, std::span<const OpRecord> ops) {
  return append_records(BlockType::ops, lane, ops);
}

Result<void> BlockSink::append(std::uint32_t lane, std::span<const StepRecord> steps) {
  return append_records(BlockType::steps, lane, steps);
}

Result<void> BlockSink::append(std::span<const RestRecord> rest) {
  constexpr std::size_t records_max = 65'536;
  while (!rest.empty()) {
    const auto part = rest.first(std::min(rest.size(), records_max));
    std::byte* const payload =
        stage(BlockHeader{.type = BlockType::rest, .records = static_cast<std::uint32_t>(part.size())});
    std::memcpy(payload, part.data(), part.size_bytes());
    seal(payload);
    rest = rest.subspan(part.size());
  }
  return flush_if_full();
}

Result<void> BlockSink::append(const HistoryTrailer& trailer) {
  const std::string json = to_json(trailer);
  std::byte* const payload =
      stage(BlockHeader{.type = BlockType::trailer, .records = static_cast<std::uint32_t>(json.size())});
  std::memcpy(payload, json.data(), json.size());
  seal(payload);
  return flush_if_full();
}

Result<void> BlockSink::flush_if_full() {
  return staged_.size() < staged_bytes_wanted ? Result<void>() : flush();
}

Result<void> BlockSink::flush() {
  const std::size_t written = write_all(file_, staged_);
  if (written < staged_.size()) {
    return write_failed(written, errno);
  }
  file_bytes_ += written;
  staged_.clear();
  staged_blocks_.clear();
  records_staged_ = 0;
  return {};
}

Result<void> BlockSink::write_failed(std::size_t written, int error_number) {
  std::size_t whole = 0;
  for (const StagedBlock& block : staged_blocks_) {
    if (block.end > written) {
      break;
    }
    whole = block.end;
    records_staged_ -= block.records;
  }
  file_bytes_ += whole;
  // Where the cut fails too, a torn block stays in the file; readers leave it out anyway.
  const bool cut = ::ftruncate(file_, static_cast<off_t>(file_bytes_)) == 0;
  return failed(ErrorCode::unavailable, "cannot write the history " + path_ + ": " + reason_of(error_number) +
                                            "; its first " + std::to_string(file_bytes_) + " bytes are whole" +
                                            (cut ? "" : ", a torn block follows them"));
}

Result<void> BlockSink::sync() {
  if (Result<void> flushed = flush(); !flushed) {
    return flushed;
  }
  // Pipes and character devices cannot be synced (EINVAL), nor need to be.
  if (::fsync(file_) != 0 && errno != EINVAL && errno != EROFS) {
    return failed(ErrorCode::unavailable,
                  "the disk did not take the history " + path_ + " when it was closed: " + reason_of(errno));
  }
  return {};
}

}  // namespace stalemate
