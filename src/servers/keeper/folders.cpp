// Makes, checks, locks, sweeps and removes the folders servers keep their data in.
#include "servers/keeper/folders.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "servers/engines/postgres_text.hpp"
#include "servers/keeper/processes.hpp"
#include "servers/keeper/regardless.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view run_prefix = "run-";

Result<Descriptor> open_lock(const fs::path& path, int operation) {
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) {
    return failed(ErrorCode::unavailable, "cannot open the lock " + path.native() + ": " + system_message(errno));
  }
  while (flock(file.number(), operation) != 0) {
    if (errno != EINTR) {
      return failed(ErrorCode::unavailable, path.native() + " is locked by another program");
    }
  }
  return file;
}

struct Abandoned {
  fs::path path;
  Descriptor lock;
};

/// The run folders that nobody had locked, now locked by us.
std::vector<Abandoned> claim_abandoned(const fs::path& base) {
  std::vector<Abandoned> claimed;
  std::error_code error;
  for (auto entry = fs::directory_iterator(base, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (!entry->path().filename().native().starts_with(run_prefix) || !fs::is_directory(entry->symlink_status())) {
      continue;
    }
    Result<Descriptor> lock = open_lock(entry->path() / "lock", LOCK_EX | LOCK_NB);
    if (lock) {
      claimed.push_back({.path = entry->path(), .lock = std::move(*lock)});
    }
  }
  return claimed;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close_now();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  close_now();
}

void Descriptor::close_now() {
  if (number_ >= 0) {
    close(std::exchange(number_, -1));
  }
}

std::string system_message(int error_number) {
  return std::generic_category().message(error_number);
}

unsigned passage_mode() {
  return geteuid() == 0 ? 0711U : 0700U;
}

Result<fs::path> open_base_folder(const fs::path& wanted) {
  fs::path path = wanted.empty() ? fs::path("/tmp/stalemate-" + std::to_string(geteuid())) : fs::absolute(wanted);
  if (mkdir(path.c_str(), passage_mode()) != 0 && errno != EEXIST) {
    return failed(ErrorCode::unavailable,
                  "cannot make the servers' folder " + path.native() + ": " + system_message(errno));
  }
  const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) {
    return failed(ErrorCode::unavailable, path.native() + " is not a folder of ours (" + system_message(errno) +
                                              "); remove it, servers keep their data there");
  }
  struct stat facts = {};
  if (fstat(folder.number(), &facts) != 0) {
    return failed(ErrorCode::unavailable, "cannot look at " + path.native() + ": " + system_message(errno));
  }
  if (facts.st_uid != geteuid()) {
    return failed(ErrorCode::unavailable, path.native() + " belongs to user " + std::to_string(facts.st_uid) +
                                              ", not to us; remove it, servers keep their data there");
  }
  if ((facts.st_mode & 0022U) != 0) {
    return failed(ErrorCode::unavailable,
                  "others may write to " + path.native() + "; run chmod go-w on it, or remove it");
  }
  // The mode mkdir gave depends on the umask.
  if ((facts.st_mode & 0777U) != passage_mode() && fchmod(folder.number(), passage_mode()) != 0) {
    return failed(ErrorCode::unavailable, "cannot change the mode of " + path.native() + ": " + system_message(errno));
  }
  return path;
}

Result<Descriptor> take_lock(const fs::path& base, std::string_view name) {
  return open_lock(base / name, LOCK_EX);
}

Result<RunFolder> make_run_folder(const fs::path& base) {
  // Under this lock nobody sweeps, so the folder is never seen before its own lock is held.
  const Result<Descriptor> making = take_lock(base, "lock");
  if (!making) {
    return std::unexpected(making.error());
  }
  std::string path = (base / (std::string(run_prefix) + "XXXXXX")).native();
  if (mkdtemp(path.data()) == nullptr || chmod(path.c_str(), passage_mode()) != 0) {
    return failed(ErrorCode::unavailable, "cannot make a folder in " + base.native() + ": " + system_message(errno));
  }
  Result<Descriptor> lock = open_lock(fs::path(path) / "lock", LOCK_EX | LOCK_NB);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  return RunFolder{.path = path, .lock = std::move(*lock)};
}

Result<int> sweep_run_folders(const fs::path& base) {
  std::vector<Abandoned> claimed;
  {
    const Result<Descriptor> making = take_lock(base, "lock");
    if (!making) {
      return std::unexpected(making.error());
    }
    claimed = claim_abandoned(base);
  }
  int removed = 0;
  for (const Abandoned& abandoned : claimed) {
    if (!kill_processes_of(abandoned.path)) {
      return failed(ErrorCode::unavailable,
                    "servers left by an earlier run still use " + abandoned.path.native() + " and cannot be killed");
    }
    if (const Result<void> done = remove_servers_folder(abandoned.path); !done) {
      return std::unexpected(done.error());
    }
    ++removed;
  }
  return removed;
}

Result<RunFolder> open_run_folder(const fs::path& wanted_base) {
  const Result<fs::path> base = open_base_folder(wanted_base);
  if (!base) {
    return std::unexpected(base.error());
  }
  // A folder that cannot be removed now is tried again at the next start; that is no reason not to start.
  regardless(sweep_run_folders(*base));
  return make_run_folder(*base);
}

Result<void> remove_servers_folder(const fs::path& folder) {
  std::error_code error;
  remove_postgres_shared_memory(folder / "data");
  for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    remove_postgres_shared_memory(entry->path() / "data");
  }
  error.clear();
  fs::remove_all(folder, error);
  if (error) {
    return failed(ErrorCode::unavailable, "cannot remove " + folder.native() + ": " + error.message());
  }
  return {};
}

std::string filesystem_of(const fs::path& path) {
  struct statfs facts = {};
  if (statfs(path.c_str(), &facts) != 0) {
    return "unknown";
  }
  constexpr std::array<std::pair<unsigned long, std::string_view>, 7> names = {{{0xef53UL, "ext4"},
                                                                                {0x01021994UL, "tmpfs"},
                                                                                {0x58465342UL, "xfs"},
                                                                                {0x9123683eUL, "btrfs"},
                                                                                {0x794c7630UL, "overlay"},
                                                                                {0x2fc12fc1UL, "zfs"},
                                                                                {0x6969UL, "nfs"}}};
  const auto magic = static_cast<unsigned long>(facts.f_type) & 0xffffffffUL;
  for (const auto& [number, name] : names) {
    if (number == magic) {
      return std::string(name);
    }
  }
  std::array<char, 24> text = {};
  static_cast<void>(std::snprintf(text.data(), text.size(), "0x%lx", magic));
  return text.data();
}

}  // namespace stalemate
