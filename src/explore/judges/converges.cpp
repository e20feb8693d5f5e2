// converges: at rest, the entry in the cache and those in the memories of application servers are absent, equal to the
// row, or at least bound to expire. Of a real application: what every instance reads is what the row holds.
#include "explore/application/application_world.hpp"
#include "explore/chronicle.hpp"

namespace stalemate {
namespace {

class Converges final : public Judge {
 public:
  [[nodiscard]] bool concerns(const Scope&) const override { return true; }
  [[nodiscard]] std::string start(const JudgedScope&) const override { return {}; }
  [[nodiscard]] bool observe(const JudgedScope&, std::string&, const JudgedEvent&) const override { return true; }

  [[nodiscard]] std::string trouble_at_rest(const JudgedScope& /*scope*/, const std::string& /*memory*/,
                                            const WorldTable& table, const World& world) const override {
    std::string trouble = trouble_of(table.slots(world.cache), world.row, "the cache");
    for (std::size_t server = 0; server < table.servers() && trouble.empty(); ++server) {
      trouble = trouble_of(table.slots(world.local.at(server)), world.row,
                           "the memory of server " + std::to_string(server + 1));
    }
    return trouble;
  }

  [[nodiscard]] std::string trouble_at_rest(const JudgedScope& scope, const std::string& /*memory*/,
                                            const RestReads& reads, const Chronicle& writes) const override {
    if (reads.row && reads.entry && *reads.entry != *reads.row) {
      return "At rest the cache holds " + words_of(*reads.entry) + ", and the row is " + words_of(*reads.row) + ".";
    }
    std::optional<std::size_t> first;
    for (std::size_t process = 0; process < reads.by_instance.size(); ++process) {
      const std::optional<Value>& value = reads.by_instance[process];
      if (!value) {
        continue;
      }
      const std::string what =
          "At rest the instance of " + name_of_process(scope.scope, process) + " reads " + words_of(*value);
      if (reads.row && *value != *reads.row) {
        return what + ", and the row is " + words_of(*reads.row) + ".";
      }
      if (!reads.row && misses_a_write(*value, writes)) {
        return what + ", and a newer write was acknowledged.";
      }
      if (first && *value != *reads.by_instance[*first]) {
        return what + ", and that of " + name_of_process(scope.scope, *first) + " " +
               words_of(*reads.by_instance[*first]) + ".";
      }
      first = process;
    }
    return {};
  }

 private:
  static std::string words_of(Value value) {
    return value == absent ? "nothing" : value == foreign_value ? "a value that nobody wrote" : std::to_string(value);
  }
  static bool misses_a_write(Value value, const Chronicle& writes) {
    bool misses = false;
    for (Value other = 1; other <= static_cast<Value>(writes_max); ++other) {
      const bool is_acknowledged = (writes.acknowledged() & value_bit(other)) != 0;
      misses = misses || (is_acknowledged && writes.older_at_rest(value, other));
    }
    return misses;
  }
  static std::string trouble_of(const CacheSlots& slots, Value row, const std::string& place) {
    const std::optional<SlotContent>& entry = slots[Slot::entry];
    if (!entry || entry->value == row || entry->expires || entry->value == absent) {
      return {};
    }
    return "At rest " + place + " holds " + std::to_string(entry->value) + ", and the row is " + std::to_string(row) +
           ".";
  }
};

[[maybe_unused]] const bool converges_registered = register_judge<Converges>(
    "converges", "", "at rest every entry is absent, equal to the row, or bound to expire", default_scope, true);

}  // namespace
}  // namespace stalemate
