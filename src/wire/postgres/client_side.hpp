// What a PostgreSQL client sends: where its requests end and what they ask.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/conversation.hpp"
#include "wire/postgres/messages.hpp"
#include "wire/postgres/request_reading.hpp"
#include "wire/postgres/talk.hpp"

namespace stalemate {

/// A request ends with a simple Query, a FunctionCall, a Sync or a Flush. What ends with a Flush is a request of its
/// own if it executes something, and is answered once each of its messages was; else it only prepares one and is passed
/// on. The rows of a COPY are passed on as well, and their end is a request again, since it is what takes effect.
class PostgresClientSide {
 public:
  explicit PostgresClientSide(PostgresTalk& session);

  [[nodiscard]] Result<Portion> take(std::string_view bytes);
  [[nodiscard]] AskedRequest asks();
  [[nodiscard]] GateRefusal refuse(std::string_view sentence);
  [[nodiscard]] Result<std::vector<std::string>> copy_of(std::string_view request) const;

 private:
  using Needed = std::pair<std::string, std::shared_ptr<PreparedStatement>>;

  void begin_request();
  [[nodiscard]] AwaitedReply& reply();
  [[nodiscard]] Result<bool> read_message();
  [[nodiscard]] Result<bool> read_opening(std::string_view body);
  void read_query(std::string_view body);
  void read_parse(std::string_view body, bool is_cut);
  void read_bind(std::string_view body);
  [[nodiscard]] BoundPortal& emptied_portal(std::string_view name);
  void read_execute(std::string_view body);
  void read_describe(std::string_view body);
  void read_close(std::string_view body);
  void execute(const BoundPortal& portal);
  void end_with_sync();
  void end_with_flush();
  [[nodiscard]] bool end_copy();
  void read_beginning();
  void note_changes();
  [[nodiscard]] std::shared_ptr<PreparedStatement> needed(std::string_view name);
  void keep_setting(std::string_view text, const std::vector<SqlStatement>& statements);

  PostgresTalk* session_;
  MessageReader reader_;
  ClientTransaction transaction_ = {};
  std::string opening_ = {};                ///< the start message, for copies
  std::vector<std::string> settings_ = {};  ///< what SET was told so far, for copies

  // The request under way, until the next one begins.
  RequestReading reading_;
  AwaitedReply gathered_ = {};  ///< until it is asked about
  bool is_asked_ = true;
  bool is_ended_ = true;
  bool was_in_transaction_ = false;
  bool is_answered_ = false;
  bool ends_copy_ = false;
  bool ends_with_flush_ = false;
  std::string own_answer_ = {};
  std::uint64_t request_number_ = 0;
  std::vector<std::string> parsed_here_ = {};
  std::vector<Needed> needed_ = {};  ///< prepared before it, each name once
};

}  // namespace stalemate
