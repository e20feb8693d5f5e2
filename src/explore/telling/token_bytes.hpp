// The letters of a token: an opening that says what it holds, then the 32 signs of Crockford's alphabet for numbers and
// texts and a checksum of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

class TokenWriter {
 public:
  void number(std::uint64_t value);
  void text(std::string_view text);
  /// All that was written, with its checksum.
  [[nodiscard]] std::string token(std::string_view opening) const;

 private:
  std::string bytes_ = {};
};

/// Reads what a TokenWriter wrote, in the same order. Hostile bytes give zeros and empty texts, and good() is false
/// from then on.
class TokenReader {
 public:
  /// `bytes` outlives it.
  explicit TokenReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number();
  std::string_view text();
  std::uint8_t byte();
  [[nodiscard]] bool at_end() const { return good_ && place_ == bytes_.size(); }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::string_view bytes_;
  std::size_t place_ = 0;
  bool good_ = true;
};

/// The bytes for a TokenReader. Errors: ErrorCode::wrong_type with a sentence, where the text does not begin with the
/// opening, or was changed or cut off.
[[nodiscard]] Result<std::string> bytes_of_token(std::string_view token, std::string_view opening);

}  // namespace stalemate
