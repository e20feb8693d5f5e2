// Gates between an application and its stores: each request waits, is let through, or is lost, as its keeper says.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/faults/call_trouble.hpp"
#include "wire/store_request.hpp"

namespace stalemate {

/// How a link carries bytes, of all its connections alike.
struct LinkConditions {
  Nanoseconds to_store_ns = 0;         ///< bytes arrive there so much later
  Nanoseconds to_application_ns = 0;   ///< and here
  std::uint64_t bytes_per_second = 0;  ///< of each connection and direction; 0: without limit
  friend bool operator==(const LinkConditions&, const LinkConditions&) = default;
};

/// Where applications connect to, and which store is behind it. One link takes any number of connections.
struct LinkAddress {
  Protocol protocol = Protocol::redis;
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 0;  ///< 0: a free one, told by Gates::port_of
  std::string store_host = "127.0.0.1";
  std::uint16_t store_port = 0;
  LinkConditions conditions = {};  ///< at the beginning
  /// Of PostgreSQL: what late copies log in with, as the user that their connection is of. Empty: a copy of what a
  /// connection with a login asked is not sent.
  std::string password = {};
};

/// A request as its gate sees it. `id` is never used again.
struct GateCall {
  std::uint64_t id = 0;
  std::size_t link = 0;          ///< in the options' links
  std::uint64_t connection = 0;  ///< of that application; never used again
  std::int32_t backend_pid = 0;  ///< of PostgreSQL: the server's process that serves the connection
  StoreRequest request = {};
};

/// What befalls the connection of a call, which does not reach its store then.
enum class ConnectionTrouble : std::uint8_t {
  none,
  reset,      ///< the application's connection is reset (RST), the store's closed
  half_open,  ///< the store's connection is closed; the application's stays open, and nothing is answered there
  blackhole   ///< nothing gets through on any connection of the link, in either direction, for Passage::blackhole_ns
};

/// What a gate does with a request that arrived.
struct Passage {
  bool hold = false;  ///< it waits for Gates::let_go
  /// Where it does not wait: what becomes of it; late copies are sent by themselves. One that is skipped must have a
  /// usual_answer.
  CallTrouble trouble = {};
  ConnectionTrouble connection = ConnectionTrouble::none;
  Nanoseconds blackhole_ns = never;  ///< then all that waited does; `never`: at Gates::lift
  std::uint64_t cause = 0;           ///< for Gates::lift: what made it so; 0: nothing that can be lifted
};

/// Who gets through a link.
enum class LinkReach : std::uint8_t {
  open,
  dark,  ///< connections stay and are taken, and nothing gets through in either direction; then all that waited does
  cut    ///< connections are reset (RST), and so is every new one
};

/// Decides of requests. Called by the gates' own thread, which waits for the answer: be quick, and do not call Gates.
class GateKeeper {
 public:
  virtual ~GateKeeper() = default;
  [[nodiscard]] virtual Passage arrived(const GateCall& call) = 0;
  /// The store's reply to a call, told before its last byte is sent on. Not of calls whose reply is never awaited.
  virtual void answered(const GateCall& call, const StoreReply& reply) = 0;
  /// The application or the store closed the connection, or it broke; calls of it that wait are gone.
  virtual void closed(std::size_t link, std::uint64_t connection) = 0;
  /// The store tells a connection something that it has not asked for (a message, an invalidation, a notification),
  /// told before its last byte is sent on, and before the answer that it may come with. A connection that is passed on
  /// unread may be told so with whatever comes.
  virtual void pushed(std::size_t link, std::uint64_t connection) {
    static_cast<void>(link);
    static_cast<void>(connection);
  }
  /// The store's reply to a late copy of a call.
  virtual void copy_answered(const GateCall& call, const StoreReply& reply) {
    static_cast<void>(call);
    static_cast<void>(reply);
  }
  /// What keeps the gates from reading along: why a connection is passed on unseen (TLS), was closed (bytes that are
  /// not of the protocol), or could not be made (the store refuses it); or why a late copy was not sent.
  virtual void troubled(std::size_t link, const std::string& sentence) {
    static_cast<void>(link);
    static_cast<void>(sentence);
  }
};

struct GatesOptions {
  std::vector<LinkAddress> links = {};
  GateKeeper* keeper = nullptr;  ///< outlives the gates; nullptr: everything passes, unseen
};

struct GateTraffic {
  std::uint64_t calls_sent = 0;      ///< to the stores, so far, of those that are answered; late copies are among them
  std::uint64_t calls_answered = 0;  ///< by the stores, so far
  /// Bytes that the gates or the kernel have for them and that were not yet taken by the other side's kernel, but for
  /// calls that wait at a gate and what is behind them. 0 where nothing is under way.
  std::uint64_t bytes_under_way = 0;
  std::uint64_t connections = 0;  ///< open now
};

/// The gates, with a thread of their own. Every change is carried out by that thread and acknowledged when in force.
/// Thread rule: any thread but the gates' own.
class Gates {
 public:
  virtual ~Gates() = default;  ///< closes all connections and joins the thread
  [[nodiscard]] virtual std::uint16_t port_of(std::size_t link) const = 0;
  /// Lets a call that waits go, with the trouble that befalls it. Of a lost request or reply the connection is closed
  /// towards the application, which is how an application learns of it. Late copies wait until send_copy.
  /// Without an answer and with a timeout_ns, the connection is closed so much later. A delay_ns begins now.
  /// Errors: unavailable where no such call waits; unsupported where it cannot happen to a call at a gate
  /// (skipped_call).
  [[nodiscard]] virtual Result<void> let_go(std::uint64_t call, const CallTrouble& trouble) = 0;
  /// Sends a late copy of a call to its store, over a connection of the gates' own, and returns when its last byte is
  /// on the way: the reply is told to the keeper. Those of the newest 256 calls are kept. Errors: unavailable where no
  /// copy of such a call is left or the store cannot be reached; unsupported where the connection cannot be imitated.
  [[nodiscard]] virtual Result<void> send_copy(std::uint64_t call) = 0;
  /// Closes all connections of a link, in the middle of whatever they do.
  [[nodiscard]] virtual Result<void> close_all(std::size_t link) = 0;
  /// From now on, also for the connections there are. Bytes under way keep the times that they have.
  [[nodiscard]] virtual Result<void> set_conditions(std::size_t link, const LinkConditions& conditions) = 0;
  /// From now on; takes the place of a blackhole of the link.
  [[nodiscard]] virtual Result<void> set_reach(std::size_t link, LinkReach reach) = 0;
  /// Ends what `cause` made wait: its delays and blackholes.
  [[nodiscard]] virtual Result<void> lift(std::uint64_t cause) = 0;
  /// Runs something in the gates' thread, between two calls of the keeper.
  virtual void in_between(const std::function<void()>& work) const = 0;
  [[nodiscard]] virtual GateTraffic traffic() const = 0;
};

/// Errors: unavailable where a port cannot be listened on.
[[nodiscard]] Result<std::unique_ptr<Gates>> start_gates(const GatesOptions& options);

}  // namespace stalemate
