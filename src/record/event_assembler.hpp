// EventAssembler: makes ops out of the lines of a log, whichever notation they were in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "record/edn.hpp"
#include "record/event_history.hpp"

namespace stalemate {

enum class EventType : std::uint8_t { invoke, ok, fail, info };

/// One line of a log.
struct RawEvent {
  EventType type = EventType::invoke;
  std::int64_t process = 0;
  EventKind kind = EventKind::read;
  edn::Form value = {};
  std::optional<edn::Form> key = {};  ///< where the line has it apart from the value
  std::optional<std::int64_t> time_ns = {};
  std::optional<std::int64_t> intended_ns = {};
  std::optional<std::uint32_t> op_index = {};
  ErrorCode error = ErrorCode::none;
  std::uint64_t line = 0;
};

/// What our own exports say of the whole file, in a line that other tools take for the nemesis's.
struct ExportFacts {
  bool is_keyed = false;
  bool is_timed = false;
  bool has_initial = false;
  edn::Form initial = {};
};

/// The :f (or "f") of the line that holds ExportFacts.
inline constexpr std::string_view export_facts_f = "stalemate";

/// `read` `get` `r`, `write` `put` `set` `w`, `cas` `compare-and-set`, `append`, `add`; nothing for others.
[[nodiscard]] std::optional<EventKind> event_kind_of(std::string_view f);
[[nodiscard]] std::optional<EventType> event_type_of(std::string_view type);
/// ErrorCode::none for what is not one of our names.
[[nodiscard]] ErrorCode error_code_of(std::string_view name);

/// A note of the history says why its times were not used, where they were not.
/// Errors: ErrorCode::protocol, with file and line: a completion of nothing, a second invocation before the first op
/// of a process has ended, a completion of another op or value than its invocation's, a cas without two values.
[[nodiscard]] Result<EventHistory> assemble(std::vector<RawEvent> events, const std::optional<ExportFacts>& facts,
                                            std::string_view name);

/// The note of a history whose instants are positions; `reason` says why, as a part of a sentence.
[[nodiscard]] std::string positions_note(std::string_view reason);
/// The note of a file whose last line has no end, in a format in which a line that is cut can look whole.
[[nodiscard]] std::string cut_line_note(std::uint64_t line);

/// The id of a form in that table.
[[nodiscard]] ValueId intern(ValueTable& values, const edn::Form& form);

/// An index that two ops have; nothing where each has its own.
[[nodiscard]] std::optional<std::uint32_t> find_twin_index(const EventHistory& history);

/// Sorts ops by invocation and index and numbers keys, processes and values in the order of their first use, so that
/// equal histories are equal however they came about.
void put_in_order(EventHistory& history);

}  // namespace stalemate
