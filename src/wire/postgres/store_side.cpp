#include "wire/postgres/store_side.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace stalemate {
namespace {

constexpr MessageKinds store_kinds = message_kinds("RKZTtDCENAS123nsIGHWdcVv", "RKZTtCE");

constexpr std::size_t results_shown_max = 16;
constexpr std::size_t tag_bytes_max = 80;

std::uint64_t count_in(std::string_view tag) {
  const std::string_view last = tag.substr(tag.rfind(' ') + 1);
  std::uint64_t rows = 0;
  std::from_chars(last.data(), last.data() + last.size(), rows);
  return rows;
}

}  // namespace

PostgresStoreSide::PostgresStoreSide(PostgresTalk& session) : session_(&session), reader_(store_kinds) {}

Result<ReplyPortion> PostgresStoreSide::take(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    if (reader_.is_between()) {
      // After an error nothing is answered before the next Sync, so that what ends with a Flush may get no answer at
      // all.
      if (bytes[used] == 'Z' && !session_->awaited.empty() && !session_->awaited.front().ends_at_ready) {
        end_reply();
        return ReplyPortion{used, true, ReplyRole::answer, std::exchange(tells_unasked_, false)};
      }
      begin_message(bytes[used]);
    }
    const Result<std::size_t> taken = reader_.take(bytes.substr(used));
    if (!taken) {
      return std::unexpected(taken.error());
    }
    used += *taken;
    if (!reader_.is_ended()) {
      continue;
    }
    // What it began to answer may have been withdrawn.
    is_push_ = is_push_ || session_->awaited.empty();
    const bool ends = read_message();
    if (is_push_) {
      state_ = {};
      return ReplyPortion{used, true, ReplyRole::push, std::exchange(tells_unasked_, false)};
    }
    if (ends) {
      end_reply();
      return ReplyPortion{used, true, ReplyRole::answer, std::exchange(tells_unasked_, false)};
    }
  }
  return ReplyPortion{used, false, ReplyRole::answer};
}

void PostgresStoreSide::begin_message(char type) {
  const bool is_aside = type == 'N' || type == 'A' || type == 'S';
  const bool is_row_both_ways = copies_both_ways_ && (type == 'd' || type == 'c');
  is_begun_ = is_begun_ && !session_->awaited.empty();
  is_push_ = session_->awaited.empty() || (!is_begun_ && (is_aside || is_row_both_ways));
  is_begun_ = !is_push_;
}

// True where the answer ends with this message.
bool PostgresStoreSide::read_message() {
  const std::string_view body = reader_.body();
  const char type = reader_.type();
  switch (type) {
    case 'R': session_->asked_for_secret = session_->asked_for_secret || FieldReader(body).int32() != 0; return false;
    case 'K': session_->backend_pid = FieldReader(body).int32(); return false;
    case 'A': tells_unasked_ = true; return false;
    case 'D': ++state_.rows; return false;
    case 'T':
    case 't': read_description(type, body); return end_message(true);
    case 'C': read_tag(FieldReader(body).text().substr(0, tag_bytes_max)); return end_message(true);
    case 'I':
    case 's': end_result(""); return end_message(true);
    case '1':
    case '2':
    case '3':
    case 'n': return end_message(true);
    case 'E': read_error(body); return end_message(false);
    case 'G':
    case 'W':
      copies_both_ways_ = type == 'W';
      begin_copy();
      return !is_push_;
    case 'Z': read_ready(FieldReader(body).byte()); return !is_push_;
    default: return false;
  }
}

// True where it was the last message of an answer to a Flush.
bool PostgresStoreSide::end_message(bool counts) {
  state_.completions += counts ? 1 : 0;
  if (is_push_ || session_->awaited.empty() || session_->awaited.front().ends_at_ready) {
    return false;
  }
  return !state_.error.empty() || state_.completions >= session_->awaited.front().completions;
}

void PostgresStoreSide::end_result(std::string_view tag) {
  if (state_.results.size() < results_shown_max) {
    state_.results.push_back({std::string(tag), state_.rows});
  }
  state_.rows = 0;
}

void PostgresStoreSide::read_tag(std::string_view tag) {
  end_result(tag);
  const bool changes_untold = !session_->awaited.empty() && session_->awaited.front().changes_untold;
  const bool changes_rows = !session_->awaited.empty() && session_->awaited.front().changes_rows;
  if (tag == "COMMIT") {
    state_.commits = state_.commits || is_changed_ || changes_untold;
    is_changed_ = false;
  } else if (tag == "ROLLBACK") {
    state_.rolled_back = true;
  } else if (tag == "BEGIN") {
    is_changed_ = is_changed_ && !std::exchange(state_.rolled_back, false);
  } else if (tells_changed_rows(tag) || (changes_rows && tag.starts_with("COPY "))) {
    is_changed_ = is_changed_ || count_in(tag) > 0;
  }
}

// Fields of one letter and a text each, a zero byte behind the last.
void PostgresStoreSide::read_error(std::string_view body) {
  if (session_->copy_in != CopyIn::none) {
    session_->copy_in = CopyIn::none;
  }
  FieldReader fields(body);
  std::string_view severity = "ERROR";
  std::string_view text;
  std::string_view code;
  for (char field = fields.byte(); field != '\0'; field = fields.byte()) {
    const std::string_view value = fields.text();
    (field == 'S'   ? severity
     : field == 'M' ? text
                    : code) = field == 'S' || field == 'M' || field == 'C' ? value : code;
  }
  state_.error = on_one_line(severity, 32) + ": " + on_one_line(text, word_bytes_max / 2);
  if (!code.empty()) {
    state_.error += " (" + on_one_line(code, 8) + ")";
  }
}

void PostgresStoreSide::read_description(char type, std::string_view body) {
  if (session_->awaited.empty()) {
    return;
  }
  const auto& described = session_->awaited.front().described;
  const std::size_t place = state_.described - (type == 'T' && state_.described > 0 ? 1 : 0);
  if (type == 't') {
    ++state_.described;
  }
  if (place >= described.size() || described[place] == nullptr) {
    return;
  }
  FieldReader fields(body);
  const std::size_t count = static_cast<std::uint16_t>(fields.int16());
  std::vector<TypeNumber> types;
  for (std::size_t index = 0; index < count && !fields.is_short(); ++index) {
    if (type == 'T') {
      static_cast<void>(fields.text());
      static_cast<void>(fields.bytes(6));
    }
    types.push_back(static_cast<TypeNumber>(fields.int32()));
    if (type == 'T') {
      static_cast<void>(fields.bytes(8));
    }
  }
  (type == 't' ? described[place]->parameter_types : described[place]->column_types) = std::move(types);
}

void PostgresStoreSide::read_ready(char status) {
  const bool is_error = !state_.error.empty();
  session_->is_in_transaction = status != 'I';
  copies_both_ways_ = false;
  const bool changes_untold = !is_push_ && session_->awaited.front().changes_untold;
  if (!is_error && changes_untold && !state_.commits) {
    is_changed_ = true;
  }
  if (status != 'I') {
    return;
  }
  if (!is_error && !state_.rolled_back && is_changed_) {
    state_.commits = true;
  }
  is_changed_ = false;
}

void PostgresStoreSide::begin_copy() {
  state_.asks_for_rows = true;
  if (is_push_) {
    return;
  }
  const AwaitedReply& head = session_->awaited.front();
  session_->copy_in = head.completions == 0 ? CopyIn::of_query : CopyIn::of_portal;
  session_->copy = head.copies_in;
}

void PostgresStoreSide::end_reply() {
  AwaitedReply& head = session_->awaited.front();
  const bool is_last_before_sync =
      std::ranges::none_of(session_->awaited, [](const AwaitedReply& reply) { return reply.ends_at_ready; });
  if (!head.ends_at_ready && !state_.error.empty() && is_last_before_sync) {
    session_->skips_to_sync = true;
  }
  state_.shapes = std::move(head.executed);
  last_ = std::exchange(state_, {});
  session_->awaited.pop_front();
  is_begun_ = false;
}

StoreReply PostgresStoreSide::answers(std::string_view reply) const {
  std::string text = text_of_results(last_.results, reply, last_.shapes);
  if (!last_.error.empty()) {
    text += (text.empty() ? "" : "; ") + last_.error;
  } else if (last_.asks_for_rows) {
    text += text.empty() ? "waits for rows" : "; waits for rows";
  }
  return {.text = text.empty() ? "ok" : std::move(text), .is_error = !last_.error.empty(), .commits = last_.commits};
}

}  // namespace stalemate
