// converges: at rest, the entry in the cache and those in the memories of application servers are absent, equal to the
// row, or at least bound to expire.
#include "explore/judge.hpp"

namespace stalemate {
namespace {

class Converges final : public Judge {
 public:
  [[nodiscard]] bool concerns(const Scope&) const override { return true; }
  [[nodiscard]] std::string start(const JudgedScope&) const override { return {}; }
  [[nodiscard]] bool observe(const JudgedScope&, std::string&, const JudgedEvent&) const override { return true; }

  [[nodiscard]] std::string trouble_at_rest(const WorldTable& table, const World& world) const override {
    std::string trouble = trouble_of(table.slots(world.cache), world.row, "the cache");
    for (std::size_t server = 0; server < table.servers() && trouble.empty(); ++server) {
      trouble = trouble_of(table.slots(world.local.at(server)), world.row,
                           "the memory of server " + std::to_string(server + 1));
    }
    return trouble;
  }

 private:
  static std::string trouble_of(const CacheSlots& slots, Value row, const std::string& place) {
    const std::optional<SlotContent>& entry = slots[Slot::entry];
    if (!entry || entry->value == row || entry->expires || entry->value == absent) {
      return {};
    }
    return "At rest " + place + " holds " + std::to_string(entry->value) + ", and the row is " + std::to_string(row) +
           ".";
  }
};

[[maybe_unused]] const bool registered = register_judge<Converges>(
    "converges", "", "at rest every entry is absent, equal to the row, or bound to expire", default_scope, true);

}  // namespace
}  // namespace stalemate
