#include "drivers/redis/scripts.hpp"

#include <array>

#include "core/text/number_text.hpp"
#include "drivers/cache/slot_text.hpp"
#include "drivers/redis/commands.hpp"

namespace stalemate {
namespace {

// Redis's clock may stand still for a microsecond, or go back when somebody sets it; moments only increase.
constexpr std::string_view prelude = R"lua(
local entry, guard, mark, counter = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local value, stamp = tonumber(ARGV[1]), tonumber(ARGV[2])
local ttl, hold = tonumber(ARGV[3]), tonumber(ARGV[4])
local moment
local function load(slot)
  local text = redis.call('GET', slot)
  if not text then return nil, 0, false end
  local number, version = string.match(text, '^(%-?%d*)@?(%d*)$')
  return tonumber(number), tonumber(version) or 0, true
end
local function store(slot, number, version, ms)
  local text = number and string.format('%.0f', number) or '-'
  if version > 0 then text = text .. '@' .. string.format('%.0f', version) end
  if ms > 0 then redis.call('SET', slot, text, 'PX', ms) else redis.call('SET', slot, text) end
end
local function drop(slot) redis.call('DEL', slot) end
local function now()
  if moment then return moment end
  local time = redis.call('TIME')
  moment = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local last = tonumber(redis.call('GET', KEYS[6])) or 0
  if moment <= last then moment = last + 1 end
  redis.call('SET', KEYS[6], string.format('%.0f', moment))
  return moment
end
local function expires_soon()
  local left = redis.call('PTTL', entry)
  return left >= 0 and left * 2 < ttl
end
local function enqueue() redis.call('SADD', KEYS[5], ARGV[5]) end
local function dequeue() redis.call('SREM', KEYS[5], ARGV[5]) end
local function answer(verdict, number, version)
  return verdict .. ' ' .. (number and string.format('%.0f', number) or '-') .. ' ' .. string.format('%.0f', version)
end
local function done(number, version) return answer('done', number, version) end
local function refused(number, version) return answer('refused', number, version) end
local function busy(number, version) return answer('busy', number, version) end
)lua";

std::string milliseconds_text(Nanoseconds duration_ns) {
  return std::to_string((duration_ns + 999'999) / 1'000'000);
}

}  // namespace

std::string slot_name(std::string_view id, Slot slot) {
  constexpr std::array<std::string_view, slot_count> suffixes = {"", ":guard", ":mark", ":counter"};
  return std::string(entry_prefix).append(id).append(suffixes.at(static_cast<std::size_t>(slot)));
}

std::string script_text(const CacheCommandInfo& command) {
  return std::string(prelude) + std::string(command.lua);
}

std::string script_call(std::string_view word, std::string_view script, Key key, const CacheArguments& arguments) {
  const ProductId id = product_id(key);
  return redis_command({word, script, "6", slot_name(id.view(), Slot::entry), slot_name(id.view(), Slot::guard),
                        slot_name(id.view(), Slot::mark), slot_name(id.view(), Slot::counter), queue_name, clock_name,
                        value_text(arguments.value), std::to_string(arguments.stamp),
                        milliseconds_text(arguments.time_to_live_ns), milliseconds_text(arguments.hold_ns), id.view()});
}

std::optional<CacheReply> parse_script_reply(std::string_view text) {
  constexpr std::array<std::string_view, 3> verdicts = {"done", "refused", "busy"};
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) {
    return std::nullopt;
  }
  const auto value = parse_value_text(text.substr(first + 1, second - first - 1));
  const auto stamp = parse_number<std::uint64_t>(text.substr(second + 1));
  for (std::size_t verdict = 0; verdict < verdicts.size(); ++verdict) {
    if (text.substr(0, first) == verdicts[verdict] && value && stamp) {
      return CacheReply{static_cast<CacheVerdict>(verdict), *value, *stamp};
    }
  }
  return std::nullopt;
}

}  // namespace stalemate
