// The flags of a run, shared by `run` and `demo`: each sets one field of the scenario or says where things are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/stores.hpp"
#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

/// What the command line says of a run.
class RunFlags {
 public:
  /// Declares the flags. This object must outlive the parsing.
  void describe(CLI::App& app);

  /// The scenario of that name or path with the flags applied, valid.
  /// Errors: a sentence that names the flag or the file and what would be right.
  [[nodiscard]] Result<Scenario> scenario(const std::string& name_or_path) const;

  /// What a field is where neither it nor its twin (read_every for read_rate, write_every for write_rate) is given.
  void set_default(const std::string& key, const std::string& text);

  StoresWanted stores = {};
  std::string out = "runs";  ///< where run folders are made
  bool json = false;         ///< results on standard output, as JSON
  bool no_live = false;      ///< no live screen and no lines
  std::vector<std::string> fail_if = {};
  unsigned threads = 0;

 private:
  void field(CLI::App& app, const std::string& names, std::string key, const std::string& help);
  [[nodiscard]] Result<void> apply_faults(Scenario& scenario) const;

  struct FieldFlag {
    std::string flag;  ///< as the user wrote it, for messages
    std::string key;
    std::string text;
  };
  std::vector<FieldFlag> fields_ = {};  ///< in the order given
  std::vector<std::string> faults_ = {};
  std::string skip_ = {};
  bool no_faults_ = false;
  bool serialize_ = false;
  bool cache_given_ = false;  ///< even as ''
};

}  // namespace stalemate
