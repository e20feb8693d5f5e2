// Texts of a user's file with places to fill in, such as "postgres://{database_user}@{database_host}" or {"id": {key}}.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace stalemate {

/// What can be filled in. `{token}` is what the login answered.
enum class Placeholder : std::uint8_t {
  port,
  database_url,
  database_host,
  database_port,
  database_user,
  database_password,
  database_name,
  cache_url,
  cache_host,
  cache_port,
  cache_password,
  key,
  value,
  token
};
inline constexpr std::size_t placeholder_count = 14;

/// The name between the braces, such as "database_url".
[[nodiscard]] std::string_view name_of(Placeholder placeholder);
/// One line for the docs.
[[nodiscard]] std::string_view meaning_of(Placeholder placeholder);

/// Where an application finds one store: at a gate, or at the store itself.
struct StoreAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string user = {};      ///< empty: none is named
  std::string password = {};  ///< empty: none. Never put it into an error or a history
  std::string name = {};      ///< of the database, or a Redis database's number; empty: the server's choice

  /// postgres://USER:PASSWORD@HOST:PORT/NAME, parts that are empty left out, percent-encoded.
  [[nodiscard]] std::string postgres_url() const;
  /// redis://USER:PASSWORD@HOST:PORT/NAME.
  [[nodiscard]] std::string redis_url() const;
};

/// Reads postgres://, postgresql:// or redis:// URLs over TCP; the port defaults to 5432 or 6379.
/// Errors: ErrorCode::wrong_type, one sentence without the password: no such URL, a unix socket, TLS asked for
/// (rediss://, sslmode=require or stricter), several hosts.
[[nodiscard]] Result<StoreAddress> read_store_url(std::string_view url);

/// What to fill in. Where something is not given, its placeholders become the empty text.
struct PlaceholderValues {
  std::uint16_t port = 0;  ///< where the instance is to listen
  const StoreAddress* database = nullptr;
  const StoreAddress* cache = nullptr;
  std::string_view key = {};  ///< as its text
  std::int64_t value = 0;
  std::string_view token = {};
};

/// How what is filled in is escaped, so that it stays one part of what is around it: not at all, as %XX, or in quotes
/// of a shell where it holds anything that a shell would obey.
enum class Escaping : std::uint8_t { none, url, shell };

/// A text, read once into its parts. "{word}" with a word of a-z and _ is a placeholder; all other braces are text.
class Template {
 public:
  Template() = default;
  /// Errors: ErrorCode::wrong_type, a sentence that names the placeholder that is not known, or not one of `allowed`,
  /// with the nearest.
  [[nodiscard]] static Result<Template> read(std::string_view text, std::span<const Placeholder> allowed);

  [[nodiscard]] std::string filled(const PlaceholderValues& values, Escaping escaping = Escaping::none) const;
  [[nodiscard]] bool uses(Placeholder placeholder) const;
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  /// As it was written.
  [[nodiscard]] std::string text() const;

 private:
  struct Part {
    std::string text = {};  ///< before the placeholder
    std::optional<Placeholder> placeholder = {};
  };
  std::vector<Part> parts_ = {};
};

}  // namespace stalemate
