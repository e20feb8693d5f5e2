#include "wire/postgres/messages.hpp"

#include <algorithm>
#include <cassert>

namespace stalemate {
namespace {

// The server's own bounds: MAX_STARTUP_PACKET_LENGTH, and what it can allocate at once.
constexpr std::uint32_t opening_bytes_max = 10'000;
constexpr std::uint32_t message_length_max = 0x3FFFFFFF;
constexpr std::uint32_t length_bytes = 4;

std::string shown_type(char type) {
  const auto code = static_cast<unsigned char>(type);
  return code > ' ' && code < 0x7F ? std::string("`") + type + "`" : "number " + std::to_string(code);
}

}  // namespace

Result<std::size_t> MessageReader::take(std::string_view bytes) {
  assert(!bytes.empty());
  if (ended_) {
    ended_ = false;
    head_bytes_ = 0;
    body_taken_ = 0;
    body_bytes_ = 0;
    body_ = {};
    kept_.clear();
  }
  std::size_t used = 0;
  const std::size_t head_size = awaits_opening_ ? 4 : 5;
  if (head_bytes_ < head_size) {
    used = std::min(head_size - head_bytes_, bytes.size());
    std::copy_n(bytes.data(), used, head_ + head_bytes_);
    head_bytes_ += used;
    if (!awaits_opening_ && kind_of(head_[0]) == MessageKind::unknown) {
      return failed(ErrorCode::protocol, "a message of type " + shown_type(head_[0]) + " is none of PostgreSQL's");
    }
    if (head_bytes_ < head_size) {
      return used;
    }
    if (auto read = read_head(); !read) {
      return std::unexpected(read.error());
    }
  }
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(body_bytes_ - body_taken_, bytes.size() - used));
  const bool is_whole = part == body_bytes_;
  if (is_kept_ && is_whole) {
    body_ = bytes.substr(used, std::min(part, message_bytes_kept));
  } else if (is_kept_ && kept_.size() < message_bytes_kept) {
    kept_.append(bytes.substr(used, std::min(part, message_bytes_kept - kept_.size())));
  }
  body_taken_ += part;
  ended_ = body_taken_ == body_bytes_;
  if (ended_) {
    awaits_opening_ = false;
    if (!is_whole) {
      body_ = kept_;
    }
  }
  return used + part;
}

Result<void> MessageReader::read_head() {
  type_ = awaits_opening_ ? opening_type : head_[0];
  const std::uint32_t length = big_endian<std::uint32_t>(head_ + (awaits_opening_ ? 0 : 1));
  const std::uint32_t length_max = awaits_opening_ ? opening_bytes_max : message_length_max;
  if (length < length_bytes + (awaits_opening_ ? 4 : 0) || length > length_max) {
    return failed(ErrorCode::protocol,
                  (awaits_opening_ ? std::string("the first message") : "a message of type " + shown_type(type_)) +
                      " says that it is " + std::to_string(length) + " bytes long");
  }
  body_bytes_ = length - length_bytes;
  is_kept_ = awaits_opening_ || kind_of(type_) == MessageKind::kept;
  return {};
}

std::string_view FieldReader::text() {
  const std::size_t end = rest_.find('\0');
  if (end == std::string_view::npos) {
    short_ = true;
    const std::string_view all = rest_;
    rest_ = {};
    return all;
  }
  const std::string_view found = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return found;
}

std::string_view FieldReader::bytes(std::size_t count) {
  if (count > rest_.size()) {
    short_ = true;
    rest_ = {};
    return {};
  }
  const std::string_view found(rest_.data(), count);
  rest_.remove_prefix(count);
  return found;
}

std::string message(char type, std::string_view body) {
  std::string bytes(1, type);
  append_int32(bytes, static_cast<std::int32_t>(body.size() + length_bytes));
  return bytes.append(body);
}

void append_int16(std::string& to, std::int16_t value) {
  const auto bits = static_cast<std::uint16_t>(value);
  to += static_cast<char>(bits >> 8U);
  to += static_cast<char>(bits & 0xFFU);
}

void append_int32(std::string& to, std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  append_int16(to, static_cast<std::int16_t>(bits >> 16U));
  append_int16(to, static_cast<std::int16_t>(bits & 0xFFFFU));
}

void append_text(std::string& to, std::string_view text) {
  to.append(text);
  to += '\0';
}

}  // namespace stalemate
