// Looks for executables in folders.
#include "servers/engines/binaries.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <system_error>

namespace stalemate {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> postgres_programs = {"postgres", "initdb"};
constexpr std::array<std::string_view, 1> cockroach_programs = {"cockroach"};

bool is_executable(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::vector<fs::path> folders_in_environment() {
  const char* path = secure_getenv("PATH");
  return folders_of_path(path == nullptr ? "" : path);
}

/// "9.6" is {9, 6}, so that it comes before {15}.
std::vector<unsigned> numbers_of(std::string_view version) {
  std::vector<unsigned> numbers;
  while (!version.empty()) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
    if (error != std::errc{}) {
      return {};
    }
    numbers.push_back(number);
    version.remove_prefix(static_cast<std::size_t>(end - version.data()));
    if (!version.empty() && version.front() == '.') {
      version.remove_prefix(1);
    } else if (!version.empty()) {
      return {};
    }
  }
  return numbers;
}

}  // namespace

std::vector<fs::path> folders_of_path(std::string_view path) {
  std::vector<fs::path> folders;
  while (!path.empty()) {
    const auto end = std::min(path.find(':'), path.size());
    if (end > 0) {
      folders.emplace_back(path.substr(0, end));
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return folders;
}

fs::path folder_with(std::span<const fs::path> folders, std::span<const std::string_view> programs) {
  const auto holds_all = [&](const fs::path& folder) {
    return std::ranges::all_of(programs, [&](std::string_view program) { return is_executable(folder / program); });
  };
  const auto found = std::ranges::find_if(folders, holds_all);
  return found == folders.end() ? fs::path{} : fs::absolute(*found);
}

std::vector<fs::path> versioned_folders(const fs::path& parent) {
  std::vector<std::pair<std::vector<unsigned>, fs::path>> found;
  std::error_code error;
  for (auto entry = fs::directory_iterator(parent, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (std::vector<unsigned> version = numbers_of(entry->path().filename().native()); !version.empty()) {
      found.emplace_back(std::move(version), entry->path() / "bin");
    }
  }
  std::ranges::sort(found, std::greater{});
  std::vector<fs::path> folders;
  folders.reserve(found.size());
  for (auto& [version, folder] : found) {
    folders.push_back(std::move(folder));
  }
  return folders;
}

Result<fs::path> find_program(std::string_view engine, std::string_view program, std::string_view advice) {
  std::vector<fs::path> folders = folders_in_environment();
  folders.insert(folders.end(), {"/usr/bin", "/usr/local/bin", "/usr/sbin"});
  const fs::path folder = folder_with(folders, std::span(&program, 1));
  if (folder.empty()) {
    return failed(ErrorCode::unavailable, std::string(engine) + " is not installed (no '" + std::string(program) +
                                              "' in PATH or /usr/bin); " + std::string(advice));
  }
  return folder / program;
}

Result<PostgresPrograms> find_postgres() {
  std::vector<fs::path> folders = folders_in_environment();
  std::ranges::move(versioned_folders("/usr/lib/postgresql"), std::back_inserter(folders));
  std::ranges::move(versioned_folders("/opt/postgresql"), std::back_inserter(folders));
  folders.insert(folders.end(), {"/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"});
  const fs::path folder = folder_with(folders, postgres_programs);
  if (folder.empty()) {
    return failed(
        ErrorCode::unavailable,
        "PostgreSQL is not installed (no 'postgres' and 'initdb' in PATH or /usr/lib/postgresql); install the "
        "Debian package postgresql-15");
  }
  // A folder of links may lack some of them; the program's own folder has all.
  std::error_code error;
  const fs::path own = fs::canonical(folder / "postgres", error).parent_path() / "pg_basebackup";
  return PostgresPrograms{.postgres = folder / "postgres",
                          .initdb = folder / "initdb",
                          .basebackup = !error && is_executable(own) ? own : fs::path{}};
}

Result<fs::path> find_redis() {
  return find_program("Redis", "redis-server", "install the Debian package redis-server");
}

Result<fs::path> find_valkey() {
  return find_program("Valkey", "valkey-server",
                      "install the package valkey-server of Debian's bookworm-backports, or name a server of yours "
                      "with --cache valkey://HOST:PORT/0");
}

Result<fs::path> find_memcached() {
  return find_program("memcached", "memcached", "install the Debian package memcached");
}

// Distributions put the server apart from the other programs.
Result<MariaDbPrograms> find_mariadb() {
  constexpr std::string_view remedy = "install the Debian package mariadb-server";
  Result<fs::path> server = find_program("MariaDB", "mariadbd", remedy);
  Result<fs::path> install = server ? find_program("MariaDB", "mariadb-install-db", remedy) : server;
  if (!install) {
    return std::unexpected(install.error());
  }
  return MariaDbPrograms{.server = std::move(*server), .install = std::move(*install)};
}

Result<fs::path> find_cockroach(const fs::path& wanted) {
  if (!wanted.empty()) {
    if (!is_executable(wanted)) {
      return failed(ErrorCode::unavailable, "'" + wanted.native() +
                                                "' is not a program; give the path of a cockroach "
                                                "binary");
    }
    return fs::absolute(wanted);
  }
  const fs::path folder = folder_with(folders_in_environment(), cockroach_programs);
  if (folder.empty()) {
    return failed(ErrorCode::unavailable,
                  "there is no 'cockroach' in PATH; Debian has no package of it, so put the binary from "
                  "cockroachlabs.com into PATH or give its path with --cockroach");
  }
  return folder / "cockroach";
}

}  // namespace stalemate
