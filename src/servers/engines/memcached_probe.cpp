// Asks memcached by its text protocol, within a time limit.
#include <string>
#include <string_view>

#include "servers/engines/line_probe.hpp"
#include "servers/engines/probes.hpp"

namespace stalemate {

Result<std::string> ask_memcached(const ServerAddress& address, Nanoseconds limit_ns) {
  LineProbe probe(limit_ns);
  if (const Result<void> connected = probe.connect(address); !connected) {
    return std::unexpected(connected.error());
  }
  const std::string login = address.user + " " + address.password;
  const Result<std::string> logged_in =
      probe.ask("set login 0 0 " + std::to_string(login.size()) + "\r\n" + login + "\r\n");
  if (!logged_in) {
    return logged_in;
  }
  if (*logged_in != "STORED") {
    return failed(ErrorCode::authentication, *logged_in);
  }
  Result<std::string> version = probe.ask("version\r\n");
  constexpr std::string_view word = "VERSION ";
  if (version && !version->starts_with(word)) {
    return failed(ErrorCode::refused_by_server, *version);
  }
  return version ? version->substr(word.size()) : version;
}

}  // namespace stalemate
