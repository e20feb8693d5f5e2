#include "drive/watch/refusals.hpp"

#include <string_view>

namespace stalemate {
namespace {

// The drivers' texts name the server; here the store is known separately.
std::string own_words(std::string_view detail) {
  constexpr std::string_view mark = " answered: ";
  const std::size_t place = detail.find(mark);
  return std::string(place == std::string_view::npos ? detail : detail.substr(place + mark.size()));
}

}  // namespace

bool is_answer(ErrorCode error) {
  switch (error) {
    case ErrorCode::authentication:
    case ErrorCode::unknown_database:
    case ErrorCode::unknown_table:
    case ErrorCode::wrong_type:
    case ErrorCode::serialization_failure:
    case ErrorCode::constraint:
    case ErrorCode::unavailable:
    case ErrorCode::refused_by_server: return true;
    default: return false;
  }
}

std::string_view name_of(CallingPart part) {
  switch (part) {
    case CallingPart::clients: return "clients";
    case CallingPart::background: return "background";
    case CallingPart::sampler: return "sampler";
  }
  return "";
}

void Refusals::note(Store store, const Error& error, CallingPart part) {
  if (is_answer(error.code)) {
    note_any(store, error, part);
  }
}

void Refusals::note_any(Store store, const Error& error, CallingPart part) {
  if (error.code == ErrorCode::cancelled) {
    return;
  }
  StoreRefusal& refusal = refusals_[{store, part, error.code}];
  if (refusal.count++ == 0) {
    refusal.store = store;
    refusal.part = part;
    refusal.error = error.code;
    refusal.words = own_words(error.detail);
  }
}

void Refusals::merge(const Refusals& other) {
  for (const auto& [place, refusal] : other.refusals_) {
    const auto [mine, is_new] = refusals_.try_emplace(place, refusal);
    mine->second.count += is_new ? 0 : refusal.count;
  }
}

std::vector<StoreRefusal> Refusals::all() const {
  std::vector<StoreRefusal> all;
  for (const auto& [place, refusal] : refusals_) {
    all.push_back(refusal);
  }
  return all;
}

}  // namespace stalemate
