// The unprivileged account a server runs as when we are root.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

/// As root: the first of `names` that exists, else "nobody". As anybody else: nothing, servers run as ourselves.
/// Errors: unavailable when we are root and there is no such account.
[[nodiscard]] Result<std::optional<Account>> account_for(std::span<const std::string_view> names);

/// Makes a folder that only `account` (or we, without one) can enter.
/// Errors: unavailable.
[[nodiscard]] Result<void> make_private_folder(const std::filesystem::path& path,
                                               const std::optional<Account>& account);

/// Writes a new file that only `account` (or we) can read.
/// Errors: unavailable when it exists already or cannot be written.
[[nodiscard]] Result<void> write_private_file(const std::filesystem::path& path, std::string_view text,
                                              const std::optional<Account>& account);

/// 32 characters 0-9a-f from the kernel's random source: fit for URLs and configuration files as they are.
[[nodiscard]] std::string random_password();

}  // namespace stalemate
