#include "drivers/connection/resolve.hpp"

#include <netdb.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <memory>

namespace stalemate {

std::string SocketAddress::numeric_host() const {
  if (family() == AF_UNIX) {
    return {};
  }
  std::array<char, NI_MAXHOST> text = {};
  const int problem =
      ::getnameinfo(data(), length, text.data(), static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
  return problem == 0 ? std::string(text.data()) : std::string();
}

Result<std::vector<SocketAddress>> resolve_host(const std::string& host, std::uint16_t port) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int problem = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (problem != 0) {
    return failed(ErrorCode::connection_refused,
                  "the host name '" + host + "' cannot be resolved: " + ::gai_strerror(problem));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    address.length = each->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

Result<SocketAddress> unix_socket_address(const std::string& path) {
  sockaddr_un name = {};
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    return failed(ErrorCode::wrong_type, "the unix socket path '" + path + "' is " +
                                             (path.empty() ? "empty" : "longer than the 107 bytes a path may have"));
  }
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  SocketAddress address;
  std::memcpy(&address.storage, &name, sizeof name);
  address.length = sizeof name;
  return address;
}

}  // namespace stalemate
