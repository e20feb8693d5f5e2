// Looks up accounts and makes folders, files and passwords that only they can read.
#include "servers/keeper/account.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "core/assert.hpp"
#include "servers/keeper/folders.hpp"

namespace stalemate {
namespace {

std::optional<Account> look_up(std::string_view name) {
  std::vector<char> buffer(1U << 16U);
  passwd entry = {};
  passwd* found = nullptr;
  const std::string terminated(name);
  if (getpwnam_r(terminated.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return Account{.name = terminated, .user = entry.pw_uid, .group = entry.pw_gid};
}

}  // namespace

Result<std::optional<Account>> account_for(std::span<const std::string_view> names) {
  if (geteuid() != 0) {
    return std::nullopt;
  }
  for (const std::string_view name : names) {
    if (auto account = look_up(name); account && account->user != 0) {
      return account;
    }
  }
  if (auto account = look_up("nobody"); account && account->user != 0) {
    return account;
  }
  return failed(ErrorCode::unavailable, "we are root, and there is no account 'nobody' for servers to run as");
}

Result<void> make_private_folder(const std::filesystem::path& path, const std::optional<Account>& account) {
  if (mkdir(path.c_str(), 0700) != 0 || (account && chown(path.c_str(), account->user, account->group) != 0)) {
    return failed(ErrorCode::unavailable, "cannot make the folder " + path.native() + ": " + system_message(errno));
  }
  return {};
}

Result<void> write_private_file(const std::filesystem::path& path, std::string_view text,
                                const std::optional<Account>& account) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  const auto size = static_cast<ssize_t>(text.size());
  if (!file.is_open() || write(file.number(), text.data(), text.size()) != size ||
      (account && fchown(file.number(), account->user, account->group) != 0)) {
    return failed(ErrorCode::unavailable, "cannot write " + path.native() + ": " + system_message(errno));
  }
  return {};
}

std::string random_password() {
  std::array<unsigned char, 16> bytes = {};
  const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
  STALEMATE_ASSERT(got == static_cast<ssize_t>(bytes.size()), "the kernel gives 16 random bytes at once");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string password;
  for (const unsigned char byte : bytes) {
    password += digits[byte >> 4U];
    password += digits[byte & 15U];
  }
  return password;
}

}  // namespace stalemate
