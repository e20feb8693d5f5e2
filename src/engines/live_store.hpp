// A store that a run uses: a database or a cache on real servers, behind the engine that knows it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/faults/fault.hpp"
#include "core/pattern/feed.hpp"
#include "core/pattern/pattern.hpp"
#include "core/types.hpp"
#include "drivers/cache/entry_names.hpp"
#include "drivers/session_facts.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// Who hears what is being done at start-up. None is empty.
struct StartWords {
  using Listener = std::function<void(const std::string& words)>;
  static void ignore(const std::string& /*words*/) {}

  Listener tell = ignore;     ///< a line that stays
  Listener doing = ignore;    ///< what may take long begins
  Listener reached = ignore;  ///< how far that is
  Listener warn = ignore;     ///< what is not as it should be
};

/// Rows of the user's that a run works on, shared by its database and its cache.
struct RowsOfUser {
  Dataset dataset = {};
  /// Hears what the rows' entries are called, before any row is changed. Errors: the rows are left as they are.
  std::function<Result<void>(const std::shared_ptr<const EntryNames>& names)> hear = {};
  /// Hears the SQL that puts the rows back, before any of them is changed, and an empty text when that is not needed
  /// any more. Errors: the rows are left as they are.
  std::function<Result<void>(const std::string& sql)> keep = {};
};

/// What a run asks of a store, whichever engine it is.
struct StoreWanted {
  std::vector<std::string> urls = {};  ///< never empty; several are the nodes of one cluster
  PrivateServers* own = nullptr;       ///< of which it is one; they outlive the store. nullptr: the user named one
  bool server_stays = false;           ///< the server outlives the run, so nothing may be left behind that costs it
  Nanoseconds connect_limit_ns = 5'000'000'000;
  Nanoseconds op_limit_ns = 5'000'000'000;
  std::uint32_t keys = 0;
  PatternNeeds needs = {};
  std::shared_ptr<RowsOfUser> rows = {};  ///< nullptr: the table stock, and entries of our own
  StartWords words = {};
};

/// Who a store is.
struct StoreFacts {
  SessionFacts self = {};
  std::optional<SessionFacts> replica = {};
};

/// A session, and the feed that lives on it; nullptr where the feed is not this store's.
template <class Session>
struct WithFeed {
  std::unique_ptr<Session> session;
  std::unique_ptr<LiveFeed> feed;
};

/// Thread rule: the thread that sets a run up, unless said otherwise.
class LiveStore {
 public:
  virtual ~LiveStore() = default;

  // At start-up, in this order; each blocks. Errors: a sentence for people.

  /// Reaches the servers and asks who they are.
  [[nodiscard]] virtual Result<StoreFacts> meet() = 0;
  /// Keeps other runs from using it for as long as this object lives, where the user named it, and makes sure that it
  /// has room for this one.
  [[nodiscard]] virtual Result<void> claim() = 0;
  /// Makes it as a run finds it, and everything that the pattern needs. Called again before each further run.
  [[nodiscard]] virtual Result<void> prepare() = 0;

  // During a run.

  /// Carries out what is done to the server by way of its protocol or its sockets, not to its process: cut and mend;
  /// of a replica hold_back and catch_up; of a cache remember and put_back. Thread rule: one thread; blocks.
  [[nodiscard]] virtual Result<void> carry_out(const ServerEvent& /*event*/) {
    return failed(ErrorCode::unsupported, "this is not done to such a server");
  }
  /// A sentence once another run is known to have taken it; else empty. Any thread.
  [[nodiscard]] virtual std::string claim_lost() const { return {}; }
  /// The same, after asking the server; also where that cannot be asked. Blocks for a few seconds at most.
  [[nodiscard]] virtual std::string confirm_claim() { return {}; }
  /// Sentences about what it lacks, or has lost, that a run should have.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }

  /// Gives up the claim and what prepare() made that would cost the server. What is left for inspection stays. May be
  /// called twice.
  virtual void close() = 0;
};

}  // namespace stalemate
