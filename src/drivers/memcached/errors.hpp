// The meaning of memcached's error replies: the one table of this driver.
#pragma once

#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// `line` is an error reply, such as "SERVER_ERROR out of memory storing object".
/// | reply | code | outcome |
/// | --- | --- | --- |
/// | SERVER_ERROR out of memory ..., ERROR Too many open connections | unavailable | fail |
/// | CLIENT_ERROR unauthenticated, CLIENT_ERROR authentication failure | authentication | fail |
/// | ERROR | unsupported: it is older than the meta protocol | fail |
/// | CLIENT_ERROR cannot increment ... | wrong_type | fail |
/// | any other CLIENT_ERROR | refused_by_server | fail |
/// | any other SERVER_ERROR | refused_by_server | info |
/// memcached refuses what it cannot read before it touches an item. Of its own failures we cannot know: a proxy answers
/// so for a request it sent on and lost.
[[nodiscard]] Error memcached_error(std::string_view line);

}  // namespace stalemate
