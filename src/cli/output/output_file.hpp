// A file that a flag names for output, such as --junit verdicts.xml: refused before the work, written after it.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// "-": standard output.
[[nodiscard]] bool is_standard_output(std::string_view path);

/// Whether the file can probably be written: makes another one beside it and removes that again.
/// Errors: wrong_type, naming the flag, the file and the system's reason.
[[nodiscard]] Result<void> check_output_file(std::string_view flag, const std::string& path);

/// Writes all of `text` to an open file. Errors: defect, with the system's reason.
[[nodiscard]] Result<void> write_all(int file, std::string_view text);

/// Writes it, and tells so on standard error. A regular file appears whole or not at all; a device or pipe is written
/// as it is. Errors: defect, naming the flag, the file and the system's reason.
[[nodiscard]] Result<void> write_output_file(std::string_view flag, const std::string& path, std::string_view text);

}  // namespace stalemate
