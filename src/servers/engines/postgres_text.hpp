// PostgreSQL's texts: settings, arguments, URLs and the file it leaves in its data folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// What postgresql.conf says beyond the defaults: durability as by default, nothing outside the data folder, room for
/// `clients` connections. `isolation` is a level such as "serializable"; empty keeps the default. `major` is the
/// server's version, such as 15.
[[nodiscard]] std::string postgres_settings(unsigned major, std::uint16_t clients, std::string_view isolation);

/// The number in a data folder's PG_VERSION: "15\n" is 15, "9.6\n" is 9; 0 if there is none.
[[nodiscard]] unsigned parse_postgres_major(std::string_view text);

[[nodiscard]] std::vector<std::string> initdb_arguments(const std::filesystem::path& initdb,
                                                        const std::filesystem::path& data,
                                                        const std::filesystem::path& password_file);

/// Copies the server that listens on `port` in `socket_folder` and prepares the copy to follow it.
[[nodiscard]] std::vector<std::string> basebackup_arguments(const std::filesystem::path& basebackup,
                                                            const std::filesystem::path& data,
                                                            const std::filesystem::path& socket_folder,
                                                            std::uint16_t port, std::string_view user,
                                                            const std::filesystem::path& password_file);

/// `socket_folder` is where it makes .s.PGSQL.PORT.
[[nodiscard]] std::vector<std::string> postgres_arguments(const std::filesystem::path& postgres,
                                                          const std::filesystem::path& data,
                                                          const std::filesystem::path& socket_folder,
                                                          std::uint16_t port);

/// postgres://user:password@127.0.0.1:port/database
[[nodiscard]] std::string postgres_url(std::string_view user, std::string_view password, std::uint16_t port,
                                       std::string_view database);

/// postgres://user:password@/database?host=FOLDER&port=N
[[nodiscard]] std::string postgres_socket_url(std::string_view user, std::string_view password,
                                              const std::filesystem::path& socket_folder, std::uint16_t port,
                                              std::string_view database);

/// Whether a socket of this name can be bound: the kernel takes at most 107 bytes.
[[nodiscard]] bool socket_path_fits(const std::filesystem::path& socket);

/// The socket's path for a port.
[[nodiscard]] std::filesystem::path postgres_socket(const std::filesystem::path& socket_folder, std::uint16_t port);

/// The System V shared memory that postmaster.pid names in its seventh line.
struct SharedMemory {
  std::uint64_t key = 0;
  int id = 0;
};
[[nodiscard]] std::optional<SharedMemory> parse_postmaster_file(std::string_view text);

/// Removes the shared memory of a dead server with this data folder, if its key is the same, it belongs to the
/// folder's owner and nobody is attached, for which it waits up to a second. Where there is nothing of that kind, does
/// nothing.
void remove_postgres_shared_memory(const std::filesystem::path& data);

}  // namespace stalemate
