#include "application/instances/listening.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include "core/text/number_text.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::map<std::uint64_t, std::uint16_t> listening_sockets_in(std::string_view text) {
  constexpr std::size_t local_word = 1;
  constexpr std::size_t state_word = 3;
  constexpr std::size_t inode_word = 9;
  constexpr std::string_view listening = "0A";
  std::map<std::uint64_t, std::uint16_t> sockets;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string_view> words = split_at_blanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.size() <= inode_word || words[state_word] != listening) {
      continue;
    }
    const std::string_view local = words[local_word];
    const auto port = parse_number<std::uint16_t>(local.substr(std::min(local.rfind(':') + 1, local.size())), 16);
    const auto inode = parse_number<std::uint64_t>(words[inode_word]);
    if (port && inode) {
      sockets[*inode] = *port;
    }
  }
  return sockets;
}

std::vector<std::uint16_t> listening_ports_of(std::span<const pid_t> pids) {
  std::map<std::uint64_t, std::uint16_t> sockets = listening_sockets_in(text_of("/proc/net/tcp"));
  sockets.merge(listening_sockets_in(text_of("/proc/net/tcp6")));
  std::set<std::uint16_t> ports;
  for (const pid_t pid : pids) {
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      std::error_code ignored;
      const std::string target = std::filesystem::read_symlink(entry->path(), ignored).native();
      constexpr std::string_view beginning = "socket:[";
      if (!target.starts_with(beginning)) {
        continue;
      }
      const std::string_view digits(target.data() + beginning.size(), target.size() - beginning.size() - 1);
      const auto inode = parse_number<std::uint64_t>(digits);
      const auto found = inode ? sockets.find(*inode) : sockets.end();
      if (found != sockets.end()) {
        ports.insert(found->second);
      }
    }
  }
  return {ports.begin(), ports.end()};
}

}  // namespace stalemate
