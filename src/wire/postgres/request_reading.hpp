// One request of a PostgreSQL client, gathered message by message.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/conversation.hpp"
#include "wire/postgres/talk.hpp"

namespace stalemate {

/// The client's transaction, as far as its statements tell.
struct ClientTransaction {
  bool is_open = false;
  bool reads_snapshot = false;   ///< all its statements read as of one instant, so that each touches anything
  bool always_snapshot = false;  ///< the session asked for that once and for all
  Effects effects = {};          ///< of its statements so far
  Effects unsynced = {};         ///< of what was executed since the last Sync, in no transaction
};

/// What one request asks. Statements of a transaction go to `transaction` as well: its COMMIT touches what they
/// touched.
class RequestReading {
 public:
  explicit RequestReading(ClientTransaction& transaction) : transaction_(&transaction) {}

  /// The statements of a text, which the request executes with these parameters; `line` is the text on one line.
  void execute(std::string_view text, std::string_view line, const std::vector<SqlStatement>& statements,
               const std::vector<std::string>& parameters, PostgresTalk& session);
  /// It executes something that we cannot look into.
  void execute_unknown(std::string_view name, std::string_view text);
  /// Rows of a COPY end here.
  void end_copy(const Effects& effects);
  /// Sync, of what was executed before in other requests.
  void sync();

  /// Once: then its keys and texts are gone from here.
  [[nodiscard]] StoreRequest take_request() { return std::move(request_); }
  [[nodiscard]] Effects effects() const { return {request_.keys, request_.touches_anything, request_.writes}; }
  [[nodiscard]] bool executes() const { return executes_; }
  [[nodiscard]] bool copies_in() const { return copies_in_; }  ///< it begins a COPY from the client
  [[nodiscard]] bool changes_rows() const { return changes_rows_; }
  [[nodiscard]] bool changes_untold() const { return changes_untold_; }
  /// Why it could not be sent again over another connection; empty: it could.
  [[nodiscard]] std::string_view not_copied() const { return not_copied_; }
  void refuse_copies(std::string_view sentence) { not_copied_ = sentence; }

 private:
  void add(const SqlStatement& statement, PostgresTalk& session, std::string_view text);
  void step_transaction(const SqlStatement& statement, std::string_view name);
  void name_it(std::string_view name, const Effects& effects);
  void append_text(std::string_view one_line, const std::vector<std::string>& parameters);
  void take(const Effects& effects);

  ClientTransaction* transaction_;
  StoreRequest request_ = {.writes = false};
  bool executes_ = false;
  bool copies_in_ = false;
  bool changes_rows_ = false;
  bool changes_untold_ = false;
  int name_rank_ = 0;
  std::string_view not_copied_ = {};
};

}  // namespace stalemate
