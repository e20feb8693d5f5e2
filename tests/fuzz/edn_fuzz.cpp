// Any text as a edn history: refused with a sentence, or read, and then it survives every format.
// Rooms: record core
#include <cstdint>

#include "round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stalemate;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(guess_format(text, "fuzz"));
  for (const bool is_excerpt : {false, true}) {
    const Result<EventHistory> history = parse_edn(text, "fuzz", is_excerpt);
    if (history) {
      expect_round_trips(*history);
    } else {
      STALEMATE_ASSERT(history.error().detail.starts_with("fuzz"), "an error names the file");
    }
  }
  return 0;
}
