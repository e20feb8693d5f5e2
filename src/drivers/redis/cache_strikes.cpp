#include "drivers/redis/cache_strikes.hpp"

#include <algorithm>
#include <utility>

#include "core/pattern/cache_command.hpp"
#include "core/text/key_names.hpp"
#include "drivers/redis/commands.hpp"
#include "drivers/redis/scripts.hpp"

namespace stalemate {
namespace {

// Of the four places of a key one that is taken is chosen and dropped, at one moment.
constexpr const char* drop_script = R"(
local found = {}
for place, name in ipairs(KEYS) do
  local life = redis.call('PTTL', name)
  if life ~= -2 then
    local content = redis.call('GET', name)
    local counted_on = life > 0 and (place > 1 or string.sub(content, 1, 1) == '-')
    if ARGV[1] == 'any' or counted_on then found[#found + 1] = name end
  end
end
if #found == 0 then return 0 end
return redis.call('DEL', found[tonumber(ARGV[2]) % #found + 1])
)";

}  // namespace

Result<RedisReply> CacheStrikes::tell(const std::vector<std::string>& words) {
  if (!connection_) {
    Result<RedisConnection> connection = open_blocking(options_);
    if (!connection) {
      return std::unexpected(connection.error());
    }
    connection_ = std::move(*connection);
  }
  const std::vector<std::string_view> views(words.begin(), words.end());
  Result<RedisReply> reply = ask(*connection_, redis_command(views));
  if (!reply) {
    if (reply.error().outcome == Outcome::info) {
      connection_.reset();
    }
    return failed(reply.error().code, "the cache did not carry out " + words.front() + ": " + reply.error().detail);
  }
  return reply;
}

Result<bool> CacheStrikes::drop_one(Key key, Prey prey, std::uint64_t draw) {
  if (options_.entries) {
    return drop_entry(options_.entries->names[key.index], prey);
  }
  const ProductId id = product_id(key);
  std::vector<std::string> words = {"EVAL", drop_script, std::to_string(slot_count)};
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    words.push_back(slot_name(id.view(), static_cast<Slot>(slot)));
  }
  words.emplace_back(prey == Prey::any ? "any" : "expiring");
  words.push_back(std::to_string(draw % 1'000'000));
  const Result<RedisReply> dropped = tell(words);
  if (!dropped) {
    return std::unexpected(dropped.error());
  }
  return (*dropped)->integer == 1;
}

// Of a row of the user's there is nothing but the entry, which nobody counts on.
Result<bool> CacheStrikes::drop_entry(const std::string& name, Prey prey) {
  if (prey != Prey::any) {
    return false;
  }
  const Result<RedisReply> dropped = tell({"DEL", name});
  if (!dropped) {
    return std::unexpected(dropped.error());
  }
  return (*dropped)->integer == 1;
}

Result<std::vector<std::string>> CacheStrikes::names_of_ours() {
  std::vector<std::string> names;
  std::string cursor = "0";
  do {
    const Result<RedisReply> page = tell({"SCAN", cursor, "MATCH", std::string(entry_prefix) + "*", "COUNT", "1000"});
    if (!page) {
      return std::unexpected(page.error());
    }
    cursor = std::string((*page)->element[0]->str, (*page)->element[0]->len);
    const redisReply& found = *(*page)->element[1];
    for (std::size_t place = 0; place < found.elements; ++place) {
      names.emplace_back(found.element[place]->str, found.element[place]->len);
    }
  } while (cursor != "0");
  std::ranges::sort(names);  // a scan may tell a name twice
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

Result<void> CacheStrikes::remember() {
  const Result<std::vector<std::string>> names = names_of_ours();
  if (!names) {
    return std::unexpected(names.error());
  }
  kept_.clear();
  for (const std::string& name : *names) {
    const Result<RedisReply> bytes = tell({"DUMP", name});
    const Result<RedisReply> life = bytes ? tell({"PTTL", name}) : Result<RedisReply>(RedisReply());
    if (!bytes || !life) {
      return std::unexpected(bytes ? life.error() : bytes.error());
    }
    if ((*bytes)->type == REDIS_REPLY_STRING) {
      kept_.push_back(
          {name, std::string((*bytes)->str, (*bytes)->len), std::to_string(std::max(0LL, (*life)->integer))});
    }
  }
  return {};
}

Result<void> CacheStrikes::put_back() {
  const Result<std::vector<std::string>> names = names_of_ours();
  if (!names) {
    return std::unexpected(names.error());
  }
  std::vector<std::vector<std::string>> commands = {{"MULTI"}};
  for (const std::string& name : *names) {
    // The clock of the cache's commands never goes back.
    if (name != clock_name) {
      commands.push_back({"DEL", name});
    }
  }
  for (const Kept& kept : kept_) {
    if (kept.name != clock_name) {
      commands.push_back({"RESTORE", kept.name, kept.life_text, kept.bytes, "REPLACE"});
    }
  }
  commands.push_back({"EXEC"});
  for (const std::vector<std::string>& command : commands) {
    if (const Result<RedisReply> done = tell(command); !done) {
      return std::unexpected(done.error());
    }
  }
  return {};
}

Result<void> CacheStrikes::cut_others() {
  for (const char* const type : {"normal", "pubsub"}) {
    if (const Result<RedisReply> done = tell({"CLIENT", "KILL", "TYPE", type}); !done) {
      return std::unexpected(done.error());
    }
  }
  return {};
}

}  // namespace stalemate
