// One connection of an application through a gate to its store.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "proxy/gate.hpp"
#include "proxy/gate_socket.hpp"
#include "proxy/lane.hpp"
#include "proxy/late_copies.hpp"
#include "wire/conversation.hpp"

namespace stalemate {

class GateConnection;

/// What all connections of the gates share. Thread rule: the gates' thread.
struct GateHouse {
  boost::asio::io_context& context;
  GateKeeper* keeper = nullptr;
  LateCopies copies;
  GateTraffic traffic = {};
  std::uint64_t next_call = 1;
  std::uint64_t next_connection = 1;
  std::unordered_map<std::uint64_t, std::shared_ptr<GateConnection>> connections = {};
  std::unordered_map<std::uint64_t, GateConnection*> held = {};  ///< by the call that waits
};

/// A link while the gates are open.
struct OpenLink {
  std::size_t index = 0;
  Protocol protocol = Protocol::redis;
  boost::asio::ip::tcp::endpoint store = {};
  std::string password = {};  ///< of the store, for late copies
  LinkConditions conditions = {};
  GateTime black_until = {};      ///< till then nothing gets through
  std::uint64_t black_cause = 0;  ///< what made it so
  bool is_cut = false;            ///< nobody is let in
};

/// Thread rule: the gates' thread.
class GateConnection final : public LaneUser,
                             public GateSocketUser,
                             public std::enable_shared_from_this<GateConnection> {
 public:
  GateConnection(GateHouse& house, OpenLink& link, std::unique_ptr<StoreConversation> talk);

  /// Connects to the store and begins.
  void open(boost::asio::ip::tcp::socket application);
  /// Requires: house.held says that the call waits here.
  Result<void> let_go(const CallTrouble& trouble);
  /// Lets a delay go on that `cause` made.
  void lift(std::uint64_t cause);
  /// Nothing gets through as long as the link's black_until says.
  void renew_blackhole();
  void set_conditions(const LinkConditions& conditions);
  /// At once, in the middle of whatever it does. Twice is no error.
  void close();
  /// The same, and the application is told so by a reset (RST).
  void reset();

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] std::size_t link() const { return link_.index; }
  [[nodiscard]] std::uint64_t bytes_under_way() const;

 private:
  /// What becomes of the bytes of the request under way.
  enum class Stage : std::uint8_t {
    reading,   // they are gathered until it is known what they ask
    passing,   // they go as they come
    dropping,  // they are taken away as they come
    held,      // the request waits for its keeper
    timed,     // and for its time
    mute       // nothing passes any more
  };
  /// What the gate has to know of the request under way, beside the call that it is.
  struct Asked {
    bool may_stop = true;
    bool is_answered = true;
    std::string own_answer = {};
  };
  /// A request that was sent, or that the gate answers itself.
  struct Pending {
    std::optional<GateCall> call = {};  ///< as it was shown to the keeper
    bool loses_reply = false;
    Nanoseconds timeout_ns = 0;
    std::string said_instead = {};  ///< of the store's answer
    bool is_answered_here = false;  ///< the store has not got it
  };

  std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
  void socket_ready(GateSocket& socket) override;
  void came(Lane& lane) override;
  void source_ended(Lane& lane) override;
  void sink_ended(Lane& lane) override;
  void broke(Lane& lane) override;

  [[nodiscard]] bool take_over(boost::asio::ip::tcp::socket& connected, GateSocket& socket);
  void connected();
  void take_requests();
  [[nodiscard]] std::string_view request() const { return requests_.bytes().substr(requests_.gone(), asked_bytes_); }
  void ask();
  void decide();
  [[nodiscard]] bool wants_whole() const;
  void carry_out(const CallTrouble& trouble);
  void pass(const CallTrouble& trouble);
  void refuse();
  void leave_out();
  void answer_here(std::string answer);
  void next_request();
  void break_connection();
  void cut_off(Nanoseconds timeout_ns);
  void wait_until(GateTime time, void (GateConnection::*then)());
  void time_came();
  void darken_link();

  void take_replies();
  void reply_ended(ReplyRole role);
  void note_head();
  void pass_reply();
  void say_own_answers();
  void give_up(const std::string& sentence);
  void note_unreadable();

  GateHouse& house_;
  OpenLink& link_;
  std::uint64_t id_;
  boost::asio::ip::tcp::socket connecting_;  ///< to the store
  GateSocket application_;
  GateSocket store_;
  Lane requests_;
  Lane replies_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer dawn_;  ///< the end of a blackhole
  std::unique_ptr<StoreConversation> talk_;

  Stage stage_ = Stage::reading;
  std::size_t asked_bytes_ = 0;  // of the request under way that were taken and may not go yet
  bool ended_ = false;           // the request under way is there to its end
  std::optional<Asked> asked_ = {};
  GateCall call_ = {};
  Passage passage_ = {};
  bool is_by_hand_ = false;  // what becomes of the request was said by Gates::let_go
  std::deque<Pending> pending_ = {};
  std::size_t reply_bytes_ = 0;  // as asked_bytes_
  std::string reply_head_ = {};  // of a reply of which bytes went before its end
  bool is_connected_ = false;
  bool frozen_ = false;
  bool closed_ = false;
  bool told_unreadable_ = false;
  bool offer_declined_ = false;  // of TLS, and nothing was asked since
};

}  // namespace stalemate
