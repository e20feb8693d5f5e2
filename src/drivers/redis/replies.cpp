#include "drivers/redis/replies.hpp"

#include <new>

#include "drivers/cache/slot_text.hpp"

namespace stalemate {
namespace {

constexpr std::size_t kept_text_bytes_max = 4096;

}  // namespace

// What hiredis calls while it reads. It wants an object for every reply; the reader itself stands for all of them.
struct RedisReplies::Callbacks {
  static RedisReplies& self(const redisReadTask* task) { return *static_cast<RedisReplies*>(task->privdata); }

  static void* text(const redisReadTask* task, char* bytes, std::size_t length) {
    self(task).take_text(*task, std::string_view(bytes, length));
    return task->privdata;
  }
  static void* array(const redisReadTask* task, int elements) {
    return self(task).take_array(*task, elements) ? task->privdata : nullptr;
  }
  static void* integer(const redisReadTask* task, long long number) {
    self(task).take_integer(*task, number);
    return task->privdata;
  }
  static void* nil(const redisReadTask* task) {
    self(task).take_nil(*task);
    return task->privdata;
  }
  static void release(void* /*reply*/) {}

  inline static redisReplyObjectFunctions functions = {text, array, integer, nil, release};
};

RedisReplies::RedisReplies(const ContentForm* form) : form_(form) {
  reset();
}
RedisReplies::~RedisReplies() = default;

void RedisReplies::reset() {
  reader_.reset(::redisReaderCreateWithFunctions(&Callbacks::functions));
  if (!reader_) {
    throw std::bad_alloc();
  }
  reader_->privdata = this;
  awaited_ = 0;
  array_awaited_ = false;
  problem_.clear();
}

void RedisReplies::expect(unsigned count, bool keep_text) {
  awaited_ = count;
  keep_text_ = keep_text;
  array_awaited_ = false;
  error_seen_ = false;
  kind_ = Kind::none;
}

void RedisReplies::expect_values(std::span<Value> values) {
  expect(1, false);
  array_awaited_ = true;
  values_ = values;
  malformed_entry_ = -1;
}

RedisReplies::Progress RedisReplies::feed(std::string_view bytes) {
  if (!problem_.empty()) {
    return Progress::broken;
  }
  if (::redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    return broken("there is no memory for it");
  }
  while (awaited_ > 0) {
    void* reply = nullptr;
    if (::redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
      return broken(problem_.empty() ? std::string(static_cast<const char*>(reader_->errstr)) : problem_);
    }
    if (reply == nullptr) {
      const bool too_long = reader_->len - reader_->pos > text_bytes_max;
      return too_long ? broken("a text of it is longer than 1 MiB") : Progress::more;
    }
    if (array_awaited_ && kind_ != Kind::array && kind_ != Kind::error) {
      return broken("it is not the array that was asked for");
    }
    --awaited_;
  }
  if (reader_->pos != reader_->len) {
    return broken("there is more of it than was asked for");
  }
  return Progress::done;
}

RedisReplies::Progress RedisReplies::broken(std::string problem) {
  problem_ = std::move(problem);
  return Progress::broken;
}

// A reply after the first error of a batch is read and forgotten.
void RedisReplies::begin(Kind kind) {
  if (!error_seen_) {
    kind_ = kind;
    value_ = absent;
    is_tombstone_ = false;
    error_seen_ = kind == Kind::error;
  }
}

std::optional<SlotContent> RedisReplies::entry_in(std::string_view text) const {
  if (form_ == nullptr) {
    return parse_slot(text);
  }
  const std::optional<Value> value = form_->value_in(text);
  return value ? std::optional(SlotContent{.value = *value}) : std::nullopt;
}

void RedisReplies::take_text(const redisReadTask& task, std::string_view text) {
  if (task.parent != nullptr) {
    const auto entry = task.type == REDIS_REPLY_STRING ? entry_in(text) : std::nullopt;
    put_entry(task.idx, entry.has_value(), entry ? value_of_entry(*entry) : absent);
    return;
  }
  if (error_seen_) {
    return;
  }
  const bool is_error = task.type == REDIS_REPLY_ERROR;
  begin(is_error ? Kind::error : task.type == REDIS_REPLY_STATUS ? Kind::status : Kind::text);
  const auto entry = kind_ == Kind::text ? entry_in(text) : std::nullopt;
  value_ = entry ? value_of_entry(*entry) : absent;
  is_tombstone_ = entry && value_ == absent;
  if (is_error || keep_text_) {
    text_.assign(text.substr(0, kept_text_bytes_max));
  }
}

void RedisReplies::take_integer(const redisReadTask& task, long long number) {
  if (task.parent != nullptr) {
    put_entry(task.idx, false, absent);
    return;
  }
  begin(Kind::integer);
  integer_ = number;
}

void RedisReplies::take_nil(const redisReadTask& task) {
  if (task.parent != nullptr) {
    put_entry(task.idx, true, absent);
    return;
  }
  begin(Kind::nil);
}

bool RedisReplies::take_array(const redisReadTask& task, int elements) {
  if (task.parent != nullptr) {
    problem_ = "it has an array within an array";
    return false;
  }
  if (!array_awaited_ || static_cast<std::size_t>(elements) != values_.size()) {
    problem_ = "it is an array of " + std::to_string(elements) + " that was not asked for";
    return false;
  }
  begin(Kind::array);
  return true;
}

void RedisReplies::put_entry(int place, bool is_usable, Value value) {
  values_[static_cast<std::size_t>(place)] = value;
  if (!is_usable && malformed_entry_ < 0) {
    malformed_entry_ = place;
  }
}

}  // namespace stalemate
