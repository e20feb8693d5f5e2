// A TCP forwarder in front of a server, which can die and come back like a node of a cluster.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace stalemate {

/// Several in front of one server are to its clients the nodes of one cluster. Loopback only.
/// Thread rule: one thread; the bytes are forwarded on another.
class Forwarder {
 public:
  /// Listens on a free port. Fails the test where it cannot.
  explicit Forwarder(std::uint16_t target_port);
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// `url` with this port instead of the server's.
  [[nodiscard]] std::string url_like(const std::string& url) const;

  /// Ends every connection and refuses new ones, as a killed process does.
  void die();
  /// Listens again on the same port.
  void come_back();
  /// Accepts connections and keeps them, but forwards nothing any more, as a stopped process does.
  void freeze() { frozen_ = true; }

 private:
  void listen_on(std::uint16_t port);
  void serve();

  std::uint16_t target_port_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int stop_ = -1;
  std::atomic<bool> frozen_ = false;
  std::thread thread_ = {};
};

}  // namespace stalemate
