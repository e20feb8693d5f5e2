// One connection between an application and a store, read along in both directions.
//
// A conversation is fed what either side says, in any split, and tells where requests and replies end and what they ask
// and answer. It keeps what later bytes depend on (a transaction, prepared statements, the version of the protocol) and
// no more than it must: bytes that it has taken belong to whoever fed it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "wire/store_request.hpp"

namespace stalemate {

/// How much of the bytes just fed belongs to the request or reply under way. All of them, unless it ends before.
struct Portion {
  std::size_t bytes = 0;  ///< at least 1 where any were fed
  bool ends = false;      ///< it is complete with the last of them
};

/// What a reply's bytes are, once they end.
enum class ReplyRole : std::uint8_t {
  answer,  ///< to the oldest request that still awaits one
  push     ///< sent unasked, or beside an answer: a message of a subscription, a notice, a parameter's new value
};

struct ReplyPortion {
  std::size_t bytes = 0;
  bool ends = false;
  ReplyRole role = ReplyRole::answer;  ///< meaningful where it ends
  /// Meaningful where it ends: something is in it that the client learns without having asked: a message, an
  /// invalidation. PostgreSQL puts notifications into answers, too.
  bool tells_unasked = false;
};

/// A request in the midst of its conversation.
struct AskedRequest {
  StoreRequest request = {};
  /// A gate may stop before it. False of what belongs to opening the connection or only prepares a later request: MULTI
  /// and what it queues, a password, the rows of a COPY. Such bytes are passed on at once and shown to nobody.
  bool may_stop = true;
  bool is_answered = true;  ///< exactly one reply with the role `answer` comes for it
  /// Not empty: the request never goes to the store, and this is what the client is told instead. Example: "N" to a
  /// PostgreSQL client that offers TLS, into which gates could not look; it goes on without.
  std::string own_answer = {};
};

/// How a request is refused in its store's stead.
struct GateRefusal {
  std::string to_client = {};  ///< said once all requests before it were answered
  /// Sent to the store instead, so that both sides agree again (DISCARD instead of EXEC); its answer is left out.
  /// Empty: nothing is sent, and no answer comes.
  std::string to_store = {};
};

/// The protocol's side of one connection.
///
/// Use: from_client takes the bytes of one request after the other. `asks` is called exactly once of each: when it has
/// ended and before the next one begins, or earlier once head_bytes of it are there; `refuse` may follow. From then on
/// its reply is awaited. Replies are taken in the same way; `answers` follows where somebody wants to know.
///
/// Errors of both: protocol, with a sentence that says what was wrong; nothing more can be read then.
///
/// Thread rule: one thread at a time.
class StoreConversation {
 public:
  virtual ~StoreConversation() = default;

  /// The next bytes of the client. Requires: not empty.
  [[nodiscard]] virtual Result<Portion> from_client(std::string_view bytes) = 0;
  /// What the request asks whose bytes these are, from its first one on. A long one may be asked about before its end,
  /// by at least its first head_bytes; then what is not there yet is left out.
  [[nodiscard]] virtual AskedRequest asks(std::string_view request) = 0;
  /// The request asked about last is not sent to the store after all. Requires: it has ended, and is answered.
  [[nodiscard]] virtual GateRefusal refuse(std::string_view sentence) = 0;

  /// The next bytes of the store. Requires: not empty.
  [[nodiscard]] virtual Result<ReplyPortion> from_store(std::string_view bytes) = 0;
  /// What a reply answers, of which these are the bytes, or the first head_bytes at least.
  [[nodiscard]] virtual StoreReply answers(std::string_view reply) const = 0;

  /// How a copy of the request asked about last is sent over a fresh connection: messages to be sent one after the
  /// other, each once the one before was answered; the last completes the copy. Example: SELECT 2, MULTI, SET a 1,
  /// EXEC. Errors: unsupported where this connection cannot be imitated, such as after a SCRAM login, with a sentence.
  [[nodiscard]] virtual Result<std::vector<std::string>> copy_of(std::string_view request) const = 0;

  /// Why nothing can be read from here on although the protocol is kept ("it speaks TLS"); empty: it can. Everything
  /// then is one push after another, and from the client bytes that nobody stops.
  [[nodiscard]] virtual std::string_view unreadable() const = 0;

  /// The store wanted to see a secret that copy_of cannot repeat, as SCRAM's: a copy needs a login of its own.
  [[nodiscard]] virtual bool asked_for_secret() const { return false; }

  /// Of PostgreSQL: the process of the server that serves this connection, for pg_blocking_pids; 0 while it is not
  /// known.
  [[nodiscard]] virtual std::int32_t backend_pid() const { return 0; }
};

/// So many bytes of a request or reply tell enough of it.
inline constexpr std::size_t head_bytes = 64UL * 1024;
/// Names, keys, values and texts are cut to this length.
inline constexpr std::size_t word_bytes_max = 4096;

/// Errors: unsupported where we cannot read along with that protocol.
[[nodiscard]] Result<std::unique_ptr<StoreConversation>> make_conversation(Protocol protocol);

}  // namespace stalemate
