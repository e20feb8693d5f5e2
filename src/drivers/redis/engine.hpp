// What a RedisSession does, on the connection that it has in common with other caches.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/pattern/cache_command.hpp"
#include "core/task.hpp"
#include "core/types.hpp"
#include "drivers/cache/cache_connection.hpp"
#include "drivers/redis/commands.hpp"
#include "drivers/redis/options.hpp"
#include "drivers/redis/replies.hpp"
#include "drivers/url.hpp"

namespace stalemate {

class RedisEngine final : public CacheConnection {
 public:
  RedisEngine(boost::asio::io_context& context, RedisOptions options);

  Task<Result<std::optional<Value>>> get(Key key);
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns);
  Task<Result<bool>> erase(Key key);
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
    return call_patiently(command, key, arguments);
  }
  Task<Result<std::optional<std::string>>> queued_id();
  Task<Result<void>> read_entries(Key first, std::span<Value> values);
  Task<Result<std::uint64_t>> erase_entries(Key first, std::uint32_t count);

 private:
  Result<CachePlace> find_place() override;
  Task<Result<void>> log_in() override;
  void reset_replies() override { replies_.reset(); }
  ReplyProgress take_reply(std::string_view bytes) override { return replies_.feed(bytes); }
  [[nodiscard]] const std::string& reply_problem() const override { return replies_.problem(); }

  Task<Result<CacheReply>> call_once(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;
  Task<Result<std::string_view>> hash_of(const CacheCommandInfo& command);
  Task<Result<void>> erase_names(std::string command, std::uint64_t* erased);
  [[nodiscard]] std::unexpected<Error> error_reply() const;
  [[nodiscard]] std::unexpected<Error> wrong_entry(Key key) const;
  [[nodiscard]] std::string command_to_read(Key first, std::uint32_t count) const;
  [[nodiscard]] std::string command_to_erase(Key first, std::uint32_t count) const;

  struct ScriptHash {
    std::string_view name;
    std::string hash;
  };

  std::string url_;
  std::shared_ptr<const EntryNames> entries_;  // of the user's design
  RedisCommands commands_;
  RedisReplies replies_;
  std::deque<ScriptHash> script_hashes_ = {};  // of the scripts this session has loaded
  CacheAddress address_;                       // once the place was found
};

}  // namespace stalemate
