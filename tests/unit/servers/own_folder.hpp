// A folder of a test's own, removed with everything in it when the test ends.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace stalemate {

class OwnFolder {
 public:
  static constexpr mode_t passable = 0711;  ///< others may pass through it, as servers' accounts have to
  explicit OwnFolder(mode_t mode = 0700) {
    std::string pattern = "/tmp/stalemate-test-XXXXXX";
    path_ = mkdtemp(pattern.data());
    chmod(path_.c_str(), mode);
  }
  ~OwnFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace stalemate
