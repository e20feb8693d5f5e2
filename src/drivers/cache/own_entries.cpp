#include "drivers/cache/own_entries.hpp"

#include <nlohmann/json.hpp>

#include "core/text/printable.hpp"

namespace stalemate {
namespace {

constexpr std::size_t shown_bytes_max = 80;

bool holds_number(std::string_view text, const ContentForm& form) {
  if (form.pointer().empty()) {
    return form.value_in(text).has_value();
  }
  const nlohmann::json whole = nlohmann::json::parse(text, nullptr, false);
  const nlohmann::json::json_pointer pointer(form.pointer());
  return !whole.is_discarded() && whole.contains(pointer) && whole.at(pointer).is_number_integer();
}

}  // namespace

std::unexpected<Error> other_form(const std::string& name, const std::string& is, const ContentForm& form) {
  return failed(ErrorCode::wrong_type, "data.form: the cache's entry '" + name + "' " + is +
                                           ", and this form is told to be like " + form.example() +
                                           "; name the form that your application writes, or remove the entry");
}

Result<void> check_entry_text(const std::string& name, std::string_view text, const ContentForm& form) {
  if (holds_number(text, form)) {
    return {};
  }
  const std::string shown = printable(text.substr(0, shown_bytes_max));
  return other_form(name, "holds " + shown + (text.size() > shown_bytes_max ? "..." : ""), form);
}

std::unexpected<Error> not_written_by_run(const EntryNames& entries, Key key) {
  return failed(ErrorCode::wrong_type, "the cache's entry '" + entries.names[key.index] +
                                           "' is not one that this run has written, such as " + entries.form.example());
}

}  // namespace stalemate
