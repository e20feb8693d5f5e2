// What both directions of a PostgreSQL connection know of each other.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "wire/postgres/sql_facts.hpp"
#include "wire/postgres/values.hpp"

namespace stalemate {

/// A statement that the client prepared under a name.
struct PreparedStatement {
  std::string text = {};
  std::string line = {};                         ///< the text on one line, for people
  bool is_cut = false;                           ///< there was more of the text
  std::vector<TypeNumber> parameter_types = {};  ///< as the client gave them, or the server told
  std::vector<TypeNumber> column_types = {};     ///< empty until the server told
  std::shared_ptr<const std::vector<SqlStatement>> facts = {};
};

/// 1: binary; one for all, or one each, or none: text.
using ColumnFormats = boost::container::small_vector<std::int16_t, 4>;

/// A statement with its parameters, ready for execution.
struct BoundPortal {
  std::shared_ptr<PreparedStatement> statement = {};  ///< none: we did not see it prepared
  std::vector<std::string> parameters = {};           ///< as texts
  ColumnFormats column_formats = {};
  std::uint64_t request = 0;  ///< in which it was bound
};

/// How the rows of one execution are sent.
struct RowShape {
  std::shared_ptr<PreparedStatement> statement = {};
  ColumnFormats column_formats = {};
};

/// A reply that is to come, and what is needed to read it.
struct AwaitedReply {
  std::uint64_t request = 0;      ///< the client's how-manieth
  bool ends_at_ready = true;      ///< with ReadyForQuery; else, after a Flush, once every message was answered
  std::uint32_t completions = 0;  ///< how many messages the server answers with one of its own each
  bool changes_rows = false;      ///< what SqlStatement says of its statements, together
  bool changes_untold = false;
  std::vector<std::shared_ptr<PreparedStatement>> described = {};  ///< in order
  std::vector<RowShape> executed = {};                             ///< the first few, in order
  Effects copies_in = {};                                          ///< of a request that begins a COPY from the client
};

/// Rows that the client sends behind its COPY.
enum class CopyIn : std::uint8_t {
  none,
  of_query,  ///< its end is the end of the request
  of_portal  ///< a Sync ends it, since the server takes no notice of one that came before
};

/// Both directions share it.
struct PostgresTalk {
  std::map<std::string, std::shared_ptr<PreparedStatement>, std::less<>> statements = {};
  std::map<std::string, BoundPortal, std::less<>> portals = {};
  std::deque<AwaitedReply> awaited = {};
  CopyIn copy_in = CopyIn::none;
  Effects copy = {};               ///< of the COPY whose rows are under way
  bool is_in_transaction = false;  ///< as the server said last
  bool asked_for_secret = false;
  bool skips_to_sync = false;  ///< an error came, and what is sent before the next Sync is not looked at
  std::int32_t backend_pid = 0;
};

}  // namespace stalemate
