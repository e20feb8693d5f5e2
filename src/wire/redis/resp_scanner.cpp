#include "wire/redis/resp_scanner.hpp"

#include <algorithm>
#include <limits>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

constexpr std::size_t first_word_bytes_max = 16;
constexpr std::int64_t number_max = std::numeric_limits<std::int64_t>::max();

bool is_counted(char type) {
  return type == '$' || type == '!' || type == '=';
}
bool is_aggregate(char type) {
  return type == '*' || type == '%' || type == '~' || type == '>' || type == '|';
}
bool is_line(char type) {
  return type == '+' || type == '-' || type == ',' || type == '#' || type == '(' || type == '_';
}

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

}  // namespace

std::string RespScanner::wrong_type(char found) const {
  const std::string shown = printable(std::string_view(&found, 1));
  return side_ == RespSide::requests ? "a command's word begins with '" + shown + "' and not with '$'"
                                     : "a reply begins with '" + shown + "', which is no type of Redis' protocol";
}

void RespScanner::begin_value(char type) {
  const bool is_first = !begun_;
  if (is_first) {
    begun_ = true;
    first_word_.clear();
    has_first_ = false;
    number_ = 0;
    left_.assign(1, 1);
    type_ = type;
    words_.clear();
    taken_ = 0;
  }
  if (type_ == '|' && left_.size() == 1) {
    type_ = type;
    first_word_.clear();
    has_first_ = false;
  }
  if (side_ == RespSide::requests && is_first && type != '*') {
    value_type_ = type;
    state_ = State::line;
    line_bytes_ = 1;
    return;
  }
  const bool fits = side_ == RespSide::requests
                        ? type == (is_first ? '*' : '$')
                        : is_counted(type) || is_aggregate(type) || is_line(type) || type == ':';
  if (!fits) {
    wrong_ = wrong_type(type);
    return;
  }
  captures_ = (left_.size() == 2 && !has_first_ && (type == '$' || type == '+')) || (left_.size() == 1 && type == '+');
  has_first_ = has_first_ || left_.size() == 2;
  value_type_ = type;
  line_bytes_ = 0;
  state_ = is_line(type) ? State::line : State::number;
  if (state_ == State::number) {
    number_ = 0;
    negative_ = false;
    has_digit_ = false;
  }
}

/// The digits that come next, and the byte behind them.
std::size_t RespScanner::take_number(std::string_view bytes) {
  std::size_t place = 0;
  while (place < bytes.size() && is_digit(bytes[place]) && number_ < number_max / 10) {
    number_ = number_ * 10 + (bytes[place] - '0');
    has_digit_ = true;
    ++place;
  }
  if (place < bytes.size()) {
    take_digit(bytes[place]);
    ++place;
  }
  return place;
}

void RespScanner::take_digit(char byte) {
  if (byte == '\r' && has_digit_) {
    state_ = State::number_end;
  } else if (byte == '-' && !has_digit_ && !negative_) {
    negative_ = true;
  } else if (byte == '+' && !has_digit_ && value_type_ == ':') {
    // A sign that changes nothing.
  } else if (!is_digit(byte) || number_ > (number_max - (byte - '0')) / 10) {
    wrong_ = std::string(value_type_ == ':' ? "a number" : "a length") + " of Redis' protocol holds '" +
             printable(std::string_view(&byte, 1)) + "' or is too large";
  } else {
    number_ = number_ * 10 + (byte - '0');
    has_digit_ = true;
  }
}

void RespScanner::begin_elements(std::int64_t count) {
  if (count > resp_elements_max) {
    wrong_ = std::to_string(count) + " elements of one array are more than the " + std::to_string(resp_elements_max) +
             " allowed";
    return;
  }
  if (left_.size() >= resp_depth_max) {
    wrong_ = "arrays are nested deeper than " + std::to_string(resp_depth_max);
    return;
  }
  const bool pairs = value_type_ == '%' || value_type_ == '|';
  if (value_type_ == '|') {
    // The value that it speaks of is still to come.
    ++left_.back();
  }
  if (count <= 0) {
    value_done();
  } else {
    left_.push_back(static_cast<std::uint64_t>(count) * (pairs ? 2 : 1));
    state_ = State::type;
  }
}

void RespScanner::number_done() {
  const std::int64_t number = negative_ ? -number_ : number_;
  number_ = number;
  const bool is_length = value_type_ != ':';
  if (is_aggregate(value_type_)) {
    begin_elements(number);
  } else if (is_length && (number > resp_string_bytes_max || (number < 0 && side_ == RespSide::requests))) {
    wrong_ = "a string of " + std::to_string(number) + " bytes is not allowed; 0 to " +
             std::to_string(resp_string_bytes_max) + " are";
  } else if (!is_length || number < 0) {
    value_done();
  } else {
    if (side_ == RespSide::requests && taken_ < head_bytes) {
      words_.push_back({taken_ + 1, static_cast<std::size_t>(number)});
    }
    body_left_ = static_cast<std::uint64_t>(number) + 2;
    state_ = State::body;
  }
}

void RespScanner::value_done() {
  state_ = State::type;
  --left_.back();
  while (left_.back() == 0) {
    left_.pop_back();
    if (left_.empty()) {
      begun_ = false;
      return;
    }
    --left_.back();
  }
}

std::size_t RespScanner::take_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t length = end == std::string_view::npos ? bytes.size() : end + 1;
  line_bytes_ += length;
  if (line_bytes_ > resp_line_bytes_max) {
    wrong_ = "a line is longer than " + std::to_string(resp_line_bytes_max) + " bytes";
    return length;
  }
  if (captures_) {
    first_word_ += bytes.substr(0, std::min(length, first_word_bytes_max - first_word_.size()));
  }
  if (end != std::string_view::npos) {
    if (captures_) {
      first_word_.erase(std::min(first_word_.find('\r'), first_word_.size()));
    }
    value_done();
  }
  return length;
}

std::size_t RespScanner::take_body(std::string_view bytes) {
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), body_left_));
  if (captures_ && body_left_ > 2) {
    const auto words = static_cast<std::size_t>(std::min<std::uint64_t>(length, body_left_ - 2));
    first_word_ += bytes.substr(0, std::min(words, first_word_bytes_max - first_word_.size()));
  }
  body_left_ -= length;
  if (body_left_ == 0) {
    value_done();
  }
  return length;
}

/// How many bytes were taken.
std::size_t RespScanner::step(std::string_view bytes) {
  switch (state_) {
    case State::type:
      begin_value(bytes.front());
      // The first byte of an inline command may be its end.
      return state_ == State::line && side_ == RespSide::requests && bytes.front() == '\n' ? 0 : 1;
    case State::number: return take_number(bytes);
    case State::number_end:
      if (bytes.front() == '\n') {
        number_done();
      } else {
        wrong_ = "a length of Redis' protocol does not end with CR LF";
      }
      return 1;
    case State::line: return take_line(bytes);
    case State::body: return take_body(bytes);
  }
  return 0;
}

Result<Portion> RespScanner::take(std::string_view bytes) {
  std::size_t place = 0;
  do {
    const std::size_t taken = step(bytes.substr(place));
    taken_ += taken;
    place += taken;
  } while (begun_ && wrong_.empty() && place < bytes.size());
  if (!wrong_.empty()) {
    return uncertain(ErrorCode::protocol, wrong_);
  }
  return Portion{place, !begun_};
}

}  // namespace stalemate
