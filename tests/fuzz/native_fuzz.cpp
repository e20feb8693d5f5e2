// Any bytes as a history file: once as they are, once with every checksum made right, so that what lies behind the
// checksums is reached too. Whatever is accepted must be what its types promise.
// Rooms: record core
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/assert.hpp"
#include "record/foreign/event_history.hpp"
#include "record/format/block_format.hpp"
#include "record/format/crc32c.hpp"
#include "record/history_reader.hpp"
#include "record/load/step_order.hpp"

namespace {

using namespace stalemate;
using block_format::BlockHeader;
using block_format::Preamble;

template <class Frame>
void seal(std::vector<std::byte>& bytes, std::size_t offset, Frame& frame) {
  frame.crc = crc32c(block_format::checked_bytes(frame));
  std::memcpy(bytes.data() + offset, &frame, sizeof frame);
}

void repair_checksums(std::vector<std::byte>& bytes) {
  if (bytes.size() < Preamble::size_bytes) {
    return;
  }
  Preamble preamble;
  std::memcpy(&preamble, bytes.data(), sizeof preamble);
  std::size_t offset = Preamble::size_bytes;
  if (preamble.json_bytes > bytes.size() - offset) {
    return;
  }
  preamble.json_crc = crc32c(std::span(bytes).subspan(offset, preamble.json_bytes));
  seal(bytes, 0, preamble);
  offset += preamble.json_bytes;
  while (bytes.size() - offset >= BlockHeader::size_bytes) {
    BlockHeader header;
    std::memcpy(&header, bytes.data() + offset, sizeof header);
    const std::size_t payload = offset + BlockHeader::size_bytes;
    const bool is_whole = header.payload_bytes <= bytes.size() - payload;
    if (is_whole) {
      header.payload_crc = crc32c(std::span(bytes).subspan(payload, header.payload_bytes));
    }
    seal(bytes, offset, header);
    if (!is_whole) {
      return;
    }
    offset = payload + header.payload_bytes;
  }
}

void read(std::span<const std::byte> bytes) {
  const Result<History> history = parse_history(bytes, "fuzz");
  if (!history) {
    STALEMATE_ASSERT(history.error().detail.starts_with("fuzz"), "an error names the file");
    return;
  }
  const std::span<const OpRecord> ops = history->ops();
  STALEMATE_ASSERT(std::ranges::adjacent_find(ops, std::ranges::greater_equal(), &OpRecord::index) == ops.end(),
                   "ops are sorted by index and each has its own");
  STALEMATE_ASSERT(std::ranges::is_sorted(history->steps(), step_before), "steps are sorted");
  STALEMATE_ASSERT(history->is_complete() == history->truncation.empty(), "a history is complete or truncated");
  for (const OpRecord& op : ops) {
    STALEMATE_ASSERT(op.key().index < history->header.key_count, "keys are covered by the header");
    STALEMATE_ASSERT(op.completion_ns() >= op.invocation_ns(), "an op ends after it began");
    static_cast<void>(name_of(op.kind()));
    static_cast<void>(name_of(op.error()));
  }
  for (const StepRecord& step : history->steps()) {
    STALEMATE_ASSERT(step.fault() < history->header.fault_names.size(), "faults are named by the header");
    static_cast<void>(name_of(step.role()));
  }
  constexpr std::uint32_t named_max = 100'000;
  if (history->header.key_count <= named_max && history->header.client_count <= named_max) {
    static_cast<void>(to_events(*history));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  read(input);
  std::vector<std::byte> bytes(input.begin(), input.end());
  repair_checksums(bytes);
  read(bytes);
  return 0;
}
