// What a cache calls entries of rows of the user's, and what they hold.
#pragma once

#include <string>
#include <vector>

#include "core/dataset.hpp"

namespace stalemate {

struct EntryNames {
  std::vector<std::string> names = {};  ///< by key
  ContentForm form = {};
};

}  // namespace stalemate
