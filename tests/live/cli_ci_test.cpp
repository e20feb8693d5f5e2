// --junit, --markdown and --annotations of check and explore: the same verdict in every form.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A read of 1 that begins after a write of 2 was acknowledged; the key's name is mark-up.
constexpr const char* stale_edn = R"({:process 0, :type :invoke, :f :write, :key "<b>|`", :value 1, :time 10}
{:process 0, :type :ok, :f :write, :key "<b>|`", :value 1, :time 20}
{:process 0, :type :invoke, :f :write, :key "<b>|`", :value 2, :time 30}
{:process 0, :type :ok, :f :write, :key "<b>|`", :value 2, :time 40}
{:process 1, :type :invoke, :f :read, :key "<b>|`", :value nil, :time 50}
{:process 1, :type :ok, :f :read, :key "<b>|`", :value 1, :time 60}
)";
constexpr const char* fine_edn = R"({:process 0, :type :invoke, :f :write, :value 1, :time 10}
{:process 0, :type :ok, :f :write, :value 1, :time 20}
{:process 1, :type :invoke, :f :read, :value nil, :time 50}
{:process 1, :type :ok, :f :read, :value 1, :time 60}
)";

class ForCi : public testing::Test {
 protected:
  [[nodiscard]] Ended ended(const std::vector<std::string>& words) const {
    return run_stalemate(folder_.path(), words);
  }
  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  OwnFolder folder_{};
};

TEST_F(ForCi, a_check_tells_its_verdict_in_every_form_that_is_asked_for) {
  folder_.write("stale.edn", stale_edn);
  const Ended found =
      ended({"check", "stale.edn", "--only", "regular", "--junit", "a.xml", "--markdown", "a.md", "--annotations"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_EQ(found.err, "--junit: a.xml is written\n--markdown: a.md is written\n");
  EXPECT_THAT(found.out, testing::ContainsRegex("\n[x✗]+ regular +invalid"));
  EXPECT_THAT(found.out, HasSubstr("\n::error title=stalemate check%3A regular::stale.edn: 1 of "));
  EXPECT_THAT(text_of("a.xml"),
              AllOf(HasSubstr("tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""),
                    HasSubstr("<testcase classname=\"stalemate.check.stale_edn\" name=\"regular: 1 of "),
                    HasSubstr("stalemate check stale.edn"), Not(HasSubstr("<b>"))));
  EXPECT_THAT(text_of("a.md"),
              AllOf(StartsWith("## stalemate check stale.edn\n"), HasSubstr("| ❌ failed | regular |")));
}

TEST_F(ForCi, values_of_a_foreign_history_never_become_commands_of_the_runner) {
  std::string edn = stale_edn;
  const std::string value = ":value 1";
  const std::string text = ":value \"::error::of-another ::error::of-another ::error::of-another ##[error]of-another\"";
  for (std::size_t place = edn.find(value); place != std::string::npos; place = edn.find(value, place + text.size())) {
    edn.replace(place, value.size(), text);
  }
  folder_.write("stale.edn", edn);
  const Ended found = ended({"check", "stale.edn", "--annotations"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_THAT(found.out, HasSubstr("of-another"));
  std::istringstream lines(found.out);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
    const bool is_ours = line.starts_with("::error title=stalemate check");
    EXPECT_TRUE(is_ours || line.compare(begin, 2, "::") != 0) << line;
    EXPECT_TRUE(is_ours || line.find("##[") == std::string::npos || line[line.find("##[") - 1] == '\\') << line;
  }
}

TEST_F(ForCi, standard_output_holds_nothing_but_the_file_that_is_written_there) {
  folder_.write("fine.edn", fine_edn);
  const Ended xml = ended({"check", "fine.edn", "--only", "regular", "--junit", "-"});
  EXPECT_EQ(xml.code, 0) << xml.err;
  EXPECT_THAT(xml.out, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "));
  const Ended page = ended({"explore", "lease", "--only", "fresh", "--processes", "w,r", "--markdown", "-"});
  EXPECT_THAT(page.out, StartsWith("## stalemate explore lease\n"));
  EXPECT_THAT(page.out, HasSubstr("stalemate explore lease --processes w,r --only fresh\n"));
}

TEST_F(ForCi, an_exploration_has_the_shortest_run_as_proof) {
  const Ended found = ended({"explore", "cache-aside", "--only", "fresh,monotonic-writes", "--junit", "a.xml"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_THAT(text_of("a.xml"),
              AllOf(HasSubstr("name=\"fresh: violated, 2 processes, 3 ops, 0 faults, 6 steps\"><failure "),
                    HasSubstr("&#10;  1. "), HasSubstr("Again: stalemate replay ")));
}

TEST_F(ForCi, a_file_that_can_no_longer_be_written_gives_a_sentence_and_no_success) {
  folder_.write("fine.edn", fine_edn);
  folder_.write("stale.edn", stale_edn);
  const Ended fine = ended({"check", "fine.edn", "--only", "regular", "--junit", "/dev/full"});
  EXPECT_EQ(fine.code, 70);
  EXPECT_EQ(fine.err, "stalemate: --junit: cannot write /dev/full\n");
  const Ended stale = ended({"check", "stale.edn", "--only", "regular", "--markdown", "/dev/full"});
  EXPECT_EQ(stale.code, 1) << "the verdict's own";
  EXPECT_EQ(stale.err, "stalemate: --markdown: cannot write /dev/full\n");
}

TEST_F(ForCi, files_that_cannot_be_written_are_refused_before_the_history_is_read) {
  for (const auto& [file, why] : {std::pair(".", "Is a directory"), std::pair("", "'' names no file")}) {
    const Ended refused = ended({"check", "not-there.edn", "--junit", file});
    EXPECT_EQ(refused.code, 64);
    EXPECT_THAT(refused.err, AllOf(StartsWith("stalemate: --junit: "), HasSubstr(why)));
  }
}

}  // namespace
}  // namespace stalemate
