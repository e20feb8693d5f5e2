#include "wire/redis/conversation.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "wire/redis/command_facts.hpp"
#include "wire/redis/reply.hpp"
#include "wire/redis/resp_scanner.hpp"
#include "wire/redis/words.hpp"

namespace stalemate {
namespace {

/// A transaction longer than this cannot be copied.
constexpr std::size_t transaction_bytes_max = 16UL * 1024 * 1024;

/// The first byte of a connection that begins with TLS, and of no command.
constexpr char tls_record = 0x16;

/// A request whose reply is awaited, as far as its reply depends on it.
enum class Awaited : std::uint8_t { any, multi, subscription, monitor, reset };

enum class Replies : std::uint8_t {
  on,
  skip_next,  // CLIENT REPLY SKIP: not to the next command
  off
};

template <std::size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& words) {
  return std::ranges::find(words, word) != words.end();
}

bool subscribes(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {"SUBSCRIBE",   "PSUBSCRIBE",   "SSUBSCRIBE",
                                                     "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"};
  return is_one_of(name, names);
}
bool is_confirmation(std::string_view word) {
  constexpr std::array<std::string_view, 6> words = {"subscribe",   "psubscribe",   "ssubscribe",
                                                     "unsubscribe", "punsubscribe", "sunsubscribe"};
  return is_one_of(word, words);
}
bool is_message(std::string_view word) {
  constexpr std::array<std::string_view, 3> words = {"message", "pmessage", "smessage"};
  return is_one_of(word, words);
}

class RedisConversation final : public StoreConversation {
 public:
  Result<Portion> from_client(std::string_view bytes) override {
    if (!has_begun_ && bytes.front() == tls_record) {
      unreadable_ = "it speaks TLS";
    }
    has_begun_ = true;
    if (!unreadable_.empty()) {
      return Portion{bytes.size(), true};
    }
    Result<Portion> portion = requests_.take(bytes);
    return portion ? std::move(portion) : told(portion.error(), "the application");
  }

  AskedRequest asks(std::string_view request) override {
    copy_prefix_.clear();
    last_is_exec_ = false;
    const RedisWords words = redis_words(request, requests_);
    if (!unreadable_.empty() || words.words.empty()) {
      return {.may_stop = false, .is_answered = false};
    }
    AskedRequest asked{.request = redis_request(words.words, words.is_whole)};
    const std::string whole_name = asked.request.name;
    const std::string_view name = whole_name;
    asked.is_answered = replies_ == Replies::on;
    replies_ = replies_ == Replies::skip_next ? Replies::on : replies_;
    note_session(name, request);
    const bool begins_transaction = name == "MULTI" && !in_multi_;
    if (name == "CLIENT REPLY") {
      asked.is_answered = switch_replies(asked.request);
    } else if (in_multi_) {
      queue_or_end(name, request, words.is_whole, asked);
    } else {
      begin_or_watch(name, request, asked);
    }
    if (asked.is_answered) {
      awaited_.push_back(begins_transaction ? Awaited::multi : awaited_of(name));
    }
    return asked;
  }

  GateRefusal refuse(std::string_view sentence) override {
    GateRefusal refusal{.to_client = "-ERR " + std::string(sentence) + "\r\n"};
    if (last_is_exec_) {
      constexpr std::array<std::string_view, 1> discard = {"DISCARD"};
      refusal.to_store = redis_request_of(discard);
    } else if (!awaited_.empty()) {
      awaited_.pop_back();
    }
    return refusal;
  }

  Result<ReplyPortion> from_store(std::string_view bytes) override {
    if (!unreadable_.empty()) {
      return ReplyPortion{bytes.size(), true, ReplyRole::push, true};
    }
    const Result<Portion> portion = stored_.take(bytes);
    if (!portion) {
      return told(portion.error(), "the store");
    }
    const ReplyRole role = portion->ends ? role_of_reply() : ReplyRole::push;
    // A SUBSCRIBE of several channels is confirmed several times.
    const bool tells_unasked = portion->ends && role == ReplyRole::push && !is_confirmation(stored_.first_word());
    return ReplyPortion{portion->bytes, portion->ends, role, tells_unasked};
  }

  StoreReply answers(std::string_view reply) const override { return redis_reply(reply); }

  Result<std::vector<std::string>> copy_of(std::string_view request) const override {
    if (last_is_exec_ && !is_copyable_) {
      return failed(ErrorCode::unsupported, "a transaction of more than 16 MiB cannot be sent once more");
    }
    std::vector<std::string> messages;
    for (const auto& [name, bytes] : session_) {
      messages.push_back(bytes);
    }
    messages.insert(messages.end(), copy_prefix_.begin(), copy_prefix_.end());
    messages.emplace_back(request);
    return messages;
  }

  std::string_view unreadable() const override { return unreadable_; }

 private:
  static std::unexpected<Error> told(const Error& error, std::string_view who) {
    return uncertain(error.code, std::string(who) + " does not speak Redis' protocol: " + error.detail);
  }

  static Awaited awaited_of(std::string_view name) {
    return subscribes(name)    ? Awaited::subscription
           : name == "MONITOR" ? Awaited::monitor
           : name == "RESET"   ? Awaited::reset
                               : Awaited::any;
  }

  /// What a fresh connection has to be told to be like this one.
  void note_session(std::string_view name, std::string_view request) {
    if (name == "RESET") {
      session_.clear();
    }
    if (name == "HELLO" || name == "AUTH" || name == "SELECT") {
      std::erase_if(session_, [name](const auto& said) { return said.first == name; });
      session_.emplace_back(name, request);
    }
    if (name == "SYNC" || name == "PSYNC") {
      unreadable_ = "it is a replica's stream";
    }
  }

  /// Whether CLIENT REPLY itself is answered.
  bool switch_replies(const StoreRequest& request) {
    std::string mode = request.values.size() > 1 ? request.values[1] : "";
    std::ranges::transform(mode, mode.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
    if (mode == "OFF") {
      replies_ = Replies::off;
    } else if (mode == "ON") {
      replies_ = Replies::on;
    } else if (mode == "SKIP" && replies_ == Replies::on) {
      replies_ = Replies::skip_next;
    }
    return replies_ == Replies::on;
  }

  void leave_transaction() {
    in_multi_ = false;
    parts_.clear();
    transaction_.clear();
    transaction_bytes_ = 0;
  }

  void keep_for_copy(std::string_view request, bool is_whole) {
    transaction_bytes_ += request.size();
    is_copyable_ = is_copyable_ && is_whole && transaction_bytes_ <= transaction_bytes_max;
    if (is_copyable_) {
      transaction_.emplace_back(request);
    }
  }

  void queue_or_end(std::string_view name, std::string_view request, bool is_whole, AskedRequest& asked) {
    if (name == "EXEC") {
      asked.request = redis_transaction(parts_);
      copy_prefix_ = std::move(transaction_);
      last_is_exec_ = true;
      leave_transaction();
      return;
    }
    asked.may_stop = false;
    if (name == "DISCARD" || name == "RESET") {
      leave_transaction();
    } else if (name != "QUIT") {
      keep_for_copy(request, is_whole);
      parts_.push_back(asked.request);
    }
  }

  void begin_or_watch(std::string_view name, std::string_view request, AskedRequest& asked) {
    if (name == "MULTI" || name == "WATCH") {
      is_copyable_ = is_copyable_ || transaction_.empty();
      keep_for_copy(request, true);
      in_multi_ = name == "MULTI";
      asked.may_stop = name != "MULTI";
    } else if (name == "UNWATCH" || name == "RESET") {
      leave_transaction();
    }
  }

  ReplyRole role_of_reply() {
    const char type = stored_.type();
    const std::string_view word = stored_.first_word();
    const bool is_awaited = !awaited_.empty();
    const bool awaits_confirmation = is_awaited && awaited_.front() == Awaited::subscription;
    if (type == '>' || (type == '*' && (subscriptions_ > 0 || awaits_confirmation))) {
      const bool confirms = is_confirmation(word);
      if (confirms && type == '*') {
        subscriptions_ = stored_.last_number();
      }
      if (type == '>' || confirms || is_message(word)) {
        return confirms && awaits_confirmation ? answered() : ReplyRole::push;
      }
    }
    const bool is_monitors =
        is_monitored_ && type == '+' && !word.empty() && word.front() >= '0' && word.front() <= '9';
    return is_monitors || !is_awaited ? ReplyRole::push : answered();
  }

  ReplyRole answered() {
    const Awaited awaited = awaited_.front();
    awaited_.pop_front();
    const bool is_error = stored_.type() == '-';
    if (awaited == Awaited::multi && is_error) {
      leave_transaction();
    }
    is_monitored_ = is_monitored_ || (awaited == Awaited::monitor && !is_error);
    if (awaited == Awaited::reset) {
      is_monitored_ = false;
      subscriptions_ = 0;
    }
    return ReplyRole::answer;
  }

  RespScanner requests_{RespSide::requests};
  RespScanner stored_{RespSide::replies};
  std::deque<Awaited> awaited_ = {};
  Replies replies_ = Replies::on;
  bool in_multi_ = false;
  bool is_monitored_ = false;
  bool has_begun_ = false;
  std::string_view unreadable_ = {};
  std::int64_t subscriptions_ = 0;  // in RESP2
  std::vector<std::pair<std::string, std::string>> session_ = {};
  std::vector<StoreRequest> parts_ = {};       // what MULTI queues
  std::vector<std::string> transaction_ = {};  // WATCH, MULTI and what it queues
  std::size_t transaction_bytes_ = 0;
  bool is_copyable_ = true;
  bool last_is_exec_ = false;
  std::vector<std::string> copy_prefix_ = {};  // of the request asked about last
};

}  // namespace

std::unique_ptr<StoreConversation> make_redis_conversation() {
  return std::make_unique<RedisConversation>();
}

}  // namespace stalemate
