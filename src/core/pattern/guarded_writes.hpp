// A write that looks first: what an add needs of a database so that no other write is overwritten unseen.
#pragma once

#include "core/error.hpp"
#include "core/pattern/ports.hpp"
#include "core/task.hpp"
#include "core/types.hpp"

namespace stalemate {

/// Thread rule: as Database.
class GuardedWrites {
 public:
  virtual ~GuardedWrites() = default;
  /// Sets the row's value if the row still holds `expected`, in one statement.
  /// Errors: as Database::write; a row that holds something else, or is not there, is `serialization_failure`, outcome
  /// `fail`.
  virtual Task<Result<Written>> write_if(Key key, Value value, Value expected) = 0;
};

}  // namespace stalemate
