// Any text as an application's file, and any text as an answer, in any pieces: refused with a sentence, or read.
// Rooms: application drivers scenario servers core
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "application/application.hpp"
#include "application/channels/http_answer.hpp"
#include "core/assert.hpp"

namespace stalemate {
namespace {

/// The answer that comes in pieces of so many bytes; none: it is no whole one.
std::optional<RawAnswer> answer_in_pieces(std::string_view bytes, std::size_t piece) {
  using Progress = HttpAnswerReader::Progress;
  HttpAnswerReader reader;
  reader.begin(false);
  Progress progress = Progress::more;
  while (progress == Progress::more && !bytes.empty()) {
    progress = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (progress == Progress::more) {
    progress = reader.end();
  }
  STALEMATE_ASSERT(progress != Progress::broken || !reader.problem().detail.empty(), "an error has a sentence");
  return progress == Progress::done ? std::optional(reader.take_answer()) : std::nullopt;
}

void read_as_answer(std::string_view bytes) {
  const std::optional<RawAnswer> whole = answer_in_pieces(bytes, bytes.size());
  const std::optional<RawAnswer> split = answer_in_pieces(bytes, 1);
  STALEMATE_ASSERT(!whole || (split && split->status == whole->status && split->headers == whole->headers &&
                              split->body == whole->body),
                   "an answer is the same in whatever pieces it comes");
}

}  // namespace
}  // namespace stalemate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stalemate;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(is_application_file(text));
  const Result<Application> application = parse_application(text, "fuzz.toml");
  STALEMATE_ASSERT(application || application.error().detail.starts_with("fuzz.toml"), "an error names the file");
  static_cast<void>(read_store_url(text));
  static_cast<void>(read_instance_url(text));
  read_as_answer(text);
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
