// stalemate run of a user's own service: the open loop, its calls as steps, and what the checks make of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "live/program.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

// A service without any package. Its rows, and copies of them where it has any, are in its own memory; of its cache it
// only asks, since a service must call a store.
constexpr const char* service_text = R"(
import json, os, socket, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
rows, copies, asked = {}, {}, 0
mode = os.environ['MODE']
cache, turn = socket.create_connection(('127.0.0.1', int(os.environ['CACHE_PORT']))), threading.Lock()
def ask_cache(key):
    with turn:
        cache.sendall(f'*2\r\n$3\r\nGET\r\n${len(key)}\r\n{key}\r\n'.encode())
        cache.recv(100)
class Service(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *args): pass
    def answer(self, status, value, text=None):
        body = (text or json.dumps(value)).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def body(self): return json.loads(self.rfile.read(int(self.headers['Content-Length'])))
    def do_POST(self):
        row = self.body()
        rows[str(row['id'])] = row['quantity']
        self.answer(201, {})
    def do_PUT(self):
        key = self.path.split('/')[2]
        rows[key] = self.body()['quantity']
        if mode == 'invalidates_late': threading.Timer(1, copies.pop, (key, None)).start()
        self.answer(200, {})
    def do_GET(self):
        global asked
        key = self.path.split('/')[2]
        asked += 1
        ask_cache(key)
        if mode == 'dies' and asked > 100:
            print('out of luck', flush=True)
            os._exit(3)
        if mode == 'nonsense' and asked > 100: return self.answer(200, {}, '<html>welcome</html>')
        if mode in ('never_invalidates', 'invalidates_late'):
            return self.answer(200, {'quantity': copies.setdefault(key, rows[key])})
        self.answer(200, {'quantity': rows[key]})
ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Service).serve_forever()
)";

class ApplicationRun : public testing::Test {
 protected:
  /// Writes the service and its file.
  std::string own_service(const std::string& mode) {
    std::ofstream(folder_.path() / "service.py") << service_text;
    std::ofstream(folder_.path() / "shop.toml") << R"(question = "Is it fresh?"
[application]
start = "exec python3 service.py"
environment = { PORT = "{port}", CACHE_PORT = "{cache_port}", MODE = ")"
                                                << mode << R"(" }
[stores]
database = "none"
[requests]
create = { request = "POST /products", body = '{"id": {key}, "quantity": {value}}' }
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
)";
    return "shop.toml";
  }
  static std::string sample(const std::string& name) {
    return std::string(STALEMATE_SOURCE_DIR) + "/tests/applications/node/" + name + ".toml";
  }
  /// A copy of the program of Python with its file: `old` replaced in the program, and the file cut off at `end`.
  std::string with_program_of_python(const std::string& old, const std::string& fresh, const std::string& end = "") {
    const std::filesystem::path from = std::filesystem::path(STALEMATE_SOURCE_DIR) / "tests/applications";
    const auto text_of = [](const std::filesystem::path& path) {
      std::ifstream file(path);
      return std::string{std::istreambuf_iterator<char>(file), {}};
    };
    std::string program = text_of(from / "python/program.py");
    program.replace(program.find(old), old.size(), fresh);
    std::ofstream(folder_.path() / "program.py") << program;
    std::string shop = text_of(from / "python/program.toml");
    const std::string schema = "../schema.sql";
    shop.replace(shop.find(schema), schema.size(), (from / "schema.sql").string());
    std::ofstream(folder_.path() / "shop.toml") << (end.empty() ? shop : shop.substr(0, shop.find(end)));
    return "shop.toml";
  }
  Ended run(const std::string& file, const Words& more = {}) {
    Words words = {"run", file, "-r", "5ms", "-w", "20ms", "-d", "2s", "--no-live"};
    words.insert(words.end(), more.begin(), more.end());
    return run_stalemate(folder_.path(), words);
  }
  void expect_refused(const std::string& file, const Words& more, const std::string& sentence) {
    const Ended refused = run(file, more);
    EXPECT_EQ(refused.code, 64) << testing::PrintToString(more) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(sentence));
    EXPECT_EQ(refused.out, "");
  }
  static void expect_books_balance(const json& results) {
    for (const char* kind : {"reads", "writes"}) {
      const json& ops = results.at(kind);
      EXPECT_EQ(ops.at("planned"), ops.at("sent").get<int>() + ops.at("dropped").get<int>()) << kind;
      EXPECT_EQ(ops.at("sent"), ops.at("ok").get<int>() + ops.at("fail").get<int>() + ops.at("info").get<int>())
          << kind;
    }
  }

  static json convergence_in(const json& results) {
    for (const json& check : results.at("checks")) {
      if (check.at("name") == "convergence") {
        return check;
      }
    }
    return {};
  }

  OwnFolder folder_{};
};

TEST_F(ApplicationRun, of_a_service_that_never_invalidates_finds_stale_reads) {
  const Ended ended = run(own_service("never_invalidates"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("shop: application"));
  const json results = results_in(only_run(folder_.path()));
  expect_books_balance(results);
  EXPECT_GT(results.at("reads").at("ok"), 350);
  EXPECT_GT(results.at("stale").at("stale"), 200);
  EXPECT_EQ(results.at("verdict"), "invalid");
  const json convergence = convergence_in(results);
  EXPECT_EQ(convergence.at("verdict"), "invalid") << "nothing ever takes the old copies away";
  EXPECT_GT(convergence.at("count"), 0);
  EXPECT_EQ(left_running(), "");
}

TEST_F(ApplicationRun, of_a_service_that_invalidates_a_little_later_converges) {
  const Ended ended = run(own_service("invalidates_late"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results.at("stale").at("stale"), 0);
  EXPECT_EQ(convergence_in(results).at("verdict"), "valid") << ended.out;
}

TEST_F(ApplicationRun, of_a_service_that_keeps_one_copy_finds_nothing) {
  const Ended ended = run(own_service("fresh"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  expect_books_balance(results);
  EXPECT_EQ(results.at("stale").at("stale"), 0);
  EXPECT_NE(results.at("verdict"), "invalid") << ended.out;
  EXPECT_EQ(convergence_in(results).at("verdict"), "valid");
  EXPECT_GT(convergence_in(results).at("sample"), 0);
}

TEST_F(ApplicationRun, goes_on_to_its_end_where_the_service_dies_and_tells_its_last_words) {
  const Ended ended = run(own_service("dies"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  expect_books_balance(results);
  EXPECT_GT(results.at("reads").at("fail"), 100);
  EXPECT_GT(results.at("errors").at("connection_refused"), 0);
  EXPECT_THAT(results.at("warnings").dump(), HasSubstr("exit status 3"));
  EXPECT_THAT(results.at("warnings").dump(), HasSubstr("out of luck"));
  EXPECT_EQ(left_running(), "");
}

TEST_F(ApplicationRun, counts_answers_that_are_nonsense_as_errors_and_shows_the_first) {
  const Ended ended = run(own_service("nonsense"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  expect_books_balance(results);
  EXPECT_GT(results.at("errors").at("protocol"), 100);
  EXPECT_THAT(results.at("warnings").dump(), HasSubstr("welcome"));
}

TEST_F(ApplicationRun, spreads_requests_over_several_instances) {
  const Ended ended = run(own_service("fresh"), {"--instances", "2"});
  // Each has rows of its own memory only, so the second does not know the first one's.
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("instance 2"));
}

TEST_F(ApplicationRun, records_the_store_calls_of_its_requests_as_steps) {
  const Ended ended = run(sample("cache_aside"), {"--keys", "20"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path run_folder = only_run(folder_.path());
  const json results = results_in(run_folder);
  expect_books_balance(results);
  EXPECT_EQ(results.at("pattern"), "application");
  EXPECT_EQ(results.at("asked").at("keys"), 20) << "the service has none of the origin's";
  EXPECT_GT(results.at("cache").at("hits"), 100);
  EXPECT_GT(results.at("cache").at("misses"), 20);
  EXPECT_GT(results.at("loads").at("count"), 20);
  // Every read looks, every write updates and deletes.
  EXPECT_GT(results.at("history").at("steps"), results.at("history").at("ops"));
  EXPECT_TRUE(std::filesystem::exists(run_folder / "application.toml"));
  EXPECT_FALSE(std::filesystem::exists(run_folder / "scenario.toml")) << "it would run something else";
  const Ended checked = run_stalemate(folder_.path(), {"check", run_folder.string()});
  EXPECT_LE(checked.code, 2) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("order of versions known")) << "by the database's log";
  const Ended exported = run_stalemate(folder_.path(), {"explain", run_folder.string()});
  EXPECT_EQ(exported.code, 0) << exported.err;
}

TEST_F(ApplicationRun, explains_a_stale_read_by_the_calls_of_the_service) {
  const Ended ended = run(sample("slow_fill"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path run_folder = only_run(folder_.path());
  const json results = results_in(run_folder);
  EXPECT_GT(results.at("stale").at("stale"), 0);
  EXPECT_GT(results.at("stale").at("causes").at("stale fill"), 0) << results.at("stale");
  const Ended explained = run_stalemate(folder_.path(), {"explain", run_folder.string()});
  EXPECT_EQ(explained.code, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr("100")) << "keys are the service's own";
  const Ended list = run_stalemate(folder_.path(), {"explain", run_folder.string(), "--list"});
  EXPECT_THAT(list.out, HasSubstr("stale fill"));
}

TEST_F(ApplicationRun, compares_rows_with_entries_while_it_runs_where_the_file_names_them) {
  const Ended ended = run(std::string(STALEMATE_SOURCE_DIR) + "/tests/applications/python/program.toml",
                          {"--sample-every", "50ms", "--keys", "300"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  const json& samples = results.at("samples");
  EXPECT_GT(samples.at("taken"), 5) << ended.out;
  EXPECT_EQ(samples.at("keys"), 300) << "in more than one statement";
  EXPECT_EQ(samples.at("interval_ns"), 50'000'000);
  EXPECT_EQ(results.at("asked").at("sample_every_ns"), 50'000'000);
  EXPECT_GT(samples.at("correct"), 0);
  EXPECT_TRUE(results.at("refusals").empty()) << results.at("refusals");
  EXPECT_THAT(results.at("warnings").dump(), Not(HasSubstr("[entry]")));
  EXPECT_EQ(left_running(), "");
}

TEST_F(ApplicationRun, sees_an_entry_that_nobody_deletes) {
  const std::string shop = with_program_of_python("    cache.delete('product:' + request['write'])\n", "    pass\n");
  const Ended ended = run(shop);
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results.at("samples").at("incorrect"), 5) << ended.out;
  EXPECT_GT(results.at("samples").at("persistent"), 0);
  EXPECT_GT(results.at("samples").at("unrepaired_keys"), 0);
}

TEST_F(ApplicationRun, says_what_is_missing_where_an_entry_is_named_and_no_row) {
  const Ended ended = run(with_program_of_python("", "", "[row]"));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_TRUE(results.at("samples").is_null());
  EXPECT_THAT(results.at("warnings").dump(), HasSubstr("rows and entries were not compared while it ran: [row]"));
}

TEST_F(ApplicationRun, without_a_cache_has_no_stale_read) {
  const Ended ended = run(sample("no_cache"), {"--instances", "2"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  expect_books_balance(results);
  EXPECT_EQ(results.at("stale").at("stale"), 0);
  EXPECT_EQ(results.at("verdict"), "valid") << ended.out;
  EXPECT_GT(results.at("history").at("steps"), 350);
}

TEST_F(ApplicationRun, refuses_what_is_not_for_an_application) {
  const std::string file = own_service("fresh");
  expect_refused(file, {"--pattern", "lease"}, "--pattern is not for an application");
  expect_refused(file, {"--db", "postgres://localhost/x"}, "--db is not for an application");
  expect_refused(file, {"--cache", "redis://localhost"}, "--cache is not for an application");
  expect_refused(file, {"--skip", "fill=1%,update=1%"}, "the fault 'update: skip 1%' is not for this application");
  expect_refused(file, {"--no-faults"}, "--no-faults is not for an application");
  expect_refused(file, {"--ttl", "1s"}, "--ttl is not for an application");
  expect_refused(file, {"--sample-every", "1s"},
                 "--sample-every would change nothing, as neither [entry] nor [row] of its file says what to look at");
  expect_refused(file, {"--keys", "5"}, "--keys: the run of an application has 6 keys or more, not 5");
  expect_refused(file, {"--instances", "0"}, "--instances");
  expect_refused("before", {"--instances", "2"}, "--instances is for an application's file");
}

}  // namespace
}  // namespace stalemate
