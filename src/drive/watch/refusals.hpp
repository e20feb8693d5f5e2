// Store calls that a server answered with an error, whether or not the op failed, and what else went wrong in a part
// of the run that serves no client.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/op.hpp"

namespace stalemate {

/// Who made a call.
enum class CallingPart : std::uint8_t {
  clients,
  background,  ///< the part of the pattern that serves no client: its feed, and its own calls
  sampler
};

/// "clients", "background" or "sampler".
[[nodiscard]] std::string_view name_of(CallingPart part);

/// Calls of one part to one store that met one kind of error.
struct StoreRefusal {
  Store store = Store::database;
  CallingPart part = CallingPart::clients;
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
  /// Counts a failed call that is a step of an op, if it was answered; calls without an answer are outages.
  void note(Store store, const Error& error, CallingPart part = CallingPart::clients);
  /// Counts any failure of a part whose calls are no steps, such as a lost connection. A call cancelled because the run
  /// ended is no failure.
  void note_any(Store store, const Error& error, CallingPart part);
  void merge(const Refusals& other);
  /// Sorted by store, part and error.
  [[nodiscard]] std::vector<StoreRefusal> all() const;

 private:
  std::map<std::tuple<Store, CallingPart, ErrorCode>, StoreRefusal> refusals_ = {};
};

}  // namespace stalemate
