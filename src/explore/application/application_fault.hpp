// What may go wrong while a real application is explored: the same names as for patterns.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/error.hpp"
#include "core/faults/call_trouble.hpp"
#include "explore/application/application_world.hpp"

namespace stalemate {

enum class ApplicationFault : std::uint8_t {
  none,
  crash,         ///< an instance is killed in the middle of a request
  lost_request,  ///< a call does not reach its store
  lost_reply,    ///< a call takes effect, and its caller never hears of it
  delayed,       ///< a call takes effect later, once its caller has given it up
  duplicated,    ///< a call takes effect now and once more later
  evict,         ///< the cache drops the key's entries
  restart,       ///< the cache comes up again empty
  rollback       ///< the cache comes up again with what it had some time before
};

/// All but `none`, in the order of the enumeration.
[[nodiscard]] std::span<const ApplicationFault> application_faults();
/// "lost-request"; of `none` "".
[[nodiscard]] std::string_view name_of(ApplicationFault fault);
/// Errors: ErrorCode::wrong_type with a sentence that lists the names.
[[nodiscard]] Result<ApplicationFault> parse_application_fault(std::string_view name);

/// It befalls one call: lost_request, lost_reply, delayed and duplicated.
[[nodiscard]] bool befalls_calls(ApplicationFault fault);
/// What it does to the call; of `none` and of those that befall no call nothing.
[[nodiscard]] CallTrouble trouble_of(ApplicationFault fault);
/// Behind a call in a story, such as "the reply is lost"; empty as above.
[[nodiscard]] std::string_view words_of(ApplicationFault fault);

}  // namespace stalemate
