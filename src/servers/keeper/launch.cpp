// Ports and logs.
#include "servers/keeper/launch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>

#include "servers/keeper/folders.hpp"

namespace stalemate {
namespace {

constexpr std::uint16_t lowest_server_port = 10'000;
constexpr std::uint16_t highest_port = std::numeric_limits<std::uint16_t>::max();

bool is_free(std::uint16_t port) {
  const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return listener.is_open() && setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
         bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
         listen(listener.number(), 1) == 0;
}

std::string first_line_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

std::optional<std::pair<std::uint16_t, std::uint16_t>> parse_port_range(std::string_view text) {
  std::uint16_t low = 0;
  std::uint16_t high = 0;
  const auto [low_end, low_error] = std::from_chars(text.data(), text.data() + text.size(), low);
  if (low_error != std::errc{}) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(static_cast<std::size_t>(low_end - text.data()));
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const auto [high_end, high_error] = std::from_chars(rest.data(), rest.data() + rest.size(), high);
  if (high_error != std::errc{} || high < low) {
    return std::nullopt;
  }
  return std::pair(low, high);
}

PortRange server_ports(std::optional<std::pair<std::uint16_t, std::uint16_t>> outgoing) {
  constexpr PortRange all = {.first = lowest_server_port, .last = highest_port};
  constexpr int enough = 1'000;
  if (!outgoing) {
    return all;
  }
  const auto [low, high] = *outgoing;
  const int below = std::max(0, low - lowest_server_port);
  const int above = std::min(highest_port - high, highest_port - lowest_server_port + 1);
  if (std::max(below, above) < enough) {
    return all;
  }
  if (below >= above) {
    return {.first = lowest_server_port, .last = static_cast<std::uint16_t>(low - 1)};
  }
  return {.first = static_cast<std::uint16_t>(std::max(high + 1, int{lowest_server_port})), .last = highest_port};
}

Result<std::uint16_t> free_port() {
  const PortRange range = server_ports(parse_port_range(first_line_of("/proc/sys/net/ipv4/ip_local_port_range")));
  const std::uint32_t count = std::uint32_t{range.last} - range.first + 1;
  constexpr int tries = 1'000;
  for (int attempt = 0; attempt < tries; ++attempt) {
    std::uint32_t chance = 0;
    if (getrandom(&chance, sizeof chance, 0) != static_cast<ssize_t>(sizeof chance)) {
      continue;
    }
    const auto port = static_cast<std::uint16_t>(range.first + chance % count);
    if (is_free(port)) {
      return port;
    }
  }
  return failed(ErrorCode::unavailable, "no free port at 127.0.0.1 between " + std::to_string(range.first) + " and " +
                                            std::to_string(range.last));
}

std::string log_tail(const std::filesystem::path& path, std::uintmax_t offset, int lines_max) {
  constexpr std::uintmax_t bytes_max = 16U << 10U;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) {
    return {};
  }
  const auto size = static_cast<std::uintmax_t>(std::max(std::streamoff{0}, std::streamoff{file.tellg()}));
  const std::uintmax_t begin = std::max(std::min(offset, size), size > bytes_max ? size - bytes_max : 0);
  file.seekg(static_cast<std::streamoff>(begin));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  std::size_t cut = text.size();
  for (int line = 0; line < lines_max && cut != std::string::npos && cut > 0; ++line) {
    cut = text.rfind('\n', cut - 1);
  }
  return cut == std::string::npos || cut == 0 ? text : text.substr(cut + 1);
}

std::string log_phrase(std::string_view tail) {
  return tail.empty() ? "; it logged nothing" : "; the end of its log:\n" + std::string(tail);
}

bool says_port_taken(std::string_view log) {
  std::string lower(log);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower.contains("address already in use");
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").contains(letter)) {
      encoded += letter;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4U];
      encoded += digits[byte & 15U];
    }
  }
  return encoded;
}

}  // namespace stalemate
