// Finds the servers' programs: PATH first, then where distributions put them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace stalemate {

/// The folders of a PATH-like text, in order; empty elements, which would mean the working folder, are left out.
[[nodiscard]] std::vector<std::filesystem::path> folders_of_path(std::string_view path);

/// The first of `folders` that holds all of `programs` as executable files; empty if none does.
[[nodiscard]] std::filesystem::path folder_with(std::span<const std::filesystem::path> folders,
                                                std::span<const std::string_view> programs);

/// The sub-folders VERSION/bin of `parent`, the newest version first, versions compared number by number.
[[nodiscard]] std::vector<std::filesystem::path> versioned_folders(const std::filesystem::path& parent);

/// A program of an engine: in PATH, else where distributions put such.
/// Errors: unavailable, "ENGINE is not installed ...; ADVICE", where the advice names the Debian package to install.
[[nodiscard]] Result<std::filesystem::path> find_program(std::string_view engine, std::string_view program,
                                                         std::string_view advice);

/// Where programs of one installation lie. `basebackup`, which only a standby needs, is empty where there is none.
struct PostgresPrograms {
  std::filesystem::path postgres = {};
  std::filesystem::path initdb = {};
  std::filesystem::path basebackup = {};
};

/// What a MariaDB needs.
struct MariaDbPrograms {
  std::filesystem::path server = {};   ///< mariadbd
  std::filesystem::path install = {};  ///< mariadb-install-db
};

/// Errors of all: unavailable, with a sentence that names the Debian package or what else to do.
[[nodiscard]] Result<PostgresPrograms> find_postgres();
[[nodiscard]] Result<std::filesystem::path> find_redis();
[[nodiscard]] Result<std::filesystem::path> find_valkey();
[[nodiscard]] Result<std::filesystem::path> find_memcached();
[[nodiscard]] Result<MariaDbPrograms> find_mariadb();
/// `wanted` where it is not empty, else `cockroach` in PATH.
[[nodiscard]] Result<std::filesystem::path> find_cockroach(const std::filesystem::path& wanted);

}  // namespace stalemate
