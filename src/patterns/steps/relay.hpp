// What a relay does with a change.
#pragma once

#include "core/pattern/ports.hpp"

namespace stalemate {

/// Takes the next change from the feed, deletes the entry of its key and only then acknowledges it.
[[nodiscard]] Task<Result<void>> delete_next_changed(Ports ports);

}  // namespace stalemate
