// What a store would say to a request that it was never given.
#pragma once

#include <string>

#include "wire/store_request.hpp"

namespace stalemate {

/// The answer of a store that has carried the request out, as bytes, where the request alone tells it: to the sets and
/// deletes of a Redis. Empty: it cannot be told. Example: ":1\r\n" to DEL product:7, as if there had been such an
/// entry.
[[nodiscard]] std::string usual_answer(Protocol protocol, const StoreRequest& request);

}  // namespace stalemate
