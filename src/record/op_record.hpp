// OpRecord and StepRecord: an Op or a Step in 32 bytes, the form in which histories are held in memory.
//
// Ten million ops and their steps fit where the plain structs would need twice the room, and checkers stream over them
// at memory bandwidth. On disk each is 30 bytes (disk_record.hpp, docs/history-format.md).
#pragma once

#include <cstdint>
#include <type_traits>

#include "core/assert.hpp"
#include "core/op.hpp"
#include "core/types.hpp"

namespace stalemate {

/// How instants and durations are packed.
namespace packed_time {

/// Instants are whole nanoseconds, 0 <= t < 2^48: a run is shorter than 78 hours.
inline constexpr unsigned instant_bits = 48;
inline constexpr std::uint64_t instant_mask = (std::uint64_t{1} << instant_bits) - 1;

/// Durations have 40 bits. Below 2^39 ns (9 min 9 s) they are exact; from there on they count steps of 1024 ns and are
/// rounded up, so that a completion is never recorded as earlier than it was. All ones: never.
inline constexpr unsigned duration_bits = 40;
inline constexpr std::uint64_t duration_never = (std::uint64_t{1} << duration_bits) - 1;
inline constexpr std::uint64_t duration_exact = std::uint64_t{1} << (duration_bits - 1);
inline constexpr unsigned coarse_shift = 10;

/// Requires: 0 <= duration_ns, and below 2^48 unless it is `never`.
[[nodiscard]] constexpr std::uint64_t pack_duration(Nanoseconds duration_ns) {
  const auto duration = static_cast<std::uint64_t>(duration_ns);
  if (duration < duration_exact) [[likely]] {
    return duration;
  }
  if (duration_ns == never) {
    return duration_never;
  }
  STALEMATE_ASSERT(duration <= instant_mask, "a duration is neither negative nor longer than 78 hours");
  return duration_exact + ((duration - duration_exact + (1U << coarse_shift) - 1) >> coarse_shift);
}

/// The inverse of pack_duration; `never` for all ones.
[[nodiscard]] constexpr Nanoseconds unpack_duration(std::uint64_t packed) {
  if (packed < duration_exact) [[likely]] {
    return static_cast<Nanoseconds>(packed);
  }
  return packed == duration_never
             ? never
             : static_cast<Nanoseconds>(duration_exact + ((packed - duration_exact) << coarse_shift));
}

/// Requires: 0 <= instant_ns < 2^48.
[[nodiscard]] constexpr std::uint64_t pack_instant(Nanoseconds instant_ns) {
  const auto instant = static_cast<std::uint64_t>(instant_ns);
  STALEMATE_ASSERT(instant <= instant_mask, "an instant is neither before the run's start nor 78 hours after it");
  return instant;
}

/// Whether unpack_duration gives a duration that pack_duration takes.
[[nodiscard]] constexpr bool is_packed_duration(std::uint64_t packed) {
  return packed < duration_exact || packed == duration_never ||
         unpack_duration(packed) <= static_cast<Nanoseconds>(instant_mask);
}

}  // namespace packed_time

struct DiskRecord;

/// An Op in four words. Accessors have the names of Op's fields and the same meaning.
/// Words (low bits first): 0 invocation 48, service low 16 | 1 service high 24, invocation - intended 40 |
/// 2 index 32, key 32 | 3 value 32, client 16, kind 4, outcome 4, error 8.
class OpRecord {
 public:
  OpRecord() = default;

  /// Packs `op`. An intended start after the invocation (a timer that fired early) is recorded as equal to it; an
  /// `info` op is recorded as never completed.
  /// Requires: 0 <= invocation_ns < 2^48, invocation_ns <= completion_ns; an `ok` or `fail` op completed.
  explicit OpRecord(const Op& op) {
    using namespace packed_time;
    const Nanoseconds ahead = op.invocation_ns - op.intended_ns;
    const std::uint64_t lead = pack_duration(ahead > 0 ? ahead : 0);
    const bool completed = op.outcome != Outcome::info;
    STALEMATE_ASSERT(!completed || op.completion_ns != never, "an op whose outcome is known has completed");
    const std::uint64_t service = completed ? pack_duration(op.completion_ns - op.invocation_ns) : duration_never;
    words_[0] = pack_instant(op.invocation_ns) | service << instant_bits;
    words_[1] = service >> 16U | lead << 24U;
    words_[2] = std::uint64_t{op.index} | std::uint64_t{op.key.index} << 32U;
    words_[3] = static_cast<std::uint32_t>(op.value) | std::uint64_t{op.client} << 32U |
                static_cast<std::uint64_t>(op.kind) << 48U | static_cast<std::uint64_t>(op.outcome) << 52U |
                static_cast<std::uint64_t>(op.error) << 56U;
  }

  [[nodiscard]] OpIndex index() const { return static_cast<OpIndex>(words_[2]); }
  [[nodiscard]] Key key() const { return Key{static_cast<std::uint32_t>(words_[2] >> 32U)}; }
  [[nodiscard]] ClientId client() const { return static_cast<ClientId>(words_[3] >> 32U); }
  [[nodiscard]] OpKind kind() const { return static_cast<OpKind>(words_[3] >> 48U & 0xFU); }
  [[nodiscard]] Outcome outcome() const { return static_cast<Outcome>(words_[3] >> 52U & 0xFU); }
  [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(words_[3] >> 56U); }
  [[nodiscard]] Value value() const { return static_cast<Value>(static_cast<std::uint32_t>(words_[3])); }
  [[nodiscard]] Nanoseconds invocation_ns() const {
    return static_cast<Nanoseconds>(words_[0] & packed_time::instant_mask);
  }
  /// `never` for an `info` op.
  [[nodiscard]] Nanoseconds completion_ns() const {
    const Nanoseconds service = packed_time::unpack_duration(words_[0] >> 48U | (words_[1] & 0xFFFFFFU) << 16U);
    return service == never ? never : invocation_ns() + service;
  }
  [[nodiscard]] Nanoseconds intended_ns() const {
    return invocation_ns() - packed_time::unpack_duration(words_[1] >> 24U);
  }
  [[nodiscard]] bool is_completed() const {
    return (words_[0] >> 48U) != 0xFFFFU || (words_[1] & 0xFFFFFFU) != 0xFFFFFFU;
  }

  /// Whether it is an `ok` read or write that took less than 2^39 ns; takes few instructions.
  [[nodiscard]] bool is_plain() const {
    static_assert(Outcome::ok == Outcome{0} && OpKind::read == OpKind{0} && OpKind::write == OpKind{1});
    constexpr std::uint64_t service_high_bit = packed_time::duration_exact >> 16U;
    return ((words_[3] >> 48U & 0xFEU) | (words_[1] & service_high_bit)) == 0;
  }
  /// completion_ns() of a plain op, without a check.
  [[nodiscard]] Nanoseconds plain_completion_ns() const {
    return invocation_ns() + static_cast<Nanoseconds>(words_[0] >> 48U | (words_[1] & 0xFFFFFFU) << 16U);
  }

  friend bool operator==(const OpRecord&, const OpRecord&) = default;

 private:
  friend struct DiskRecord;
  std::uint64_t words_[4];
};

/// A Step in four words. Accessors have the names of Step's fields and the same meaning.
/// Words (low bits first): 0 start 48, duration low 16 | 1 duration high 24, retries or (of a cache) the cache command
/// 8, value 32 | 2 version 64 | 3 op 32, store 4, command 4, role 4, outcome 3, skipped 1, fault 8, error 8.
class StepRecord {
 public:
  StepRecord() = default;

  /// Requires: 0 <= start_ns < 2^48, start_ns <= end_ns (`never`: no end was seen); a skipped call has failed.
  explicit StepRecord(const Step& step) {
    using namespace packed_time;
    STALEMATE_ASSERT(!step.skipped || step.outcome == Outcome::fail, "a call that was never made has failed");
    const std::uint64_t duration = step.end_ns == never ? duration_never : pack_duration(step.end_ns - step.start_ns);
    words_[0] = pack_instant(step.start_ns) | duration << instant_bits;
    const std::uint8_t detail = is_cache(step.store) ? step.cache_command : step.retries;
    words_[1] =
        duration >> 16U | std::uint64_t{detail} << 24U | std::uint64_t{static_cast<std::uint32_t>(step.value)} << 32U;
    words_[2] = step.version;
    words_[3] = std::uint64_t{step.op} | static_cast<std::uint64_t>(step.store) << 32U |
                static_cast<std::uint64_t>(step.command) << 36U | static_cast<std::uint64_t>(step.role) << 40U |
                static_cast<std::uint64_t>(step.outcome) << 44U | std::uint64_t{step.skipped} << 47U |
                std::uint64_t{step.fault} << 48U | static_cast<std::uint64_t>(step.error) << 56U;
  }

  [[nodiscard]] OpIndex op() const { return static_cast<OpIndex>(words_[3]); }
  [[nodiscard]] Store store() const { return static_cast<Store>(words_[3] >> 32U & 0xFU); }
  [[nodiscard]] Command command() const { return static_cast<Command>(words_[3] >> 36U & 0xFU); }
  [[nodiscard]] Role role() const { return static_cast<Role>(words_[3] >> 40U & 0xFU); }
  [[nodiscard]] Outcome outcome() const { return static_cast<Outcome>(words_[3] >> 44U & 0x7U); }
  [[nodiscard]] bool skipped() const { return (words_[3] >> 47U & 1U) != 0; }
  [[nodiscard]] FaultId fault() const { return static_cast<FaultId>(words_[3] >> 48U); }
  [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(words_[3] >> 56U); }
  [[nodiscard]] std::uint8_t retries() const { return is_cache(store()) ? std::uint8_t{0} : detail(); }
  [[nodiscard]] std::uint8_t cache_command() const { return is_cache(store()) ? detail() : std::uint8_t{0}; }
  /// Whether the database or the cache answered it with `ok` within 2^39 ns; takes few instructions.
  [[nodiscard]] bool is_plain() const {
    static_assert(Outcome::ok == Outcome{0} && Store::database == Store{0} && Store::cache == Store{1});
    constexpr std::uint64_t duration_high_bit = packed_time::duration_exact >> 16U;
    constexpr std::uint64_t other_bits = std::uint64_t{0xF00E} << 32U;  // of the outcome, skipped, and other stores
    return ((words_[3] & other_bits) | (words_[1] & duration_high_bit)) == 0;
  }
  /// end_ns() of a plain step, without a check.
  [[nodiscard]] Nanoseconds plain_end_ns() const {
    return start_ns() + static_cast<Nanoseconds>(words_[0] >> 48U | (words_[1] & 0xFFFFFFU) << 16U);
  }
  /// Whether it wrote, or tried to write, a row; takes few instructions.
  [[nodiscard]] bool is_update() const {
    static_assert(Store::database == Store{0} && Command::write == Command{1});
    return (words_[3] >> 32U & 0xFFU) == 0x10U;
  }
  [[nodiscard]] Value value() const { return static_cast<Value>(static_cast<std::uint32_t>(words_[1] >> 32U)); }
  [[nodiscard]] Version version() const { return words_[2]; }
  [[nodiscard]] Nanoseconds start_ns() const { return static_cast<Nanoseconds>(words_[0] & packed_time::instant_mask); }
  /// `never` where no end was seen.
  [[nodiscard]] Nanoseconds end_ns() const {
    const Nanoseconds duration = packed_time::unpack_duration(words_[0] >> 48U | (words_[1] & 0xFFFFFFU) << 16U);
    return duration == never ? never : start_ns() + duration;
  }

  friend bool operator==(const StepRecord&, const StepRecord&) = default;

 private:
  friend struct DiskRecord;
  static bool is_cache(Store store) { return store == Store::cache || store == Store::local; }
  [[nodiscard]] std::uint8_t detail() const { return static_cast<std::uint8_t>(words_[1] >> 24U); }

  std::uint64_t words_[4];
};

static_assert(sizeof(OpRecord) == 32 && std::is_trivially_copyable_v<OpRecord> &&
              std::is_trivially_default_constructible_v<OpRecord>);
static_assert(sizeof(StepRecord) == 32 && std::is_trivially_copyable_v<StepRecord> &&
              std::is_trivially_default_constructible_v<StepRecord>);

/// The op that was packed, apart from the two roundings that OpRecord's constructor states.
[[nodiscard]] inline Op to_op(const OpRecord& record) {
  return Op{.index = record.index(),
            .key = record.key(),
            .client = record.client(),
            .kind = record.kind(),
            .outcome = record.outcome(),
            .error = record.error(),
            .value = record.value(),
            .intended_ns = record.intended_ns(),
            .invocation_ns = record.invocation_ns(),
            .completion_ns = record.completion_ns()};
}

/// The step that was packed.
[[nodiscard]] inline Step to_step(const StepRecord& record) {
  return Step{.op = record.op(),
              .store = record.store(),
              .command = record.command(),
              .role = record.role(),
              .outcome = record.outcome(),
              .error = record.error(),
              .fault = record.fault(),
              .retries = record.retries(),
              .cache_command = record.cache_command(),
              .skipped = record.skipped(),
              .value = record.value(),
              .version = record.version(),
              .start_ns = record.start_ns(),
              .end_ns = record.end_ns()};
}

/// What a row and its entry held when the run was over and everything at rest.
struct RestRecord {
  std::uint32_t key = 0;
  Value row = absent;
  Value entry = absent;  ///< `absent`: no entry
  friend bool operator==(const RestRecord&, const RestRecord&) = default;
};
static_assert(sizeof(RestRecord) == 12 && std::is_trivially_copyable_v<RestRecord>);

}  // namespace stalemate
