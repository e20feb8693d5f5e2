// up, down and status: servers in base/up-NAME, described by a state file there.
#include "servers/standing_servers.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "servers/keeper/account.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/processes.hpp"
#include "servers/server_group.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view up_prefix = "up-";
constexpr std::string_view lock_name = "up.lock";
constexpr std::string_view state_name = "state.json";

json to_json(const ServerAddress& address) {
  return {{"host", address.host},
          {"port", address.port},
          {"user", address.user},
          {"password", address.password},
          {"database", address.database},
          {"socket", address.socket.native()},
          {"url", address.url},
          {"socket_url", address.socket_url},
          {"client_command", address.client_command},
          {"console_url", address.console_url},
          {"log_path", address.log_path.native()}};
}

ServerAddress address_from(const json& text) {
  return {.host = text.at("host").get<std::string>(),
          .port = text.at("port").get<std::uint16_t>(),
          .user = text.at("user").get<std::string>(),
          .password = text.at("password").get<std::string>(),
          .database = text.at("database").get<std::string>(),
          .socket = text.at("socket").get<std::string>(),
          .url = text.at("url").get<std::string>(),
          .socket_url = text.at("socket_url").get<std::string>(),
          .client_command = text.at("client_command").get<std::string>(),
          // Both were written elsewhere, or not at all, by earlier versions.
          .console_url = text.value("console_url", ""),
          .log_path = text.value("log_path", "")};
}

json to_json(const StandingServer& server) {
  json addresses = json::array();
  for (const ServerAddress& address : server.facts.addresses) {
    addresses.push_back(to_json(address));
  }
  return {{"role", server.role},
          {"engine", server.facts.engine},
          {"version", server.facts.version},
          {"default_isolation", server.facts.default_isolation},
          {"addresses", std::move(addresses)},
          {"pids", server.facts.pids},
          {"data_folder", server.facts.data_folder.native()},
          {"filesystem", server.facts.filesystem}};
}

StandingServer server_from(const json& text) {
  StandingServer server{.role = text.at("role").get<std::string>(),
                        .facts = {.engine = text.at("engine").get<std::string>(),
                                  .version = text.at("version").get<std::string>(),
                                  .default_isolation = text.at("default_isolation").get<std::string>(),
                                  .pids = text.at("pids").get<std::vector<pid_t>>(),
                                  .data_folder = text.at("data_folder").get<std::string>(),
                                  .filesystem = text.at("filesystem").get<std::string>()}};
  for (const json& address : text.at("addresses")) {
    server.facts.addresses.push_back(address_from(address));
  }
  return server;
}

/// A number that another process has now does not count as ours.
std::vector<std::size_t> dead_among(const std::vector<pid_t>& pids, const std::vector<StartedProcess>& started) {
  std::vector<std::size_t> dead;
  for (std::size_t node = 0; node < pids.size(); ++node) {
    const auto lives = [&](const StartedProcess& process) { return process.pid == pids[node] && is_alive(process); };
    if (std::ranges::none_of(started, lives)) {
      dead.push_back(node);
    }
  }
  return dead;
}

std::string name_of(const fs::path& folder) {
  return folder.filename().native().substr(up_prefix.size());
}

/// What the folder's state file says; nothing if it has none that can be read, as when an `up` was cut short.
std::optional<StandingServers> read_state(const fs::path& folder) {
  std::ifstream file(folder / state_name);
  const json state = json::parse(file, nullptr, false);
  StandingServers standing{.name = name_of(folder), .folder = folder};
  const std::vector<StartedProcess> started = started_processes(folder);
  // The file is private (0600 in our folder), but a person may have changed it.
  try {
    for (const json& entry : state.at("servers")) {
      standing.servers.push_back(server_from(entry));
      StandingServer& server = standing.servers.back();
      server.dead_nodes = dead_among(server.facts.pids, started);
    }
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return standing;
}

/// Appears whole or not at all.
Result<void> write_state(const StandingServers& standing) {
  json servers = json::array();
  for (const StandingServer& server : standing.servers) {
    servers.push_back(to_json(server));
  }
  const fs::path draft = standing.folder / "state.draft";
  const json state = {{"servers", std::move(servers)}};
  if (Result<void> written = write_private_file(draft, state.dump(2) + "\n", std::nullopt); !written) {
    return written;
  }
  std::error_code error;
  fs::rename(draft, standing.folder / state_name, error);
  if (error) {
    return failed(ErrorCode::unavailable,
                  "cannot write " + (standing.folder / state_name).native() + ": " + error.message());
  }
  return {};
}

std::vector<fs::path> standing_folders(const fs::path& base) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (auto entry = fs::directory_iterator(base, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->path().filename().native().starts_with(up_prefix) && fs::is_directory(entry->symlink_status())) {
      folders.push_back(entry->path());
    }
  }
  std::ranges::sort(folders);
  return folders;
}

Result<void> remove_standing(const fs::path& folder) {
  if (!kill_processes_of(folder)) {
    return failed(ErrorCode::unavailable, "the servers in " + folder.native() + " do not die of SIGKILL");
  }
  return remove_servers_folder(folder);
}

bool is_name(std::string_view name) {
  constexpr std::size_t size_max = 32;
  return !name.empty() && name.size() <= size_max &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

Result<StandingServers> start_standing(const fs::path& folder, Descriptor lock, const PrivateServersOptions& options) {
  const Result<FoundServers> programs = find_servers(options);
  if (!programs) {
    return std::unexpected(programs.error());
  }
  if (mkdir(folder.c_str(), passage_mode()) != 0 || chmod(folder.c_str(), passage_mode()) != 0) {
    return failed(ErrorCode::unavailable, "cannot make " + folder.native() + ": " + system_message(errno));
  }
  Result<ServerGroup> group =
      start_group({.path = folder, .lock = std::move(lock)}, KeeperMode::servers_may_stay, *programs, options);
  if (!group) {
    return std::unexpected(group.error());
  }
  StandingServers standing{.name = name_of(folder), .folder = folder};
  if (group->database) {
    standing.servers.push_back({.role = "database", .facts = group->database->facts()});
  }
  if (group->cache) {
    standing.servers.push_back({.role = "cache", .facts = group->cache->facts()});
  }
  // First write the state, then leave the servers: if we die in between, the keeper removes both.
  if (const Result<void> written = write_state(standing); !written) {
    return std::unexpected(written.error());
  }
  if (const Result<void> left = group->link->leave_servers(); !left) {
    return std::unexpected(left.error());
  }
  return standing;
}

}  // namespace

Result<StandingServers> bring_up(std::string_view name, const PrivateServersOptions& options) {
  if (!is_name(name)) {
    return failed(ErrorCode::wrong_type,
                  "'" + std::string(name) + "' is no name for servers; use 1 to 32 of a-z, 0-9 and -");
  }
  const Result<fs::path> base = open_base_folder(options.base_folder);
  if (!base) {
    return std::unexpected(base.error());
  }
  Result<Descriptor> lock = take_lock(*base, lock_name);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  const fs::path folder = *base / (std::string(up_prefix) + std::string(name));
  if (std::optional<StandingServers> standing = read_state(folder)) {
    const auto is_whole = [](const StandingServer& server) { return server.dead_nodes.empty(); };
    if (std::ranges::all_of(standing->servers, is_whole)) {
      standing->was_up_already = true;
      return std::move(*standing);
    }
  }
  if (const Result<void> removed = remove_standing(folder); !removed) {
    return std::unexpected(removed.error());
  }
  return start_standing(folder, std::move(*lock), options);
}

Result<std::vector<StandingServers>> take_down(std::string_view name, const fs::path& base_folder) {
  const Result<fs::path> base = open_base_folder(base_folder);
  if (!base) {
    return std::unexpected(base.error());
  }
  const Result<Descriptor> lock = take_lock(*base, lock_name);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  std::vector<StandingServers> taken;
  for (const fs::path& folder : standing_folders(*base)) {
    if (!name.empty() && name_of(folder) != name) {
      continue;
    }
    std::optional<StandingServers> standing = read_state(folder);
    if (const Result<void> removed = remove_standing(folder); !removed) {
      return std::unexpected(removed.error());
    }
    if (standing) {
      taken.push_back(std::move(*standing));
    }
  }
  return taken;
}

Result<std::vector<StandingServers>> standing_servers(const fs::path& base_folder) {
  const Result<fs::path> base = open_base_folder(base_folder);
  if (!base) {
    return std::unexpected(base.error());
  }
  std::vector<StandingServers> found;
  for (const fs::path& folder : standing_folders(*base)) {
    if (std::optional<StandingServers> standing = read_state(folder)) {
      found.push_back(std::move(*standing));
    }
  }
  return found;
}

}  // namespace stalemate
