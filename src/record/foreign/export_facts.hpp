// ExportFacts: a line of our own exports with the facts that ops do not hold.
#pragma once

#include <string_view>

#include "record/foreign/edn.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {

/// The :f (or "f") of the line that holds ExportFacts.
inline constexpr std::string_view export_facts_f = "stalemate";

/// What our own exports say of the whole file, in a line that other tools take for the nemesis's.
struct ExportFacts {
  bool is_keyed = false;
  bool is_timed = false;
  bool has_initial = false;
  edn::Form initial = {};
  RecordingFacts recording = {};
};
/// From the map that such a line holds. Unknown members are ignored.
[[nodiscard]] ExportFacts export_facts_of(const edn::Form& map);
/// The map of a history.
[[nodiscard]] edn::Form form_of_facts(const EventHistory& history, bool is_keyed);
/// Adopts them, except those that say how to read the lines.
void set_facts(EventHistory& history, const ExportFacts& facts);

}  // namespace stalemate
