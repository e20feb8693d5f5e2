// Where servers keep their data: a base folder nobody else can write to, one folder a run in it, and the removal of
// what dead runs left.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"

namespace stalemate {

/// An open file descriptor, closed with the object. Moved, not copied.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  void close_now();

 private:
  int number_ = -1;
};

/// `wanted`, or /tmp/stalemate-UID where it is empty: the same for every program of a user, whatever its environment,
/// so that each finds what another left. Makes it if it is not there.
/// Errors: unavailable when it is a symlink or no folder, belongs to somebody else, or others may write to it.
[[nodiscard]] Result<std::filesystem::path> open_base_folder(const std::filesystem::path& wanted);

/// The mode of folders that a server's own account has to pass through: as root its account is another than ours.
[[nodiscard]] unsigned passage_mode();

/// A folder of one run. `lock` is held for as long as any of the processes that share it lives.
struct RunFolder {
  std::filesystem::path path = {};
  Descriptor lock = {};
};

/// Makes base/run-XXXXXX.
/// Errors: unavailable when it cannot be made.
[[nodiscard]] Result<RunFolder> make_run_folder(const std::filesystem::path& base);

/// Opens the base folder, removes what dead runs left in it, as far as it can be, and makes a folder for a new one.
/// Errors: as open_base_folder and make_run_folder.
[[nodiscard]] Result<RunFolder> open_run_folder(const std::filesystem::path& wanted_base);

/// Removes every base/run-* that nobody has locked, and kills what still runs in it. Folders in use, and everything
/// else in the base folder, stay. Returns how many were removed.
/// Errors: unavailable, naming the folder that could not be removed.
[[nodiscard]] Result<int> sweep_run_folders(const std::filesystem::path& base);

/// Removes a server's folder, or one that holds servers' folders, and what the servers left outside of it: Postgres'
/// System V shared memory, which survives a SIGKILL. No process of it may be running. A folder that is not there is no
/// error. Errors: unavailable.
[[nodiscard]] Result<void> remove_servers_folder(const std::filesystem::path& folder);

/// Takes the lock `base/name`, waiting for whoever holds it.
/// Errors: unavailable.
[[nodiscard]] Result<Descriptor> take_lock(const std::filesystem::path& base, std::string_view name);

/// The kind of file system `path` lies on: "ext4", "tmpfs", ..., or its magic number where we know no name.
[[nodiscard]] std::string filesystem_of(const std::filesystem::path& path);

/// "Permission denied" for EACCES and so on.
[[nodiscard]] std::string system_message(int error_number);

}  // namespace stalemate
