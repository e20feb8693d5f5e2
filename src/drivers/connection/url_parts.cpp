#include "drivers/connection/url_parts.hpp"

#include <algorithm>
#include <utility>

#include "core/text/number_text.hpp"

namespace stalemate {
namespace {

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') {
    return letter - '0';
  }
  const char lower = static_cast<char>(letter | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::unexpected<Error> malformed_url(std::string_view url, std::string_view problem) {
  return failed(ErrorCode::wrong_type,
                "the URL '" + url_without_password(url) + "' cannot be used: " + std::string(problem));
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t place = 0; place < text.size(); ++place) {
    if (text[place] != '%') {
      decoded += text[place];
      continue;
    }
    const int high = place + 2 < text.size() ? hex_digit(text[place + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[place + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      return std::nullopt;
    }
    decoded += static_cast<char>(high * 16 + low);
    place += 2;
  }
  return decoded;
}

Result<UrlLogin> take_login(std::string_view url, std::string_view& rest, std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) {
    return UrlLogin();
  }
  const std::string_view login = rest.substr(0, at);
  const std::size_t colon = login.find(':');
  auto user = percent_decoded(login.substr(0, std::min(colon, login.size())));
  auto password = percent_decoded(colon == std::string_view::npos ? "" : login.substr(colon + 1));
  if (!user || !password) {
    return malformed_url(url, "a % in the user or password is not followed by two hexadecimal digits");
  }
  rest.remove_prefix(at + 1);
  return UrlLogin{.user = std::move(*user), .password = std::move(*password)};
}

Result<UrlAuthority> take_authority(std::string_view url, std::string_view& rest, std::string_view form) {
  // A raw '/' in a password would end the authority; all before the last '@' still counts as the login.
  const std::size_t at = rest.rfind('@');
  const std::size_t slash = rest.find('/', at == std::string_view::npos ? 0 : at);
  Result<UrlLogin> login = take_login(url, rest, rest.substr(0, slash));
  if (!login) {
    return std::unexpected(std::move(login.error()));
  }
  UrlAuthority authority = {.login = std::move(*login)};
  const std::size_t path = rest.find('/');
  std::string_view host = rest.substr(0, path);
  rest = path == std::string_view::npos ? "" : rest.substr(path + 1);
  const std::size_t bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    authority.port = parse_number<std::uint16_t>(host.substr(colon + 1));
    host = host.substr(0, colon);
    if (authority.port.value_or(0) == 0) {
      return malformed_url(url, "the port must be a number from 1 to 65535");
    }
  }
  if (bracket != std::string_view::npos && bracket + 1 == host.size()) {
    host = host.substr(1, bracket - 1);
  }
  if (host.find_first_of("[]?#") != std::string_view::npos) {
    return malformed_url(url, "it should look like " + std::string(form));
  }
  authority.host = host;
  return authority;
}

Result<CacheAddress> parse_cache_url(std::string_view url, const CacheUrlForm& form) {
  std::string_view rest = url.substr(form.scheme.size());
  Result<UrlAuthority> authority = take_authority(url, rest, form.form);
  if (!authority) {
    return std::unexpected(std::move(authority.error()));
  }
  if (!rest.empty() && !form.has_database) {
    return malformed_url(url, "nothing may stand behind its port, as in " + std::string(form.example));
  }
  const auto database = parse_number<std::uint32_t>(rest.empty() ? "0" : rest);
  if (!database) {
    return malformed_url(url, "the database behind '/' must be a number, as in " + std::string(form.example));
  }
  CacheAddress address;
  address.host = authority->host.empty() ? address.host : std::move(authority->host);
  address.port = authority->port.value_or(form.port);
  address.user = std::move(authority->login.user);
  address.password = std::move(authority->login.password);
  address.database = *database;
  return address;
}

}  // namespace stalemate
