#include "drive/ports/troubled_ports.hpp"

#include <algorithm>

namespace stalemate {
namespace {

/// Whether a call was carried out.
template <class T>
Task<Result<void>> without_answer(Task<Result<T>> call) {
  const Result<T> result = co_await call;
  co_return without_value(result);
}

Error no_answer(const CallTrouble& trouble) {
  return {ErrorCode::timed_out, Outcome::info,
          trouble.takes_effect ? "a fault of this run has lost the reply" : "a fault of this run has lost the request"};
}

}  // namespace

Nanoseconds Troubled::wait_left_ns(const CallTrouble& trouble, Nanoseconds begun_ns) const {
  const Nanoseconds limit_ns = trouble.timeout_ns > 0 ? trouble.timeout_ns : setting_.answer_limit_ns;
  return std::max<Nanoseconds>(begun_ns + limit_ns - setting_.clock.now_ns(), 0);
}

template <class T>
Task<Result<T>> Troubled::carry_out(CallTrouble trouble, Task<Result<T>> call) {
  const Nanoseconds begun_ns = setting_.clock.now_ns();
  if (is_skip(trouble)) {
    co_return Result<T>();
  }
  if (trouble.takes_effect || trouble.refused) {
    Result<T> result = co_await call;
    if (trouble.answered) {
      co_return result;
    }
  }
  co_await setting_.clock.sleep(wait_left_ns(trouble, begun_ns));
  co_return std::unexpected(no_answer(trouble));
}

Task<Result<std::optional<Row>>> TroubledDatabase::read(Key key) {
  const CallTrouble trouble = take();
  return trouble == CallTrouble() ? inner_.read(key) : carry_out(trouble, inner_.read(key));
}

Task<Result<std::optional<Row>>> TroubledDatabase::read_replica(Key key) {
  const CallTrouble trouble = take();
  return trouble == CallTrouble() ? inner_.read_replica(key) : carry_out(trouble, inner_.read_replica(key));
}

Task<Result<Written>> TroubledDatabase::write(Key key, Value value) {
  const CallTrouble trouble = take();
  if (trouble == CallTrouble()) {
    return inner_.write(key, value);
  }
  keep(trouble, [key, value](Database& database, Cache&) { return without_answer(database.write(key, value)); });
  return carry_out(trouble, trouble.refused ? inner_.write_rolled_back(key, value) : inner_.write(key, value));
}

Task<Result<Written>> TroubledDatabase::write_with_message(Key key, Value value) {
  const CallTrouble trouble = take();
  if (trouble == CallTrouble()) {
    return inner_.write_with_message(key, value);
  }
  keep(trouble,
       [key, value](Database& database, Cache&) { return without_answer(database.write_with_message(key, value)); });
  return carry_out(trouble,
                   trouble.refused ? inner_.write_rolled_back(key, value) : inner_.write_with_message(key, value));
}

Task<Result<std::optional<Value>>> TroubledCache::get(Key key) {
  const CallTrouble trouble = take();
  return trouble == CallTrouble() ? inner_.get(key) : carry_out(trouble, inner_.get(key));
}

Task<Result<void>> TroubledCache::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  const CallTrouble trouble = take();
  if (trouble == CallTrouble()) {
    return inner_.set(key, value, time_to_live_ns);
  }
  keep(trouble, [key, value, time_to_live_ns](Database&, Cache& cache) {
    return without_answer(cache.set(key, value, time_to_live_ns));
  });
  return carry_out(trouble, inner_.set(key, value, time_to_live_ns));
}

Task<Result<bool>> TroubledCache::erase(Key key) {
  const CallTrouble trouble = take();
  if (trouble == CallTrouble()) {
    return inner_.erase(key);
  }
  keep(trouble, [key](Database&, Cache& cache) { return without_answer(cache.erase(key)); });
  return carry_out(trouble, inner_.erase(key));
}

Task<Result<CacheReply>> TroubledCache::call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  const CallTrouble trouble = take();
  if (trouble == CallTrouble()) {
    return inner_.call(command, key, arguments);
  }
  keep(trouble, [&command, key, arguments](Database&, Cache& cache) {
    return without_answer(cache.call(command, key, arguments));
  });
  return carry_out(trouble, inner_.call(command, key, arguments));
}

}  // namespace stalemate
