// GuardedDatabase: a client's database, whose writes can be told to happen only where the row still holds a value.
#pragma once

#include <optional>

#include "core/pattern/guarded_writes.hpp"
#include "core/pattern/ports.hpp"

namespace stalemate {

/// Thread rule: as Database.
class GuardedDatabase final : public Database {
 public:
  /// `guarded`: nullptr where no write will be guarded.
  GuardedDatabase(Database& inner, GuardedWrites* guarded) : inner_(inner), guarded_(guarded) {}

  /// From now on writes happen only where the row holds this; none: whatever it holds. Requires: `guarded`.
  void expect(std::optional<Value> value) { expected_ = value; }

  Task<Result<std::optional<Row>>> read(Key key) override { return inner_.read(key); }
  Task<Result<Written>> write(Key key, Value value) override {
    return expected_ ? guarded_->write_if(key, value, *expected_) : inner_.write(key, value);
  }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    return inner_.write_with_message(key, value);
  }
  Task<Result<Written>> write_rolled_back(Key key, Value value) override {
    return inner_.write_rolled_back(key, value);
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override { return inner_.read_replica(key); }

 private:
  Database& inner_;
  GuardedWrites* guarded_;
  std::optional<Value> expected_ = {};
};

}  // namespace stalemate
