#include "record/foreign/raw_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stalemate {

using edn::Form;
using edn::FormKind;

bool is_word(const Form* form) {
  return form != nullptr &&
         (form->kind == FormKind::keyword || form->kind == FormKind::text || form->kind == FormKind::symbol);
}

std::string_view word_of(const Form& form) {
  const std::string_view text = form.text;
  return form.kind == FormKind::text && text.starts_with(':') ? text.substr(1) : text;
}

bool is_nemesis(const Form& process) {
  const std::string_view word = word_of(process);
  return is_word(&process) && (process.kind == FormKind::text ? word == "nemesis" : word.starts_with("nemesis"));
}

std::optional<std::string> process_name_of(const Form& process) {
  const bool is_name = process.kind == FormKind::integer || is_word(&process);
  return is_name ? std::optional(print(process)) : std::nullopt;
}

bool take_function(std::string_view f, RawEvent& event) {
  struct Function {
    std::string_view name;
    EventKind kind;
    EventForm form = EventForm::plain;
  };
  constexpr std::array functions = {Function{"read", EventKind::read},
                                    Function{"get", EventKind::read},
                                    Function{"r", EventKind::read},
                                    Function{"write", EventKind::write},
                                    Function{"put", EventKind::write},
                                    Function{"set", EventKind::write},
                                    Function{"w", EventKind::write},
                                    Function{"cas", EventKind::cas},
                                    Function{"compare-and-set", EventKind::cas},
                                    Function{"append", EventKind::append},
                                    Function{"add", EventKind::add},
                                    Function{"insert", EventKind::cas, EventForm::insert},
                                    Function{"delete", EventKind::write, EventForm::remove}};
  const auto place = std::ranges::find(functions, f, &Function::name);
  if (place == functions.end()) {
    return false;
  }
  event.kind = place->kind;
  event.form = place->form;
  return true;
}

std::string why_not_read(std::string_view f) {
  if (f == "txn") {
    return "the function txn is a transaction of several reads and writes; read are histories of single ops on keys (" +
           std::string(functions_known) + "), and Elle (github.com/jepsen-io/elle) checks transactions";
  }
  return "the function " + std::string(f.substr(0, 40)) + " is unknown, which should be one of " +
         std::string(functions_known);
}

std::optional<EventType> event_type_of(std::string_view type) {
  if (type == "invoke") {
    return EventType::invoke;
  }
  if (type == "ok") {
    return EventType::ok;
  }
  if (type == "fail") {
    return EventType::fail;
  }
  return type == "info" ? std::optional(EventType::info) : std::nullopt;
}

ErrorCode error_code_of(std::string_view name) {
  for (auto code = ErrorCode::none; code <= ErrorCode::defect;
       code = static_cast<ErrorCode>(static_cast<int>(code) + 1)) {
    if (name_of(code) == name) {
      return code;
    }
  }
  return ErrorCode::none;
}

UpdateFate update_fate_of(std::string_view name) {
  for (const UpdateFate fate : {UpdateFate::refused, UpdateFate::applied}) {
    if (name_of(fate) == name) {
      return fate;
    }
  }
  return UpdateFate::unseen;
}

std::optional<Version> version_of(const Form& form) {
  if (form.kind == FormKind::integer) {
    return form.integer > 0 ? std::optional(static_cast<Version>(form.integer)) : std::nullopt;
  }
  Version version = unknown_version;
  const char* const end = form.text.data() + form.text.size();
  const auto [stop, code] = std::from_chars(form.text.data(), end, version);
  const bool is_number = form.kind == FormKind::other && stop == end && code == std::errc();
  return is_number && version != unknown_version ? std::optional(version) : std::nullopt;
}

}  // namespace stalemate
