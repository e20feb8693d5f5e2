// Whatever a memcached answers, in whatever pieces: the same replies and entries, or the same error.
// Rooms: drivers core
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/memcached/items.hpp"
#include "drivers/memcached/replies.hpp"

namespace stalemate {
namespace {

constexpr std::uint64_t fuzz_now_ms = 1000;

/// How the bytes end if they are fed in pieces of that size, and what they say.
std::string told(std::string_view bytes, std::size_t piece, bool as_entries) {
  MemcachedReplies replies;
  std::array<Value, 5> values = {};
  if (as_entries) {
    replies.expect_entries(values, fuzz_now_ms);
  } else {
    replies.expect(3);
  }
  ReplyProgress progress = ReplyProgress::more;
  while (!bytes.empty() && progress != ReplyProgress::broken) {
    progress = replies.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  std::string text = std::to_string(static_cast<int>(progress)) + replies.problem();
  if (progress == ReplyProgress::broken) {
    return text;
  }
  for (std::size_t place = 0; place < MemcachedReplies::kept_max; ++place) {
    const MemcachedReply& reply = replies.reply(place);
    if (reply.kind != MemcachedReply::Kind::none) {
      text += "|" + std::to_string(static_cast<int>(reply.kind)) + reply.text + std::to_string(reply.cas);
    }
  }
  for (const Value value : values) {
    text += "," + std::to_string(value);
  }
  return text;
}

void expect_round_trip(std::string_view text) {
  const std::optional<MemcachedItem> item = parse_item(text, fuzz_now_ms);
  if (item && parse_item(item_text(*item), fuzz_now_ms) != item) {
    std::abort();
  }
}

}  // namespace
}  // namespace stalemate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool as_entries : {false, true}) {
    const std::string whole = stalemate::told(bytes, size + 1, as_entries);
    if (stalemate::told(bytes, 1, as_entries) != whole || stalemate::told(bytes, 3, as_entries) != whole) {
      std::abort();
    }
  }
  stalemate::expect_round_trip(bytes);
  return 0;
}
