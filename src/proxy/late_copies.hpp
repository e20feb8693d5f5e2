// Copies of requests that reach their store late, over connections of the gates' own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "core/faults/call_trouble.hpp"
#include "proxy/gate.hpp"

namespace stalemate {

struct OpenLink;

/// Thread rule: the gates' thread.
class LateCopies {
 public:
  using Done = std::function<void(Result<void>)>;
  static constexpr std::size_t by_hand_max = 256;

  /// Both outlive this.
  LateCopies(boost::asio::io_context& context, GateKeeper* keeper, GateTraffic& traffic)
      : context_(context), keeper_(keeper), traffic_(traffic) {}

  /// Keeps what copies of `call` are made of: messages as StoreConversation::copy_of gives them. They are sent by
  /// `send`, or by themselves after trouble.late_ns. Those for `send` are kept of the newest by_hand_max calls only,
  /// since nobody need send them.
  void keep(const GateCall& call, const OpenLink& link, Result<std::vector<std::string>> messages,
            const CallTrouble& trouble, bool by_themselves);

  /// Sends one; `done` is told when its last byte is on the way, or why it is not. Errors: as Gates::send_copy.
  void send(std::uint64_t call, Done done);

  /// Copies that wait or are under way.
  [[nodiscard]] std::size_t under_way() const { return sending_; }

 private:
  struct Order {
    GateCall call = {};
    const OpenLink* link = nullptr;
    Result<std::vector<std::string>> messages = {};
    unsigned left = 0;
  };

  boost::asio::io_context& context_;
  GateKeeper* keeper_;
  GateTraffic& traffic_;
  std::size_t sending_ = 0;
  std::unordered_map<std::uint64_t, Order> orders_ = {};
  std::deque<std::uint64_t> by_hand_ = {};  // the newest calls whose copies wait for `send`, or were sent
};

}  // namespace stalemate
