// Builds PostgreSQL's settings and arguments, and reads postmaster.pid.
#include "servers/engines/postgres_text.hpp"

#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "servers/keeper/launch.hpp"

namespace stalemate {

std::string postgres_settings(unsigned major, std::uint16_t clients, std::string_view isolation) {
  // Besides the clients: samplers, psql sessions, replication.
  constexpr int spare_connections = 40;
  std::ostringstream text;
  text << "listen_addresses = '127.0.0.1'\n"
       << "max_connections = " << clients + spare_connections << '\n'
       << "unix_socket_permissions = 0700\n"
       << "fsync = on\n"
       << "synchronous_commit = on\n"
       << "full_page_writes = on\n"
       << "wal_level = logical\n"
       << "max_wal_size = 512MB\n"
       << "shared_buffers = 128MB\n"
       << "huge_pages = off\n"
       // In the data folder, not in /dev/shm: there a SIGKILL would leave it behind.
       << "dynamic_shared_memory_type = mmap\n"
       << "jit = off\n"
       << "timezone = 'UTC'\n"
       << "log_timezone = 'UTC'\n"
       << "lc_messages = 'C'\n"
       << "logging_collector = off\n"
       << "log_line_prefix = '%m [%p] '\n";
  constexpr unsigned first_with_syncfs = 14;
  if (major >= first_with_syncfs) {
    // Recovery after a kill syncs all files first: one call instead of a thousand, 0.1 s instead of 5.
    text << "recovery_init_sync_method = syncfs\n";
  }
  if (!isolation.empty()) {
    text << "default_transaction_isolation = '" << isolation << "'\n";
  }
  return text.str();
}

unsigned parse_postgres_major(std::string_view text) {
  unsigned major = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), major);
  return error == std::errc{} ? major : 0;
}

std::vector<std::string> initdb_arguments(const std::filesystem::path& initdb, const std::filesystem::path& data,
                                          const std::filesystem::path& password_file) {
  return {initdb.native(), "--pgdata=" + data.native(), "--username=stalemate", "--pwfile=" + password_file.native(),
          "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
          // Nothing of value is in there yet; what clients commit later is synced as ever.
          "--no-sync"};
}

std::vector<std::string> basebackup_arguments(const std::filesystem::path& basebackup,
                                              const std::filesystem::path& data,
                                              const std::filesystem::path& socket_folder, std::uint16_t port,
                                              std::string_view user, const std::filesystem::path& password_file) {
  return {basebackup.native(),
          "--pgdata=" + data.native(),
          "--dbname=postgres://" + percent_encoded(user) + "@?host=" + percent_encoded(socket_folder.native()) +
              "&port=" + std::to_string(port) + "&passfile=" + percent_encoded(password_file.native()),
          "--wal-method=stream",
          "--checkpoint=fast",
          "--write-recovery-conf",
          "--no-sync",
          "--no-password"};
}

std::vector<std::string> postgres_arguments(const std::filesystem::path& postgres, const std::filesystem::path& data,
                                            const std::filesystem::path& socket_folder, std::uint16_t port) {
  return {postgres.native(), "-D", data.native(), "-k", socket_folder.native(), "-p", std::to_string(port)};
}

std::string postgres_url(std::string_view user, std::string_view password, std::uint16_t port,
                         std::string_view database) {
  std::string url = "postgres://" + percent_encoded(user);
  if (!password.empty()) {
    url += ":" + percent_encoded(password);
  }
  return url + "@127.0.0.1:" + std::to_string(port) + "/" + percent_encoded(database);
}

std::string postgres_socket_url(std::string_view user, std::string_view password,
                                const std::filesystem::path& socket_folder, std::uint16_t port,
                                std::string_view database) {
  return "postgres://" + percent_encoded(user) + ":" + percent_encoded(password) + "@/" + percent_encoded(database) +
         "?host=" + percent_encoded(socket_folder.native()) + "&port=" + std::to_string(port);
}

bool socket_path_fits(const std::filesystem::path& socket) {
  return socket.native().size() < sizeof(sockaddr_un::sun_path);
}

std::filesystem::path postgres_socket(const std::filesystem::path& socket_folder, std::uint16_t port) {
  return socket_folder / (".s.PGSQL." + std::to_string(port));
}

std::optional<SharedMemory> parse_postmaster_file(std::string_view text) {
  constexpr int lines_before = 6;
  for (int line = 0; line < lines_before; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  std::istringstream numbers{std::string(text.substr(0, text.find('\n')))};
  SharedMemory memory;
  if (!(numbers >> memory.key >> memory.id)) {
    return std::nullopt;
  }
  return memory;
}

void remove_postgres_shared_memory(const std::filesystem::path& data) {
  std::ifstream file(data / "postmaster.pid");
  std::ostringstream text;
  text << file.rdbuf();
  const auto memory = parse_postmaster_file(text.str());
  struct stat owner = {};
  shmid_ds segment = {};
  if (!memory || stat(data.c_str(), &owner) != 0 || shmctl(memory->id, IPC_STAT, &segment) != 0) {
    return;
  }
  const auto key = static_cast<std::uint32_t>(segment.shm_perm.__key);
  if (key != static_cast<std::uint32_t>(memory->key) || segment.shm_perm.cuid != owner.st_uid) {
    return;
  }
  // The server's other processes end by themselves a moment after its first one was killed.
  constexpr int looks_max = 100;
  for (int looks = 0; segment.shm_nattch > 0 && looks < looks_max; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (shmctl(memory->id, IPC_STAT, &segment) != 0) {
      return;
    }
  }
  if (segment.shm_nattch == 0) {
    static_cast<void>(shmctl(memory->id, IPC_RMID, nullptr));
  }
}

}  // namespace stalemate
