// Reads Redis's replies out of bytes, however they are cut, without allocating and without trusting them.
#pragma once

#include <hiredis/read.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/pattern/cache_command.hpp"
#include "core/types.hpp"
#include "drivers/connection/reply_progress.hpp"

namespace stalemate {

/// Redis's protocol, version 2, over hiredis's reader. First say what is expected, then feed.
/// Limits: a text of 1 MiB, an array of as many elements as were expected, no arrays within arrays. Whatever breaks one
/// is `broken`, and so is any byte that comes unexpected; the connection is then of no more use.
class RedisReplies {
 public:
  using Progress = ReplyProgress;
  enum class Kind : std::uint8_t { none, nil, integer, text, status, error, array };

  static constexpr std::size_t text_bytes_max = 1U << 20U;

  /// `form`: that of the entries, where they are of the user's design; nullptr: as SlotContent says. It outlives this.
  explicit RedisReplies(const ContentForm* form = nullptr);
  RedisReplies(const RedisReplies&) = delete;
  RedisReplies& operator=(const RedisReplies&) = delete;
  ~RedisReplies();

  /// Forgets everything, as for a new connection.
  void reset();

  /// The next `count` replies are awaited, none of them an array; accessors tell of the last one, or of the first that
  /// was an error.
  void expect(unsigned count, bool keep_text);
  /// The next reply is an array of as many entries as `values` has, or an error. An entry becomes its value, `absent`
  /// for nil; the first that is not a value is told by `malformed_entry`.
  /// Requires: `values` lives until the reply is done.
  void expect_values(std::span<Value> values);

  /// `done` once all expected replies have come.
  [[nodiscard]] Progress feed(std::string_view bytes);

  [[nodiscard]] Kind kind() const { return kind_; }
  /// Of an integer reply.
  [[nodiscard]] std::int64_t integer() const { return integer_; }
  /// Of a text reply that is an entry with a value, "VALUE" or "VALUE@STAMP"; else `absent`.
  [[nodiscard]] Value value() const { return value_; }
  /// Of a text reply that is an entry without a value, such as "-@17".
  [[nodiscard]] bool is_tombstone() const { return is_tombstone_; }
  /// Of an error reply, and of a text or status where it was to be kept; at most 4 KiB of it.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The place of the first entry of an array that was no value; -1 for none.
  [[nodiscard]] std::int64_t malformed_entry() const { return malformed_entry_; }
  /// Why it is `broken`, as a part of a sentence.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Callbacks;
  struct ReaderDeleter {
    void operator()(redisReader* reader) const { ::redisReaderFree(reader); }
  };

  [[nodiscard]] std::optional<SlotContent> entry_in(std::string_view text) const;
  void take_text(const redisReadTask& task, std::string_view text);
  void take_integer(const redisReadTask& task, long long number);
  void take_nil(const redisReadTask& task);
  bool take_array(const redisReadTask& task, int elements);
  void begin(Kind kind);
  void put_entry(int place, bool is_usable, Value value);
  [[nodiscard]] Progress broken(std::string problem);

  const ContentForm* form_;
  std::unique_ptr<redisReader, ReaderDeleter> reader_;
  std::span<Value> values_;
  unsigned awaited_ = 0;
  bool array_awaited_ = false;
  bool keep_text_ = false;
  bool error_seen_ = false;
  Kind kind_ = Kind::none;
  Value value_ = absent;
  bool is_tombstone_ = false;
  std::int64_t integer_ = 0;
  std::int64_t malformed_entry_ = -1;
  std::string text_;
  std::string problem_;
};

}  // namespace stalemate
