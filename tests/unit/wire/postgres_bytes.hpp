// Both sides of PostgreSQL's protocol as tests write them, and an ear that hears them in any split.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/postgres/messages.hpp"
#include "wire/postgres/postgres_conversation.hpp"

namespace stalemate::postgres_bytes {

inline std::string zero_ended(std::string_view text) {
  return std::string(text) + '\0';
}
inline std::string number2(int value) {
  std::string bytes;
  append_int16(bytes, static_cast<std::int16_t>(value));
  return bytes;
}
inline std::string number4(std::int64_t value) {
  std::string bytes;
  append_int32(bytes, static_cast<std::int32_t>(value));
  return bytes;
}
inline std::string number8(std::int64_t value) {
  return number4(value >> 32) + number4(value);
}

/// A message without a type.
inline std::string opening(std::int32_t code, std::string_view rest = {}) {
  const std::string body = number4(code) + std::string(rest);
  return number4(static_cast<std::int64_t>(body.size()) + 4) + body;
}
inline std::string start() {
  return opening(196608, zero_ended("user") + zero_ended("anna") + zero_ended(""));
}

// The client's.
inline std::string query(std::string_view text) {
  return message('Q', zero_ended(text));
}
inline std::string parse(std::string_view name, std::string_view text, std::initializer_list<int> types = {}) {
  std::string body = zero_ended(name) + zero_ended(text) + number2(static_cast<int>(types.size()));
  for (const int type : types) {
    body += number4(type);
  }
  return message('P', body);
}
/// Parameters as they are; all in one format, 1 for binary; rows in that format too.
inline std::string bind(std::string_view name, std::initializer_list<std::string_view> parameters, int format = 0,
                        std::string_view portal = "") {
  std::string body = zero_ended(portal) + zero_ended(name) + number2(1) + number2(format) +
                     number2(static_cast<int>(parameters.size()));
  for (const std::string_view parameter : parameters) {
    body += number4(static_cast<std::int64_t>(parameter.size())) + std::string(parameter);
  }
  return message('B', body + number2(1) + number2(format));
}
inline std::string describe(char what, std::string_view name) {
  return message('D', std::string(1, what) + zero_ended(name));
}
inline std::string execute(std::string_view portal = "") {
  return message('E', zero_ended(portal) + number4(0));
}
inline std::string sync_message() {
  return message('S', "");
}
inline std::string flush() {
  return message('H', "");
}
inline std::string run(std::string_view name, std::initializer_list<std::string_view> parameters, int format = 0) {
  return bind(name, parameters, format) + execute();
}

// The server's.
inline std::string ready(char status = 'I') {
  return message('Z', std::string(1, status));
}
inline std::string done(std::string_view tag) {
  return message('C', zero_ended(tag));
}
inline std::string row(std::initializer_list<std::string_view> columns) {
  std::string body = number2(static_cast<int>(columns.size()));
  for (const std::string_view column : columns) {
    body += number4(static_cast<std::int64_t>(column.size())) + std::string(column);
  }
  return message('D', body);
}
inline std::string row_description(std::initializer_list<int> types, int format = 0) {
  std::string body = number2(static_cast<int>(types.size()));
  for (const int type : types) {
    body +=
        zero_ended("column") + number4(0) + number2(0) + number4(type) + number2(-1) + number4(-1) + number2(format);
  }
  return message('T', body);
}
inline std::string parameter_description(std::initializer_list<int> types) {
  std::string body = number2(static_cast<int>(types.size()));
  for (const int type : types) {
    body += number4(type);
  }
  return message('t', body);
}
inline std::string error(std::string_view text, std::string_view code = "22000") {
  return message('E', "SERROR" + zero_ended("") + "C" + zero_ended(code) + "M" + zero_ended(text) + zero_ended(""));
}
inline std::string login(int process = 4711) {
  return message('R', number4(0)) + message('S', zero_ended("TimeZone") + zero_ended("UTC")) +
         message('K', number4(process) + number4(1)) + ready();
}

/// Feeds a conversation in pieces of one size and keeps what was found.
class PostgresEar {
 public:
  explicit PostgresEar(std::size_t piece = 1 << 20U) : piece_(piece) {}

  std::vector<AskedRequest> asked = {};
  std::vector<StoreReply> answers = {};
  std::vector<std::string> pushes = {};  ///< their bytes
  std::size_t told_unasked = 0;          ///< so often
  std::string error = {};
  std::string last = {};  ///< the bytes of the request that ended last
  std::unique_ptr<StoreConversation> talk = make_postgres_conversation();

  PostgresEar& client(std::string_view bytes) {
    while (!bytes.empty() && error.empty()) {
      const auto portion = talk->from_client(bytes.substr(0, piece_));
      if (!portion) {
        error = portion.error().detail;
        break;
      }
      request_ += bytes.substr(0, portion->bytes);
      bytes.remove_prefix(portion->bytes);
      if (portion->ends || (request_.size() >= head_bytes && !is_asked_)) {
        is_asked_ = is_asked_ || (asked.push_back(talk->asks(request_)), true);
      }
      if (portion->ends) {
        last = std::exchange(request_, {});
        is_asked_ = false;
      }
    }
    return *this;
  }

  PostgresEar& store(std::string_view bytes) {
    while (!bytes.empty() && error.empty()) {
      const auto portion = talk->from_store(bytes.substr(0, piece_));
      if (!portion) {
        error = portion.error().detail;
        break;
      }
      reply_ += bytes.substr(0, portion->bytes);
      bytes.remove_prefix(portion->bytes);
      told_unasked += portion->ends && portion->tells_unasked ? 1 : 0;
      if (portion->ends && portion->role == ReplyRole::answer) {
        answers.push_back(talk->answers(reply_));
        reply_.clear();
      } else if (portion->ends) {
        pushes.push_back(std::exchange(reply_, {}));
      }
    }
    return *this;
  }

  /// The opening, and a login that asks for nothing; what was found of them is forgotten.
  PostgresEar& open() {
    client(start()).store(login());
    asked.clear();
    answers.clear();
    pushes.clear();
    return *this;
  }

  [[nodiscard]] const StoreRequest& request() const { return asked.back().request; }
  [[nodiscard]] const StoreReply& answer() const { return answers.back(); }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (const AskedRequest& one : asked) {
      found.push_back((one.may_stop ? "" : "(passes) ") + one.request.text + (one.is_answered ? "" : " (no answer)"));
    }
    return found;
  }
  [[nodiscard]] std::vector<std::string> answer_texts() const {
    std::vector<std::string> found;
    for (const StoreReply& one : answers) {
      found.push_back(one.text + (one.commits ? ", commits" : ""));
    }
    return found;
  }
  [[nodiscard]] bool is_between_messages() const { return request_.empty() && reply_.empty(); }

 private:
  std::size_t piece_;
  bool is_asked_ = false;
  std::string request_ = {};
  std::string reply_ = {};
};

}  // namespace stalemate::postgres_bytes
