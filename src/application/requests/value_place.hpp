// Where in an answer a value stands: "/quantity", "header:X-Quantity", "body", "regex:quantity=([0-9]+)".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace stalemate {

/// An HTTP answer, or what a program answered.
struct RawAnswer {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

/// A place in an answer.
/// Thread rule: any thread.
class ValuePlace {
 public:
  /// The whole body.
  ValuePlace() = default;
  /// Reads a JSON pointer (RFC 6901), "header:NAME", "body" or "regex:EXPRESSION". What an expression's first group
  /// matches is the value, or all that it matches where it has no group.
  /// Errors: ErrorCode::wrong_type, a sentence.
  [[nodiscard]] static Result<ValuePlace> read(std::string_view text);

  /// The text that stands there; nothing where the answer has JSON null at the place or, by `regex:`, no match.
  /// Errors: ErrorCode::wrong_type, a sentence such as "the answer is not JSON: '<html>...'" or "the answer has no
  /// /quantity: '{...}'".
  [[nodiscard]] Result<std::optional<std::string>> text_in(const RawAnswer& answer) const;

  /// The whole number there, which may be written as a text or with a fraction of zeros. Errors: as text_in, and where
  /// it is no whole number.
  [[nodiscard]] Result<std::optional<std::int64_t>> number_in(const RawAnswer& answer) const;

  /// As it was written.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  enum class Kind : std::uint8_t { pointer, header, body, regex };
  struct Expression;
  Kind kind_ = Kind::body;
  std::string text_ = "body";
  std::vector<std::string> names_ = {};  ///< the pointer's
  std::string header_ = {};
  std::shared_ptr<const Expression> expression_ = {};
};

/// The first 100 characters of an answer on one line, in quotes: for sentences.
[[nodiscard]] std::string quoted_beginning(std::string_view body);

}  // namespace stalemate
