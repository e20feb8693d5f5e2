// The messages of PostgreSQL's protocol 3.0, one side's at a time, and the fields within them.
//
// Source: PostgreSQL 15 documentation, chapter 55, "Frontend/Backend Protocol".
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// So much of one message is kept for reading; what a longer one holds behind that is not looked at.
inline constexpr std::size_t message_bytes_kept = 64UL * 1024;

/// A message's type where it has none: what a connection begins with.
inline constexpr char opening_type = '\0';

/// A number as the protocol sends it.
template <class Number>
[[nodiscard]] Number big_endian(const char* bytes) {
  static_assert(std::endian::native == std::endian::little);
  Number value = {};
  std::memcpy(&value, bytes, sizeof value);
  return std::byteswap(value);
}

/// What to do with a message of each type.
enum class MessageKind : std::uint8_t { unknown, passed, kept };
using MessageKinds = std::array<MessageKind, 256>;

/// `types` are the ones that a side may send, `kept_types` those of them whose body is wanted.
[[nodiscard]] constexpr MessageKinds message_kinds(std::string_view types, std::string_view kept_types) {
  MessageKinds kinds = {};
  for (const char type : types) {
    kinds[static_cast<unsigned char>(type)] = MessageKind::passed;
  }
  for (const char type : kept_types) {
    kinds[static_cast<unsigned char>(type)] = MessageKind::kept;
  }
  return kinds;
}

/// Reads one side's messages apart, fed in any split.
class MessageReader {
 public:
  /// `kinds` outlives this.
  explicit MessageReader(const MessageKinds& kinds) : kinds_(kinds) {}

  /// Takes the bytes that belong to the message under way, or to the next one; how many is the answer. Its body can be
  /// read if is_ended, until the next call and as long as `bytes` live. Requires: not empty.
  /// Errors: protocol, of a type or a length that cannot be.
  [[nodiscard]] Result<std::size_t> take(std::string_view bytes);
  /// The next message has no type.
  void expect_opening() { awaits_opening_ = true; }

  [[nodiscard]] bool is_ended() const { return ended_; }
  /// No byte of the next message was taken yet.
  [[nodiscard]] bool is_between() const { return ended_ || head_bytes_ == 0; }
  [[nodiscard]] char type() const { return type_; }
  /// The body of a message that is wanted, cut to message_bytes_kept; empty of others.
  [[nodiscard]] std::string_view body() const { return body_; }
  [[nodiscard]] bool is_cut() const { return body_.size() < body_bytes_; }
  /// What is there of the body of a message under way, if it is wanted.
  [[nodiscard]] std::string_view body_so_far() const { return ended_ ? body_ : kept_; }

 private:
  [[nodiscard]] Result<void> read_head();

  [[nodiscard]] MessageKind kind_of(char type) const { return kinds_[static_cast<unsigned char>(type)]; }

  const MessageKinds& kinds_;
  bool awaits_opening_ = false;
  bool ended_ = true;
  char head_[5] = {};
  std::size_t head_bytes_ = 0;
  char type_ = opening_type;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t body_taken_ = 0;
  bool is_kept_ = false;
  std::string kept_ = {};
  std::string_view body_ = {};
};

/// Fields of a body, one after the other. Reading beyond its end gives zeros and empty texts, and `is_short` from then
/// on.
class FieldReader {
 public:
  explicit FieldReader(std::string_view body) : rest_(body) {}
  [[nodiscard]] std::int16_t int16() { return number<std::int16_t>(); }
  [[nodiscard]] std::int32_t int32() { return number<std::int32_t>(); }
  [[nodiscard]] char byte() { return number<char>(); }
  /// Up to the zero byte, which is taken too.
  [[nodiscard]] std::string_view text();
  [[nodiscard]] std::string_view bytes(std::size_t count);
  [[nodiscard]] bool is_short() const { return short_; }
  [[nodiscard]] bool is_empty() const { return rest_.empty(); }

 private:
  template <class Number>
  [[nodiscard]] Number number() {
    const std::string_view found = bytes(sizeof(Number));
    return found.empty() ? Number{} : big_endian<Number>(found.data());
  }

  std::string_view rest_;
  bool short_ = false;
};

/// A whole message.
[[nodiscard]] std::string message(char type, std::string_view body);
void append_int16(std::string& to, std::int16_t value);
void append_int32(std::string& to, std::int32_t value);
/// With its zero byte.
void append_text(std::string& to, std::string_view text);

}  // namespace stalemate
