#include "gated/run/direct_look.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace stalemate {
namespace {

// The database plans each row's query; a statement of more would be slower than several.
constexpr std::size_t rows_a_statement = 200;

std::vector<std::string_view> part_of(const std::vector<std::string>& keys, std::size_t first, std::size_t count) {
  return {keys.begin() + static_cast<std::ptrdiff_t>(first), keys.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

}  // namespace

Value as_value(std::optional<std::int64_t> number) {
  constexpr std::int64_t value_max = std::numeric_limits<Value>::max();
  return !number || *number <= absent || *number > value_max ? absent : static_cast<Value>(*number);
}

Result<Value> RowLook::row_of(Key key) {
  const Result<std::optional<std::int64_t>> found = eye_.row(query_, keys_[key.index]);
  return found ? Result<Value>(as_value(*found)) : std::unexpected(found.error());
}

Result<void> RowLook::read(Key first, std::span<Value> values) {
  for (std::size_t place = 0; place < values.size(); place += rows_a_statement) {
    const std::size_t count = std::min(rows_a_statement, values.size() - place);
    const Result<std::vector<std::optional<std::int64_t>>> rows =
        eye_.rows(query_, part_of(keys_, first.index + place, count));
    if (!rows) {
      return std::unexpected(rows.error());
    }
    std::ranges::transform(*rows, values.begin() + static_cast<std::ptrdiff_t>(place), as_value);
  }
  return {};
}

std::optional<Value> EntryLook::value_in(const std::optional<std::string>& text) {
  if (!text) {
    return std::nullopt;
  }
  ++found_;
  const Result<std::optional<std::int64_t>> number = form_.value.number_in({.body = *text});
  if (number && *number) {
    return as_value(*number);
  }
  if (++unreadable_ == 1) {
    first_unreadable_ = number ? "it has no value" : number.error().detail;
  }
  return std::nullopt;
}

Result<std::optional<Value>> EntryLook::entry_of(Key key) {
  const Result<std::optional<std::string>> text =
      hand_.entry(form_.name.filled({.key = keys_[key.index]}), form_.field);
  return text ? Result<std::optional<Value>>(value_in(*text)) : std::unexpected(text.error());
}

Result<void> EntryLook::read(Key first, std::span<Value> values) {
  std::vector<std::string> names;
  for (std::size_t place = 0; place < values.size(); ++place) {
    names.push_back(form_.name.filled({.key = keys_[first.index + place]}));
  }
  const Result<std::vector<std::optional<std::string>>> texts = hand_.entries(names, form_.field);
  if (!texts) {
    return std::unexpected(texts.error());
  }
  std::ranges::transform(*texts, values.begin(), [this](const auto& text) { return value_in(text).value_or(absent); });
  return {};
}

}  // namespace stalemate
