#include "wire/postgres/client_side.hpp"

#include <algorithm>

namespace stalemate {
namespace {

constexpr MessageKinds client_kinds = message_kinds("QPBDECHSFdcfpX", "QPBDEC");

constexpr std::size_t executions_shown_max = 16;
constexpr std::size_t settings_max = 32;
constexpr std::size_t names_max = 64UL * 1024;

// What a connection may begin with in place of a version.
constexpr std::int32_t code_cancel = 80877102;
constexpr std::int32_t code_tls = 80877103;
constexpr std::int32_t code_gssapi = 80877104;
constexpr std::int32_t version_major = 3;

bool is_setting(const std::vector<SqlStatement>& statements) {
  return statements.size() == 1 && statements.front().name == "SET" && !statements.front().writes;
}

std::string opening_message(std::string_view body) {
  return message(opening_type, body).substr(1);
}

template <class Map>
void bound_size(Map& map) {
  if (map.size() >= names_max) {
    map.clear();
  }
}

}  // namespace

PostgresClientSide::PostgresClientSide(PostgresTalk& session)
    : session_(&session), reader_(client_kinds), reading_(transaction_) {
  reader_.expect_opening();
}

Result<Portion> PostgresClientSide::take(std::string_view bytes) {
  if (is_ended_) {
    begin_request();
  }
  std::size_t used = 0;
  while (used < bytes.size() && !is_ended_) {
    const Result<std::size_t> taken = reader_.take(bytes.substr(used));
    if (!taken) {
      return std::unexpected(taken.error());
    }
    used += *taken;
    if (!reader_.is_ended()) {
      continue;
    }
    const Result<bool> ends = read_message();
    if (!ends) {
      return std::unexpected(ends.error());
    }
    // Rows of a COPY that are there already go together.
    is_ended_ = *ends && !(reader_.type() == 'd' && used < bytes.size() && bytes[used] == 'd');
  }
  return Portion{used, is_ended_};
}

void PostgresClientSide::begin_request() {
  reading_ = RequestReading(transaction_);
  gathered_ = {.request = ++request_number_};
  is_asked_ = false;
  is_ended_ = false;
  was_in_transaction_ = transaction_.is_open;
  is_answered_ = true;
  ends_copy_ = false;
  ends_with_flush_ = false;
  own_answer_.clear();
  parsed_here_.clear();
  needed_.clear();
}

// Once it is asked about, it is in the session, unless it was withdrawn or its answer is there.
AwaitedReply& PostgresClientSide::reply() {
  const bool is_awaited =
      is_asked_ && !session_->awaited.empty() && session_->awaited.back().request == request_number_;
  return is_awaited ? session_->awaited.back() : gathered_;
}

// True where the request ends with this message.
Result<bool> PostgresClientSide::read_message() {
  const std::string_view body = reader_.body();
  switch (reader_.type()) {
    case opening_type: return read_opening(body);
    case 'Q': read_query(body); return true;
    case 'F':
      reading_.execute_unknown("FUNCTION", "function call");
      end_with_sync();
      return true;
    case 'P': read_parse(body, reader_.is_cut()); return false;
    case 'B': read_bind(body); return false;
    case 'E': read_execute(body); return false;
    case 'D': read_describe(body); return false;
    case 'C': read_close(body); return false;
    case 'S': end_with_sync(); return true;
    case 'H': end_with_flush(); return true;
    case 'c':
    case 'f': return end_copy();
    default:  // rows, a password, the end of the connection
      is_answered_ = false;
      return true;
  }
}

Result<bool> PostgresClientSide::read_opening(std::string_view body) {
  const std::int32_t code = FieldReader(body).int32();
  if (code == code_tls || code == code_gssapi) {
    own_answer_ = "N";
    is_answered_ = false;
    reader_.expect_opening();
  } else if (code == code_cancel) {
    is_answered_ = false;
  } else if (code >> 16 == version_major) {
    opening_ = opening_message(body);
  } else {
    return failed(ErrorCode::protocol, "the client speaks version " + std::to_string(code >> 16) + "." +
                                           std::to_string(code & 0xFFFF) +
                                           " of PostgreSQL's protocol, and gates understand 3.0");
  }
  return true;
}

void PostgresClientSide::read_query(std::string_view body) {
  if (is_asked_) {
    return;  // it was long, and read_beginning has read what there was
  }
  const std::string_view text = FieldReader(body).text();
  const auto statements = sql_facts(text);
  const bool is_open = transaction_.is_open;
  reading_.execute(text, on_one_line(text, word_bytes_max), *statements, {}, *session_);
  if (!is_open) {
    keep_setting(text, *statements);
  }
  end_with_sync();
}

void PostgresClientSide::read_parse(std::string_view body, bool is_cut) {
  FieldReader fields(body);
  const std::string name(fields.text());
  auto prepared = std::make_shared<PreparedStatement>();
  prepared->text = fields.text();
  prepared->line = on_one_line(prepared->text, word_bytes_max);
  prepared->is_cut = is_cut || fields.is_short();
  const int types = static_cast<std::uint16_t>(fields.int16());
  for (int index = 0; index < types && !fields.is_short(); ++index) {
    prepared->parameter_types.push_back(static_cast<TypeNumber>(fields.int32()));
  }
  prepared->facts = sql_facts(prepared->text);
  bound_size(session_->statements);
  session_->statements.insert_or_assign(name, std::move(prepared));
  parsed_here_.push_back(name);
  ++reply().completions;
}

void PostgresClientSide::read_bind(std::string_view body) {
  FieldReader fields(body);
  const std::string_view name = fields.text();
  const std::string_view statement_name = fields.text();
  BoundPortal& portal = emptied_portal(name);
  portal.request = request_number_;
  portal.statement = needed(statement_name);
  const auto read_formats = [&fields](ColumnFormats& formats) {
    formats.resize(static_cast<std::uint16_t>(fields.int16()));
    for (std::int16_t& format : formats) {
      format = fields.int16();
    }
  };
  ColumnFormats formats;
  read_formats(formats);
  const std::size_t count = static_cast<std::uint16_t>(fields.int16());
  for (std::size_t index = 0; index < count && !fields.is_short(); ++index) {
    const std::int32_t length = fields.int32();
    if (length < 0) {
      portal.parameters.emplace_back("null");
      continue;
    }
    const bool is_binary = (formats.size() == 1 ? formats[0] : index < formats.size() ? formats[index] : 0) == 1;
    const bool has_type = portal.statement != nullptr && index < portal.statement->parameter_types.size();
    portal.parameters.push_back(text_of_value(has_type ? portal.statement->parameter_types[index] : 0, is_binary,
                                              fields.bytes(static_cast<std::size_t>(length)), word_bytes_max));
  }
  read_formats(portal.column_formats);
  ++reply().completions;
}

/// The portal of that name, which keeps its memory and nothing else.
BoundPortal& PostgresClientSide::emptied_portal(std::string_view name) {
  auto place = session_->portals.find(name);
  if (place == session_->portals.end()) {
    bound_size(session_->portals);
    place = session_->portals.emplace(name, BoundPortal()).first;
  }
  BoundPortal& portal = place->second;
  portal.statement.reset();
  portal.parameters.clear();
  portal.column_formats.clear();
  return portal;
}

void PostgresClientSide::read_execute(std::string_view body) {
  ++reply().completions;
  const auto place = session_->portals.find(FieldReader(body).text());
  if (place == session_->portals.end()) {
    reading_.execute_unknown("EXECUTE", "what was bound before");
    reading_.refuse_copies("it executes what the gates did not see prepared");
    return;
  }
  execute(place->second);
}

void PostgresClientSide::execute(const BoundPortal& portal) {
  if (reply().executed.size() < executions_shown_max) {
    reply().executed.push_back({portal.statement, portal.column_formats});
  }
  if (portal.request != request_number_) {
    reading_.refuse_copies("it executes what an earlier request bound");
  }
  if (portal.statement == nullptr) {
    reading_.execute_unknown("EXECUTE", "what was prepared before");
    return;
  }
  const PreparedStatement& statement = *portal.statement;
  if (!transaction_.is_open && portal.parameters.empty()) {
    keep_setting(statement.text, *statement.facts);
  }
  reading_.execute(statement.text, statement.line, *statement.facts, portal.parameters, *session_);
}

void PostgresClientSide::read_describe(std::string_view body) {
  FieldReader fields(body);
  if (fields.byte() != 'S') {
    ++reply().completions;
    return;
  }
  reply().described.push_back(needed(fields.text()));
  reply().completions += 2;
}

void PostgresClientSide::read_close(std::string_view body) {
  FieldReader fields(body);
  const bool is_statement = fields.byte() == 'S';
  const std::string_view name = fields.text();
  if (const auto place = session_->statements.find(name); is_statement && place != session_->statements.end()) {
    session_->statements.erase(place);
  }
  if (const auto place = session_->portals.find(name); !is_statement && place != session_->portals.end()) {
    session_->portals.erase(place);
  }
  ++reply().completions;
}

void PostgresClientSide::end_with_sync() {
  if (session_->copy_in != CopyIn::none && !ends_copy_) {
    is_answered_ = false;  // the server takes no notice of it amid the rows
    return;
  }
  reading_.sync();
  note_changes();
  reply().ends_at_ready = true;
  session_->skips_to_sync = false;
}

void PostgresClientSide::end_with_flush() {
  ends_with_flush_ = true;
  note_changes();
  reply().ends_at_ready = false;
  is_answered_ =
      reply().completions > 0 && !session_->skips_to_sync && (session_->copy_in == CopyIn::none || ends_copy_);
}

// True where the request ends with the rows.
bool PostgresClientSide::end_copy() {
  if (session_->copy_in == CopyIn::none) {
    is_answered_ = false;  // the server gave up before
    return true;
  }
  const bool ends = session_->copy_in == CopyIn::of_query;
  session_->copy_in = CopyIn::none;
  ends_copy_ = true;
  reading_.end_copy(session_->copy);
  reading_.refuse_copies("the rows of a COPY are not kept");
  ++reply().completions;
  note_changes();
  if (ends) {
    end_with_sync();
  }
  return ends;
}

void PostgresClientSide::note_changes() {
  reply().changes_rows = reply().changes_rows || reading_.changes_rows();
  reply().changes_untold = reply().changes_untold || reading_.changes_untold();
  if (reading_.copies_in()) {
    reply().copies_in = reading_.effects();
    reading_.refuse_copies("the rows of a COPY are not kept");
  }
}

// The statement of that name, which a copy has to prepare first; nullptr: we did not see it prepared.
std::shared_ptr<PreparedStatement> PostgresClientSide::needed(std::string_view name) {
  const auto place = session_->statements.find(name);
  const bool is_seen = place != session_->statements.end();
  if (std::ranges::find(parsed_here_, name) != parsed_here_.end()) {
    return is_seen ? place->second : nullptr;
  }
  if (!is_seen || place->second->is_cut) {
    reading_.refuse_copies("it executes what the gates did not see prepared");
  } else if (std::ranges::find(needed_, place->first, &Needed::first) == needed_.end()) {
    needed_.emplace_back(place->first, place->second);
  }
  return is_seen ? place->second : nullptr;
}

void PostgresClientSide::keep_setting(std::string_view text, const std::vector<SqlStatement>& statements) {
  if (is_setting(statements) && settings_.size() < settings_max) {
    std::string body;
    append_text(body, text);
    settings_.push_back(message('Q', body));
  }
}

// Of a request that is too long to be gathered: what its beginning asks.
void PostgresClientSide::read_beginning() {
  if (!reader_.is_between() && reader_.type() == 'Q') {
    read_query(reader_.body_so_far());
  } else if (!reader_.is_between() && reader_.type() == 'P') {
    read_parse(reader_.body_so_far(), true);
    --reply().completions;  // it counts once it is there as a whole
  } else if (!reader_.is_between() && reader_.type() == 'B') {
    read_bind(reader_.body_so_far());
    --reply().completions;
    const auto place = session_->portals.find(FieldReader(reader_.body_so_far()).text());
    if (!reading_.executes() && place != session_->portals.end()) {
      execute(place->second);
    }
  }
  const bool is_rows = reader_.type() == 'd';
  if (!reading_.executes() && !is_rows) {
    reading_.execute_unknown("BATCH", "a long batch");
  }
  if (is_rows) {
    is_answered_ = false;
  }
}

AskedRequest PostgresClientSide::asks() {
  if (!is_ended_) {
    read_beginning();
  }
  note_changes();
  is_asked_ = true;
  if (is_answered_) {
    session_->awaited.push_back(std::move(gathered_));
  }
  return {.request = reading_.take_request(),
          .may_stop = reading_.executes(),
          .is_answered = is_answered_,
          .own_answer = own_answer_};
}

}  // namespace stalemate
