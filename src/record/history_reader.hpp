// Reads a history file: the whole of it, or as much as was written before it was cut.
#pragma once

#include <filesystem>

#include "core/error.hpp"
#include "core/input_file.hpp"
#include "record/history.hpp"

namespace stalemate {

/// An op and a step take 30 bytes each, and ops are numbered by 32 bits.
inline constexpr InputLimit native_history_limit = {.what = "a history", .bytes_max = std::uint64_t{1} << 40U};

struct ReadOptions {
  bool steps = true;     ///< false: steps are checked for damage but not kept
  unsigned threads = 1;  ///< checksums and unpacking use this many
};

/// The history in `path`. A file cut at any byte after its header is read up to the last whole block; then `trailer` is
/// empty and `truncation` says where it was cut. Steps whose op is missing (cut off) are kept.
/// Errors: ErrorCode::wrong_type, the file cannot be opened, is none or is too long; ErrorCode::unavailable, it cannot
/// be mapped; ErrorCode::protocol, it is not a history, is
/// cut within its header, or is damaged: the sentence names the block and the byte offset, and for a single flipped bit
/// the very byte and bit. Damage is never skipped over.
[[nodiscard]] Result<History> read_history(const std::filesystem::path& path, const ReadOptions& options = {});

/// The same, from bytes in memory. `name` is what error sentences call the file.
[[nodiscard]] Result<History> parse_history(std::span<const std::byte> bytes, std::string_view name,
                                            const ReadOptions& options = {});

/// The header alone, without reading the blocks.
[[nodiscard]] Result<HistoryHeader> read_history_header(const std::filesystem::path& path);

/// Whether the bytes are the beginning of a history file, or a prefix of one; false for no bytes.
[[nodiscard]] bool looks_like_history(std::span<const std::byte> bytes);
/// The same of a file's first bytes. Errors: as InputFile::open.
[[nodiscard]] Result<bool> is_own_history(const std::filesystem::path& path);

}  // namespace stalemate
