// Values of histories as JSON, and back, without loss.
#pragma once

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "record/edn.hpp"
#include "record/event_history.hpp"

namespace stalemate {

/// null, integers and texts are themselves. A form is {"edn": "TEXT"}. What is not UTF-8, which JSON cannot hold, is
/// {"bytes": "HEX"} and {"edn_bytes": "HEX"}.
[[nodiscard]] nlohmann::ordered_json json_of(const ValueTable& values, ValueId id);

/// The inverse; true, false and numbers that are no 64-bit integers become forms, arrays vectors, other objects maps.
/// Errors: ErrorCode::protocol, what is wrong with the value.
[[nodiscard]] Result<edn::Form> form_of(const nlohmann::ordered_json& json, unsigned depth = 0);

}  // namespace stalemate
