// Whether each client of a history does one op at a time.
#pragma once

#include "check/crew.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Whether each client began an op only after every earlier one of its ops whose answer it got had ended. Reads that
/// returned nothing do not count. Cost: one pass over the ops, which the crew divides; 16 bytes a client and member.
[[nodiscard]] bool clients_take_turns(const History& history, const Crew& crew = {});

}  // namespace stalemate
