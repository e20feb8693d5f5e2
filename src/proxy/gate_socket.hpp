// Connected sockets of the gates' thread, read and written without a wait of Asio's for each call.
//
// They stand in one epoll set, which Asio watches. Each is registered once, for edges: it is read until nothing is left
// in it, and not again before it is told that there is more. Asio would try in vain to read after every request.
#pragma once

#include <sys/epoll.h>
#include <sys/types.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace stalemate {

class GateSocket;

/// Who owns sockets and is told of them.
class GateSocketUser {
 public:
  /// Keeps the sockets alive while they are told of.
  [[nodiscard]] virtual std::shared_ptr<void> keep_alive() = 0;
  /// There may be something to read, or room to write.
  virtual void socket_ready(GateSocket& socket) = 0;

 protected:
  ~GateSocketUser() = default;
};

/// The set. Thread rule: as the io_context it belongs to; `boost::asio::use_service<GateSockets>(context)` gives it.
class GateSockets final : public boost::asio::execution_context::service {
 public:
  using key_type = GateSockets;
  inline static boost::asio::execution_context::id id;

  explicit GateSockets(boost::asio::execution_context& context);

  /// False where the system refuses.
  [[nodiscard]] bool add(GateSocket& socket);
  void remove(GateSocket& socket);

 private:
  void shutdown() override;
  void wait();
  void dispatch();
  [[nodiscard]] std::size_t tell_ready();

  boost::asio::posix::stream_descriptor set_;
  std::array<epoll_event, 128> events_ = {};
  std::size_t events_count_ = 0;  // that are being told
  bool waits_ = false;
};

/// Thread rule: as GateSockets.
class GateSocket {
 public:
  GateSocket(boost::asio::io_context& context, GateSocketUser& user);
  ~GateSocket() { close(); }
  GateSocket(const GateSocket&) = delete;
  GateSocket& operator=(const GateSocket&) = delete;

  /// Takes over a connected socket. False, and the socket is closed: the system watches no more of them.
  [[nodiscard]] bool open(int handle);
  /// Twice is no error.
  void close();
  [[nodiscard]] bool is_open() const { return handle_ >= 0; }
  /// -1: closed.
  [[nodiscard]] int handle() const { return handle_; }
  [[nodiscard]] GateSocketUser& user() { return user_; }

  /// Whether there may be something to read: bytes, the end or an error.
  [[nodiscard]] bool may_read() const { return is_open() && may_read_; }
  /// As recv, without waiting. Requires: it is open.
  [[nodiscard]] ssize_t receive(std::span<char> room);
  /// As send, without waiting. Requires: it is open.
  [[nodiscard]] ssize_t send(std::string_view bytes) const;
  /// What epoll has told of it.
  void note(std::uint32_t events);

 private:
  GateSockets& sockets_;
  GateSocketUser& user_;
  int handle_ = -1;
  bool may_read_ = false;
  bool hung_up_ = false;  // the end is behind what there is to read
};

}  // namespace stalemate
