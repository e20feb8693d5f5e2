// skip: calls that are not made and count as done, each with a chance of its own: the origin's failures.
//
// A skipped `update` is a write acknowledged but never applied; a skipped `invalidate` leaves the old entry; a skipped
// `fill` costs one more miss. A lookup or a load cannot be skipped: nobody could say what it answered.
#include <cmath>

#include "core/random.hpp"
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "fill=1%,update=1%,invalidate=1%";
constexpr CallsTaken skippable = {.deed = "skipped",
                                  .roles = roles_of(Role::fill, Role::update, Role::invalidate, Role::refresh),
                                  .why_no_other = "it would have no answer"};

class Skip final : public CallFault {
 public:
  void set_chance(Role role, double chance) {
    if (chance >= 1) {
      always_ |= role_bit(role);
      return;
    }
    const auto salt = static_cast<std::uint64_t>(role) * 0x9e3779b97f4a7c15ULL;
    bars_.push_back({salt, static_cast<std::uint64_t>(std::ldexp(chance, 64)), role_bit(role)});
  }

  // One draw an op; each role sees it through its own mixer, so that setting one role moves no other's hits.
  RoleMask draw(Random& random, OpKind /*kind*/) const override {
    const std::uint64_t chance = random.next();
    unsigned hit = always_;
    for (const Bar& bar : bars_) {
      hit |= mix_bits(chance + bar.salt) < bar.below ? bar.role : 0U;
    }
    return static_cast<RoleMask>(hit);
  }

  [[nodiscard]] CallAction action(Role /*role*/) const override { return {.skip = true, .delay_before_ns = 0}; }

 private:
  struct Bar {
    std::uint64_t salt;
    std::uint64_t below;  // the role is hit if the mixed draw is below, of 2^64
    RoleMask role;
  };
  std::vector<Bar> bars_ = {};
  RoleMask always_ = 0;
};

Result<ConfiguredFault> parse_skip(std::string_view text) {
  const Result<std::vector<Setting>> settings = parse_settings(text, example);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  ConfiguredFault fault;
  auto skip = std::make_unique<Skip>();
  for (const Setting& setting : *settings) {
    const Result<RoleMask> calls = parse_calls(setting.name, skippable);
    if (!calls) {
      return std::unexpected(calls.error());
    }
    const Result<double> chance = parse_chance(setting.value);
    if (!chance) {
      return failed(ErrorCode::wrong_type, std::string(setting.name) + ": " + chance.error().detail);
    }
    for (const Role role : all_roles) {
      if ((*calls & role_bit(role)) != 0) {
        skip->set_chance(role, *chance);
      }
    }
    fault.hits.push_back({std::string(setting.name), *calls});
  }
  fault.call = std::move(skip);
  return fault;
}

const bool registered = FaultRegistry::add({"skip", "calls that are not made and count as done", example, parse_skip});

}  // namespace
}  // namespace stalemate
