// What an answer means: pure functions of what came and of what the file says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "application/application.hpp"
#include "application/requests/value_place.hpp"
#include "core/error.hpp"

namespace stalemate {

/// What came of one request.
struct Answer {
  Outcome outcome = Outcome::info;
  std::optional<std::int64_t> value = {};  ///< of an ok read that found its row
  bool missing = false;                    ///< an ok read that found no row
  /// The answer cannot be what the file says it is: no JSON, no value at its place, no whole number. The outcome of a
  /// read is then `info`.
  bool nonsense = false;
  std::string detail = {};  ///< where it is not ok, or nonsense: a sentence for people
  /// What kept it from being answered; `none`: it was answered, however.
  ErrorCode error = ErrorCode::none;
};

/// How a status of HTTP is judged. A missing row of a read is `ok`.
[[nodiscard]] Outcome outcome_of(const ApplicationRequests& requests, ApplicationRequest kind, unsigned status);

/// Of what came over HTTP, or did not.
[[nodiscard]] Answer judge_http(const ApplicationRequests& requests, ApplicationRequest kind,
                                const Result<RawAnswer>& raw);

/// Of a line that a program answered: {"value": 3}, {"value": null} or {"missing": true} to a read; {} to create and
/// write; {"refused": "why"} where it was certainly not done; {"error": "why"} where it may have been.
[[nodiscard]] Answer judge_line(ApplicationRequest kind, std::string_view line);

/// The line that asks a program: {"read":"7"}, {"write":"7","value":4}, {"create":"7","value":4}, without a line feed.
[[nodiscard]] std::string line_that_asks(ApplicationRequest kind, std::string_view key, std::int64_t value);

/// The texts of "set-cookie" headers as a "cookie" header sends them back: "a=1; b=2"; empty where there are none.
[[nodiscard]] std::string cookies_set_by(const RawAnswer& answer);

}  // namespace stalemate
