// refuse: the database carries a write out, rolls it back and says so, each write with a chance: what a constraint, a
// trigger or a transaction that has to give way does. The write's outcome is `fail`: its value is nobody's to read.
//
// It hits every update of the row, a client's and one that a background part makes.
#include <cmath>

#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "update=1%";
constexpr CallsTaken refusable = {
    .deed = "rolled back", .roles = role_bit(Role::update), .why_no_other = "only a write of the row can be"};

class Refuse final : public CallFault {
 public:
  explicit Refuse(double chance) : always_(chance >= 1), below_(always_ ? 0 : whole_of(chance)) {}

  RoleMask draw(Random& random, OpKind /*kind*/) const override {
    const bool hit = random.next() < below_ || always_;
    return hit ? role_bit(Role::update) : RoleMask{0};
  }
  [[nodiscard]] CallAction action(Role /*role*/) const override { return {.roll_back = true}; }

 private:
  /// Of 2^64.
  static std::uint64_t whole_of(double chance) { return static_cast<std::uint64_t>(std::ldexp(chance, 64)); }

  bool always_;
  std::uint64_t below_;
};

Result<ConfiguredFault> parse_refuse(std::string_view text) {
  const Result<std::vector<Setting>> settings = parse_settings(text, example);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  const Setting& setting = settings->front();
  for (const Setting& one : *settings) {
    if (const Result<RoleMask> calls = parse_calls(one.name, refusable); !calls) {
      return std::unexpected(calls.error());
    }
  }
  const Result<double> chance = parse_chance(setting.value);
  if (!chance) {
    return failed(ErrorCode::wrong_type, std::string(setting.name) + ": " + chance.error().detail);
  }
  ConfiguredFault fault;
  fault.call = std::make_unique<Refuse>(*chance);
  fault.hits.push_back({std::string(setting.name), role_bit(Role::update)});
  return fault;
}

const bool registered =
    FaultRegistry::add({"refuse", "the database rolls a write back and tells the writer", example, parse_refuse});

}  // namespace
}  // namespace stalemate
