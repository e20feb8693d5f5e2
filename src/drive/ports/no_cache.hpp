// Stands where a run has no cache; a pattern that calls it is told so.
#pragma once

#include "core/pattern/ports.hpp"

namespace stalemate {

class NoCache final : public Cache {
 public:
  Task<Result<std::optional<Value>>> get(Key) override { co_return refused(); }
  Task<Result<void>> set(Key, Value, Nanoseconds) override { co_return refused(); }
  Task<Result<bool>> erase(Key) override { co_return refused(); }

 private:
  static std::unexpected<Error> refused() { return failed(ErrorCode::unsupported, "this run has no cache"); }
};

}  // namespace stalemate
