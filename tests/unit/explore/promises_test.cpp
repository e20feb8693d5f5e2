// A pattern's header says, by the names of the explorer's judges, exactly what the explorer finds to hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <tuple>

#include "data_files.hpp"
#include "explore/exploration.hpp"
#include "explore/matrix/guarantees.hpp"

namespace stalemate {
namespace {

std::string header_of(const PatternInfo& pattern) {
  std::string path(pattern.name);
  std::ranges::replace(path, '-', '_');
  return test::project_text("src/patterns/" + path + ".cpp");
}

/// What stands between "Promises:" and "Does not promise" in a pattern's file, on one line.
std::string promises_of(const std::string& text) {
  const std::size_t begin = text.find("// Promises:");
  const std::size_t end = text.find("// Does not promise");
  std::string promises;
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return promises;
  }
  std::istringstream lines(text.substr(begin, end - begin));
  for (std::string line; std::getline(lines, line);) {
    const std::string words = line.starts_with("// ") ? line.substr(3) : "";
    promises += (promises.empty() || words.empty() ? "" : " ") + words;
  }
  return promises;
}

/// Faults, by judge, that a property survives; "" stands for none, and is there if it holds at all.
using Holding = std::map<std::string, std::set<std::string>>;

bool concerns(const VirtualFaultInfo& fault, const PatternInfo& pattern) {
  return can_take_place(fault, pattern, *parse_scope(default_scope));
}

/// What the page shows of a pattern; another test proves the page.
std::set<std::string> shown_of(const PatternInfo& pattern, const JudgeInfo& judge) {
  const auto holds_with = [&](const std::vector<const VirtualFaultInfo*>& faults) {
    return std::ranges::count(patterns_that_hold(judge, faults), pattern.name) == 1;
  };
  std::set<std::string> shown;
  if (holds_with({})) {
    shown.insert("");
  }
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    if (concerns(fault, pattern) && holds_with({&fault})) {
      shown.insert(std::string(fault.name));
    }
  }
  return shown;
}

std::vector<std::string> parts_of(const std::string& text, const std::string& between) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(between); end != std::string::npos; end = text.find(between, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + between.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::set<std::string> all_faults_of(const PatternInfo& pattern) {
  std::set<std::string> faults;
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    if (concerns(fault, pattern)) {
      faults.insert(std::string(fault.name));
    }
  }
  return faults;
}

/// The faults of " and with crash, evict", of " and with any fault", of "". Nothing for anything else.
std::optional<std::set<std::string>> parse_faults(const PatternInfo& pattern, const std::string& text) {
  const std::string begin = " and with ";
  if (text.empty()) {
    return std::set<std::string>();
  }
  std::set<std::string> all = all_faults_of(pattern);
  if (text == begin + "any fault") {
    return all;
  }
  const std::vector<std::string> parts = parts_of(text.substr(std::min(begin.size(), text.size())), ", ");
  const bool is_known = std::ranges::all_of(parts, [&](const std::string& part) { return all.contains(part); });
  return text.starts_with(begin) && is_known ? std::optional(std::set(parts.begin(), parts.end())) : std::nullopt;
}

/// What "Explored: fresh, linearizable hold without faults and with crash, evict; converges holds without faults."
/// says; "Explored: nothing holds." says nothing. Nothing for anything else, such as a judge or fault that is none.
std::optional<Holding> parse_sentence(const PatternInfo& pattern, const std::string& sentence) {
  const std::string begin = "Explored: ";
  if (!sentence.starts_with(begin) || !sentence.ends_with(".")) {
    return std::nullopt;
  }
  const std::string claims = sentence.substr(begin.size(), sentence.size() - begin.size() - 1);
  Holding said;
  for (const std::string& clause : claims == "nothing holds" ? std::vector<std::string>() : parts_of(claims, "; ")) {
    const std::size_t verb = clause.find(" hold");
    const std::vector<std::string> judges = parts_of(clause.substr(0, verb), ", ");
    const std::string claim = (judges.size() == 1 ? " holds" : " hold") + std::string(" without faults");
    if (verb == std::string::npos || !clause.substr(verb).starts_with(claim)) {
      return std::nullopt;
    }
    const auto faults = parse_faults(pattern, clause.substr(verb + claim.size()));
    for (const std::string& judge : judges) {
      if (!faults || said.contains(judge) || JudgeRegistry::find(judge) == nullptr) {
        return std::nullopt;
      }
      said[judge] = *faults;
      said[judge].insert("");
    }
  }
  return said;
}

std::string list_of(const std::set<std::string>& faults) {
  std::string list = faults.empty() ? "it does not hold" : "it holds without faults";
  for (const std::string& fault : faults) {
    list += fault.empty() ? "" : ", with " + fault;
  }
  return list;
}

/// What is wrong with what a header says of a judge; empty: it says just what is shown.
std::string trouble_in(const PatternInfo& pattern, const std::string& text, std::string_view judge,
                       const std::set<std::string>& shown) {
  const std::string promises = promises_of(text);
  const std::size_t place = promises.find("Explored: ");
  const auto said = parse_sentence(pattern, place == std::string::npos ? "" : promises.substr(place));
  if (!said) {
    return "its promises do not end with a sentence such as 'Explored: fresh holds without faults and with crash.'";
  }
  const bool is_named = promises.substr(0, place).find(judge) != std::string::npos;
  const auto claim = said->find(std::string(judge));
  const std::set<std::string> claimed = claim == said->end() ? std::set<std::string>() : claim->second;
  const bool is_true = claimed == shown && (!is_named || !shown.empty());
  return is_true ? "" : "of " + std::string(judge) + " it is to say that " + list_of(shown);
}

TEST(Promises, are_compared_judge_by_judge_with_what_is_shown) {
  const PatternInfo& pattern = *PatternRegistry::find("cache-aside");
  const auto header = [](const std::string& promises) {
    return "// cache-aside: what.\n//\n// Promises: little.\n// " + promises + "\n//\n// Does not promise: more.\n";
  };
  const std::string right = header(
      "Explored: converges holds without\n// faults; fresh, linearizable hold without faults and with crash, evict.");
  EXPECT_EQ(trouble_in(pattern, right, "converges", {""}), "");
  EXPECT_EQ(trouble_in(pattern, right, "fresh", {"", "crash", "evict"}), "");
  EXPECT_EQ(trouble_in(pattern, right, "linearizable", {"", "crash", "evict"}), "");
  EXPECT_EQ(trouble_in(pattern, right, "monotonic-reads", {}), "");
  EXPECT_NE(trouble_in(pattern, right, "fresh", {"", "crash"}), "") << "it promises more than is shown";
  EXPECT_NE(trouble_in(pattern, right, "fresh", {"", "crash", "evict", "restart"}), "") << "it promises less";
  EXPECT_NE(trouble_in(pattern, right, "converges", {}), "");
  EXPECT_EQ(trouble_in(pattern, header("Explored: nothing holds."), "fresh", {}), "");
  EXPECT_EQ(trouble_in(pattern, header("Explored: fresh holds without faults and with any fault."), "fresh",
                       [&] {
                         auto all = all_faults_of(pattern);
                         all.insert("");
                         return all;
                       }()),
            "");
  EXPECT_NE(trouble_in(pattern, header("Reads are fresh. Explored: nothing holds."), "fresh", {}), "");
}

TEST(Promises, that_are_not_there_or_not_to_be_understood_are_no_promises) {
  const PatternInfo& pattern = *PatternRegistry::find("cache-aside");
  for (const char* const words :
       {"", "Explored.", "Explored: ", "Explored: fresh.", "Explored: fresh holds.",
        "Explored: fresh hold without faults.", "Explored: quick holds without faults.",
        "Explored: fresh holds without faults and with luck.", "Explored: fresh holds without faults and crash.",
        "Explored: fresh holds without faults", "Explored: fresh holds without faults; fresh holds without faults."}) {
    const std::string text = "// Promises: little. " + std::string(words) + "\n//\n// Does not promise: more.\n";
    EXPECT_NE(trouble_in(pattern, text, "converges", {}), "") << words;
  }
  EXPECT_NE(trouble_in(pattern, "// Explored: nothing holds.\n", "fresh", {}), "") << "there is no part 'Promises:'";
}

using PatternAndJudge = std::tuple<std::string_view, std::string_view>;
class PatternHeader : public testing::TestWithParam<PatternAndJudge> {};

TEST_P(PatternHeader, promises_what_is_shown) {
  const auto& [name, judge_name] = GetParam();
  const PatternInfo& pattern = *PatternRegistry::find(name);
  const JudgeInfo& judge = *JudgeRegistry::find(judge_name);
  EXPECT_EQ(trouble_in(pattern, header_of(pattern), judge_name, shown_of(pattern, judge)), "");
}

template <class Info>
std::vector<std::string_view> names_in(std::span<const Info> entries) {
  std::vector<std::string_view> names;
  for (const Info& entry : entries) {
    names.push_back(entry.name);
  }
  return names;
}

std::string as_identifier(const testing::TestParamInfo<PatternAndJudge>& info) {
  std::string name = std::string(std::get<0>(info.param)) + "_" + std::string(std::get<1>(info.param));
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Promises, PatternHeader,
                         testing::Combine(testing::ValuesIn(names_in(PatternRegistry::all())),
                                          testing::ValuesIn(names_in(JudgeRegistry::all()))),
                         as_identifier);

}  // namespace
}  // namespace stalemate
