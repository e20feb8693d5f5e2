// The one place where troubles of calls are carried out on real stores: ports that do to the next call what they were
// told to expect. A live run tells them what its plan has drawn, a replay what the explorer has found.
#pragma once

#include <functional>
#include <utility>

#include "core/faults/call_trouble.hpp"
#include "core/pattern/ports.hpp"

namespace stalemate {

/// A call that is still to take effect, or another copy of one. Made over connections that its caller does not use.
using LateCall = std::function<Task<Result<void>>(Database& database, Cache& cache)>;

/// What troubled ports need of their surroundings.
struct TroubleSetting {
  Clock& clock;
  Nanoseconds answer_limit_ns = 0;  ///< how long a caller waits for an answer that does not come
  /// Takes a late copy of the call that is being made; may be empty where none is ever expected to have any.
  std::function<void(LateCall)> keep = {};
};

/// The trouble of the next call, and what any port does about it. Thread rule: as Database.
class Troubled {
 public:
  explicit Troubled(TroubleSetting setting) : setting_(std::move(setting)) {}

  /// What is to go wrong with the next call.
  void expect(const CallTrouble& trouble) { next_ = trouble; }
  /// Waits until the next call is sent. Only needed where it has a delay.
  [[nodiscard]] Task<void> until_sent() { return setting_.clock.sleep(next_.delay_ns); }

 protected:
  [[nodiscard]] CallTrouble take() { return std::exchange(next_, CallTrouble()); }
  void keep(const CallTrouble& trouble, const LateCall& call) const {
    for (unsigned copy = 0; copy < trouble.late_copies; ++copy) {
      setting_.keep(call);
    }
  }
  /// Carries out `call`, which is not yet started, or what its trouble leaves of it. One that is skipped answers T().
  template <class T>
  Task<Result<T>> carry_out(CallTrouble trouble, Task<Result<T>> call);

 private:
  [[nodiscard]] Nanoseconds wait_left_ns(const CallTrouble& trouble, Nanoseconds begun_ns) const;

  TroubleSetting setting_;
  CallTrouble next_ = {};
};

class TroubledDatabase final : public Database, public Troubled {
 public:
  TroubledDatabase(Database& inner, TroubleSetting setting) : Troubled(std::move(setting)), inner_(inner) {}
  Task<Result<std::optional<Row>>> read(Key key) override;
  Task<Result<Written>> write(Key key, Value value) override;
  Task<Result<Written>> write_with_message(Key key, Value value) override;
  Task<Result<std::optional<Row>>> read_replica(Key key) override;

 private:
  Database& inner_;
};

class TroubledCache final : public Cache, public Troubled {
 public:
  TroubledCache(Cache& inner, TroubleSetting setting) : Troubled(std::move(setting)), inner_(inner) {}
  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;

 private:
  Cache& inner_;
};

}  // namespace stalemate
