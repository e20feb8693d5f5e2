#include "wire/usual_answer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace stalemate {
namespace {

template <std::size_t N>
bool names_one_of(const StoreRequest& request, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, request.name) != names.end();
}

/// Whether a SET is to answer what was there before.
bool asks_for_old_value(const StoreRequest& request) {
  return std::ranges::any_of(request.values, [](const std::string& word) { return word == "GET" || word == "get"; });
}

std::string number_answer(std::size_t number) {
  return ":" + std::to_string(number) + "\r\n";
}

}  // namespace

std::string usual_answer(Protocol protocol, const StoreRequest& request) {
  constexpr std::array<std::string_view, 5> told_ok = {"SET", "SETEX", "PSETEX", "MSET", "HMSET"};
  constexpr std::array<std::string_view, 2> told_keys = {"DEL", "UNLINK"};
  constexpr std::array<std::string_view, 2> told_one = {"SETNX", "HSETNX"};
  if (protocol != Protocol::redis || asks_for_old_value(request)) {
    return {};
  }
  return names_one_of(request, told_ok)     ? "+OK\r\n"
         : names_one_of(request, told_keys) ? number_answer(request.keys.size())
         : names_one_of(request, told_one)  ? number_answer(1)
         : request.name == "HDEL"           ? number_answer(request.values.size())
         : request.name == "HSET"           ? number_answer(request.values.size() / 2)
                                            : "";
}

}  // namespace stalemate
