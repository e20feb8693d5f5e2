// A program that serves for a while: a peer between a client and a server.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace stalemate {

/// Ends with this object, and with this process however that ends.
class PeerServer {
 public:
  /// Starts `arguments` (the first is found in PATH); what it says goes to `log`.
  PeerServer(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  ~PeerServer();
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;

  /// User and system time so far, of it and of the children that it has waited for.
  [[nodiscard]] double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace stalemate
