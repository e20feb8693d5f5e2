// Where a message of Redis' protocol ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "wire/conversation.hpp"

namespace stalemate {

/// A length of one string or a count of elements above these is refused; servers allow 512 MiB unless told otherwise.
inline constexpr std::int64_t resp_string_bytes_max = 4LL * 1024 * 1024 * 1024;
inline constexpr std::int64_t resp_elements_max = 1LL << 31U;
/// Of arrays in arrays.
inline constexpr std::size_t resp_depth_max = 1024;
/// Of an inline command, and of a simple string, error or number.
inline constexpr std::size_t resp_line_bytes_max = 64UL * 1024;

enum class RespSide : std::uint8_t {
  requests,  ///< arrays of strings, or a line of words
  replies    ///< any value of RESP2 and RESP3
};

/// Finds the ends of messages that come in any split; keeps a few numbers and none of the bytes.
/// Source: the RESP specification, https://redis.io/docs/latest/develop/reference/protocol-spec/
class RespScanner {
 public:
  explicit RespScanner(RespSide side) : side_(side) {}

  /// Requires: bytes is not empty. Errors: protocol.
  [[nodiscard]] Result<Portion> take(std::string_view bytes);

  /// No byte of the next message was taken yet.
  [[nodiscard]] bool is_between() const { return !begun_; }
  /// A word of a request.
  struct Word {
    std::size_t begin = 0;  ///< counted from the request's first byte
    std::size_t bytes = 0;
  };

  /// Of a request that is an array, under way or just ended: the words that begin within its first head_bytes.
  [[nodiscard]] const std::vector<Word>& words() const { return words_; }
  /// Of the message that ended last: its first byte, such as '*', without attributes before it.
  [[nodiscard]] char type() const { return type_; }
  /// Of an array or push its first element if that is a string, of a simple string itself: no more than 16 bytes of it.
  [[nodiscard]] std::string_view first_word() const { return first_word_; }
  /// The last number (`:`) in it, or a count of elements if there was none after that.
  [[nodiscard]] std::int64_t last_number() const { return number_; }

 private:
  enum class State : std::uint8_t { type, number, number_end, line, body };

  [[nodiscard]] std::string wrong_type(char found) const;
  // Each says how many bytes it took; once something is wrong nothing more is taken.
  [[nodiscard]] std::size_t step(std::string_view bytes);
  [[nodiscard]] std::size_t take_number(std::string_view bytes);
  [[nodiscard]] std::size_t take_line(std::string_view bytes);
  [[nodiscard]] std::size_t take_body(std::string_view bytes);
  void begin_value(char type);
  void take_digit(char byte);
  void number_done();
  void begin_elements(std::int64_t count);
  void value_done();

  RespSide side_;
  std::string wrong_ = {};  // what ended the reading
  State state_ = State::type;
  bool begun_ = false;   // a message is under way
  char type_ = 0;        // of the message
  char value_type_ = 0;  // of the value under way
  bool negative_ = false;
  bool has_digit_ = false;
  bool has_first_ = false;  // the first element of the message has begun
  bool captures_ = false;   // and is the value under way
  std::int64_t number_ = 0;
  std::uint64_t body_left_ = 0;  // with the line end behind it
  std::size_t line_bytes_ = 0;
  std::string first_word_ = {};
  std::vector<Word> words_ = {};
  std::size_t taken_ = 0;                 // of the message under way
  std::vector<std::uint64_t> left_ = {};  // values still to come, by depth
};

}  // namespace stalemate
