// RawEvent: one line of a log, in any notation, and the words that such lines use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "record/foreign/edn.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {

enum class EventType : std::uint8_t { invoke, ok, fail, info };

/// Variants of a kind: a `remove` is a write of nil whose line need not hold a value, an `insert` is a cas from nil
/// whose line holds only the new value.
enum class EventForm : std::uint8_t { plain, remove, insert };

/// One line of a log.
struct RawEvent {
  EventType type = EventType::invoke;
  std::string process = {};  ///< as EDN
  EventKind kind = EventKind::read;
  EventForm form = EventForm::plain;
  edn::Form value = {};
  std::optional<edn::Form> key = {};  ///< where the line has it apart from the value
  std::optional<std::int64_t> time_ns = {};
  std::string odd_time = {};  ///< what stands for the time and is none, as EDN; empty: nothing does
  std::optional<std::int64_t> intended_ns = {};
  std::optional<std::uint32_t> op_index = {};
  ErrorCode error = ErrorCode::none;
  UpdateFate update = UpdateFate::unseen;
  Version version = unknown_version;
  std::uint64_t line = 0;
};

/// Whether ops of that process are the nemesis's, and left out.
[[nodiscard]] bool is_nemesis(const edn::Form& process);
/// A process's name as EDN: a whole number, a text, a keyword or a symbol; nothing for any other form.
[[nodiscard]] std::optional<std::string> process_name_of(const edn::Form& process);
/// Whether the form is a text, a keyword or a symbol.
[[nodiscard]] bool is_word(const edn::Form* form);
/// A word without the colon that some exporters leave in a text that was a keyword.
[[nodiscard]] std::string_view word_of(const edn::Form& form);
/// The functions that are read, for sentences.
inline constexpr std::string_view functions_known = "read, write, cas, append, add, insert and delete";
/// Sets kind and form for `read` `get` `r`, `write` `put` `set` `w`, `cas` `compare-and-set`, `append`, `add`,
/// `insert`, `delete`; false, and nothing is set, for others.
bool take_function(std::string_view f, RawEvent& event);
/// Why any other function is not read, as a part of a sentence.
[[nodiscard]] std::string why_not_read(std::string_view f);
[[nodiscard]] std::optional<EventType> event_type_of(std::string_view type);
/// ErrorCode::none for what is not one of our names.
[[nodiscard]] ErrorCode error_code_of(std::string_view name);
/// UpdateFate::unseen for what is not one of our names.
[[nodiscard]] UpdateFate update_fate_of(std::string_view name);
/// A version other than unknown_version; nothing for any other form.
[[nodiscard]] std::optional<Version> version_of(const edn::Form& form);

}  // namespace stalemate
