// delay: every call of a role is sent later by a fixed time, as if the store were farther away.
//
// `db` and `cache` mean all calls to that store; lookup, load, fill, update, invalidate and refresh mean one role. A
// role given by name has that delay, whatever its store's is.
#include <algorithm>

#include "core/duration.hpp"
#include "faults/settings.hpp"

namespace stalemate {
namespace {

constexpr std::string_view example = "db=15ms,cache=2ms";
constexpr RoleMask database_roles = role_bit(Role::load) | role_bit(Role::update);
constexpr RoleMask cache_roles =
    role_bit(Role::lookup) | role_bit(Role::fill) | role_bit(Role::invalidate) | role_bit(Role::refresh);

struct Place {
  std::string_view name;
  RoleMask roles;
};

// Stores first: they are applied first, so that a role's own delay wins.
constexpr std::array places = {Place{"db", database_roles},
                               Place{"cache", cache_roles},
                               Place{"lookup", role_bit(Role::lookup)},
                               Place{"load", role_bit(Role::load)},
                               Place{"fill", role_bit(Role::fill)},
                               Place{"update", role_bit(Role::update)},
                               Place{"invalidate", role_bit(Role::invalidate)},
                               Place{"refresh", role_bit(Role::refresh)}};

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

Result<ConfiguredFault> parse_delay(std::string_view text) {
  const Result<std::vector<Setting>> settings = parse_settings(text, example);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  std::array<std::string_view, places.size()> names;
  std::ranges::transform(places, names.begin(), &Place::name);
  std::array<Nanoseconds, places.size()> delays_ns = {};
  for (const Setting& setting : *settings) {
    const auto name = std::ranges::find(names, setting.name);
    if (name == names.end()) {
      return unknown_name("call to delay", setting.name, names);
    }
    const Result<Nanoseconds> delay_ns = parse_duration(setting.value);
    if (!delay_ns) {
      return failed(ErrorCode::wrong_type, std::string(setting.name) + ": " + delay_ns.error().detail);
    }
    delays_ns.at(static_cast<std::size_t>(name - names.begin())) = *delay_ns;
  }
  auto delay = std::make_unique<Delay>();
  for (std::size_t place = 0; place < places.size(); ++place) {
    if (delays_ns.at(place) > 0) {
      delay->set_delay(places.at(place).roles, delays_ns.at(place));
    }
  }
  ConfiguredFault fault;
  fault.call = std::move(delay);
  return fault;
}

const bool registered = FaultRegistry::add({"delay", "every call of a role is sent later", example, parse_delay});

}  // namespace
}  // namespace stalemate
