// Entries of the user's design: what is asked of those that are in a cache before a run, and what is said about them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"
#include "drivers/cache/entry_names.hpp"

namespace stalemate {

/// Whether each of the first thousand entries has the form that was told, as `check_one` finds of an entry's name.
template <class CheckOne>
[[nodiscard]] Result<void> check_first_entries(const EntryNames& entries, const CheckOne& check_one);

/// Whether the form's number stands in the text of an entry, which an application may have written more into.
/// Errors: wrong_type, one sentence with what is there and an example of what would be right.
[[nodiscard]] Result<void> check_entry_text(const std::string& name, std::string_view text, const ContentForm& form);
/// wrong_type: the entry `is`, such as "is no hash", and that is not the form.
[[nodiscard]] std::unexpected<Error> other_form(const std::string& name, const std::string& is,
                                                const ContentForm& form);
/// wrong_type: what stands in the entry during a run was not written by the run.
[[nodiscard]] std::unexpected<Error> not_written_by_run(const EntryNames& entries, Key key);

inline constexpr std::size_t entries_looked_at_max = 1000;

template <class CheckOne>
Result<void> check_first_entries(const EntryNames& entries, const CheckOne& check_one) {
  Result<void> fine = {};
  for (std::size_t place = 0; fine && place < entries.names.size() && place < entries_looked_at_max; ++place) {
    fine = check_one(entries.names[place]);
  }
  return fine;
}

}  // namespace stalemate
