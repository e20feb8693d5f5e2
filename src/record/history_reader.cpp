#include "record/history_reader.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "record/format/block_scan.hpp"
#include "record/format/header_json.hpp"
#include "record/load/load_ops.hpp"
#include "record/load/load_steps.hpp"
#include "record/load/mapped_file.hpp"

namespace stalemate {
namespace {

using block_format::BlockType;

std::vector<BlockPlace> blocks_of(std::span<const BlockPlace> all, BlockType type) {
  std::vector<BlockPlace> blocks;
  std::ranges::copy_if(all, std::back_inserter(blocks),
                       [type](const BlockPlace& block) { return block.header.type == type; });
  return blocks;
}

std::uint64_t records_in(std::span<const BlockPlace> blocks) {
  std::uint64_t records = 0;
  for (const BlockPlace& block : blocks) {
    records += block.header.records;
  }
  return records;
}

Result<std::vector<RestRecord>> load_rest(std::span<const BlockPlace> blocks, std::string_view name,
                                          const HistoryHeader& header) {
  std::vector<RestRecord> rest;
  for (const BlockPlace& block : blocks) {
    const std::size_t before = rest.size();
    rest.resize(before + block.header.records);
    std::memcpy(rest.data() + before, block.payload.data(), block.payload.size());
    const auto added = std::span(rest).subspan(before);
    if (std::ranges::any_of(added, [&](const RestRecord& record) { return record.key >= header.key_count; })) {
      return damaged(block, name, "a key is not below the header's key_count");
    }
  }
  std::ranges::sort(rest, {},
                    [](const RestRecord& record) { return std::tuple(record.key, record.row, record.entry); });
  return rest;
}

Result<HistoryTrailer> load_trailer(const BlockPlace& block, std::string_view name, std::uint64_t ops,
                                    std::uint64_t steps) {
  Result<HistoryTrailer> trailer =
      parse_trailer_json({reinterpret_cast<const char*>(block.payload.data()), block.payload.size()});
  if (!trailer) {
    return damaged(block, name, trailer.error().detail);
  }
  if (trailer->ops != ops || trailer->steps != steps) {
    return damaged(block, name,
                   "it counts " + std::to_string(trailer->ops) + " ops and " + std::to_string(trailer->steps) +
                       " steps, the blocks hold " + std::to_string(ops) + " and " + std::to_string(steps));
  }
  return trailer;
}

/// Checks every block and brings its ops and, as far as they are known to be there, its steps into memory.
Result<std::vector<BlockPlace>> load_blocks(BlockScanner& scanner, const LoadOptions& options, OpLoader& ops,
                                            StepLoader& steps) {
  const auto check = [&](const BlockPlace& block) -> Result<void> {
    if (Result<void> sound = check_payload(block, options.name); !sound) {
      return sound;
    }
    switch (block.header.type) {
      case BlockType::ops: return ops.add(block);
      case BlockType::steps: return steps.add(block);
      case BlockType::rest:
      case BlockType::trailer: return {};
    }
    return {};
  };
  return for_each_block(scanner, options, check, [&](std::size_t number, std::span<const BlockPlace> blocks) {
    steps.sort_after(number, blocks);
  });
}

/// Format 1 did not say which calls a fault had left out; but what is left out takes no time, and nothing else fails
/// without an error and without taking any.
void tell_skipped(std::span<StepRecord> steps) {
  for (StepRecord& record : steps) {
    Step step = to_step(record);
    step.skipped = step.fault != no_fault && step.outcome == Outcome::fail && step.error == ErrorCode::none &&
                   step.start_ns == step.end_ns;
    record = StepRecord(step);
  }
}

Result<History> load(std::span<const std::byte> bytes, const LoadOptions& options, bool keep_steps) {
  const std::string_view name = options.name;
  Result<BlockScanner> scanner = BlockScanner::open(bytes, name);
  if (!scanner) {
    return std::unexpected(scanner.error());
  }
  const HistoryHeader& header = scanner->header();
  OpLoader op_loader(bytes.size(), header, options);
  StepLoader step_loader(bytes.size(), header, keep_steps, options);
  const Result<std::vector<BlockPlace>> blocks = load_blocks(*scanner, options, op_loader, step_loader);
  if (!blocks) {
    return std::unexpected(blocks.error());
  }
  const std::vector<BlockPlace> op_blocks = blocks_of(*blocks, BlockType::ops);
  const std::vector<BlockPlace> step_blocks = blocks_of(*blocks, BlockType::steps);
  History history;
  Result<RecordArray<OpRecord>> ops = op_loader.finish(op_blocks);
  if (!ops) {
    return std::unexpected(ops.error());
  }
  history.op_array = std::move(*ops);
  Result<RecordArray<StepRecord>> steps = step_loader.finish(step_blocks);
  if (!steps) {
    return std::unexpected(steps.error());
  }
  history.step_array = std::move(*steps);
  if (scanner->format() == 1) {
    tell_skipped(history.step_array.span());
  }
  Result<std::vector<RestRecord>> rest = load_rest(blocks_of(*blocks, BlockType::rest), name, header);
  if (!rest) {
    return std::unexpected(rest.error());
  }
  history.rest = std::move(*rest);
  history.truncation = scanner->truncation();
  if (history.truncation.empty()) {
    Result<HistoryTrailer> trailer = load_trailer(blocks->back(), name, records_in(op_blocks), records_in(step_blocks));
    if (!trailer) {
      return std::unexpected(trailer.error());
    }
    history.trailer = std::move(*trailer);
  }
  history.header = std::move(scanner->header());
  return history;
}

}  // namespace

Result<History> parse_history(std::span<const std::byte> bytes, std::string_view name, const ReadOptions& options) {
  return load(bytes, LoadOptions{.name = name, .threads = options.threads}, options.steps);
}

Result<History> read_history(const std::filesystem::path& path, const ReadOptions& options) {
  const Result<MappedFile> file = MappedFile::open(path, native_history_limit);
  if (!file) {
    return std::unexpected(file.error());
  }
  const std::string name = path.string();
  ReadAhead read_ahead(path, file->bytes().size());
  return file->if_whole(
      load(file->bytes(),
           LoadOptions{.name = name, .threads = options.threads, .mapped = file->bytes(), .read_ahead = &read_ahead},
           options.steps));
}

Result<HistoryHeader> read_history_header(const std::filesystem::path& path) {
  const Result<MappedFile> file = MappedFile::open(path, native_history_limit);
  if (!file) {
    return std::unexpected(file.error());
  }
  return file->if_whole(scan_header_only(file->bytes(), path.string()));
}

Result<bool> is_own_history(const std::filesystem::path& path) {
  Result<InputFile> file = InputFile::open(path, native_history_limit);
  if (!file) {
    return std::unexpected(file.error());
  }
  const Result<std::string> front = file->read(block_format::file_magic.size());
  if (!front) {
    return std::unexpected(front.error());
  }
  return looks_like_history(std::as_bytes(std::span(*front)));
}

bool looks_like_history(std::span<const std::byte> bytes) {
  const std::string_view magic = block_format::file_magic;
  const std::size_t size = std::min(bytes.size(), magic.size());
  return size > 0 && std::memcmp(bytes.data(), magic.data(), size) == 0;
}

}  // namespace stalemate
