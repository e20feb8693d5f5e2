// Which key a product id belongs to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/text/key_names.hpp"

namespace stalemate {

/// The ids of keys 0 to `keys` - 1. Immutable. Thread rule: any thread.
class KeyIndex {
 public:
  explicit KeyIndex(std::uint32_t keys) {
    keys_.reserve(keys);
    for (std::uint32_t index = 0; index < keys; ++index) {
      keys_.emplace(product_id(Key{index}).view(), Key{index});
    }
  }

  [[nodiscard]] std::optional<Key> find(std::string_view id) const {
    const auto place = keys_.find(std::string(id));
    return place == keys_.end() ? std::nullopt : std::optional<Key>(place->second);
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }

 private:
  std::unordered_map<std::string, Key> keys_ = {};
};

}  // namespace stalemate
