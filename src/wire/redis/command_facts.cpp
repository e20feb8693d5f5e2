#include "wire/redis/command_facts.hpp"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/text/printable.hpp"
#include "wire/conversation.hpp"

namespace stalemate {
namespace {

/// Which of the words of a command are keys; 0 is its name.
enum class Keys : std::uint8_t {
  none,               // it touches no key
  anything,           // it touches keys that it does not name
  first,              // 1
  two,                // 1 and 2
  all,                // 1 to the end
  all_but_last,       // the last is a time
  every_other,        // 1, 3, 5, ...
  from_second,        // 2 to the end
  second,             // 2, behind the subcommand
  counted_first,      // as many as word 1 says, from 2
  counted_second,     // as many as word 2 says, from 3
  first_and_counted,  // 1, and as many as word 2 says, from 3
  streams,            // the first half of what is behind STREAMS
  first_and_store     // 1, and what is behind STORE or STOREDIST; anything with BY or GET
};

struct Group {
  Keys keys;
  bool writes;
  std::string_view names;  // a blank before and behind each; a subcommand's joined with '|'
};

// Source: the answer of Redis 7.0 to COMMAND (flags `readonly` and `write`, first key, last key, step).
constexpr std::array<Group, 25> groups = {{
    {Keys::first, false,
     " GET GETRANGE SUBSTR STRLEN GETBIT BITCOUNT BITPOS BITFIELD_RO TTL PTTL EXPIRETIME PEXPIRETIME TYPE DUMP "
     "HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HSCAN HRANDFIELD HTTL HPTTL HEXPIRETIME HPEXPIRETIME "
     "LINDEX LLEN LPOS LRANGE SCARD SISMEMBER SMISMEMBER SMEMBERS SRANDMEMBER SSCAN "
     "ZCARD ZCOUNT ZLEXCOUNT ZMSCORE ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK ZREVRANGE ZREVRANGEBYLEX "
     "ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE XLEN XPENDING XRANGE XREVRANGE "
     "GEODIST GEOHASH GEOPOS GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO JSON.GET "},
    {Keys::first, true,
     " SET SETEX PSETEX SETNX GETSET GETDEL GETEX APPEND SETRANGE SETBIT BITFIELD INCR INCRBY INCRBYFLOAT DECR DECRBY "
     "EXPIRE EXPIREAT PEXPIRE PEXPIREAT PERSIST MOVE RESTORE RESTORE-ASKING "
     "HSET HSETNX HMSET HDEL HINCRBY HINCRBYFLOAT HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HPERSIST HGETDEL HGETEX HSETEX "
     "LPUSH LPUSHX RPUSH RPUSHX LPOP RPOP LINSERT LREM LSET LTRIM SADD SREM SPOP "
     "ZADD ZINCRBY ZREM ZPOPMAX ZPOPMIN ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE "
     "XADD XDEL XTRIM XACK XCLAIM XAUTOCLAIM XSETID GEOADD PFADD PUBLISH SPUBLISH JSON.SET JSON.DEL "},
    {Keys::two, false, " LCS "},
    {Keys::two, true, " RENAME RENAMENX COPY SMOVE LMOVE BLMOVE RPOPLPUSH BRPOPLPUSH GEOSEARCHSTORE ZRANGESTORE "},
    {Keys::all, false,
     " MGET EXISTS TOUCH WATCH PFCOUNT SDIFF SINTER SUNION SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE "
     "PUNSUBSCRIBE SUNSUBSCRIBE "},
    {Keys::all, true, " DEL UNLINK PFMERGE SDIFFSTORE SINTERSTORE SUNIONSTORE "},
    {Keys::all_but_last, true, " BLPOP BRPOP BZPOPMAX BZPOPMIN "},
    {Keys::every_other, true, " MSET MSETNX "},
    {Keys::from_second, true, " BITOP "},
    {Keys::second, false,
     " OBJECT|ENCODING OBJECT|FREQ OBJECT|IDLETIME OBJECT|REFCOUNT MEMORY|USAGE XINFO|CONSUMERS XINFO|GROUPS "
     "XINFO|STREAM "},
    {Keys::second, true,
     " XGROUP|CREATE XGROUP|CREATECONSUMER XGROUP|DELCONSUMER XGROUP|DESTROY XGROUP|SETID PFDEBUG "},
    {Keys::counted_first, false, " ZUNION ZINTER ZDIFF ZINTERCARD SINTERCARD "},
    {Keys::counted_first, true, " LMPOP ZMPOP "},
    {Keys::counted_second, false, " EVAL_RO EVALSHA_RO FCALL_RO "},
    {Keys::counted_second, true, " EVAL EVALSHA FCALL BLMPOP BZMPOP "},
    {Keys::first_and_counted, true, " ZUNIONSTORE ZINTERSTORE ZDIFFSTORE "},
    {Keys::streams, false, " XREAD "},
    {Keys::streams, true, " XREADGROUP "},
    {Keys::first_and_store, false, " SORT_RO "},
    {Keys::first_and_store, true, " SORT GEORADIUS GEORADIUSBYMEMBER "},
    {Keys::anything, false, " KEYS SCAN RANDOMKEY DBSIZE MONITOR SYNC PSYNC SAVE BGSAVE "},
    {Keys::anything, true,
     " FLUSHALL FLUSHDB SWAPDB MIGRATE DEBUG REPLICAOF SLAVEOF FAILOVER SHUTDOWN FUNCTION SCRIPT CONFIG|SET CLUSTER "
     "MODULE "},
    {Keys::none, false,
     " PING ECHO AUTH HELLO SELECT QUIT RESET CLIENT COMMAND INFO TIME ROLE LASTSAVE LOLWUT WAIT WAITAOF MULTI EXEC "
     "DISCARD UNWATCH READONLY READWRITE ASKING PUBSUB SLOWLOG LATENCY ACL CONFIG MEMORY OBJECT XINFO XGROUP REPLCONF "
     "BGREWRITEAOF PFSELFTEST "},
    {Keys::none, false, " SCRIPT|EXISTS SCRIPT|LOAD SCRIPT|HELP FUNCTION|LIST FUNCTION|STATS FUNCTION|DUMP "},
    {Keys::none, false, " CLUSTER|INFO CLUSTER|SLOTS CLUSTER|SHARDS CLUSTER|NODES CLUSTER|KEYSLOT CLUSTER|MYID "},
}};

constexpr Group unknown_command = {Keys::anything, true, ""};

std::string in_capitals(std::string_view word) {
  std::string capitals(word.substr(0, word_bytes_max));
  std::ranges::transform(capitals, capitals.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return capitals;
}

std::unordered_map<std::string_view, const Group*> groups_by_name() {
  std::unordered_map<std::string_view, const Group*> by_name;
  for (const Group& group : groups) {
    for (std::size_t begin = 1; begin < group.names.size();) {
      const std::size_t end = group.names.find(' ', begin);
      by_name.emplace(group.names.substr(begin, end - begin), &group);
      begin = end + 1;
    }
  }
  return by_name;
}

/// Of these the word behind the name says what is done.
bool has_subcommands(std::string_view name) {
  constexpr std::array<std::string_view, 9> names = {"CLIENT", "CLUSTER", "CONFIG", "FUNCTION", "MEMORY",
                                                     "OBJECT", "SCRIPT",  "XGROUP", "XINFO"};
  return std::ranges::find(names, name) != names.end();
}

/// `subcommand` is empty where it has none.
const Group& group_of(const std::string& name, const std::string& subcommand) {
  static const std::unordered_map<std::string_view, const Group*> by_name = groups_by_name();
  if (!subcommand.empty()) {
    if (const auto found = by_name.find(name + "|" + subcommand); found != by_name.end()) {
      return *found->second;
    }
  }
  const auto found = by_name.find(name);
  return found != by_name.end() ? *found->second : unknown_command;
}

/// From `first` on and before `end`, in steps. Nothing where that cannot be told.
struct KeyRange {
  std::size_t first = 0;
  std::size_t end = 0;
  std::size_t step = 1;
};

std::optional<KeyRange> counted(std::span<const std::string_view> words, std::size_t count_at) {
  std::size_t count = 0;
  if (words.size() <= count_at) {
    return std::nullopt;
  }
  const std::string_view digits = words[count_at];
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count > words.size() - count_at - 1) {
    return std::nullopt;
  }
  return KeyRange{count_at + 1, count_at + 1 + count};
}

std::optional<KeyRange> behind_streams(std::span<const std::string_view> words) {
  for (std::size_t index = 1; index < words.size(); ++index) {
    if (in_capitals(words[index]) == "STREAMS") {
      return KeyRange{index + 1, index + 1 + (words.size() - index - 1) / 2};
    }
  }
  return std::nullopt;
}

/// The first range of keys; std::nullopt: they cannot be told.
std::optional<KeyRange> keys_of(Keys keys, std::span<const std::string_view> words) {
  const std::size_t end = words.size();
  switch (keys) {
    case Keys::none: return KeyRange{};
    case Keys::anything: return std::nullopt;
    case Keys::first:
    case Keys::first_and_store:
    case Keys::first_and_counted: return KeyRange{1, std::min<std::size_t>(2, end)};
    case Keys::two: return KeyRange{1, std::min<std::size_t>(3, end)};
    case Keys::all: return KeyRange{1, end};
    case Keys::all_but_last: return KeyRange{1, std::max<std::size_t>(1, end - 1)};
    case Keys::every_other: return KeyRange{1, end, 2};
    case Keys::from_second: return KeyRange{2, end};
    case Keys::second: return KeyRange{2, std::min<std::size_t>(3, end)};
    case Keys::counted_first: return counted(words, 1);
    case Keys::counted_second: return counted(words, 2);
    case Keys::streams: return behind_streams(words);
  }
  return std::nullopt;
}

/// Marks the keys of `words`; false where not all can be told.
bool mark_keys(Keys keys, std::span<const std::string_view> words, std::span<bool> is_key) {
  const auto mark = [is_key](const KeyRange& range) {
    for (std::size_t index = range.first; index < range.end; index += range.step) {
      is_key[index] = true;
    }
  };
  const std::optional<KeyRange> range = keys_of(keys, words);
  if (!range) {
    return false;
  }
  mark(*range);
  if (keys == Keys::first_and_counted) {
    const std::optional<KeyRange> rest = counted(words, 2);
    mark(rest.value_or(KeyRange{}));
    return rest.has_value();
  }
  bool is_certain = true;
  for (std::size_t index = 2; keys == Keys::first_and_store && index < words.size(); ++index) {
    const std::string word = in_capitals(words[index]);
    is_certain = is_certain && word != "BY" && word != "GET";
    if ((word == "STORE" || word == "STOREDIST") && index + 1 < words.size()) {
      is_key[index + 1] = true;
    }
  }
  return is_certain;
}

/// Whether a word is shown as it is.
bool is_plain(std::string_view word) {
  return !word.empty() && word.size() <= word_bytes_max && std::ranges::all_of(word, [](char c) {
    return c > ' ' && c < 0x7f && c != ';' && c != '"' && c != '\'' && c != '\\';
  });
}

void append_shown(std::string& text, std::string_view word) {
  if (is_plain(word)) {
    text += word;
    return;
  }
  const std::string safe = printable(word.substr(0, word_bytes_max)) + (word.size() > word_bytes_max ? "..." : "");
  const bool is_bare = safe.starts_with('{') || (!safe.empty() && safe.find_first_of(" ;\"'") == std::string::npos);
  text += is_bare ? safe : "'" + safe + "'";
}

}  // namespace

StoreRequest redis_request(std::span<const std::string_view> words, bool is_whole) {
  const std::string first = in_capitals(words.front());
  const bool has_subcommand = words.size() > 1 && has_subcommands(first);
  const std::string subcommand = has_subcommand ? in_capitals(words[1]) : "";
  const Group& group = group_of(first, subcommand);
  StoreRequest request;
  request.name = has_subcommand ? first + " " + subcommand : first;
  request.writes = group.writes;
  boost::container::small_vector<bool, 16> is_key(words.size());
  const bool is_certain = mark_keys(group.keys, words, is_key);
  const bool may_miss_keys = !is_whole && group.keys != Keys::first && group.keys != Keys::none;
  request.touches_anything = !is_certain || may_miss_keys;
  std::size_t text_bytes = 0;
  for (const std::string_view word : words) {
    text_bytes += word.size() + 1;
  }
  request.text.reserve(std::min(text_bytes, word_bytes_max));
  request.text = first;
  for (std::size_t index = 1; index < words.size(); ++index) {
    (is_key[index] ? request.keys : request.values).emplace_back(words[index].substr(0, word_bytes_max));
    if (request.text.size() < word_bytes_max) {
      request.text += ' ';
      append_shown(request.text, words[index]);
    }
  }
  if (first == "AUTH" || first == "HELLO" || first == "ACL") {
    request.text = first;
    request.values.clear();
  }
  return request;
}

StoreRequest redis_transaction(std::span<const StoreRequest> parts) {
  StoreRequest whole{.name = "MULTI", .text = "MULTI", .writes = false};
  for (const StoreRequest& part : parts) {
    if (whole.text.size() < word_bytes_max) {
      whole.text += "; " + part.text;
    }
    whole.keys.insert(whole.keys.end(), part.keys.begin(), part.keys.end());
    whole.values.insert(whole.values.end(), part.values.begin(), part.values.end());
    whole.touches_anything = whole.touches_anything || part.touches_anything;
    whole.writes = whole.writes || part.writes;
  }
  whole.text += "; EXEC";
  return whole;
}

std::vector<std::string_view> redis_command_names() {
  std::vector<std::string_view> names;
  for (const Group& group : groups) {
    for (std::size_t begin = 1; begin < group.names.size();) {
      const std::size_t end = group.names.find(' ', begin);
      const std::string_view name = group.names.substr(begin, end - begin);
      if (!name.contains('|')) {
        names.push_back(name);
      }
      begin = end + 1;
    }
  }
  return names;
}

}  // namespace stalemate
