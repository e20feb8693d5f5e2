// The meaning of Redis's error replies: the one table of this driver.
#pragma once

#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// `text` is an error reply without its leading '-', such as "LOADING Redis is loading the dataset in memory".
/// | reply | code | outcome |
/// | --- | --- | --- |
/// | LOADING, MASTERDOWN, BUSY, CLUSTERDOWN, TRYAGAIN | unavailable | fail |
/// | OOM, READONLY, MISCONF, NOREPLICAS | unavailable | fail |
/// | NOAUTH, WRONGPASS, NOPERM | authentication | fail |
/// | WRONGTYPE | wrong_type | fail |
/// | MOVED, ASK | unsupported | fail |
/// | ERR max number of clients reached | unavailable | fail |
/// | anything else, ERR too | refused_by_server | info |
/// Redis refuses each of the named ones before it touches the entry. Of the others we cannot know: a proxy answers ERR
/// for a request it sent on and lost.
[[nodiscard]] Error redis_error(std::string_view text);

/// As redis_error, of the reply to a login or to the first command; a refused one says where the password came from.
/// `is_in_url`: it stood in the cache's URL.
[[nodiscard]] Error redis_login_error(std::string_view text, bool is_in_url);

}  // namespace stalemate
