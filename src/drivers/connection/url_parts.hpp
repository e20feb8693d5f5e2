// What the URLs of servers are read with, whichever engine's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "drivers/url.hpp"

namespace stalemate {

/// wrong_type, outcome `fail`: "the URL 'URL' cannot be used: PROBLEM", without its password.
[[nodiscard]] std::unexpected<Error> malformed_url(std::string_view url, std::string_view problem);

/// std::nullopt where a '%' is not followed by two hexadecimal digits, or stands for a zero byte.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

struct UrlLogin {
  std::string user = {};
  std::string password = {};
};

/// Takes "[USER][:PASSWORD]@" off the front of `rest`, where `authority`, which `rest` begins with, has one. The last
/// '@' of it counts, since a password may hold one that was not encoded. Errors: as malformed_url, of `url`.
[[nodiscard]] Result<UrlLogin> take_login(std::string_view url, std::string_view& rest, std::string_view authority);

/// The login, and where the server is: what stands between "SCHEME://" and '/'.
struct UrlAuthority {
  UrlLogin login = {};
  std::string host = {};                ///< empty: it names none
  std::optional<std::uint16_t> port{};  ///< never 0
};

/// Takes it off the front of `rest`, which is what follows "SCHEME://", with the '/' behind it. `form` is what the URL
/// should look like. Errors: as malformed_url, of `url`.
[[nodiscard]] Result<UrlAuthority> take_authority(std::string_view url, std::string_view& rest, std::string_view form);

/// What the URL of a cache on TCP looks like.
struct CacheUrlForm {
  std::string_view scheme;    ///< with what ends it, such as "redis://"
  std::uint16_t port = 0;     ///< where it names none
  bool has_database = false;  ///< "/NUMBER" may stand behind the port
  std::string_view form;      ///< such as "redis://:PASSWORD@HOST:PORT/DATABASE"
  std::string_view example;   ///< such as "redis://localhost:6379/0"
};
/// Errors: as malformed_url. Requires: the URL begins with the scheme.
[[nodiscard]] Result<CacheAddress> parse_cache_url(std::string_view url, const CacheUrlForm& form);

}  // namespace stalemate
