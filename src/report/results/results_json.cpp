#include "report/results/results_json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/results/results_fields.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

constexpr double nanoseconds_a_second = 1e9;

class JsonWriter {
 public:
  template <class Member>
  void value(const char* name, const Member& member, std::string_view /*meaning*/) {
    json_[name] = member;
  }
  void value(const char* name, const std::optional<double>& member, std::string_view /*meaning*/) {
    json_[name] = member ? Json(*member) : Json();
  }
  void seconds(const char* name, Nanoseconds member_ns, std::string_view /*meaning*/) {
    json_[name] = static_cast<double>(member_ns) / nanoseconds_a_second;
  }
  void derived(const char* name, std::string_view /*kind*/, const std::optional<double>& number,
               std::string_view meaning) {
    value(name, number, meaning);
  }
  template <class Member>
  void object(const char* name, Member& member, std::string_view /*meaning*/) {
    json_[name] = of(member);
  }
  template <class Member>
  void object(const char* name, std::optional<Member>& member, std::string_view /*meaning*/) {
    json_[name] = member ? of(*member) : Json();
  }
  template <class Member>
  void twins(const char* first_name, Member& first, const char* second_name, Member& second,
             std::string_view /*meaning*/) {
    json_[first_name] = of(first);
    json_[second_name] = of(second);
  }
  template <class Member>
  void list(const char* name, std::vector<Member>& members, std::string_view /*meaning*/) {
    Json& array = json_[name] = Json::array();
    for (Member& member : members) {
      if constexpr (std::is_same_v<Member, std::string>) {
        array.push_back(member);
      } else {
        array.push_back(of(member));
      }
    }
  }
  void counts(const char* name, const std::vector<NamedCount>& members, std::string_view /*meaning*/) {
    Json& object = json_[name] = Json::object();
    for (const NamedCount& member : members) {
      object[member.name] = member.count;
    }
  }
  void settings(const std::vector<AskedSetting>& members, std::string_view /*meaning*/) {
    for (const AskedSetting& member : members) {
      json_[member.name] = std::visit(
          [](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
              return Json();
            } else {
              return Json(value);
            }
          },
          member.value);
    }
  }

  template <class Struct>
  static Json of(Struct& fields) {
    JsonWriter writer;
    fields_of(writer, fields);
    return std::move(writer.json_);
  }

 private:
  Json json_ = Json::object();
};

// What is wrong with a results.json; never leaves this file.
struct NotResults {
  std::string sentence;
};

class JsonReader {
 public:
  JsonReader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
    if (!json_.is_object()) {
      throw NotResults{fmt::format("results.json: {} must be an object", path_.empty() ? "the whole file" : path_)};
    }
  }

  void value(const char* name, std::string& member, std::string_view /*meaning*/) {
    if (const Json* field = find(name, &Json::is_string, "a text")) {
      member = field->get<std::string>();
    }
  }
  void value(const char* name, std::uint64_t& member, std::string_view /*meaning*/) {
    if (const Json* field = find(name, &Json::is_number_unsigned, "a whole number that is not negative")) {
      member = field->get<std::uint64_t>();
    }
  }
  void value(const char* name, Nanoseconds& member, std::string_view /*meaning*/) {
    const Json* field = find(name, &Json::is_number_integer, "a whole number");
    if (field == nullptr) {
      return;
    }
    if (field->is_number_unsigned() && field->get<std::uint64_t>() > std::uint64_t{never}) {
      wrong(name, "a number of nanoseconds below 2^63");
    }
    member = field->get<Nanoseconds>();
  }
  void value(const char* name, double& member, std::string_view /*meaning*/) {
    if (const Json* field = find(name, &Json::is_number, "a number")) {
      member = field->get<double>();
    }
  }
  void value(const char* name, bool& member, std::string_view /*meaning*/) {
    if (const Json* field = find(name, &Json::is_boolean, "true or false")) {
      member = field->get<bool>();
    }
  }
  void value(const char* name, std::optional<double>& member, std::string_view meaning) {
    if (!is_null(name)) {
      double number = 0;
      value(name, number, meaning);
      member = number;
    }
  }
  void seconds(const char* name, Nanoseconds& member_ns, std::string_view meaning) {
    double number = static_cast<double>(member_ns) / nanoseconds_a_second;
    value(name, number, meaning);
    if (!(std::abs(number) < static_cast<double>(never) / nanoseconds_a_second)) {
      wrong(name, "a number of seconds below 2^63 nanoseconds");
    }
    member_ns = std::llround(number * nanoseconds_a_second);
  }
  void derived(const char* /*name*/, std::string_view /*kind*/, const std::optional<double>& /*number*/,
               std::string_view /*meaning*/) {}
  template <class Member>
  void object(const char* name, Member& member, std::string_view /*meaning*/) {
    if (const Json* field = find(name, &Json::is_object, "an object")) {
      read(*field, path_of(name), member);
    }
  }
  template <class Member>
  void object(const char* name, std::optional<Member>& member, std::string_view meaning) {
    if (!is_null(name)) {
      object(name, member.emplace(), meaning);
    }
  }
  template <class Member>
  void twins(const char* first_name, Member& first, const char* second_name, Member& second, std::string_view meaning) {
    object(first_name, first, meaning);
    object(second_name, second, meaning);
  }
  template <class Member>
  void list(const char* name, std::vector<Member>& members, std::string_view /*meaning*/) {
    const Json* field = find(name, &Json::is_array, "a list");
    for (std::size_t index = 0; field != nullptr && index < field->size(); ++index) {
      const Json& element = (*field)[index];
      if constexpr (std::is_same_v<Member, std::string>) {
        if (!element.is_string()) {
          wrong(name, "a list of texts");
        }
        members.push_back(element.get<std::string>());
      } else {
        read(element, fmt::format("{}[{}]", path_of(name), index), members.emplace_back());
      }
    }
  }
  void counts(const char* name, std::vector<NamedCount>& members, std::string_view /*meaning*/) {
    if (const Json* field = find(name, &Json::is_object, "an object")) {
      for (const auto& [member, count] : field->items()) {
        if (!count.is_number_unsigned()) {
          wrong(name, "an object of whole numbers that are not negative");
        }
        const auto place = std::ranges::lower_bound(members, member, {}, &NamedCount::name);
        members.insert(place, {member, count.get<std::uint64_t>()});
      }
    }
  }

  // From any version: any single value.
  void settings(std::vector<AskedSetting>& members, std::string_view /*meaning*/) {
    for (const auto& [name, value] : json_.items()) {
      if (value.is_structured()) {
        continue;
      }
      AskedSetting& setting = members.emplace_back(AskedSetting{.name = name});
      if (value.is_boolean()) {
        setting.value = value.template get<bool>();
      } else if (value.is_string()) {
        setting.value = value.template get<std::string>();
      } else if (value.is_number_unsigned()) {
        setting.value = value.template get<std::uint64_t>();
      } else if (value.is_number_float()) {
        setting.value = value.template get<double>();
      } else if (!value.is_null()) {
        wrong(name.c_str(), "a text, true or false, or a number that is not negative");
      }
    }
  }

  template <class Struct>
  static void read(const Json& json, std::string path, Struct& fields) {
    JsonReader reader(json, std::move(path));
    fields_of(reader, fields);
  }

 private:
  [[nodiscard]] std::string path_of(const char* name) const { return path_.empty() ? name : path_ + "." + name; }
  [[noreturn]] void wrong(const char* name, std::string_view right) const {
    throw NotResults{fmt::format("results.json: {} must be {}", path_of(name), right)};
  }
  [[nodiscard]] bool is_null(const char* name) const {
    const auto field = json_.find(name);
    return field == json_.end() || field->is_null();
  }
  // The field of that name, nullptr where there is none.
  [[nodiscard]] const Json* find(const char* name, bool (Json::*is_right)() const noexcept,
                                 std::string_view right) const {
    const auto field = json_.find(name);
    if (field == json_.end()) {
      return nullptr;
    }
    if (!((*field).*is_right)()) {
      wrong(name, right);
    }
    return &*field;
  }

  const Json& json_;
  std::string path_;
};

class FieldLister {
 public:
  explicit FieldLister(std::vector<ResultsField>& fields, std::string path) : fields_(fields), path_(std::move(path)) {}

  void value(const char* name, const std::string& /*member*/, std::string_view meaning) { add(name, "text", meaning); }
  void value(const char* name, std::uint64_t /*member*/, std::string_view meaning) { add(name, "count", meaning); }
  void value(const char* name, Nanoseconds /*member*/, std::string_view meaning) { add(name, "nanoseconds", meaning); }
  void value(const char* name, double /*member*/, std::string_view meaning) { add(name, "number", meaning); }
  void value(const char* name, bool /*member*/, std::string_view meaning) { add(name, "yes/no", meaning); }
  void value(const char* name, const std::optional<double>& /*member*/, std::string_view meaning) {
    add(name, "ratio or null", meaning);
  }
  void seconds(const char* name, Nanoseconds /*member_ns*/, std::string_view meaning) { add(name, "seconds", meaning); }
  void derived(const char* name, std::string_view kind, const std::optional<double>& /*number*/,
               std::string_view meaning) {
    add(name, kind, meaning);
  }
  template <class Member>
  void object(const char* name, Member& member, std::string_view meaning) {
    add(name, "object", meaning);
    list_fields(name, member);
  }
  template <class Member>
  void object(const char* name, std::optional<Member>& member, std::string_view meaning) {
    add(name, "object or null", meaning);
    list_fields(name, member.emplace());
  }
  template <class Member>
  void twins(const char* first_name, Member& first, const char* second_name, Member& /*second*/,
             std::string_view meaning) {
    const std::string both = fmt::format("{{{},{}}}", first_name, second_name);
    add(both, "object", meaning);
    list_fields(both, first);
  }
  template <class Member>
  void list(const char* name, std::vector<Member>& /*members*/, std::string_view meaning) {
    if constexpr (std::is_same_v<Member, std::string>) {
      add(fmt::format("{}[]", name), "text", meaning);
    } else {
      add(fmt::format("{}[]", name), "object", meaning);
      Member member;
      list_fields(fmt::format("{}[]", name), member);
    }
  }
  void counts(const char* name, const std::vector<NamedCount>& /*members*/, std::string_view meaning) {
    add(fmt::format("{}.<name>", name), "count", meaning);
  }
  void settings(const std::vector<AskedSetting>& /*members*/, std::string_view meaning) {
    add("<name>", "text, count, number or yes/no, or null", meaning);
  }

 private:
  void add(std::string_view name, std::string_view kind, std::string_view meaning) {
    fields_.push_back({path_ + std::string(name), kind, meaning});
  }
  template <class Member>
  void list_fields(std::string_view name, Member& member) {
    FieldLister inner(fields_, fmt::format("{}{}.", path_, name));
    fields_of(inner, member);
  }

  std::vector<ResultsField>& fields_;
  std::string path_;
};

}  // namespace

std::span<const ResultsField> results_fields() {
  static const std::vector<ResultsField> fields = [] {
    std::vector<ResultsField> listed;
    FieldLister lister(listed, "");
    RunResults results;
    fields_of(lister, results);
    return listed;
  }();
  return fields;
}

std::string results_fields_table() {
  std::string table = "| field | kind | meaning |\n|---|---|---|\n";
  for (const ResultsField& field : results_fields()) {
    table += fmt::format("| `{}` | {} | {} |\n", field.path, field.kind, field.meaning);
  }
  return table;
}

std::string to_json(const RunResults& results) {
  // The reader uses the same description of the fields, so it needs an object that may be changed.
  RunResults copy = results;
  constexpr int indent = 2;
  return JsonWriter::of(copy).dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<RunResults> from_json(std::string_view text) {
  try {
    RunResults results;
    JsonReader::read(Json::parse(text), "", results);
    return results;
  } catch (const NotResults& wrong) {
    return failed(ErrorCode::wrong_type, wrong.sentence);
  } catch (const Json::parse_error& wrong) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("results.json is not JSON: something is wrong at byte {}", wrong.byte));
  } catch (const Json::out_of_range&) {
    return failed(ErrorCode::wrong_type, "results.json holds a number that is too large for any field");
  }
}

}  // namespace stalemate
