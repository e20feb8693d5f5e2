// --ui as a browser sees it: a page, what goes on as events, and at the end what the file holds.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "browser.hpp"
#include "live/own_servers.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// The port that standard error names; waits for it.
std::uint16_t port_said_by(const Program& program) {
  const std::string place = "live page: http://127.0.0.1:";
  EXPECT_TRUE(program.says(place) && program.says("/\n")) << program.err();
  const std::string err = program.err();
  const std::size_t begin = err.find(place);
  return begin == std::string::npos ? 0 : static_cast<std::uint16_t>(std::stoi(err.substr(begin + place.size())));
}

/// The data of the events of that name, in order.
std::vector<json> events_in(const std::string& stream, const std::string& name) {
  std::vector<json> events;
  const std::string head = "event: " + name + "\ndata: ";
  for (std::size_t at = stream.find(head); at != std::string::npos; at = stream.find(head, at + 1)) {
    const std::size_t begin = at + head.size();
    events.push_back(json::parse(stream.substr(begin, stream.find('\n', begin) - begin), nullptr, false));
  }
  return events;
}

/// What a page on disk carries.
json data_in(const std::filesystem::path& page) {
  std::ifstream file(page, std::ios::binary);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  const std::string open = "id=\"data\">";
  const std::size_t begin = html.find(open);
  return begin == std::string::npos
             ? json()
             : json::parse(html.substr(begin + open.size(), html.find("</script", begin) - begin - open.size()),
                           nullptr, false);
}

class LivePageOfARun : public OwnServersTest {};

TEST_F(LivePageOfARun, tells_what_goes_on_and_ends_as_the_file) {
  Program program(folder_.path(), command("before", {"-r", "5ms", "-w", "10ms", "-d", "4s", "--no-live", "--ui"}));
  const std::uint16_t port = port_said_by(program);
  EXPECT_THAT(answer_to(port, request_for("/")), HasSubstr("connect-src 'self'"));
  BrowserConnection deaf(port);
  deaf.send(request_for("/events"));
  BrowserConnection browser(port);
  browser.send(request_for("/events"));
  const std::string& stream = browser.read_all();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::vector<json> progress = events_in(stream, "progress");
  ASSERT_GE(progress.size(), 3U);
  for (std::size_t place = 1; place < progress.size(); ++place) {
    EXPECT_GE(progress[place]["elapsed_ns"], progress[place - 1]["elapsed_ns"]);
    EXPECT_GE(progress[place]["reads"]["ok"], progress[place - 1]["reads"]["ok"]);
  }
  const std::filesystem::path run = only_run(folder_.path());
  EXPECT_EQ(progress.back()["phase"], "finished");
  EXPECT_EQ(progress.back()["reads"]["ok"], results_in(run)["reads"]["ok"]);
  EXPECT_THAT(events_in(stream, "stage").back()["phase"], "checking");
  const std::vector<json> done = events_in(stream, "done");
  ASSERT_EQ(done.size(), 1U);
  EXPECT_THAT(done.front()["file"].get<std::string>(), EndsWith("report.html"));
  EXPECT_EQ(done.front()["data"], data_in(run / "report.html"));
}

TEST_F(LivePageOfARun, tells_why_there_is_no_report) {
  const std::vector<std::string> nobody = {"run", "before", "--db", "postgres://127.0.0.1:1/nobody", "--ui"};
  Program program(folder_.path(), nobody);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 69);
  EXPECT_THAT(ended.err, HasSubstr("live page: http://127.0.0.1:"));
}

TEST(LivePageOfTheDemonstration, ends_as_the_page_of_its_runs_side_by_side_which_it_names) {
  const OwnFolder folder;
  Program program(folder.path(), {"demo", "-d", "1s", "--no-live", "--ui", "--markdown", "demo.md"});
  BrowserConnection browser(port_said_by(program));
  browser.send(request_for("/events"));
  const std::string& stream = browser.read_all();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path page = folder.path() / "runs/demo/latest/report.html";
  const std::vector<json> done = events_in(stream, "done");
  ASSERT_EQ(done.size(), 1U);
  const json data = data_in(page);
  EXPECT_EQ(done.front()["data"], data);
  std::vector<std::string> names;
  for (const json& run : data["runs"]) {
    names.push_back(run["name"]);
  }
  EXPECT_THAT(names, testing::ElementsAre("before", "after", "before-no-skips"));
  EXPECT_TRUE(std::filesystem::equivalent(folder.path() / done.front()["file"].get<std::string>(), page));
  EXPECT_THAT(ended.out, HasSubstr("All of it as one page, for a browser:\n  runs/demo/"));
  EXPECT_THAT(text_of_file(folder.path() / "demo.md"), StartsWith("## stalemate demo before, after\n"));
}

class LivePageOption : public testing::Test {
 protected:
  OwnFolder folder_{};
};

TEST_F(LivePageOption, is_refused_where_the_port_is_none_or_taken) {
  const SilentServer taken;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run", "before"}, {"demo"}, {"explore", "cache-aside"}}) {
    const auto with = [&](const std::string& flag) {
      std::vector<std::string> words = command;
      words.push_back(flag);
      return run_stalemate(folder_.path(), words);
    };
    for (const char* flag : {"--ui=x", "--ui=65536", "--ui=-1", "--ui=80 "}) {
      const Ended ended = with(flag);
      EXPECT_EQ(ended.code, 64) << command.front() << flag << ended.err;
      EXPECT_THAT(ended.err, HasSubstr("is no port; write for example --ui=8080"));
    }
    const Ended ended = with("--ui=" + std::to_string(taken.port()));
    EXPECT_EQ(ended.code, 69) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("Address already in use"));
  }
  EXPECT_TRUE(run_folders(folder_.path()).empty());
}

TEST_F(LivePageOption, is_for_an_exploration_as_well_but_not_for_the_matrix) {
  EXPECT_EQ(run_stalemate(folder_.path(), {"explore", "--matrix", "--ui"}).code, 64);
  const Ended ended = run_stalemate(folder_.path(), {"explore", "cache-aside", "--ui", "--only", "fresh"});
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_THAT(ended.err, StartsWith("live page: http://127.0.0.1:"));
}

}  // namespace
}  // namespace stalemate
