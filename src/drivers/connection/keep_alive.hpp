// Keeps watch over a connection that may be silent for long.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace stalemate {

/// Has the kernel ask the other side after 2 s of silence, and end the connection 3 s later if it does not answer.
/// Does nothing to a unix socket, because the loss of its other side is always noticed.
inline void keep_alive(int socket) {
  const int on = 1;
  const int idle_s = 2;
  const int interval_s = 1;
  const int probes = 3;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

}  // namespace stalemate
