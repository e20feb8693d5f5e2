// The files of web/, embedded: what a page looks like and how it draws.
#pragma once

#include <span>
#include <string_view>

namespace stalemate {

struct WebFile {
  std::string_view name;  ///< such as "charts.js"
  std::string_view text;
};

/// Sorted by name. Written by cmake/Web.cmake.
[[nodiscard]] std::span<const WebFile> web_files();

}  // namespace stalemate
