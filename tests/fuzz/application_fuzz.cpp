// Any text as an application's file, and any text as an answer: refused with a sentence, or read.
// Rooms: application scenario servers core
#include <cstdint>
#include <string_view>

#include "application/application.hpp"
#include "core/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stalemate;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(is_application_file(text));
  const Result<Application> application = parse_application(text, "fuzz.toml");
  STALEMATE_ASSERT(application || application.error().detail.starts_with("fuzz.toml"), "an error names the file");
  static_cast<void>(read_store_url(text));
  static_cast<void>(read_instance_url(text));
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) {
    return 0;
  }
  if (const Result<ValuePlace> place = ValuePlace::read(text.substr(0, line))) {
    const RawAnswer answer = {.headers = {{"X", std::string(text)}}, .body = std::string(text.substr(line + 1))};
    const Result<std::optional<std::int64_t>> number = place->number_in(answer);
    STALEMATE_ASSERT(number || !number.error().detail.empty(), "an error has a sentence");
  }
  return 0;
}
