#include "cli/output/run_page_file.hpp"

#include <utility>

#include "cli/program.hpp"
#include "core/text/words.hpp"

namespace stalemate {

RunOnPage on_page(const RunResults& results, const std::filesystem::path& folder, Result<RunPictures> pictures) {
  RunOnPage run{.results = results, .run = shell_word(folder.string())};
  if (pictures) {
    run.pictures = std::move(*pictures);
  } else {
    run.without_pictures = "Nothing is shown over time or read by read: " + pictures.error().detail + ".";
  }
  return run;
}

std::string page_generator() {
  return std::string("stalemate ") + program_version();
}

}  // namespace stalemate
