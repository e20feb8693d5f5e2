// A private memcached with room for some thousand entries only.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "servers/engines/binaries.hpp"
#include "servers/engines/memcached_server.hpp"
#include "servers/keeper/folders.hpp"

namespace stalemate {

class SmallMemcached {
 public:
  explicit SmallMemcached(const std::filesystem::path& base) {
    auto folder = make_run_folder(base);
    auto link = folder ? KeeperLink::start(std::move(*folder), KeeperMode::servers_die)
                       : Result<std::shared_ptr<KeeperLink>>(std::unexpected(folder.error()));
    const auto program = find_memcached();
    EXPECT_TRUE(link && program);
    MemcachedServerOptions wanted;
    wanted.program = program.value_or("");
    wanted.memory_mb = 1;
    auto server = start_memcached(*link, wanted);
    EXPECT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
  }
  [[nodiscard]] std::string url() const { return server_->facts().addresses.front().url; }

 private:
  std::unique_ptr<KeptServer> server_;
};

}  // namespace stalemate
