// Any text as a rule of the gates: refused with one sentence, or read, and then it is the same rule again.
// Rooms: proxy wire asio core
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/assert.hpp"
#include "proxy/rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stalemate;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<GateRule> rule = parse_gate_rule(text);
  if (!rule) {
    STALEMATE_ASSERT(!rule.error().detail.empty(), "an error says what is wrong");
    return 0;
  }
  const Result<GateRule> again = parse_gate_rule(rule->text);
  STALEMATE_ASSERT(again && again->trouble == rule->trouble && again->conditions == rule->conditions &&
                       again->window == rule->window && rule->share > 0 && rule->share <= 1,
                   "what was read is read the same again");
  static_cast<void>(speaks_of(*rule, Protocol::redis, StoreRequest{.name = "DEL", .keys = {"product:7", ""}}));
  return 0;
}
