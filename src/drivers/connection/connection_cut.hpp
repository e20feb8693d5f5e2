// Cuts a store off from all sessions of a run, where the server has no way to do so itself.
#pragma once

#include <sys/socket.h>

#include <mutex>
#include <set>

namespace stalemate {

/// The sockets of the sessions that share it. While the store is cut off, their connections are gone and new ones are
/// refused; the server lives on and sees no more than clients that hang up.
/// Thread rule: any thread.
class ConnectionCut {
 public:
  void cut() {
    const std::scoped_lock guard(mutex_);
    is_cut_ = true;
    for (const int socket : sockets_) {
      ::shutdown(socket, SHUT_RDWR);
    }
  }
  void mend() {
    const std::scoped_lock guard(mutex_);
    is_cut_ = false;
  }

  /// False: the store is cut off. Requires: `leave` before the socket is closed, where it was true.
  [[nodiscard]] bool enter(int socket) {
    const std::scoped_lock guard(mutex_);
    if (!is_cut_) {
      sockets_.insert(socket);
    }
    return !is_cut_;
  }
  /// A socket that did not enter is ignored.
  void leave(int socket) {
    const std::scoped_lock guard(mutex_);
    sockets_.erase(socket);
  }

 private:
  std::mutex mutex_ = {};
  std::set<int> sockets_ = {};
  bool is_cut_ = false;
};

}  // namespace stalemate
