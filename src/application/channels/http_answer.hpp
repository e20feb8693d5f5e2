// The bytes of an HTTP answer, read as they come.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "application/requests/value_place.hpp"
#include "core/error.hpp"

namespace stalemate {

/// Bodies up to this long are read.
inline constexpr std::size_t answer_bytes_max = 1U << 20U;

/// Reads one answer after the other from bytes that come in any pieces.
/// Thread rule: one thread at a time.
class HttpAnswerReader {
 public:
  HttpAnswerReader() = default;
  HttpAnswerReader(const HttpAnswerReader&) = delete;
  HttpAnswerReader& operator=(const HttpAnswerReader&) = delete;

  enum class Progress : std::uint8_t { more, done, broken };

  /// From now on bytes are of the next answer. That to a HEAD has no body, whatever its headers say.
  void begin(bool is_to_head);
  /// Requires: begun, and `more` so far.
  [[nodiscard]] Progress feed(std::string_view bytes);
  /// The other side sends no more. Requires: as feed. Never `more`.
  [[nodiscard]] Progress end();

  /// Once it is `done`.
  [[nodiscard]] RawAnswer take_answer() { return std::move(answer_); }
  /// Whether a next answer may come on the same connection. Requires: `done`.
  [[nodiscard]] bool stays_open() const { return rest_.empty() && parser_->keep_alive(); }
  /// Why it is `broken`: connection_lost where it ended too early, protocol where it is none or too long.
  [[nodiscard]] const Error& problem() const { return problem_; }

 private:
  class Parser final : public boost::beast::http::basic_parser<false> {
   public:
    Parser(RawAnswer& answer, bool is_to_head);

   private:
    using ErrorCodeOut = boost::beast::error_code;
    using Text = boost::beast::string_view;
    using Length = boost::optional<std::uint64_t>;
    void on_request_impl(boost::beast::http::verb, Text, Text, int, ErrorCodeOut&) override {}
    void on_response_impl(int status, Text reason, int version, ErrorCodeOut& error) override;
    void on_field_impl(boost::beast::http::field field, Text name, Text value, ErrorCodeOut& error) override;
    void on_header_impl(ErrorCodeOut&) override {}
    void on_body_init_impl(const Length&, ErrorCodeOut&) override {}
    std::size_t on_body_impl(Text bytes, ErrorCodeOut& error) override;
    void on_chunk_header_impl(std::uint64_t, Text, ErrorCodeOut&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t left, Text bytes, ErrorCodeOut& error) override;
    void on_finish_impl(ErrorCodeOut&) override {}

    RawAnswer& answer_;
    std::size_t header_bytes_ = 0;
  };

  Progress break_off(ErrorCode code, std::string sentence);
  Progress break_off(const boost::beast::error_code& error);
  void keep(std::string_view bytes);

  bool is_to_head_ = false;
  RawAnswer answer_ = {};
  std::optional<Parser> parser_ = {};  // of this answer, or of what announces it
  std::string rest_ = {};              // what came and is not read yet, such as half a line
  Error problem_ = {};
};

}  // namespace stalemate
