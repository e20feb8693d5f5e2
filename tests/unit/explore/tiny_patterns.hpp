// Patterns made up for tests: a broken one, a correct one, and as many as one likes from lists of calls.
#pragma once

#include <string>
#include <vector>

#include "core/random.hpp"
#include "explore/exploration.hpp"

namespace stalemate::testing_explore {

enum class Call : std::uint8_t { look_up, load, fill, update, remove, refresh };

/// A pattern that makes these calls in this order. A look-up that hits ends a read; a fill sets what was loaded last.
class Scripted final : public Pattern {
 public:
  Scripted(std::vector<Call> read, std::vector<Call> write) : read_(std::move(read)), write_(std::move(write)) {}

  Task<Result<Value>> read(Ports ports, Key key) const override {
    Value value = absent;
    for (const Call call : read_) {
      if (call == Call::look_up) {
        const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
        if (entry && entry->has_value()) {
          co_return **entry;
        }
      } else if (call == Call::load) {
        const Result<std::optional<Row>> row = co_await ports.database.read(key);
        if (!row) {
          co_return std::unexpected(row.error());
        }
        value = (*row)->value;
      } else if (value != absent) {
        (void)co_await ports.cache.set(key, value, 0);
      }
    }
    co_return value;
  }
  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    for (const Call call : write_) {
      if (call == Call::update) {
        const Result<Written> written = co_await ports.database.write(key, value);
        if (!written) {
          co_return std::unexpected(written.error());
        }
      } else if (call == Call::remove) {
        (void)co_await ports.cache.erase(key);
      } else {
        (void)co_await ports.cache.set(key, value, 0);
      }
    }
    co_return Result<void>();
  }

 private:
  std::vector<Call> read_;
  std::vector<Call> write_;
};

inline const Pattern*& scripted_pattern() {
  static const Pattern* pattern = nullptr;
  return pattern;
}

/// Until the next call of this, the pattern that the info stands for is `pattern`.
inline PatternInfo info_of(const Pattern& pattern) {
  scripted_pattern() = &pattern;
  constexpr RoleMask calls = roles_of(Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate);
  return {"scripted", "made up for a test", EntryAfterWrite::removed, calls, {}, []() -> const Pattern& {
            return *scripted_pattern();
          }};
}

/// A write that updates the row, an update of the entry somewhere, and a read that looks up, loads and may fill.
inline Scripted random_pattern(std::uint64_t seed) {
  SeededRandom random(seed);
  std::vector<Call> write(1 + random.draw_below(2), Call::remove);
  for (Call& call : write) {
    call = random.draw_below(2) == 0 ? Call::remove : Call::refresh;
  }
  write.insert(write.begin() + random.draw_below(static_cast<std::uint32_t>(write.size() + 1)), Call::update);
  std::vector<Call> read = {Call::load};
  if (random.draw_below(4) != 0) {
    read.insert(read.begin(), Call::look_up);
  }
  if (random.draw_below(4) != 0) {
    read.push_back(Call::fill);
  }
  return {read, write};
}

inline std::vector<const JudgeInfo*> all_judges() {
  std::vector<const JudgeInfo*> judges;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    judges.push_back(&judge);
  }
  return judges;
}

inline std::vector<const VirtualFaultInfo*> all_faults() {
  std::vector<const VirtualFaultInfo*> faults;
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    faults.push_back(&fault);
  }
  return faults;
}

inline MachineOptions machine_options(const PatternInfo& pattern, std::string_view scope, std::uint8_t faults_max = 0) {
  MachineOptions options;
  options.pattern = &pattern;
  options.scope = *parse_scope(scope);
  options.judges = all_judges();
  options.faults = all_faults();
  options.faults_max = faults_max;
  return options;
}

}  // namespace stalemate::testing_explore
