// Services of users explored: real instances behind gates, real stores, every order of their calls.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

#include "live/program.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class ExploredApplication : public testing::Test {
 protected:
  static std::string service(const std::string& path) {
    return std::string(STALEMATE_SOURCE_DIR) + "/tests/applications/" + path + ".toml";
  }
  [[nodiscard]] Ended ended(const Words& words) const { return run_stalemate(folder_.path(), words); }
  [[nodiscard]] Ended explored(const std::string& path, const Words& more) const {
    Words words = {"explore", service(path)};
    words.insert(words.end(), more.begin(), more.end());
    return ended(words);
  }
  /// A file in the test's own folder.
  [[nodiscard]] std::string written(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
    return (folder_.path() / name).string();
  }
  void TearDown() override { EXPECT_EQ(left_running(), ""); }

  OwnFolder folder_{};
};

/// The rest of the line that begins with `beginning`.
std::string line_after(const std::string& text, const std::string& beginning) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(beginning)) {
      return line.substr(beginning.size());
    }
  }
  return {};
}

TEST_F(ExploredApplication, is_the_same_whenever_it_is_explored) {
  const Ended once = explored("node/cache_aside", {"--scope", "w,r"});
  const Ended again = explored("node/cache_aside", {"--scope", "w,r"});
  EXPECT_NE(line_after(once.out, "trace hash "), "");
  EXPECT_EQ(line_after(once.out, "trace hash "), line_after(again.out, "trace hash "));
}

TEST_F(ExploredApplication, is_seen_through_to_what_it_does_after_its_answer) {
  const Ended found = explored("node/unawaited", {"--scope", "wr,r"});
  EXPECT_EQ(found.code, 1) << found.err;
  EXPECT_THAT(found.out, Not(HasSubstr("Not repeatable")));
  EXPECT_THAT(found.out, HasSubstr("read-your-writes     violated"));
}

TEST_F(ExploredApplication, with_tombstones_without_a_cache_or_with_leases_holds) {
  for (const std::string name : {"node/tombstone", "node/no_cache", "node/lease"}) {
    const Ended found = explored(name, {"--scope", "w,rr"});
    EXPECT_EQ(found.code, 0) << name << found.out << found.err;
    EXPECT_THAT(found.out, HasSubstr("fresh                holds     proved in w,rr")) << name;
    EXPECT_THAT(found.out, Not(HasSubstr("Not repeatable"))) << name;
  }
}

TEST_F(ExploredApplication, on_the_caching_libraries_of_others_keeps_an_old_value) {
  for (const std::string name : {"node/cache_manager", "node/bentocache", "node/typeorm", "python/django_redis_cache",
                                 "php/symfony_cache", "go/go_redis"}) {
    const Ended found = explored(name, {"--scope", "w,r", "--only", "converges"});
    EXPECT_EQ(found.code, 1) << name << found.out << found.err;
    EXPECT_THAT(found.out, HasSubstr("converges            violated")) << name;
    EXPECT_THAT(found.out, Not(HasSubstr("Not repeatable"))) << name;
  }
}

// What a fault does is seen with one client, where no race hides it: a first read fills the cache. A DEL that is lost
// does no harm, for ioredis sends it again; an UPDATE whose reply is lost does, for then no DEL follows.
TEST_F(ExploredApplication, is_hurt_by_each_fault_as_its_code_says) {
  const std::set<std::string> harmful = {"lost-reply", "delayed", "duplicated", "crash", "rollback"};
  for (const std::string fault :
       {"lost-request", "lost-reply", "delayed", "duplicated", "crash", "evict", "restart", "rollback"}) {
    const Ended found = explored("node/cache_aside", {"--scope", "rw", "--only", "converges", "--faults", fault});
    EXPECT_EQ(found.code, harmful.contains(fault) ? 1 : 0) << fault << found.out << found.err;
    EXPECT_THAT(found.out, HasSubstr("with 1 fault of " + fault)) << fault;
    EXPECT_THAT(found.out, Not(HasSubstr("Not repeatable"))) << fault;
  }
}

TEST_F(ExploredApplication, tells_a_machine_what_it_tells_people) {
  const Ended found =
      explored("node/cache_aside", {"--scope", "w,r", "--json", "--junit", (folder_.path() / "verdicts.xml").string()});
  EXPECT_EQ(found.code, 1) << found.err;
  const json told = json::parse(found.out);
  EXPECT_THAT(told.dump(), HasSubstr("DEL product:{key}"));
  std::ifstream xml(folder_.path() / "verdicts.xml");
  const std::string verdicts((std::istreambuf_iterator<char>(xml)), {});
  EXPECT_THAT(verdicts, HasSubstr("<failure"));
}

TEST_F(ExploredApplication, that_does_not_start_is_shown_with_its_own_last_words) {
  const std::string file = written("broken.toml", R"(
[application]
start = "echo it is the config >&2; exit 3"
environment = { PORT = "{port}", DATABASE_URL = "{database_url}" }
[stores]
cache = "none"
[requests]
read = { request = "GET /{key}", value = "body" }
write = { request = "PUT /{key}", body = "{value}" }
)");
  const Ended found = ended({"explore", file});
  EXPECT_EQ(found.code, 69) << found.err;
  EXPECT_THAT(found.err, HasSubstr("it is the config"));
}

TEST_F(ExploredApplication, that_talks_to_no_store_of_ours_is_told_so) {
  const std::string file = written("elsewhere.toml", R"(
[application]
start = "exec /usr/bin/python3 -u service.py"
environment = { PORT = "{port}", DATABASE_URL = "{database_url}", REDIS_URL = "{cache_url}" }
[requests]
read = { request = "GET /{key}", value = "body" }
write = { request = "PUT /{key}", body = "{value}" }
)");
  static_cast<void>(written("service.py", R"(
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
kept = {}
class Service(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def answer(self, text):
        self.send_response(200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
    def do_GET(self):
        self.answer(kept.get(self.path, ''))
    def do_PUT(self):
        kept[self.path] = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.answer('')
HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Service).serve_forever()
)"));
  const Ended found = ended({"explore", file});
  EXPECT_EQ(found.code, 64) << found.out << found.err;
  EXPECT_THAT(found.err, HasSubstr("called no"));
}

TEST_F(ExploredApplication, is_gone_when_the_program_is_killed) {
  Program program(folder_.path(), {"explore", service("node/cache_aside"), "--budget", "60s"});
  ASSERT_TRUE(program.says("tried")) << program.err();
  program.send(SIGKILL);
  static_cast<void>(program.wait());
  EXPECT_EQ(left_running(), "");
}

TEST_F(ExploredApplication, is_left_in_order_at_ctrl_c) {
  Program program(folder_.path(), {"explore", service("node/tombstone"), "--budget", "60s"});
  ASSERT_TRUE(program.says("tried")) << program.err();
  program.send(SIGINT);
  const Ended found = program.wait();
  EXPECT_EQ(found.code, 130) << found.out << found.err;
}

}  // namespace
}  // namespace stalemate
