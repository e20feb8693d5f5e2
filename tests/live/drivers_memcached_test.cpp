// A MemcachedSession on a real memcached.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/text/key_names.hpp"
#include "drivers/memcached/session.hpp"
#include "live/command_states.hpp"
#include "live/drivers_fixture.hpp"
#include "live/loopback.hpp"
#include "live/small_memcached.hpp"
#include "servers/engines/memcached_server.hpp"
#include "servers/engines/probes.hpp"

namespace stalemate {
namespace {

constexpr Key shirt = {3};
constexpr Nanoseconds memcached_second_ns = 1'000'000'000;

// Another client, which says what our session never says.
class OtherMemcachedClient {
 public:
  explicit OtherMemcachedClient(const ServerAddress& address)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in place = loopback(address.port);
    EXPECT_EQ(::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&place), sizeof place), 0);
    const std::string login = address.user + " " + address.password;
    EXPECT_EQ(ask("set x 0 0 " + std::to_string(login.size()) + "\r\n" + login + "\r\n"), "STORED\r\n");
  }

  // What is answered before a no-op is.
  std::string ask(const std::string& bytes) {
    const std::string all = bytes + "mn\r\n";
    EXPECT_EQ(::send(socket_.number(), all.data(), all.size(), MSG_NOSIGNAL), static_cast<ssize_t>(all.size()));
    std::string answer;
    while (!answer.ends_with("MN\r\n")) {
      std::array<char, 4096> part = {};
      const ssize_t received = ::recv(socket_.number(), part.data(), part.size(), 0);
      if (received <= 0) {
        ADD_FAILURE() << "the connection was lost after '" << answer << "'";
        return answer;
      }
      answer.append(part.data(), static_cast<std::size_t>(received));
    }
    return answer.substr(0, answer.size() - 4);
  }
  void put(Key key, const std::string& text) {
    EXPECT_EQ(ask("ms " + name(key) + " " + std::to_string(text.size()) + "\r\n" + text + "\r\n"), "HD\r\n");
  }
  static std::string name(Key key) { return "stock:" + std::string(product_id(key).view()); }

 private:
  Descriptor socket_;
};

class DriversMemcachedTest : public DriversLiveTest {
 protected:
  void SetUp() override { start(nullptr, &memcached_kind); }

  [[nodiscard]] ServerAddress address() { return cache_address(); }
  [[nodiscard]] Server& server() { return *servers_->cache(); }
  [[nodiscard]] MemcachedOptions options(CacheCalls calls = CacheCalls::plain) {
    MemcachedOptions wanted;
    wanted.url = address().url;
    wanted.calls = calls;
    return wanted;
  }
  bool served_again(MemcachedSession& session) {
    for (int attempt = 0; attempt < 3000; ++attempt) {
      if (run(session.set(shirt, 3, 0))) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
};

TEST_F(DriversMemcachedTest, sets_reads_expires_and_removes_entries) {
  MemcachedSession session(context_, options());
  const auto facts = run(session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "memcached");
  EXPECT_EQ(facts->version, server().facts().version);
  EXPECT_EQ(run(session.get(shirt)).value(), std::nullopt);
  ASSERT_TRUE(run(session.set(shirt, -17, 0)));
  EXPECT_EQ(run(session.get(shirt)).value(), -17);
  EXPECT_TRUE(run(session.erase(shirt)).value());
  EXPECT_FALSE(run(session.erase(shirt)).value());
  ASSERT_TRUE(run(session.set(shirt, 5, 1)));
  bool expired = false;
  for (int attempt = 0; attempt < 30'000 && !expired; ++attempt) {
    expired = !run(session.get(shirt)).value().has_value();
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  EXPECT_TRUE(expired) << "1 ns is rounded up to 1 s, which passes";
}

TEST_F(DriversMemcachedTest, surveys_and_removes_the_entries_of_its_keys_only) {
  MemcachedSession session(context_, options());
  OtherMemcachedClient other(address());
  EXPECT_EQ(other.ask("ms stock:other 1\r\n1\r\n"), "HD\r\n");
  constexpr std::uint32_t keys = 2'500;
  for (std::uint32_t key = 0; key < keys; key += 100) {
    ASSERT_TRUE(run(session.set(Key(key), static_cast<Value>(key), 0)));
  }
  std::vector<Value> values(keys, 1);
  ASSERT_TRUE(run(session.read_entries(Key(0), values)));
  for (std::uint32_t key = 0; key < keys; ++key) {
    EXPECT_EQ(values[key], key % 100 == 0 ? static_cast<Value>(key) : absent);
  }
  EXPECT_EQ(run(session.erase_entries(Key(0), keys)).value(), 25U);
  EXPECT_EQ(run(session.erase_entries(Key(0), keys)).value(), 0U);
  EXPECT_EQ(other.ask("mg stock:other v\r\n"), "VA 1\r\n1\r\n");
}

TEST_F(DriversMemcachedTest, an_entry_that_is_not_ours_is_an_error) {
  OtherMemcachedClient other(address());
  other.put(shirt, "{\"quantity\": 5}");
  for (const CacheCalls calls : {CacheCalls::plain, CacheCalls::leases, CacheCalls::commands}) {
    MemcachedSession session(context_, options(calls));
    EXPECT_EQ(run(session.get(shirt)).error().code, ErrorCode::wrong_type);
    std::vector<Value> values(5);
    EXPECT_EQ(run(session.read_entries(Key(0), values)).error().code, ErrorCode::wrong_type);
  }
  MemcachedSession session(context_, options(CacheCalls::commands));
  EXPECT_EQ(run(session.set(shirt, 5, 0)).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(run(session.call(*CacheCommandRegistry::find("lock"), shirt, CacheArguments())).error().code,
            ErrorCode::wrong_type);
}

TEST_F(DriversMemcachedTest, a_wrong_password_is_told_without_showing_it) {
  MemcachedOptions wrong;
  wrong.url = "memcached://stalemate:hunter2@127.0.0.1:" + std::to_string(address().port);
  MemcachedSession session(context_, wrong);
  const auto facts = run(session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::authentication);
  EXPECT_EQ(facts.error().detail.find("hunter2"), std::string::npos);
  ServerAddress asked = address();
  asked.password = "hunter2";
  EXPECT_EQ(ask_memcached(asked, memcached_second_ns).error().code, ErrorCode::authentication);
}

TEST_F(DriversMemcachedTest, outlives_a_server_that_is_killed_and_comes_back_empty) {
  MemcachedSession session(context_, options());
  ASSERT_TRUE(run(session.set(Key(7), 1, 0)));
  ASSERT_TRUE(server().kill_now());
  const auto during = run(session.set(shirt, 2, 0));
  ASSERT_FALSE(during);
  EXPECT_EQ(during.error().outcome, Outcome::fail) << "the loss was known before anything was sent";
  ASSERT_TRUE(server().start_again());
  EXPECT_TRUE(served_again(session));
  EXPECT_EQ(run(session.get(Key(7))).value(), std::nullopt);
}

TEST_F(DriversMemcachedTest, a_server_that_stands_still_times_out_and_a_killed_one_leaves_the_call_uncertain) {
  MemcachedOptions impatient = options();
  impatient.op_limit_ns = 50'000'000;
  MemcachedSession hurried(context_, impatient);
  MemcachedSession patient(context_, options());
  ASSERT_TRUE(run(hurried.connect()));
  ASSERT_TRUE(run(patient.connect()));
  ASSERT_TRUE(server().pause());
  const auto late = run(hurried.set(shirt, 1, 0));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timed_out);
  EXPECT_EQ(late.error().outcome, Outcome::info);
  Task<Result<void>> cut_off = patient.set(shirt, 2, 0);
  cut_off.start();
  ASSERT_TRUE(server().kill_now());
  while (!cut_off.done()) {
    let_run(std::chrono::milliseconds(5));
  }
  const auto lost = cut_off.take();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(lost.error().outcome, Outcome::info);
}

TEST_F(DriversMemcachedTest, one_that_is_cut_off_lives_on_with_all_it_holds) {
  MemcachedOptions wanted = options();
  wanted.cut = std::make_shared<ConnectionCut>();
  MemcachedSession session(context_, wanted);
  ASSERT_TRUE(run(session.set(Key(7), 1, 0)));
  wanted.cut->cut();
  EXPECT_FALSE(run(session.get(Key(7))));
  EXPECT_TRUE(ask_memcached(address(), memcached_second_ns));
  wanted.cut->mend();
  EXPECT_TRUE(served_again(session));
  EXPECT_EQ(run(session.get(Key(7))).value(), 1);
}

TEST_F(DriversMemcachedTest, do_with_commands_what_is_done_in_memory) {
  MemcachedSession session(context_, options(CacheCalls::commands));
  OtherMemcachedClient other(address());
  SeededRandom random(20261130);
  ASSERT_GE(CacheCommandRegistry::all().size(), 20U);
  std::uint64_t last_moment = 0;
  for (const CacheCommandInfo& command : CacheCommandRegistry::all()) {
    for (int round = 0; round < 25; ++round) {
      MemcachedItem item;
      const std::uint64_t now_ms = wall_clock_ms();
      const bool soon = random.draw_below(2) == 0;
      for (std::size_t slot = 0; slot < slot_count; ++slot) {
        const std::optional<SlotContent> content = draw_content(random);
        const Nanoseconds life_ns = soon ? 40 * memcached_second_ns : 99 * memcached_second_ns;
        if (content) {
          put_slot(item, static_cast<Slot>(slot), *content, content->expires ? life_ns : 0, now_ms);
        }
      }
      other.ask("md " + OtherMemcachedClient::name(shirt) + "\r\n");
      if (item.slots != CacheSlots()) {
        other.put(shirt, item_text(item));
      }
      const CacheArguments arguments = draw_arguments(random);
      const std::string before = slots_told(item.slots);
      const Result<CacheReply> reply = run(session.call(command, shirt, arguments));
      const std::string clock = other.ask("mg stock:clock v\r\n");
      CacheMoment moment;
      moment.now = std::stoull(clock.substr(clock.find("\r\n") + 2));
      EXPECT_GT(moment.now, last_moment);
      last_moment = moment.now;
      const std::optional<SlotContent>& entry = item.slots[Slot::entry];
      moment.expires_soon = entry && entry->expires && soon && arguments.time_to_live_ns > 0;
      CacheSlots expected = item.slots;
      const CacheReply expected_reply = command.apply(expected, arguments, moment);
      if (expected.queued) {
        EXPECT_EQ(reply.error().code, ErrorCode::unsupported) << command.name;
        continue;
      }
      ASSERT_TRUE(reply) << command.name << ": " << reply.error().detail;
      ASSERT_EQ(*reply, expected_reply) << command.name << " on " << before;
      const std::string left = other.ask("mg " + OtherMemcachedClient::name(shirt) + " v\r\n");
      const std::size_t start = left.find("\r\n") + 2;
      const auto found = left.starts_with("EN")
                             ? MemcachedItem()
                             : parse_item(left.substr(start, left.size() - start - 2), wall_clock_ms());
      ASSERT_TRUE(found) << left;
      ASSERT_EQ(slots_told(found->slots), slots_told(expected)) << command.name << " on " << before;
    }
  }
}

TEST_F(DriversMemcachedTest, commands_of_many_sessions_do_not_lose_one_anothers_changes) {
  constexpr int sessions = 8;
  constexpr int rounds = 50;
  const CacheCommandInfo& lock = *CacheCommandRegistry::find("fenced-lock");
  const CacheCommandInfo& unlock = *CacheCommandRegistry::find("unlock");
  std::vector<std::uint64_t> tokens;
  std::vector<std::jthread> clients;
  std::mutex mutex;
  for (int each = 0; each < sessions; ++each) {
    clients.emplace_back([&] {
      boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
      MemcachedSession session(context, options(CacheCalls::commands));
      for (int round = 0; round < rounds; ++round) {
        CacheArguments arguments = {.hold_ns = 100 * memcached_second_ns, .patience_ns = 60 * memcached_second_ns};
        const Result<CacheReply> taken = run_task(context, session.call(lock, shirt, arguments));
        ASSERT_TRUE(taken) << taken.error().detail;
        ASSERT_EQ(taken->verdict, CacheVerdict::done);
        {
          const std::scoped_lock guard(mutex);
          tokens.push_back(taken->stamp);
        }
        arguments.stamp = taken->stamp;
        EXPECT_EQ(run_task(context, session.call(unlock, shirt, arguments)).value().verdict, CacheVerdict::done);
      }
    });
  }
  clients.clear();
  ASSERT_EQ(tokens.size(), static_cast<std::size_t>(sessions * rounds));
  for (std::size_t place = 0; place < tokens.size(); ++place) {
    EXPECT_EQ(tokens[place], place + 1) << "a lock was held twice, or a count was lost";
  }
}

class MemcachedLeases : public DriversMemcachedTest {
 protected:
  CacheReply call(MemcachedSession& session, std::string_view command, const CacheArguments& arguments = {}) {
    const Result<CacheReply> reply = run(session.call(*CacheCommandRegistry::find(command), shirt, arguments));
    EXPECT_TRUE(reply) << reply.error().detail;
    return reply.value_or(CacheReply());
  }
  static CacheArguments hold(std::uint64_t stamp = 0) {
    return {.value = 7, .stamp = stamp, .hold_ns = 100 * memcached_second_ns};
  }
};

TEST_F(MemcachedLeases, only_the_first_who_misses_gets_the_token_and_fills) {
  MemcachedSession one(context_, options(CacheCalls::leases));
  MemcachedSession other(context_, options(CacheCalls::leases));
  const CacheReply first = call(one, "lease-get", hold());
  EXPECT_EQ(first.verdict, CacheVerdict::done);
  EXPECT_EQ(first.value, absent);
  EXPECT_GT(first.stamp, 0U);
  EXPECT_EQ(call(other, "lease-get", hold()).verdict, CacheVerdict::busy);
  EXPECT_EQ(call(other, "lease-set", hold(first.stamp + 1)).verdict, CacheVerdict::refused);
  EXPECT_EQ(call(one, "lease-set", hold(first.stamp)).verdict, CacheVerdict::done);
  EXPECT_EQ(call(other, "lease-get", hold()).value, 7);
  EXPECT_EQ(call(one, "lease-set", hold(first.stamp)).verdict, CacheVerdict::refused) << "a token is good for one fill";
}

TEST_F(MemcachedLeases, a_delete_makes_the_token_that_is_out_count_no_more) {
  MemcachedSession session(context_, options(CacheCalls::leases));
  const CacheReply before = call(session, "lease-get", hold());
  EXPECT_EQ(call(session, "lease-delete").verdict, CacheVerdict::done);
  EXPECT_EQ(call(session, "lease-set", hold(before.stamp)).verdict, CacheVerdict::refused);
  const CacheReply after = call(session, "lease-get", hold());
  EXPECT_GT(after.stamp, before.stamp);
  EXPECT_EQ(call(session, "lease-set", hold(before.stamp)).verdict, CacheVerdict::refused);
  EXPECT_EQ(call(session, "lease-set", hold(after.stamp)).verdict, CacheVerdict::done);
  EXPECT_EQ(call(session, "lease-delete").verdict, CacheVerdict::done);
  EXPECT_EQ(run(session.get(shirt)).value(), std::nullopt);
}

TEST_F(MemcachedLeases, an_item_that_is_leased_is_no_entry) {
  MemcachedSession session(context_, options(CacheCalls::leases));
  call(session, "lease-get", hold());
  EXPECT_EQ(run(session.get(shirt)).value(), std::nullopt);
  std::vector<Value> values(5);
  ASSERT_TRUE(run(session.read_entries(Key(0), values)));
  EXPECT_EQ(values[shirt.index], absent);
}

TEST_F(MemcachedLeases, a_lease_may_expire_and_an_item_be_evicted) {
  MemcachedSession session(context_, options(CacheCalls::leases));
  EXPECT_FALSE(run(session.expire_one(shirt, 0)).value());
  const CacheReply first = call(session, "lease-get", hold());
  EXPECT_TRUE(run(session.expire_one(shirt, 0)).value());
  EXPECT_EQ(call(session, "lease-set", hold(first.stamp)).verdict, CacheVerdict::refused);
  const CacheReply second = call(session, "lease-get", hold());
  EXPECT_EQ(call(session, "lease-set", hold(second.stamp)).verdict, CacheVerdict::done);
  EXPECT_FALSE(run(session.expire_one(shirt, 0)).value()) << "an entry is no lease";
  EXPECT_TRUE(run(session.evict(shirt)).value());
  EXPECT_FALSE(run(session.evict(shirt)).value());
}

TEST_F(DriversMemcachedTest, one_without_room_loses_entries_and_never_gives_a_wrong_one) {
  SmallMemcached small(base_.path());
  MemcachedOptions wanted;
  wanted.url = small.url();
  MemcachedSession session(context_, wanted);
  constexpr std::uint32_t keys = 30'000;
  for (std::uint32_t key = 0; key < keys; ++key) {
    ASSERT_TRUE(run(session.set(Key(key), static_cast<Value>(key), 0)));
  }
  std::vector<Value> values(keys);
  ASSERT_TRUE(run(session.read_entries(Key(0), values)));
  std::uint32_t evicted = 0;
  for (std::uint32_t key = 0; key < keys; ++key) {
    evicted += values[key] == absent ? 1U : 0U;
    EXPECT_TRUE(values[key] == absent || values[key] == static_cast<Value>(key)) << key;
  }
  EXPECT_GT(evicted, 0U);
  EXPECT_LT(evicted, keys);
  EXPECT_EQ(run(session.evictions()).value(), evicted);
}

}  // namespace
}  // namespace stalemate
