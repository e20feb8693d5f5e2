// How a RedisEngine runs the cache commands of patterns, and looks at the queue they fill.
#include <algorithm>
#include <utility>

#include "drivers/redis/engine.hpp"
#include "drivers/redis/scripts.hpp"

namespace stalemate {
Task<Result<CacheReply>> RedisEngine::call_once(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  const Result<std::string_view> hash = co_await hash_of(command);
  if (!hash) {
    co_return std::unexpected(hash.error());
  }
  std::string bytes = script_call("EVALSHA", *hash, key, arguments);
  for (int attempt = 0;; ++attempt) {
    replies_.expect(1, true);
    Exchange exchange(*this, bytes, limits_.op_ns);
    co_await exchange;
    if (trouble_) {
      co_return take_trouble();
    }
    const bool is_unknown = replies_.kind() == RedisReplies::Kind::error && replies_.text().starts_with("NOSCRIPT");
    if (!is_unknown || attempt > 0) {
      break;
    }
    // The server was started anew, or somebody has emptied its memory of scripts.
    bytes = script_call("EVAL", script_text(command), key, arguments);
  }
  if (replies_.kind() != RedisReplies::Kind::text) {
    co_return error_reply();
  }
  const std::optional<CacheReply> reply = parse_script_reply(replies_.text());
  if (!reply) {
    co_return uncertain(ErrorCode::protocol, "the cache's script answered '" + replies_.text() + "'");
  }
  co_return *reply;
}

// The hash Redis knows the command's script by; it is loaded once a session. Errors have outcome `fail`.
Task<Result<std::string_view>> RedisEngine::hash_of(const CacheCommandInfo& command) {
  const auto known = std::ranges::find(script_hashes_, command.name, &ScriptHash::name);
  if (known != script_hashes_.end()) {
    co_return std::string_view(known->hash);
  }
  const std::string bytes = redis_command({"SCRIPT", "LOAD", script_text(command)});
  replies_.expect(1, true);
  Exchange exchange(*this, bytes, limits_.op_ns);
  co_await exchange;
  if (!trouble_ && replies_.kind() != RedisReplies::Kind::text) {
    trouble_ = error_reply().error();
  }
  if (trouble_) {
    trouble_->outcome = Outcome::fail;
    co_return take_trouble();
  }
  script_hashes_.push_back({command.name, replies_.text()});
  co_return std::string_view(script_hashes_.back().hash);
}

Task<Result<std::optional<std::string>>> RedisEngine::queued_id() {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  const std::string bytes = redis_command({"SRANDMEMBER", queue_name});
  replies_.expect(1, true);
  Exchange exchange(*this, bytes, limits_.op_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() == RedisReplies::Kind::nil) {
    co_return std::optional<std::string>();
  }
  if (replies_.kind() != RedisReplies::Kind::text) {
    co_return error_reply();
  }
  co_return std::optional<std::string>(replies_.text());
}

Task<Result<void>> RedisEngine::erase_names(std::string command, std::uint64_t* erased) {
  const bool opened = ready() || co_await open();
  if (!opened) {
    co_return take_trouble();
  }
  replies_.expect(1, false);
  Exchange exchange(*this, command, limits_.op_ns);
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() != RedisReplies::Kind::integer) {
    co_return error_reply();
  }
  *erased += static_cast<std::uint64_t>(replies_.integer());
  co_return Result<void>();
}

// What commands keep beside the entries goes too, and counts for nothing.
Task<Result<std::uint64_t>> RedisEngine::erase_entries(Key first, std::uint32_t count) {
  constexpr std::uint32_t keys_a_command = 250;
  std::uint64_t erased = 0;
  std::uint64_t beside = 0;
  Result<void> done;
  while (done && count > 0) {
    const std::uint32_t part = std::min(count, keys_a_command);
    std::string command = command_to_erase(first, part);
    done = co_await erase_names(std::move(command), &erased);
    if (entries_) {  // beside those of the user's design nothing is kept
      first.index += part;
      count -= part;
      continue;
    }
    for (const std::string_view suffix : {":guard", ":mark", ":counter"}) {
      if (done) {
        command = redis_command_for_keys("DEL", first, part, suffix);
        done = co_await erase_names(std::move(command), &beside);
      }
    }
    first.index += part;
    count -= part;
  }
  if (done && !entries_) {
    std::string command = redis_command({"DEL", queue_name, clock_name});
    done = co_await erase_names(std::move(command), &beside);
  }
  if (!done) {
    co_return std::unexpected(done.error());
  }
  co_return erased;
}

}  // namespace stalemate
