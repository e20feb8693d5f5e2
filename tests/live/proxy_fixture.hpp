// A private Redis behind a gate, and a keeper that tests tell what to do.
#pragma once

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "proxy/gate.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {

/// Does with each call what `decide` says, and keeps all that it was told. Thread rule: any thread.
class ToldKeeper final : public GateKeeper {
 public:
  std::function<Passage(const GateCall&)> decide = [](const GateCall&) { return Passage{}; };

  Passage arrived(const GateCall& call) override {
    const Passage passage = decide(call);
    note([&] { calls_.push_back(call); });
    return passage;
  }
  void answered(const GateCall& call, const StoreReply& reply) override {
    note([&] { replies_.push_back(call.request.name + ": " + reply.text); });
  }
  void closed(std::size_t /*link*/, std::uint64_t /*connection*/) override {
    note([&] { ++closed_; });
  }
  void copy_answered(const GateCall& call, const StoreReply& reply) override {
    note([&] { replies_.push_back("copy of " + call.request.name + ": " + reply.text); });
  }
  void pushed(std::size_t /*link*/, std::uint64_t connection) override {
    note([&] { pushed_.push_back(connection); });
  }
  void troubled(std::size_t /*link*/, const std::string& sentence) override {
    note([&] { troubles_.push_back(sentence); });
  }

  /// Waits until `count` calls have arrived since the beginning, and gives that one. Fails the test after 10 s.
  GateCall call(std::size_t count) {
    wait([&] { return calls_.size() >= count; }, "a call");
    const std::lock_guard lock(mutex_);
    return calls_.size() >= count ? calls_[count - 1] : GateCall{};
  }
  std::string reply(std::size_t count) {
    wait([&] { return replies_.size() >= count; }, "a reply");
    const std::lock_guard lock(mutex_);
    return replies_.size() >= count ? replies_[count - 1] : "";
  }
  /// Of which connection it was told `count` times that its store told it something.
  std::uint64_t pushed(std::size_t count) {
    wait([&] { return pushed_.size() >= count; }, "something told unasked");
    const std::lock_guard lock(mutex_);
    return pushed_.size() >= count ? pushed_[count - 1] : 0;
  }
  [[nodiscard]] std::size_t pushes() {
    const std::lock_guard lock(mutex_);
    return pushed_.size();
  }
  void await_closed(std::size_t count) {
    wait([&] { return closed_ >= count; }, "the end of a connection");
  }
  std::string trouble(std::size_t count) {
    wait([&] { return troubles_.size() >= count; }, "a trouble");
    const std::lock_guard lock(mutex_);
    return troubles_.size() >= count ? troubles_[count - 1] : "";
  }
  [[nodiscard]] std::size_t calls() {
    const std::lock_guard lock(mutex_);
    return calls_.size();
  }

 private:
  template <class Work>
  void note(Work work) {
    const std::lock_guard lock(mutex_);
    work();
    changed_.notify_all();
  }
  template <class Condition>
  void wait(Condition condition, const char* what) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(60), condition)) << "waiting for " << what;
  }

  std::mutex mutex_ = {};
  std::condition_variable changed_ = {};
  std::vector<GateCall> calls_ = {};
  std::vector<std::string> replies_ = {};
  std::vector<std::string> troubles_ = {};
  std::vector<std::uint64_t> pushed_ = {};  // connections
  std::size_t closed_ = 0;
};

/// One connection of an application, which waits no longer than ten seconds for anything.
class RedisClient {
 public:
  explicit RedisClient(std::uint16_t port, const std::string& password = {}) {
    constexpr timeval limit = {.tv_sec = 60, .tv_usec = 0};
    context_.reset(redisConnectWithTimeout("127.0.0.1", port, limit));
    redisSetTimeout(context_.get(), limit);
    if (!password.empty()) {
      EXPECT_EQ(ask({"AUTH", password}), "OK");
    }
  }

  void send(const std::vector<std::string>& words) {
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      pointers.push_back(word.data());
      lengths.push_back(word.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), pointers.data(), lengths.data());
    int done = 0;
    while (done == 0 && redisBufferWrite(context_.get(), &done) == REDIS_OK) {
    }
  }
  /// The next reply as text; "lost: ..." where the connection is.
  std::string receive() {
    void* reply = nullptr;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
      return "lost: " + std::string(context_->errstr);
    }
    std::string text = told(*static_cast<redisReply*>(reply));
    freeReplyObject(reply);
    return text;
  }
  std::string ask(const std::vector<std::string>& words) {
    send(words);
    return receive();
  }
  void set_limit(long ms) { redisSetTimeout(context_.get(), {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}); }

 private:
  static std::string told(const redisReply& reply) {
    switch (reply.type) {
      case REDIS_REPLY_NIL: return "(nil)";
      case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
      case REDIS_REPLY_ARRAY: {
        std::string text;
        for (std::size_t index = 0; index < reply.elements; ++index) {
          text += (index == 0 ? "" : " ") + told(*reply.element[index]);
        }
        return "[" + text + "]";
      }
      default: return {reply.str, reply.len};
    }
  }

  std::unique_ptr<redisContext, decltype(&redisFree)> context_{nullptr, &redisFree};
};

class ProxyRedisTest : public testing::Test {
 protected:
  void SetUp() override {
    auto servers = start_private_servers({.cache = &redis_kind, .base_folder = base_.path()});
    ASSERT_TRUE(servers) << servers.error().detail;
    servers_ = std::move(*servers);
  }

  [[nodiscard]] ServerAddress cache() const { return servers_->cache()->facts().addresses.front(); }
  [[nodiscard]] LinkAddress link() const { return {.store_host = cache().host, .store_port = cache().port}; }
  void open_gates(GateKeeper* keeper) {
    auto gates = start_gates({.links = {link()}, .keeper = keeper});
    ASSERT_TRUE(gates) << gates.error().detail;
    gates_ = std::move(*gates);
  }
  [[nodiscard]] RedisClient through_gate() const { return RedisClient(gates_->port_of(0), cache().password); }
  [[nodiscard]] RedisClient direct() const { return RedisClient(cache().port, cache().password); }

  OwnFolder base_{OwnFolder::passable};
  std::unique_ptr<PrivateServers> servers_ = {};
  ToldKeeper keeper_ = {};
  std::unique_ptr<Gates> gates_ = {};
};

}  // namespace stalemate
