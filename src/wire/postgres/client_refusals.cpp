// What a gate says in place of a PostgreSQL request: a refusal of it, or a copy.
#include <utility>

#include "wire/postgres/client_side.hpp"

namespace stalemate {
namespace {

std::string query_message(std::string_view text) {
  std::string body;
  append_text(body, text);
  return message('Q', body);
}

// A server answers it with an error, and then takes notice of nothing before the next Sync.
std::string unparsable_message() {
  std::string body;
  append_text(body, "");
  append_text(body, "refused by a gate");
  append_int16(body, 0);
  return message('P', body);
}

std::string error_message(std::string_view sentence) {
  std::string fields;
  for (const std::string_view field : {"SERROR", "VERROR", "C58000"}) {  // system_error
    append_text(fields, field);
  }
  append_text(fields, "M" + std::string(sentence));
  fields += '\0';
  return message('E', fields);
}

}  // namespace

// An error, as from a server that could not carry it out: in a transaction nothing goes on then, so the server is made
// to refuse the rest of it as well.
GateRefusal PostgresClientSide::refuse(std::string_view sentence) {
  GateRefusal refusal = {.to_client = error_message(sentence), .to_store = {}};
  if (session_->awaited.empty() || session_->awaited.back().request != request_number_) {
    return refusal;
  }
  AwaitedReply instead = {.request = request_number_, .ends_at_ready = !ends_with_flush_, .completions = 1};
  if (ends_with_flush_) {
    refusal.to_store = unparsable_message() + message('H', "");
  } else if (!was_in_transaction_) {
    refusal.to_client += message('Z', "I");
  } else if (transaction_.is_open) {
    refusal.to_store = query_message("refused by a gate");
    refusal.to_client += message('Z', "E");
  } else {
    refusal.to_store = query_message("rollback");
    refusal.to_client += message('Z', "I");
  }
  transaction_.is_open = was_in_transaction_ && transaction_.is_open;
  session_->awaited.pop_back();
  if (!refusal.to_store.empty()) {
    session_->awaited.push_back(std::move(instead));
  }
  return refusal;
}

Result<std::vector<std::string>> PostgresClientSide::copy_of(std::string_view request) const {
  const std::string_view why = reading_.not_copied();
  if (!why.empty() || opening_.empty() || !is_ended_) {
    return failed(ErrorCode::unsupported, "a copy of this request cannot be sent over another connection: " +
                                              std::string(why.empty() ? "it is not there as a whole" : why));
  }
  std::vector<std::string> messages = {opening_};
  messages.insert(messages.end(), settings_.begin(), settings_.end());
  std::string last;
  for (const auto& [name, prepared] : needed_) {
    std::string body;
    append_text(body, name);
    append_text(body, prepared->text);
    append_int16(body, static_cast<std::int16_t>(prepared->parameter_types.size()));
    for (const TypeNumber type : prepared->parameter_types) {
      append_int32(body, static_cast<std::int32_t>(type));
    }
    last += message('P', body);
  }
  last += request;
  if (ends_with_flush_) {
    last += message('S', "");
  }
  messages.push_back(std::move(last));
  return messages;
}

}  // namespace stalemate
