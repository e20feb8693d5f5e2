// Whatever either side of a connection to Redis says, in whatever pieces: the same requests and replies, or the same
// error.
// Rooms: wire core
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/redis/conversation.hpp"

namespace stalemate {
namespace {

/// What is told of the bytes if they are fed in pieces of that size: a byte 0 changes sides.
std::vector<std::string> told(std::string_view bytes, std::size_t piece) {
  const auto talk = make_redis_conversation();
  std::vector<std::string> found;
  std::string request;
  std::string reply;
  bool is_client = true;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    std::string_view part = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    while (!part.empty()) {
      std::size_t taken = 0;
      bool ends = false;
      if (is_client) {
        const Result<Portion> portion = talk->from_client(part.substr(0, piece));
        if (!portion) {
          found.push_back(portion.error().detail);
          return found;
        }
        taken = portion->bytes;
        ends = portion->ends;
      } else {
        const Result<ReplyPortion> portion = talk->from_store(part.substr(0, piece));
        if (!portion) {
          found.push_back(portion.error().detail);
          return found;
        }
        taken = portion->bytes;
        ends = portion->ends;
      }
      if (taken == 0 || taken > part.size()) {
        std::abort();
      }
      std::string& message = is_client ? request : reply;
      message += part.substr(0, taken);
      part.remove_prefix(taken);
      if (ends && talk->unreadable().empty()) {
        found.push_back(is_client ? talk->asks(message).request.text : talk->answers(message).text);
      }
      if (ends) {
        message.clear();
      }
    }
    is_client = !is_client;
  }
  return found;
}

}  // namespace
}  // namespace stalemate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> whole = stalemate::told(bytes, size + 1);
  if (stalemate::told(bytes, 1) != whole || stalemate::told(bytes, 3) != whole) {
    std::abort();
  }
  return 0;
}
