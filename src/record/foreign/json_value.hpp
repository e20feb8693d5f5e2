// Values of histories as JSON, and back, without loss.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.hpp"
#include "record/foreign/edn.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {

/// null, integers and texts are themselves. A form is {"edn": "TEXT"}. What is not UTF-8, which JSON cannot hold, is
/// {"bytes": "HEX"} and {"edn_bytes": "HEX"}.
[[nodiscard]] nlohmann::ordered_json json_of(const ValueTable& values, ValueId id);

/// The same for a form, except that true, false, vectors, and maps of texts and keywords become their JSON equivalents.
[[nodiscard]] nlohmann::ordered_json json_of(const edn::Form& form);

/// The inverse, of a text that holds one value. Numbers keep all their digits; one with a fraction of 0 is the integer.
/// Arrays become vectors, other objects maps with texts for keys.
/// Errors: ErrorCode::protocol, what is wrong with the text, as a part of a sentence; more than `forms_max` values are.
[[nodiscard]] Result<edn::Form> form_of_json(std::string_view text, std::uint64_t forms_max = edn::Reader::forms_max);

}  // namespace stalemate
