// In which order a database of ours committed what a run wrote, read out of its own log once the run is over.
//
// A line of the log names a row that was updated and what it holds from then on. Whoever updates a row keeps others
// from it until the commit, and the log has commits in their order, so that the lines of one row come in the order of
// its versions. Nothing is asked of the service, and nothing is held back for it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "gated/call_texts.hpp"

namespace stalemate {

/// What a line of PostgreSQL's output plugin test_decoding says, such as
///   table public.products: UPDATE: id[integer]:100001 quantity[integer]:1007
struct LoggedChange {
  enum class Kind : std::uint8_t { insert, update, remove };
  std::string table = {};  ///< without its schema: "products"
  Kind kind = Kind::insert;
  std::string_view row = {};  ///< as it is from then on; of a removed row what tells which it was
};

/// std::nullopt where it is no such line: the beginning and the end of a transaction.
[[nodiscard]] std::optional<LoggedChange> parse_logged_change(std::string_view line);

/// The places of a run's values among the versions of their rows.
/// Thread rule: one thread at a time.
class CommitOrder {
 public:
  /// Takes the log's next line. A key and a value are those that stand in it, as in the texts of calls.
  void add(const CallTexts& texts, std::string_view line);

  /// From 1 on, larger is newer; of the one table that has places and that reads load from (where no load was seen,
  /// that has places). Nothing where several are left. Of a key whose row was made anew or removed, or which got a
  /// value again after another one, no value has a place.
  [[nodiscard]] std::map<Value, Version> versions(const std::set<std::string>& loaded_tables) const;
  /// What the rows of that table hold, by key; not of a key of which no value has a place.
  [[nodiscard]] std::map<std::uint32_t, Value> rows(const std::set<std::string>& loaded_tables) const;

 private:
  struct Place {
    std::uint32_t key = 0;
    Version version = unknown_version;
  };
  struct Table {
    std::map<Value, Place> places = {};
    std::map<std::uint32_t, Value> last = {};  // by key
    std::set<std::uint32_t> disturbed = {};    // keys
  };

  void add(Table& table, Key key, const std::vector<Value>& values, bool is_update);
  /// nullptr where none is left, or several are.
  [[nodiscard]] const Table* the_table(const std::set<std::string>& loaded_tables) const;

  std::map<std::string, Table> tables_ = {};
  Version changes_ = 0;
};

/// Keeps the log of a private PostgreSQL from when it is begun on.
/// Thread rule: one thread at a time.
class CommitLog {
 public:
  /// Errors: where the server gives no log.
  [[nodiscard]] static Result<CommitLog> begin(const std::string& url);
  /// Gives every line since it was begun, or since the last time, in order.
  [[nodiscard]] Result<void> read(const std::function<void(std::string_view line)>& on_line);

 private:
  explicit CommitLog(BlockingConnection connection) : connection_(std::move(connection)) {}
  BlockingConnection connection_;
};

}  // namespace stalemate
