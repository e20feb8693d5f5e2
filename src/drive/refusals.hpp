// Store calls that a server answered with an error: it was there, and said no.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/op.hpp"

namespace stalemate {

/// The calls to one store that were answered with one kind of error.
struct StoreRefusal {
  Store store = Store::database;
  ErrorCode error = ErrorCode::none;
  std::uint64_t count = 0;
  std::string words = {};  ///< of the first one, as the server put it
  friend bool operator==(const StoreRefusal&, const StoreRefusal&) = default;
};

/// Whether a server answered, though with an error; false for calls that found nobody there.
[[nodiscard]] bool is_answer(ErrorCode error);

/// Thread rule: one thread at a time; each worker has its own, merged at the end.
class Refusals {
 public:
  /// Takes note of a failed call; of one that got no answer there is nothing to note.
  void note(Store store, const Error& error);
  void merge(const Refusals& other);
  /// Sorted by store and error.
  [[nodiscard]] std::vector<StoreRefusal> all() const;

 private:
  std::map<std::pair<Store, ErrorCode>, StoreRefusal> refusals_ = {};
};

}  // namespace stalemate
