// Builds CockroachDB's arguments, and reads versions.
#include "servers/engines/cockroach_text.hpp"

#include <algorithm>
#include <charconv>

namespace stalemate {
namespace {

/// Takes a number off the front of `text`.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<CockroachVersion> version_at(std::string_view text) {
  const auto year = take_number(text);
  if (!year || !take(text, '.')) {
    return std::nullopt;
  }
  const auto release = take_number(text);
  if (!release || !take(text, '.')) {
    return std::nullopt;
  }
  const auto patch = take_number(text);
  if (!patch) {
    return std::nullopt;
  }
  return CockroachVersion{.year = *year, .release = *release, .patch = *patch};
}

std::string loopback(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

}  // namespace

std::optional<CockroachVersion> parse_cockroach_version(std::string_view text) {
  while (!text.empty()) {
    const auto found = text.find('v');
    if (found == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(found + 1);
    if (const auto version = version_at(text)) {
      return version;
    }
  }
  return std::nullopt;
}

std::string to_text(CockroachVersion version) {
  return "v" + std::to_string(version.year) + "." + std::to_string(version.release) + "." +
         std::to_string(version.patch);
}

std::vector<std::string> cockroach_start_arguments(const std::filesystem::path& program,
                                                   std::span<const CockroachNode> nodes, std::size_t index) {
  std::string join;
  for (const CockroachNode& node : nodes) {
    join += (join.empty() ? "" : ",") + loopback(node.port);
  }
  const CockroachNode& node = nodes[index];
  return {program.native(), "start", "--insecure", "--store=path=" + node.store.native(),
          "--listen-addr=" + loopback(node.port), "--http-addr=" + loopback(node.http_port), "--join=" + join,
          // Three nodes share the machine with the clients; the defaults would do on one of their own.
          "--cache=128MiB", "--max-sql-memory=128MiB"};
}

std::vector<std::string> cockroach_init_arguments(const std::filesystem::path& program, std::uint16_t port) {
  return {program.native(), "init", "--insecure", "--host=" + loopback(port)};
}

bool says_initialised_already(std::string_view output) {
  return output.contains("already been initialized") || output.contains("already initialized");
}

std::string cockroach_url(std::uint16_t port) {
  return "postgres://root@" + loopback(port) + "/defaultdb?sslmode=disable";
}

}  // namespace stalemate
