#include "cli/run/stores_ground.hpp"

#include <fmt/core.h>

#include "cli/output/results_folder.hpp"
#include "core/text/words.hpp"

namespace stalemate {

std::string StoresGround::again(const std::filesystem::path& folder) const {
  return fmt::format("stalemate run {}{}", shell_word((folder / "scenario.toml").string()),
                     scenario_.data ? " --use-existing-rows" : "");
}

Result<void> StoresGround::keep_inputs(const std::filesystem::path& folder) {
  return write_file(folder / "scenario.toml", to_toml(scenario_));
}

void StoresGround::ends(RunOutcome& /*outcome*/) {
  const Result<void> back = stores_.give_back();
  left_ = back ? "" : back.error().detail;
  in_order_.reset();
}

void StoresGround::tell(RunResults& results) const {
  results.processor = processor_.use();
  if (results.processor && !stores_.has_cache()) {
    results.processor->cache.reset();  // kept servers may have one that idles
  }
  const std::vector<std::string> of_stores = stores_.warnings();
  results.warnings.insert(results.warnings.begin(), of_stores.begin(), of_stores.end());
}

}  // namespace stalemate
