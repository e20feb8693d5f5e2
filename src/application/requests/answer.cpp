#include "application/requests/answer.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

using nlohmann::json;

Answer without_sense(Outcome outcome, std::string detail) {
  return {.outcome = outcome, .nonsense = true, .detail = std::move(detail)};
}

Answer read_answer(const std::optional<std::int64_t>& value) {
  return {.outcome = Outcome::ok, .value = value, .missing = !value};
}

std::string told_reason(const json& reason) {
  return reason.is_string() ? printable(reason.get<std::string>()) : reason.dump();
}

Answer read_line(const json& parsed, std::string_view line) {
  if (parsed.contains("missing") && parsed["missing"] == true) {
    return read_answer({});
  }
  if (!parsed.contains("value")) {
    return without_sense(Outcome::info, "the program answered a read without a \"value\": " + quoted_beginning(line));
  }
  const json& value = parsed["value"];
  if (value.is_null()) {
    return read_answer({});
  }
  if (!value.is_number_integer() ||
      (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())) {
    return without_sense(Outcome::info, "the program's \"value\" must be a whole number: " + quoted_beginning(line));
  }
  return read_answer(value.get<std::int64_t>());
}

}  // namespace

Outcome outcome_of(const ApplicationRequests& requests, ApplicationRequest kind, unsigned status) {
  if ((kind == ApplicationRequest::read && requests.missing.holds(status)) || requests.ok.holds(status)) {
    return Outcome::ok;
  }
  return requests.fail.holds(status) ? Outcome::fail : Outcome::info;
}

Answer judge_http(const ApplicationRequests& requests, ApplicationRequest kind, const Result<RawAnswer>& raw) {
  if (!raw) {
    return {.outcome = raw.error().outcome,
            .nonsense = raw.error().code == ErrorCode::protocol,
            .detail = raw.error().detail,
            .error = raw.error().code};
  }
  const Outcome outcome = outcome_of(requests, kind, raw->status);
  if (outcome != Outcome::ok) {
    return {.outcome = outcome, .detail = "status " + std::to_string(raw->status) + ": " + quoted_beginning(raw->body)};
  }
  if (kind != ApplicationRequest::read) {
    return {.outcome = Outcome::ok};
  }
  if (requests.missing.holds(raw->status)) {
    return read_answer({});
  }
  const Result<std::optional<std::int64_t>> value = requests.value.number_in(*raw);
  return value ? read_answer(*value) : without_sense(Outcome::info, value.error().detail);
}

Answer judge_line(ApplicationRequest kind, std::string_view line) {
  const json parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) {
    return without_sense(Outcome::info, "the program's answer is no JSON object: " + quoted_beginning(line));
  }
  if (parsed.contains("refused")) {
    return {.outcome = Outcome::fail, .detail = "the program refused: " + told_reason(parsed["refused"])};
  }
  if (parsed.contains("error")) {
    return {.outcome = Outcome::info, .detail = "the program answered an error: " + told_reason(parsed["error"])};
  }
  return kind == ApplicationRequest::read ? read_line(parsed, line) : Answer{.outcome = Outcome::ok};
}

std::string line_that_asks(ApplicationRequest kind, std::string_view key, std::int64_t value) {
  json line = {{std::string(name_of(kind)), std::string(key)}};
  if (kind != ApplicationRequest::read) {
    line["value"] = value;
  }
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string cookies_set_by(const RawAnswer& answer) {
  std::string cookies;
  for (const auto& [name, value] : answer.headers) {
    constexpr std::string_view wanted = "set-cookie";
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    if (std::ranges::equal(name, wanted, {}, lower)) {
      cookies += (cookies.empty() ? "" : "; ") + value.substr(0, value.find(';'));
    }
  }
  return cookies;
}

}  // namespace stalemate
