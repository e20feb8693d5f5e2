#include "explore/telling/token_bytes.hpp"

#include <optional>

#include "explore/model/intern.hpp"

namespace stalemate {
namespace {

constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t checksum_bytes = 3;

std::uint32_t checksum_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size();
  for (const char byte : bytes) {
    hash = mixed(hash, static_cast<unsigned char>(byte));
  }
  return static_cast<std::uint32_t>(hash >> 40U);
}

std::string encoded(std::string_view bytes) {
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    held = held << 8U | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) {
      text += digits[held >> (bits - 5) & 31U];
    }
  }
  return bits == 0 ? text : text + digits[held << (5 - bits) & 31U];
}

/// Only of what encoded() gives: the bits of the last digit that belong to no byte are zeros.
std::optional<std::string> decoded(std::string_view text) {
  std::string bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const std::size_t digit = digits.find(letter);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    held = held << 5U | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(held >> bits & 255U));
    }
  }
  if (bits >= 5 || (held & ((1U << bits) - 1)) != 0) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

void TokenWriter::number(std::uint64_t value) {
  while (value >= 128) {
    bytes_.push_back(static_cast<char>((value & 127U) | 128U));
    value >>= 7U;
  }
  bytes_.push_back(static_cast<char>(value));
}

void TokenWriter::text(std::string_view text) {
  number(text.size());
  bytes_ += text;
}

std::string TokenWriter::token(std::string_view opening) const {
  std::string bytes = bytes_;
  const std::uint32_t checksum = checksum_of(bytes);
  for (std::size_t place = checksum_bytes; place-- > 0;) {
    bytes.push_back(static_cast<char>(checksum >> 8U * place & 255U));
  }
  return std::string(opening) + encoded(bytes);
}

std::uint64_t TokenReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    if (place_ == bytes_.size()) {
      good_ = false;
      return 0;
    }
    const auto byte = static_cast<unsigned char>(bytes_[place_++]);
    value |= static_cast<std::uint64_t>(byte & 127U) << shift;
    if (byte < 128) {
      return value;
    }
  }
  good_ = false;
  return 0;
}

std::string_view TokenReader::text() {
  const std::uint64_t size = number();
  if (size > bytes_.size() - place_) {
    good_ = false;
    return {};
  }
  place_ += size;
  return bytes_.substr(place_ - size, size);
}

std::uint8_t TokenReader::byte() {
  const std::uint64_t value = number();
  good_ = good_ && value < 256;
  return static_cast<std::uint8_t>(value);
}

Result<std::string> bytes_of_token(std::string_view token, std::string_view opening) {
  const auto refused = [](std::string sentence) { return failed(ErrorCode::wrong_type, std::move(sentence)); };
  if (!token.starts_with(opening)) {
    return refused("a token begins with '" + std::string(opening) + "', and '" + std::string(token.substr(0, 12)) +
                   "' does not");
  }
  const std::optional<std::string> bytes = decoded(token.substr(opening.size()));
  if (!bytes || bytes->size() <= checksum_bytes) {
    return refused(
        "the token was changed or cut off on its way: it does not end as tokens do, or has a sign that none has");
  }
  std::string body = bytes->substr(0, bytes->size() - checksum_bytes);
  std::uint32_t checksum = 0;
  for (std::size_t place = body.size(); place < bytes->size(); ++place) {
    checksum = checksum << 8U | static_cast<unsigned char>((*bytes)[place]);
  }
  if (checksum != checksum_of(body)) {
    return refused("the token was changed or cut off on its way: its checksum is wrong");
  }
  return body;
}

}  // namespace stalemate
