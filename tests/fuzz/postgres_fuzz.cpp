// Any bytes as both sides of a connection to PostgreSQL: read along or refused, the same in every split.
// Rooms: wire core
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/assert.hpp"
#include "wire/postgres/postgres_conversation.hpp"

namespace {

using namespace stalemate;

/// What is told of a talk. Runs of the two sides take turns: a byte says whose and how long, bytes of it follow.
class Overhearing {
 public:
  Overhearing(std::string_view input, std::size_t piece) : piece_(piece) {
    while (input.size() > 1 && !is_broken_) {
      const auto head = static_cast<unsigned char>(input.front());
      const std::string_view run = input.substr(1, head >> 1U);
      input.remove_prefix(1 + run.size());
      if ((head & 1U) != 0) {
        hear_client(run);
      } else {
        hear_store(run);
      }
    }
  }
  [[nodiscard]] const std::string& told() const { return told_; }

 private:
  void hear_client(std::string_view bytes) {
    while (!bytes.empty() && !is_broken_) {
      const Result<Portion> portion = talk_->from_client(bytes.substr(0, piece_));
      if (!portion) {
        break_off(portion.error());
        return;
      }
      STALEMATE_ASSERT(portion->bytes > 0, "a portion has bytes");
      request_ += bytes.substr(0, portion->bytes);
      bytes.remove_prefix(portion->bytes);
      if (portion->ends) {
        tell(talk_->asks(request_));
        static_cast<void>(talk_->copy_of(request_));
        if (request_.size() % 16 == 15 && is_answered_) {
          told_ += talk_->refuse("no").to_store.empty() ? "" : "!";
        }
        request_.clear();
      }
    }
  }

  void hear_store(std::string_view bytes) {
    while (!bytes.empty() && !is_broken_) {
      const Result<ReplyPortion> portion = talk_->from_store(bytes.substr(0, piece_));
      if (!portion) {
        break_off(portion.error());
        return;
      }
      STALEMATE_ASSERT(portion->bytes > 0 || portion->ends, "it goes on");
      reply_ += bytes.substr(0, portion->bytes);
      bytes.remove_prefix(portion->bytes);
      // What is passed on unread goes as it comes.
      if (portion->ends && talk_->unreadable().empty()) {
        told_ += portion->role == ReplyRole::answer ? "\n< " + talk_->answers(reply_).text : "\npush";
        reply_.clear();
      }
    }
  }

  void tell(const AskedRequest& asked) {
    STALEMATE_ASSERT(asked.request.text.size() <= word_bytes_max, "a text is cut");
    is_answered_ = asked.is_answered;
    // Rows of a COPY go together as they come, so that their number depends on the split.
    if (asked.may_stop || asked.is_answered) {
      told_ += "\n> " + asked.request.name + " " + asked.request.text;
    }
  }

  void break_off(const Error& error) {
    STALEMATE_ASSERT(!error.detail.empty(), "an error has a sentence");
    told_ += "\n" + error.detail;
    is_broken_ = true;
  }

  std::size_t piece_;
  std::unique_ptr<StoreConversation> talk_ = make_postgres_conversation();
  std::string request_ = {};
  std::string reply_ = {};
  std::string told_ = {};
  bool is_answered_ = false;
  bool is_broken_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Overhearing whole(input, 1UL << 20U);
  for (const std::size_t piece : {1UL, 3UL}) {
    STALEMATE_ASSERT(Overhearing(input, piece).told() == whole.told(), "the split makes no difference");
  }
  return 0;
}
