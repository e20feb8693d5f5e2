// KeyProof: whether all keys of a history of many keys are clean, in one pass and little memory a key.
#pragma once

#include <cstdint>

#include "check/crew.hpp"
#include "check/prefilter/clean_keys.hpp"
#include "check/prefilter/value_record.hpp"
#include "record/history.hpp"

namespace stalemate {

/// It holds only if a Screen would clear every key; it need not hold then, for it gives up at the first op that it
/// cannot judge: where versions are not known, values are not written in the order of ops, or ops of a key come far
/// from the order in which they began. Cost: one pass over ops and steps up to that op, by each member for its share of
/// the keys. Memory: 32 bytes a key.
class KeyProof {
 public:
  KeyProof(const History& history, ValueRules rules, const Crew& crew);

  [[nodiscard]] bool holds() const { return holds_; }
  // The rest requires: holds().
  [[nodiscard]] bool versions_known() const { return true; }
  [[nodiscard]] bool has_writes() const { return has_writes_; }
  [[nodiscard]] std::uint64_t op_count() const { return ops_; }
  [[nodiscard]] std::uint64_t keys_with_ops() const { return clean_.keys; }
  [[nodiscard]] const CleanKeys& clean_keys() const { return clean_; }

 private:
  bool holds_ = false;
  bool has_writes_ = false;
  std::uint64_t ops_ = 0;
  CleanKeys clean_;
};

}  // namespace stalemate
