#include "engines/socket_cut.hpp"

#include <system_error>

namespace stalemate {
namespace {

std::filesystem::path out_of_reach(std::filesystem::path socket) {
  return socket += ".cut";
}

Result<void> move_socket(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  return error ? failed(ErrorCode::unavailable, "the socket " + from.native() + " cannot be moved: " + error.message())
               : Result<void>();
}

}  // namespace

Result<void> cut_socket(const std::filesystem::path& socket, const std::function<Result<void>()>& throw_out) {
  if (socket.empty()) {
    return failed(ErrorCode::unsupported,
                  "this server's connections cannot be cut, as they do not go through a socket");
  }
  if (const Result<void> moved = move_socket(socket, out_of_reach(socket)); !moved) {
    return moved;
  }
  const Result<void> done = throw_out();
  if (!done) {
    if (const Result<void> back = mend_socket(socket); !back) {
      return back;
    }
  }
  return done;
}

Result<void> mend_socket(const std::filesystem::path& socket) {
  return move_socket(out_of_reach(socket), socket);
}

}  // namespace stalemate
