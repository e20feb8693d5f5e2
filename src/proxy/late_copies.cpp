#include "proxy/late_copies.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "core/assert.hpp"
#include "proxy/connection.hpp"
#include "proxy/postgres_login.hpp"
#include "wire/conversation.hpp"

namespace stalemate {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// One copy on its way: connects, says its messages one after the other, reads the last one's answer.
class LateCopy : public std::enable_shared_from_this<LateCopy> {
 public:
  LateCopy(asio::io_context& context, GateKeeper* keeper, GateTraffic& traffic, GateCall call,
           std::vector<std::string> messages, std::unique_ptr<StoreConversation> talk)
      : socket_(context),
        keeper_(keeper),
        traffic_(traffic),
        call_(std::move(call)),
        messages_(std::move(messages)),
        talk_(std::move(talk)) {}

  /// Logs in first: the first message is replaced by what libpq says.
  void start_with_login(asio::io_context& context, const OpenLink& link, LateCopies::Done sent) {
    sent_ = std::move(sent);
    const auto login = std::make_shared<PostgresLogin>(context, link.store, messages_.front(), link.password);
    login->start([self = shared_from_this(),
                  protocol = link.store.protocol()](const Result<std::shared_ptr<PostgresLogin>>& done) {
      if (!done) {
        self->fail(done.error().detail);
      } else {
        self->login_ = *done;
        self->logged_in(protocol);
      }
    });
  }

  void start(const tcp::endpoint& store, LateCopies::Done sent) {
    sent_ = std::move(sent);
    socket_.async_connect(store, [self = shared_from_this()](const error_code& error) {
      if (error) {
        self->fail("the store cannot be reached: " + error.message());
      } else {
        self->say_next();
      }
    });
  }

 private:
  void logged_in(const tcp& protocol) {
    error_code error;
    socket_.assign(protocol, login_->duplicated_socket(), error);
    Result<void> heard = listen_to(messages_.front());
    if (heard && !error) {
      // As if it had asked for nothing: the conversation is at its first request now.
      const Result<ReplyPortion> ready = talk_->from_store(std::string_view("R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", 15));
      STALEMATE_ASSERT(ready && ready->ends, "a login without a question is one answer");
      awaited_ = 0;
      said_ = 1;
      say_next();
    } else {
      fail(heard ? error.message() : heard.error().detail);
    }
  }

  void fail(const std::string& sentence) {
    if (sent_) {
      std::exchange(sent_, {})(failed(ErrorCode::unavailable, "a late copy was not sent: " + sentence));
    }
    error_code ignored;
    socket_.close(ignored);
  }

  /// Reads along with what is said, to know which answers to await.
  Result<void> listen_to(std::string_view message) {
    while (!message.empty()) {
      const Result<Portion> portion = talk_->from_client(message);
      if (!portion) {
        return std::unexpected(portion.error());
      }
      if (portion->ends) {
        awaited_ += talk_->asks(message.substr(0, portion->bytes)).is_answered ? 1 : 0;
      }
      message.remove_prefix(portion->bytes);
    }
    return {};
  }

  [[nodiscard]] bool is_last() const { return said_ == messages_.size(); }

  void say_next() {
    const std::string& message = messages_[said_++];
    if (const Result<void> heard = listen_to(message); !heard) {
      fail(heard.error().detail);
      return;
    }
    if (is_last()) {
      ++traffic_.calls_sent;
    }
    asio::async_write(socket_, asio::buffer(message),
                      [self = shared_from_this()](const error_code& error, std::size_t /*count*/) {
                        if (error) {
                          self->fail(error.message());
                        } else {
                          self->said();
                        }
                      });
  }

  void said() {
    if (is_last() && sent_) {
      std::exchange(sent_, {})({});
    }
    if (awaited_ > 0) {
      read();
    } else if (!is_last()) {
      say_next();
    } else {
      answered();
    }
  }

  void read() {
    socket_.async_read_some(asio::buffer(bytes_),
                            [self = shared_from_this()](const error_code& error, std::size_t count) {
                              if (error) {
                                self->broke(error);
                              } else {
                                self->take(std::string_view(self->bytes_.data(), count));
                              }
                            });
  }

  void broke(const error_code& error) {
    if (is_last()) {
      answered();
    } else {
      fail(error.message());
    }
  }

  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      const Result<ReplyPortion> portion = talk_->from_store(bytes);
      if (!portion) {
        fail(portion.error().detail);
        return;
      }
      if (reply_.size() < head_bytes) {
        reply_ += bytes.substr(0, portion->bytes);
      }
      bytes.remove_prefix(portion->bytes);
      const bool is_answer = portion->ends && portion->role == ReplyRole::answer && awaited_ > 0;
      awaited_ -= is_answer ? 1 : 0;
      if (is_answer && awaited_ == 0 && is_last()) {
        if (keeper_ != nullptr) {
          keeper_->copy_answered(call_, talk_->answers(reply_));
        }
        answered();
        return;
      }
      if (portion->ends) {
        reply_.clear();
      }
    }
    if (awaited_ > 0) {
      read();
    } else {
      say_next();
    }
  }

  void answered() {
    ++traffic_.calls_answered;
    error_code ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  GateKeeper* keeper_;
  GateTraffic& traffic_;
  GateCall call_;
  std::vector<std::string> messages_;
  std::unique_ptr<StoreConversation> talk_;
  std::shared_ptr<PostgresLogin> login_ = {};
  LateCopies::Done sent_ = {};
  std::size_t said_ = 0;
  std::size_t awaited_ = 0;
  std::string reply_ = {};
  std::array<char, 16384> bytes_ = {};
};

}  // namespace

void LateCopies::keep(const GateCall& call, const OpenLink& link, Result<std::vector<std::string>> messages,
                      const CallTrouble& trouble, bool by_themselves) {
  orders_[call.id] = Order{call, &link, std::move(messages), trouble.late_copies};
  if (!by_themselves) {
    by_hand_.push_back(call.id);
    if (by_hand_.size() > by_hand_max) {
      orders_.erase(by_hand_.front());
      by_hand_.pop_front();
    }
    return;
  }
  for (unsigned copy = 0; copy < trouble.late_copies; ++copy) {
    const auto timer = std::make_shared<asio::steady_timer>(context_, std::chrono::nanoseconds(trouble.late_ns));
    ++sending_;
    timer->async_wait([this, timer, id = call.id, link_index = link.index](const error_code& error) {
      --sending_;
      if (error) {
        return;
      }
      send(id, [this, link_index](const Result<void>& sent) {
        if (!sent && keeper_ != nullptr) {
          keeper_->troubled(link_index, sent.error().detail);
        }
      });
    });
  }
}

void LateCopies::send(std::uint64_t call, Done done) {
  const auto found = orders_.find(call);
  if (found == orders_.end()) {
    done(failed(ErrorCode::unavailable, "no late copy of call " + std::to_string(call) + " waits"));
    return;
  }
  Order& order = found->second;
  if (!order.messages) {
    const Error why = order.messages.error();
    orders_.erase(found);
    done(std::unexpected(why));
    return;
  }
  Result<std::unique_ptr<StoreConversation>> talk = make_conversation(order.link->protocol);
  if (!talk) {
    done(std::unexpected(talk.error()));
    return;
  }
  const auto copy =
      std::make_shared<LateCopy>(context_, keeper_, traffic_, order.call, *order.messages, std::move(*talk));
  const OpenLink& link = *order.link;
  if (--order.left == 0) {
    orders_.erase(found);
  }
  if (link.password.empty()) {
    copy->start(link.store, std::move(done));
  } else {
    copy->start_with_login(context_, link, std::move(done));
  }
}

}  // namespace stalemate
