#include "wire/redis/reply.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "core/text/printable.hpp"
#include "wire/conversation.hpp"
#include "wire/redis/resp_scanner.hpp"

namespace stalemate {
namespace {

constexpr std::string_view cut_mark = "...";

/// Walks through a reply and writes what it says, as long as there is room.
class ReplyTeller {
 public:
  explicit ReplyTeller(std::string_view reply) : left_(reply) {}

  StoreReply told() {
    reply_.is_error = left_.starts_with('-') || left_.starts_with('!');
    value(0);
    if (reply_.text.size() > word_bytes_max) {
      reply_.text.resize(word_bytes_max);
      reply_.text = printable(reply_.text) + std::string(cut_mark);
    }
    return std::move(reply_);
  }

 private:
  [[nodiscard]] bool has_room() const { return reply_.text.size() <= word_bytes_max && !left_.empty(); }

  std::string_view take_line() {
    const std::size_t end = left_.find("\r\n");
    const std::string_view line = left_.substr(0, end);
    left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 2);
    return line;
  }

  static std::int64_t number_of(std::string_view digits) {
    std::int64_t number = -1;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }

  void value(std::size_t depth) {
    if (!has_room() || depth > resp_depth_max) {
      return;
    }
    const char type = left_.front();
    left_.remove_prefix(1);
    const std::string_view line = take_line();
    switch (type) {
      case '$':
      case '=':
      case '!': text(number_of(line), type != '!'); break;
      case '*':
      case '~':
      case '>': elements(number_of(line), depth, "[", "]", false); break;
      case '%': elements(number_of(line), depth, "{", "}", true); break;
      case '|':
        elements(number_of(line), depth, "<", "> ", true);
        value(depth + 1);
        break;
      case '_': reply_.text += "(nil)"; break;
      case '#': reply_.text += line == "t" ? "true" : "false"; break;
      default: reply_.text += printable(line.substr(0, word_bytes_max));
    }
  }

  void text(std::int64_t length, bool in_quotes) {
    if (length < 0) {
      reply_.text += "(nil)";
      return;
    }
    const auto wanted = static_cast<std::size_t>(length);
    const std::string_view shown = left_.substr(0, std::min(wanted, word_bytes_max));
    const std::string_view quote = in_quotes ? "\"" : "";
    reply_.text += quote;
    reply_.text += printable(shown);
    reply_.text += shown.size() < wanted ? cut_mark : "";
    reply_.text += quote;
    left_.remove_prefix(std::min(wanted + 2, left_.size()));
  }

  void elements(std::int64_t count, std::size_t depth, std::string_view open, std::string_view close, bool pairs) {
    if (count < 0) {
      reply_.text += "(nil)";
      return;
    }
    reply_.text += open;
    const std::int64_t values = pairs ? count * 2 : count;
    for (std::int64_t index = 0; index < values && has_room(); ++index) {
      reply_.text += index == 0 ? "" : pairs && index % 2 == 1 ? ": " : ", ";
      value(depth + 1);
    }
    reply_.text += close;
  }

  std::string_view left_;
  StoreReply reply_ = {};
};

}  // namespace

StoreReply redis_reply(std::string_view reply) {
  return ReplyTeller(reply).told();
}

}  // namespace stalemate
