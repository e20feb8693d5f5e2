// delay: every call of a role is sent later by a fixed time, as if the store were farther away.
//
// A call given by name has that delay, whatever that of its group is.
#include <algorithm>
#include <bit>

#include "core/duration.hpp"
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "db=15ms,cache=2ms";
constexpr CallsTaken delayable = {
    .deed = "delayed",
    .roles = roles_of(Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate, Role::refresh)};

// One NAME=VALUE, read.
struct DelayOfCalls {
  std::string_view word;
  RoleMask calls;
  Nanoseconds delay_ns;
};

class Delay final : public CallFault {
 public:
  void set_delay(RoleMask roles, Nanoseconds delay_ns) {
    for (const Role role : all_roles) {
      if ((roles & role_bit(role)) != 0) {
        delays_ns_.at(static_cast<std::size_t>(role)) = delay_ns;
      }
    }
    delayed_ |= roles;
  }
  RoleMask draw(Random& /*random*/, OpKind /*kind*/) const override { return delayed_; }
  [[nodiscard]] CallAction action(Role role) const override {
    return {.skip = false, .delay_before_ns = delays_ns_.at(static_cast<std::size_t>(role))};
  }

 private:
  std::array<Nanoseconds, role_count> delays_ns_ = {};
  RoleMask delayed_ = 0;
};

// Groups are applied first, so that a call's own delay wins.
Result<ConfiguredFault> fault_of(std::vector<DelayOfCalls> delays) {
  std::ranges::stable_sort(delays, std::ranges::greater(),
                           [](const DelayOfCalls& one) { return std::popcount(one.calls); });
  ConfiguredFault fault;
  auto delay = std::make_unique<Delay>();
  unsigned named = 0;
  for (const DelayOfCalls& one : delays) {
    delay->set_delay(one.calls, one.delay_ns);
    fault.hits.push_back({std::string(one.word), one.calls});
    named |= std::popcount(one.calls) == 1 ? one.calls : 0U;
  }
  for (const DelayOfCalls& one : delays) {
    if (std::popcount(one.calls) > 1 && (one.calls & ~named) == 0) {
      return failed(ErrorCode::wrong_type,
                    std::string(one.word) + ": each of its calls has a delay of its own here, so leave it out");
    }
  }
  fault.call = std::move(delay);
  return fault;
}

Result<ConfiguredFault> parse_delay(std::string_view text) {
  const Result<std::vector<Setting>> settings = parse_settings(text, example);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  std::vector<DelayOfCalls> delays;
  for (const Setting& setting : *settings) {
    const Result<RoleMask> calls = parse_calls(setting.name, delayable);
    if (!calls) {
      return std::unexpected(calls.error());
    }
    const Result<Nanoseconds> delay_ns = parse_duration(setting.value);
    if (!delay_ns) {
      return failed(ErrorCode::wrong_type, std::string(setting.name) + ": " + delay_ns.error().detail);
    }
    delays.push_back({setting.name, *calls, *delay_ns});
  }
  return fault_of(std::move(delays));
}

const bool registered = FaultRegistry::add({"delay", "every call of a role is sent later", example, parse_delay});

}  // namespace
}  // namespace stalemate
