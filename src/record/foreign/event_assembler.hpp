// EventAssembler: makes ops out of the lines of a log, in any notation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"
#include "record/foreign/edn.hpp"
#include "record/foreign/event_history.hpp"
#include "record/foreign/export_facts.hpp"
#include "record/foreign/raw_event.hpp"

namespace stalemate {

/// What is known about the lines.
struct LogFacts {
  std::string_view name = {};  ///< the file's
  bool is_excerpt = false;     ///< a process's first line may end an op, which then began before the first line
};

/// A note of the history says why its times were not used, where they were not.
/// Errors: ErrorCode::protocol, with file and line: a completion of nothing, a second invocation before the first op
/// of a process has ended, a completion of another op or value than its invocation's, a cas without two values.
[[nodiscard]] Result<EventHistory> assemble(std::vector<RawEvent> events, const std::optional<ExportFacts>& facts,
                                            const LogFacts& log);

/// The note of a history whose instants are positions; `reason` says why, as a part of a sentence.
[[nodiscard]] std::string positions_note(std::string_view reason);
/// The note of a file whose last line has no end, in a format in which a line that is cut can look whole.
[[nodiscard]] std::string cut_line_note(std::uint64_t line);

/// The id of a form in that table: the same for all equal forms, however they are written.
[[nodiscard]] ValueId intern(ValueTable& values, const edn::Form& form);

/// The place of `item` among `items`, of which `numbers` knows the places; put at the end if it is new.
template <class Item>
std::uint32_t number_of(std::unordered_map<Item, std::uint32_t>& numbers, const Item& item, std::vector<Item>& items) {
  const auto [place, is_new] = numbers.try_emplace(item, static_cast<std::uint32_t>(items.size()));
  if (is_new) {
    items.push_back(item);
  }
  return place->second;
}

/// An index that two ops share; nothing where all differ.
[[nodiscard]] std::optional<std::uint32_t> find_twin_index(const EventHistory& history);

/// Sorts ops by invocation and index and numbers keys, processes and values in the order of their first use, so that
/// equal histories compare equal, whatever file they came from.
void put_in_order(EventHistory& history);

}  // namespace stalemate
