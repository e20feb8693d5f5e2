#include "wire/postgres/postgres_conversation.hpp"

#include "wire/postgres/client_side.hpp"
#include "wire/postgres/store_side.hpp"

namespace stalemate {
namespace {

constexpr char tls_handshake = '\x16';

class PostgresConversation final : public StoreConversation {
 public:
  [[nodiscard]] Result<Portion> from_client(std::string_view bytes) override {
    if (is_first_ && bytes.front() == tls_handshake) {
      unreadable_ = "it speaks TLS from its first byte on (sslnegotiation=direct)";
    }
    is_first_ = false;
    return unreadable_.empty() ? client_.take(bytes) : Portion{bytes.size(), true};
  }
  [[nodiscard]] AskedRequest asks(std::string_view /*request*/) override {
    return unreadable_.empty() ? client_.asks() : AskedRequest{.may_stop = false, .is_answered = false};
  }
  [[nodiscard]] GateRefusal refuse(std::string_view sentence) override { return client_.refuse(sentence); }
  [[nodiscard]] Result<ReplyPortion> from_store(std::string_view bytes) override {
    return unreadable_.empty() ? store_.take(bytes) : ReplyPortion{bytes.size(), true, ReplyRole::push, true};
  }
  [[nodiscard]] StoreReply answers(std::string_view reply) const override { return store_.answers(reply); }
  [[nodiscard]] Result<std::vector<std::string>> copy_of(std::string_view request) const override {
    return client_.copy_of(request);
  }
  [[nodiscard]] std::string_view unreadable() const override { return unreadable_; }
  [[nodiscard]] bool asked_for_secret() const override { return session_.asked_for_secret; }
  [[nodiscard]] std::int32_t backend_pid() const override { return session_.backend_pid; }

 private:
  bool is_first_ = true;
  std::string_view unreadable_ = {};
  PostgresTalk session_ = {};
  PostgresClientSide client_{session_};
  PostgresStoreSide store_{session_};
};

}  // namespace

std::unique_ptr<StoreConversation> make_postgres_conversation() {
  return std::make_unique<PostgresConversation>();
}

}  // namespace stalemate
