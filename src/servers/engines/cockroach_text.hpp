// CockroachDB's texts: arguments that v20.1 and every later version accept, versions and URLs.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

struct CockroachVersion {
  unsigned year = 0;
  unsigned release = 0;
  unsigned patch = 0;
  friend auto operator<=>(const CockroachVersion&, const CockroachVersion&) = default;
};

/// The oldest that is known to take our arguments.
inline constexpr CockroachVersion oldest_cockroach = {.year = 20, .release = 1, .patch = 0};

/// The first "vYEAR.RELEASE.PATCH" in a text, as in `cockroach version` ("Build Tag:        v20.1.17") or
/// `SELECT version()` ("CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, ...)"); suffixes such as -rc.1 are not looked
/// at. Nothing if there is none.
[[nodiscard]] std::optional<CockroachVersion> parse_cockroach_version(std::string_view text);
[[nodiscard]] std::string to_text(CockroachVersion version);

/// One node's place.
struct CockroachNode {
  std::uint16_t port = 0;       ///< for SQL and the other nodes
  std::uint16_t http_port = 0;  ///< for the console
  std::filesystem::path store = {};
};

/// What starts node `index` of `nodes`.
[[nodiscard]] std::vector<std::string> cockroach_start_arguments(const std::filesystem::path& program,
                                                                 std::span<const CockroachNode> nodes,
                                                                 std::size_t index);

/// What joins the started nodes into one cluster, once.
[[nodiscard]] std::vector<std::string> cockroach_init_arguments(const std::filesystem::path& program,
                                                                std::uint16_t port);

/// Whether the output of `cockroach init` says that it had been done before.
[[nodiscard]] bool says_initialised_already(std::string_view output);

/// postgres://root@127.0.0.1:port/defaultdb?sslmode=disable
[[nodiscard]] std::string cockroach_url(std::uint16_t port);

}  // namespace stalemate
