// Reads memcached's replies out of bytes, however they are cut, without trusting them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/dataset.hpp"
#include "core/types.hpp"
#include "drivers/connection/reply_progress.hpp"

namespace stalemate {

/// One reply of the meta protocol.
struct MemcachedReply {
  /// HD done; VA value; EN miss; NF not_found; NS not_stored; EX exists; MN no_op; VERSION version; STORED stored;
  /// STAT stat; END end; ERROR, CLIENT_ERROR and SERVER_ERROR error.
  enum class Kind : std::uint8_t {
    none,
    done,
    value,
    miss,
    not_found,
    not_stored,
    exists,
    no_op,
    version,
    stored,
    stat,
    end,
    error
  };
  Kind kind = Kind::none;
  std::string text = {};   ///< a value, a version, a statistic's name and value, or the whole line of an error
  std::uint64_t cas = 0;   ///< the item's number, which every change of it makes another; 0: not told
  bool has_won = false;    ///< the item is ours to fill
  bool is_leased = false;  ///< the item is another's to fill
  bool is_stale = false;   ///< the value was marked as out of date
};

/// First say what is expected, then feed.
/// Limits: a line of 2 KiB, a value of 1 MiB. Whatever breaks one is `broken`, and so is any byte that comes
/// unexpected; the connection is then of no more use.
class MemcachedReplies {
 public:
  static constexpr std::size_t kept_max = 3;
  static constexpr std::size_t line_bytes_max = 2048;
  static constexpr std::size_t value_bytes_max = 1U << 20U;

  /// `form`: that of the entries, where they are of the user's design; nullptr: as items.hpp says. It outlives this.
  explicit MemcachedReplies(const ContentForm* form = nullptr) : form_(form) {}

  /// Forgets everything, as for a new connection.
  void reset();

  /// The next `count` replies are awaited; reply() tells of the first kept_max of them.
  void expect(std::size_t count);
  /// The next replies are those of quiet gets, each with its place in `values` as its opaque, and a no-op behind them.
  /// An item's entry becomes its value, `absent` where there is none; the first that is no item of ours is told by
  /// malformed_entry(). reply(0) is the no-op, or the first error. Requires: `values` lives until the reply is done.
  void expect_entries(std::span<Value> values, std::uint64_t now_ms);

  /// The next replies are statistics, and an end behind them. reply(0) is the one called `name`, the end where there is
  /// none of that name, or the first error.
  void expect_statistic(std::string name);

  [[nodiscard]] ReplyProgress feed(std::string_view bytes);

  /// Requires: place < kept_max.
  [[nodiscard]] const MemcachedReply& reply(std::size_t place = 0) const { return kept_.at(place); }
  /// Of the expected replies, those that were `done`.
  [[nodiscard]] std::size_t done_count() const { return done_count_; }
  /// The place of the first entry that was no value; -1 for none.
  [[nodiscard]] std::int64_t malformed_entry() const { return malformed_entry_; }
  /// Why it is `broken`, as a part of a sentence.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::string_view take_line(std::string_view bytes);
  std::string_view take_value(std::string_view bytes);
  void read_line(std::string_view line);
  void read_value_line(std::string_view rest);
  bool read_flag(std::string_view flag);
  void end_reply();
  void end_entry();
  void end_statistic();
  void fail(std::string problem);

  [[nodiscard]] std::optional<Value> value_told() const;
  [[nodiscard]] std::size_t kept_value_bytes_max() const;

  const ContentForm* form_;
  std::array<MemcachedReply, kept_max> kept_ = {};
  MemcachedReply now_ = {};     // the reply that is being read
  std::string line_ = {};       // of it, as far as it has come
  std::size_t value_left_ = 0;  // bytes of the value that are to come, its line's end too
  std::size_t value_size_ = 0;
  std::size_t awaited_ = 0;
  std::size_t seen_ = 0;
  std::size_t done_count_ = 0;
  bool entries_awaited_ = false;
  std::string statistic_ = {};  // the name of the one awaited; empty: none is
  std::span<Value> values_ = {};
  std::uint64_t values_now_ms_ = 0;
  std::uint64_t opaque_ = 0;
  bool has_opaque_ = false;
  std::int64_t malformed_entry_ = -1;
  std::string problem_ = {};
};

}  // namespace stalemate
