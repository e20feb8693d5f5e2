#include "application/requests/json_at.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/text/number_text.hpp"

namespace stalemate {
namespace {

using nlohmann::json;

/// Is told of a text's parts by the library's parser, in their order.
class JsonFinder {
 public:
  explicit JsonFinder(std::span<const std::string> names) : names_(names) {}

  [[nodiscard]] std::optional<json> take() { return std::move(found_); }

  bool null() { return take(nullptr); }
  bool boolean(bool value) { return take(value); }
  bool number_integer(json::number_integer_t value) { return take(value); }
  bool number_unsigned(json::number_unsigned_t value) { return take(value); }
  bool number_float(json::number_float_t value, const std::string& /*text*/) { return take(value); }
  bool string(std::string& value) { return take(value); }
  bool binary(json::binary_t& /*value*/) { return false; }
  bool start_object(std::size_t /*size*/) { return enter(json::value_t::object); }
  bool key(std::string& name) {
    is_next_ = is_on_path() && name == names_[depth_ - 1];
    if (is_next_) {
      found_.reset();
    }
    return true;
  }
  bool end_object() { return leave(); }
  bool start_array(std::size_t /*size*/) { return enter(json::value_t::array); }
  bool end_array() { return leave(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const json::exception& /*error*/) {
    return false;
  }

 private:
  /// Whether the innermost open list or object is one that the pointer goes through.
  [[nodiscard]] bool is_on_path() const { return depth_ > 0 && depth_ == indices_.size(); }

  /// Whether the value that begins now is one that the pointer goes through, or ends at.
  bool begin_value() {
    if (depth_ == 0) {
      return true;
    }
    if (is_on_path() && indices_.back()) {
      const std::string& name = names_[depth_ - 1];
      const bool is_plain = name == "0" || !name.starts_with('0');
      is_next_ = is_plain && parse_number<std::size_t>(name) == (*indices_.back())++;
    }
    return std::exchange(is_next_, false);
  }

  template <class Value>
  bool take(Value&& value) {
    if (begin_value() && depth_ == names_.size()) {
      found_.emplace(std::forward<Value>(value));
    }
    return true;
  }

  bool enter(json::value_t kind) {
    const bool is_wanted = begin_value();
    if (is_wanted && depth_ == names_.size()) {
      found_.emplace(kind);
    } else if (is_wanted) {
      indices_.push_back(kind == json::value_t::array ? std::optional<std::size_t>(0) : std::nullopt);
    }
    ++depth_;
    return true;
  }

  bool leave() {
    if (is_on_path()) {
      indices_.pop_back();
    }
    --depth_;
    return true;
  }

  std::span<const std::string> names_;
  std::optional<json> found_ = {};
  std::size_t depth_ = 0;                                 // open lists and objects
  std::vector<std::optional<std::size_t>> indices_ = {};  // of those on the path, the first ones: a list's next index
  bool is_next_ = false;                                  // after the name of a member on the path
};

}  // namespace

JsonAt json_at(std::span<const std::string> names, std::string_view text) {
  JsonFinder finder(names);
  if (!json::sax_parse(text, &finder)) {
    return {};
  }
  return {.is_json = true, .value = finder.take()};
}

}  // namespace stalemate
