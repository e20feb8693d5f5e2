#include "report/results/printable_results.hpp"

#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/text/printable.hpp"
#include "report/results/results_fields.hpp"

namespace stalemate {
namespace {

// Makes every text fit for a terminal.
class TextCleaner {
 public:
  template <class Member>
  void value(const char* /*name*/, Member& member, std::string_view /*meaning*/) {
    clean(member);
  }
  void seconds(const char* /*name*/, Nanoseconds& /*member_ns*/, std::string_view /*meaning*/) {}
  void derived(const char* /*name*/, std::string_view /*kind*/, const std::optional<double>& /*number*/,
               std::string_view /*meaning*/) {}
  template <class Member>
  void object(const char* /*name*/, Member& member, std::string_view /*meaning*/) {
    fields_of(*this, member);
  }
  template <class Member>
  void object(const char* /*name*/, std::optional<Member>& member, std::string_view /*meaning*/) {
    if (member) {
      fields_of(*this, *member);
    }
  }
  template <class Member>
  void twins(const char* /*first_name*/, Member& first, const char* /*second_name*/, Member& second,
             std::string_view /*meaning*/) {
    fields_of(*this, first);
    fields_of(*this, second);
  }
  template <class Member>
  void list(const char* /*name*/, std::vector<Member>& members, std::string_view /*meaning*/) {
    for (Member& member : members) {
      if constexpr (std::is_same_v<Member, std::string>) {
        clean(member);
      } else {
        fields_of(*this, member);
      }
    }
  }
  void settings(std::vector<AskedSetting>& members, std::string_view /*meaning*/) {
    for (AskedSetting& member : members) {
      clean(member.name);
      if (auto* const text = std::get_if<std::string>(&member.value)) {
        clean(*text);
      }
    }
  }
  void counts(const char* /*name*/, std::vector<NamedCount>& members, std::string_view /*meaning*/) {
    for (NamedCount& member : members) {
      clean(member.name);
    }
  }

 private:
  static void clean(std::string& text) { text = printable(text); }
  template <class Number>
  static void clean(Number& /*number*/) {}
};

}  // namespace

RunResults printable(RunResults results) {
  TextCleaner cleaner;
  fields_of(cleaner, results);
  return results;
}

}  // namespace stalemate
