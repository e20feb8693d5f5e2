// report.html: a run as its page shows it, whether the run has just ended or its folder is read back.
#pragma once

#include <filesystem>
#include <string>

#include "core/error.hpp"
#include "report/page/run_page.hpp"

namespace stalemate {

/// The page's name in a run's folder.
inline constexpr const char* run_page_name = "report.html";

/// A run as its page shows it. `pictures`: what check_run returned; its error says why the page has none.
[[nodiscard]] RunOnPage on_page(const RunResults& results, const std::filesystem::path& folder,
                                Result<RunPictures> pictures);

/// Who writes pages: "stalemate 0.1.0".
[[nodiscard]] std::string page_generator();

}  // namespace stalemate
