// One value of a JSON text, found while the text is read.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stalemate {

/// What a text has at a place.
struct JsonAt {
  bool is_json = false;  ///< the whole text is
  /// At the place; none: there is no such place. A list or an object is given without what is in it.
  std::optional<nlohmann::json> value = {};
};

/// What stands where `names`, those of a JSON pointer, lead. Of members of the same name the last counts. Nothing else
/// is kept of the text, which makes no difference but in time.
[[nodiscard]] JsonAt json_at(std::span<const std::string> names, std::string_view text);

}  // namespace stalemate
