// Any text as a token of a run, and any bytes behind a right checksum: refused with a sentence, or read and written.
// Rooms: explore patterns plan scenario record core
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.hpp"
#include "explore/application/application_token.hpp"
#include "explore/telling/token.hpp"
#include "explore/telling/token_bytes.hpp"

namespace {

using namespace stalemate;

void read_both(std::string_view token) {
  const Result<Witness> witness = parse_token(token);
  STALEMATE_ASSERT(witness || !witness.error().detail.empty(), "an error has a sentence");
  const Result<ApplicationToken> read = parse_application_token(token);
  STALEMATE_ASSERT(read || !read.error().detail.empty(), "an error has a sentence");
  if (read) {
    const Result<ApplicationToken> again = parse_application_token(token_of(read->witness, read->subject));
    STALEMATE_ASSERT(again && again->witness.choices == read->witness.choices, "what was read can be written");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_both({reinterpret_cast<const char*>(data), size});
  TokenWriter writer;
  for (std::size_t place = 0; place < size; ++place) {
    writer.number(data[place] & 127U);
  }
  read_both(writer.token("s1-"));
  read_both(writer.token("a1-"));
  return 0;
}
