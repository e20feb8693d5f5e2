// What a PostgreSQL server sends: where its answers end and what they say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/conversation.hpp"
#include "wire/postgres/messages.hpp"
#include "wire/postgres/reply_text.hpp"
#include "wire/postgres/talk.hpp"

namespace stalemate {

/// An answer ends with ReadyForQuery; that to a Flush once each message was answered or one was refused; that to a COPY
/// from the client where it asks for the rows. Notices, notifications and parameters between answers are pushes.
class PostgresStoreSide {
 public:
  explicit PostgresStoreSide(PostgresTalk& session);

  [[nodiscard]] Result<ReplyPortion> take(std::string_view bytes);
  /// Of the answer that ended last.
  [[nodiscard]] StoreReply answers(std::string_view reply) const;

 private:
  struct ReplyState {
    std::vector<StatementResult> results = {};
    std::uint64_t rows = 0;  ///< since the last result
    std::uint32_t completions = 0;
    std::size_t described = 0;
    std::string error = {};
    bool rolled_back = false;  ///< a ROLLBACK, of the transaction or to a savepoint in it
    bool commits = false;
    bool asks_for_rows = false;
    std::vector<RowShape> shapes = {};
  };

  void begin_message(char type);
  [[nodiscard]] bool read_message();
  [[nodiscard]] bool end_message(bool counts);
  void read_tag(std::string_view tag);
  void read_error(std::string_view body);
  void read_description(char type, std::string_view body);
  void read_ready(char status);
  void begin_copy();
  void end_reply();
  void end_result(std::string_view tag);

  PostgresTalk* session_;
  MessageReader reader_;
  ReplyState state_ = {};       ///< of the answer under way
  ReplyState last_ = {};        ///< of the one that ended last
  bool is_begun_ = false;       ///< an answer is under way
  bool is_push_ = false;        ///< the message under way is one
  bool tells_unasked_ = false;  ///< a notification came since the last portion that ended
  bool copies_both_ways_ = false;
  bool is_changed_ = false;  ///< the open transaction wrote
};

}  // namespace stalemate
