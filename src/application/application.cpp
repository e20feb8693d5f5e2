#include "application/application.hpp"

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <cstdio>

#include "core/assert.hpp"
#include "core/text/number_text.hpp"

namespace stalemate {

std::string_view name_of(ApplicationRequest request) {
  constexpr std::array<std::string_view, 3> names = {"create", "read", "write"};
  return names[static_cast<std::size_t>(request)];
}

bool StatusSet::holds(unsigned status) const {
  return std::ranges::any_of(ranges_,
                             [&](const auto& range) { return range.first <= status && status <= range.second; });
}

Result<InstanceAddress> read_instance_url(std::string_view text) {
  // Boost 1.81 ends the program at some texts without "//", such as "x:" and a control character.
  const bool has_scheme = text.starts_with("http://") || text.starts_with("https://");
  const auto url = boost::urls::parse_uri(has_scheme ? text : std::string_view());
  if (!url || url->encoded_host().empty()) {
    return failed(ErrorCode::wrong_type, "each url must be http://HOST:PORT, not '" + std::string(text) + "'");
  }
  if (url->scheme() == "https") {
    return failed(ErrorCode::wrong_type,
                  "https:// asks for TLS; give the address at which the service speaks plain HTTP");
  }
  // Boost 1.81 takes a number beyond 65,535 for its rest.
  const bool has_port = url->has_port();
  const bool is_port = !has_port || (url->port_number() != 0 && std::to_string(url->port_number()) == url->port());
  if (url->has_userinfo() || url->has_query() || url->has_fragment() || !is_port) {
    return failed(ErrorCode::wrong_type,
                  "each url must be http://HOST:PORT/PATH and no more; logins belong into "
                  "[requests] headers or login");
  }
  std::string path(std::string_view(url->encoded_path()));
  while (path.ends_with('/')) {
    path.pop_back();
  }
  constexpr std::uint16_t standard_port = 80;
  return InstanceAddress{
      .host = url->host_address(), .port = has_port ? url->port_number() : standard_port, .path = std::move(path)};
}

Result<std::string> ApplicationKeys::text_of(std::uint32_t number) const {
  STALEMATE_ASSERT(number >= first_key, "keys are counted from first_key on");
  if (kind == KeyKind::numbers) {
    return std::to_string(number);
  }
  if (kind == KeyKind::uuids) {
    std::array<char, 40> text = {};
    const int length = std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012x", number);
    return std::string(text.data(), static_cast<std::size_t>(length));
  }
  const std::size_t place = number - first_key;
  if (place >= list.size()) {
    return failed(ErrorCode::unsupported, "the list of keys has " + with_thousands(list.size()) +
                                              ", and every schedule takes a fresh one; list more keys in [requests]");
  }
  return list[place];
}

}  // namespace stalemate
