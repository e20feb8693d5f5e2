#include "drivers/memcached/replies.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "drivers/cache/slot_text.hpp"
#include "drivers/memcached/items.hpp"

namespace stalemate {
namespace {

using Kind = MemcachedReply::Kind;

struct ReplyCodeRow {
  std::string_view code;
  Kind kind;
};

constexpr std::array codes = {
    ReplyCodeRow{"HD", Kind::done},
    ReplyCodeRow{"VA", Kind::value},
    ReplyCodeRow{"EN", Kind::miss},
    ReplyCodeRow{"NF", Kind::not_found},
    ReplyCodeRow{"NS", Kind::not_stored},
    ReplyCodeRow{"EX", Kind::exists},
    ReplyCodeRow{"MN", Kind::no_op},
    ReplyCodeRow{"VERSION", Kind::version},
    ReplyCodeRow{"STORED", Kind::stored},
    ReplyCodeRow{"STAT", Kind::stat},
    ReplyCodeRow{"END", Kind::end},
    ReplyCodeRow{"ERROR", Kind::error},
    ReplyCodeRow{"CLIENT_ERROR", Kind::error},
    ReplyCodeRow{"SERVER_ERROR", Kind::error},
};

// The first word of `text`, which is taken off.
std::string_view take_word(std::string_view& text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, blank);
  text.remove_prefix(std::min(blank + 1, text.size()));
  return word;
}

}  // namespace

void MemcachedReplies::reset() {
  line_.clear();
  value_left_ = 0;
  awaited_ = 0;
  entries_awaited_ = false;
  statistic_.clear();
  problem_.clear();
}

void MemcachedReplies::expect(std::size_t count) {
  awaited_ = count;
  seen_ = 0;
  done_count_ = 0;
  entries_awaited_ = false;
  statistic_.clear();
  for (MemcachedReply& reply : kept_) {
    reply.kind = Kind::none;
  }
}

void MemcachedReplies::expect_entries(std::span<Value> values, std::uint64_t now_ms) {
  expect(1);
  std::ranges::fill(values, absent);
  entries_awaited_ = true;
  values_ = values;
  values_now_ms_ = now_ms;
  malformed_entry_ = -1;
}

void MemcachedReplies::expect_statistic(std::string name) {
  expect(1);
  statistic_ = std::move(name);
}

ReplyProgress MemcachedReplies::feed(std::string_view bytes) {
  while (problem_.empty() && awaited_ > 0 && !bytes.empty()) {
    bytes = value_left_ > 0 ? take_value(bytes) : take_line(bytes);
  }
  if (problem_.empty() && awaited_ == 0 && !bytes.empty()) {
    fail("there is more of it than was asked for");
  }
  return !problem_.empty() ? ReplyProgress::broken : awaited_ == 0 ? ReplyProgress::done : ReplyProgress::more;
}

// What is left of the bytes behind the line.
std::string_view MemcachedReplies::take_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t length = end == std::string_view::npos ? bytes.size() : end + 1;
  if (line_.size() + length > line_bytes_max) {
    fail("a line of it is longer than 2 KiB");
    return {};
  }
  if (end == std::string_view::npos) {
    line_.append(bytes);
    return {};
  }
  std::string_view line = bytes.substr(0, length);
  if (!line_.empty()) {
    line = line_.append(line);
  }
  if (line.ends_with("\r\n")) {
    read_line(line.substr(0, line.size() - 2));
  } else {
    fail("a line of it does not end as lines do");
  }
  line_.clear();
  return bytes.substr(length);
}

std::string_view MemcachedReplies::take_value(std::string_view bytes) {
  const std::size_t length = std::min(value_left_, bytes.size());
  // The line's end is kept with it until all is there.
  now_.text.append(bytes.substr(0, std::min(length, kept_value_bytes_max() + 2 - now_.text.size())));
  value_left_ -= length;
  if (value_left_ == 0) {
    const bool is_kept = value_size_ <= kept_value_bytes_max();
    if (is_kept && !now_.text.ends_with("\r\n")) {
      fail("a value of it is longer than it says");
      return {};
    }
    now_.text.resize(is_kept ? value_size_ : kept_value_bytes_max());
    end_reply();
  }
  return bytes.substr(length);
}

void MemcachedReplies::read_line(std::string_view line) {
  now_.text.clear();
  now_.cas = 0;
  now_.has_won = now_.is_leased = now_.is_stale = has_opaque_ = false;
  std::string_view rest = line;
  const std::string_view code = take_word(rest);
  const auto row = std::ranges::find(codes, code, &ReplyCodeRow::code);
  if (row == codes.end()) {
    fail("it begins with '" + printable(line.substr(0, 40)) + "'");
    return;
  }
  now_.kind = row->kind;
  if (now_.kind == Kind::value) {
    read_value_line(rest);
    return;
  }
  if (now_.kind == Kind::error || now_.kind == Kind::version || now_.kind == Kind::stat) {
    now_.text.assign(now_.kind == Kind::error ? line : rest);
  } else {
    while (!rest.empty()) {
      if (!read_flag(take_word(rest))) {
        return;
      }
    }
  }
  end_reply();
}

void MemcachedReplies::read_value_line(std::string_view rest) {
  const auto size = parse_number<std::size_t>(take_word(rest));
  if (!size || *size > value_bytes_max) {
    fail(size ? "a value of it is longer than 1 MiB" : "a value of it has no length");
    return;
  }
  while (!rest.empty()) {
    if (!read_flag(take_word(rest))) {
      return;
    }
  }
  value_size_ = *size;
  value_left_ = *size + 2;
}

// Flags that we do not ask for are no error: a later server may tell more.
bool MemcachedReplies::read_flag(std::string_view flag) {
  const char letter = flag.empty() ? ' ' : flag.front();
  if (letter == 'c' || letter == 'O') {
    const auto number = parse_number<std::uint64_t>(flag.substr(1));
    if (!number) {
      fail("'" + printable(flag) + "' in it is no number");
      return false;
    }
    (letter == 'c' ? now_.cas : opaque_) = *number;
    has_opaque_ = has_opaque_ || letter == 'O';
  }
  now_.has_won = now_.has_won || flag == "W";
  now_.is_leased = now_.is_leased || flag == "Z";
  now_.is_stale = now_.is_stale || flag == "X";
  return true;
}

void MemcachedReplies::end_reply() {
  if (entries_awaited_) {
    end_entry();
    return;
  }
  if (!statistic_.empty()) {
    end_statistic();
    return;
  }
  done_count_ += now_.kind == Kind::done ? 1U : 0U;
  if (seen_ < kept_max) {
    std::swap(kept_[seen_], now_);
  }
  ++seen_;
  --awaited_;
}

// A longer value is none of ours, and is read past.
std::size_t MemcachedReplies::kept_value_bytes_max() const {
  return form_ == nullptr ? 4096 : value_bytes_max;
}

// `absent` of an item without one; std::nullopt: it is no item of ours.
std::optional<Value> MemcachedReplies::value_told() const {
  if (form_ != nullptr) {
    return form_->value_in(now_.text);
  }
  const std::optional<MemcachedItem> item = parse_item(now_.text, values_now_ms_);
  if (!item) {
    return std::nullopt;
  }
  const std::optional<SlotContent>& entry = item->slots[Slot::entry];
  return entry ? value_of_entry(*entry) : absent;
}

void MemcachedReplies::end_entry() {
  if (now_.kind == Kind::value) {
    if (!has_opaque_ || opaque_ >= values_.size()) {
      fail("it is a value that was not asked for");
      return;
    }
    if (const std::optional<Value> value = value_told()) {
      values_[opaque_] = *value;
    } else if (malformed_entry_ < 0) {
      malformed_entry_ = static_cast<std::int64_t>(opaque_);
    }
    return;
  }
  if (now_.kind != Kind::error && now_.kind != Kind::no_op) {
    fail("it is no value, though one was asked for");
    return;
  }
  awaited_ -= now_.kind == Kind::no_op ? 1U : 0U;
  if (kept_[0].kind != Kind::error) {
    std::swap(kept_[0], now_);
  }
}

void MemcachedReplies::end_statistic() {
  if (now_.kind != Kind::stat && now_.kind != Kind::end && now_.kind != Kind::error) {
    fail("it is no statistic, though some were asked for");
    return;
  }
  awaited_ -= now_.kind == Kind::stat ? 0U : 1U;
  const bool is_wanted = now_.kind != Kind::stat || now_.text.starts_with(statistic_ + " ");
  if (is_wanted && kept_[0].kind == Kind::none) {
    std::swap(kept_[0], now_);
  }
}

void MemcachedReplies::fail(std::string problem) {
  problem_ = std::move(problem);
}

}  // namespace stalemate
