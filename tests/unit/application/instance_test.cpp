// Instances of services that tests write themselves: how they start, fail, sleep, die and are started again.
#include "application/instances/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "application/requests/requester.hpp"
#include "living.hpp"
#include "unit/application/told.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using namespace std::chrono_literals;
using test::comes_true;
using test::is_there;
using testing::ContainsRegex;
using testing::HasSubstr;

/// A service in Python: `answer(path)` gives status and text of a GET, any PUT is answered {}.
const std::string service_head = R"(import http.server, os, subprocess, sys, threading, time
class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def reply(self, status, text):
        self.send_response(status)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
    def do_GET(self):
        self.reply(*answer(self.path))
    def do_PUT(self):
        self.reply(200, '{}')
    def log_message(self, *words):
        pass
def serve(port):
    http.server.ThreadingHTTPServer(('127.0.0.1', int(port)), Service).serve_forever()
)";

class InstanceTest : public testing::Test {
 protected:
  void SetUp() override {
    auto link = start_instance_keeper(base_.path());
    ASSERT_TRUE(link) << link.error().detail;
    link_ = *link;
  }

  /// A service of these lines, which end with serve(PORT) or do something else.
  Application service(const std::string& lines, const std::string& more = "") const {
    folder_.write("service.py", service_head + lines);
    return application(
        "[application]\nstart = \"exec python3 -u service.py\"\n"
        "environment = { PORT = \"{port}\", REDIS_URL = \"{cache_url}\", SECRET = \"of the file\" }\n" +
        more + R"(
[stores]
database = "none"
[requests]
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
time_limit = "1s"
)");
  }

  Application program(const std::string& lines) const {
    folder_.write("program.py", "import json, os, sys, time\n" + lines);
    return application(
        "[application]\nadapter = \"program\"\nstart = \"python3 -u program.py {cache_port}\"\n"
        "[stores]\ndatabase = \"none\"\n[requests]\ntime_limit = \"500ms\"\n");
  }

  Application application(const std::string& text) const {
    const Result<Application> application = parse_application(text, folder_.path() / "shop.toml");
    EXPECT_TRUE(application) << application.error().detail;
    return application.value_or(Application());
  }

  Result<std::unique_ptr<Instance>> start(const Application& application) const {
    return Instance::start(link_, application, {.number = 1, .cache = StoreAddress{.port = 6399, .password = "s3"}});
  }

  /// Why it cannot be started.
  std::string trouble(const Application& application) const {
    const auto instance = start(application);
    return instance ? "it started" : instance.error().detail;
  }

  OwnFolder base_{};
  OwnFolder folder_{};
  std::shared_ptr<KeeperLink> link_ = {};
};

TEST_F(InstanceTest, is_ready_when_it_says_so_and_answers) {
  const Application shop = service(R"(
began = time.monotonic()
def answer(path):
    if path == '/health':
        return (200, '') if time.monotonic() - began > 0.3 else (503, 'not yet')
    return 200, '{"quantity": %d}' % (int(path.split('/')[2]) + 1)
serve(os.environ['PORT'])
)",
                                   "ready = \"GET /health\"");
  const auto instance = start(shop);
  ASSERT_TRUE(instance) << instance.error().detail;
  EXPECT_TRUE((*instance)->is_ours());
  EXPECT_EQ((*instance)->state()->running, true);
  const auto requester = Requester::make(shop);
  EXPECT_EQ(told(requester->ask(**instance, ApplicationRequest::read, "6", 0)), "ok 7");
  EXPECT_EQ(told(requester->ask(**instance, ApplicationRequest::write, "6", 3)), "ok");
  EXPECT_TRUE((*instance)->stop());
  EXPECT_TRUE((*instance)->stop());
  EXPECT_TRUE((*instance)->pids().empty());
}

TEST_F(InstanceTest, gets_the_environment_that_the_file_says_and_no_other) {
  // NOLINTBEGIN(concurrency-mt-unsafe): one thread
  setenv("DATABASE_URL", "postgres://production", 1);
  setenv("SECRET", "of the shell", 1);
  setenv("WANTED", "yes", 1);
  Application shop = service(R"(
print(sorted((name, os.environ.get(name)) for name in ['DATABASE_URL', 'REDIS_URL', 'SECRET', 'WANTED', 'HOME']))
print(os.getcwd())
sys.exit(3)
)",
                             "inherit = [\"WANTED\"]");
  const std::string lines = trouble(shop);
  EXPECT_THAT(lines, HasSubstr("('DATABASE_URL', None), ('HOME', '" + std::string(getenv("HOME")) +
                               "'), ('REDIS_URL', 'redis://:s3@127.0.0.1:6399'), ('SECRET', 'of the file'), "
                               "('WANTED', 'yes')"));
  EXPECT_THAT(lines, HasSubstr("\n" + folder_.path().native()));
  unsetenv("DATABASE_URL");
  unsetenv("SECRET");
  unsetenv("WANTED");
  // NOLINTEND(concurrency-mt-unsafe)
}

TEST_F(InstanceTest, that_ends_at_once_is_told_with_its_last_lines) {
  EXPECT_EQ(trouble(service("print('no license'); sys.exit(3)")),
            "the service (instance 1) ended (exit status 3); the end of its log:\nno license");
  EXPECT_THAT(trouble(application("[application]\nstart = \"no-such-program {port} {cache_url}\"\n[stores]\n"
                                  "database = \"none\"\n[requests]\nread = \"GET /{key}\"\n"
                                  "write = \"PUT /{key}/{value}\"\n")),
              ContainsRegex("ended \\(exit status 127\\); the end of its log:\n.*no-such-program: not found"));
}

TEST_F(InstanceTest, that_is_never_ready_is_told_with_its_last_lines) {
  const std::string limits = "ready = \"GET /health\"\nready_limit = \"3s\"";
  EXPECT_THAT(trouble(service("print('waiting for the database'); time.sleep(60)", limits)),
              testing::MatchesRegex("the service \\(instance 1\\) was not ready after 3 s \\(no connection to "
                                    "localhost:[0-9]+: Connection refused; it listens on no port\\); the end of its "
                                    "log:\nwaiting for the database"));
  EXPECT_THAT(trouble(service("def answer(path): return 503, 'migrating'\nserve(os.environ['PORT'])", limits)),
              HasSubstr("(GET /health was answered with status 503: 'migrating'); it logged nothing"));
}

TEST_F(InstanceTest, that_ignores_its_port_is_told_where_it_listens) {
  EXPECT_THAT(trouble(service("s = http.server.HTTPServer(('127.0.0.1', 0), Service)\nprint('at', s.server_port)\n"
                              "s.serve_forever()",
                              "ready_limit = \"3s\"")),
              ContainsRegex("it listens on port ([0-9]+) instead: does it use \\{port\\}, here [0-9]+\\?.*\n.*at "));
}

TEST_F(InstanceTest, is_killed_with_its_children_and_started_again_on_the_same_port) {
  const auto instance = start(service(R"(
def answer(path):
    return 200, '{"quantity": 1}'
child = subprocess.Popen(['sleep', '1000'], start_new_session=True)
print('child', child.pid)
serve(os.environ['PORT'])
)"));
  ASSERT_TRUE(instance) << instance.error().detail;
  const std::vector<pid_t> before = (*instance)->pids();
  ASSERT_EQ(before.size(), 2U);
  const std::uint16_t port = (*instance)->address().port;
  ASSERT_TRUE((*instance)->kill_now());
  for (const pid_t pid : before) {
    EXPECT_FALSE(is_there(pid));
  }
  const Result<InstanceState> state = (*instance)->state();
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->running);
  EXPECT_EQ(state->ending, "signal 9");
  EXPECT_EQ(state->last_lines, "child " + std::to_string(before.back()));
  ASSERT_TRUE((*instance)->start_again());
  EXPECT_EQ((*instance)->address().port, port);
  EXPECT_TRUE((*instance)->state()->running);
  EXPECT_EQ((*instance)->pids().size(), 2U);
  EXPECT_NE((*instance)->pids(), before);
}

TEST_F(InstanceTest, that_crashes_leaves_its_request_unknown_and_its_last_lines) {
  const Application shop = service(R"(
def answer(path):
    print('out of memory')
    os._exit(9)
serve(os.environ['PORT'])
)");
  const auto instance = start(shop);
  ASSERT_TRUE(instance) << instance.error().detail;
  const auto requester = Requester::make(shop);
  EXPECT_EQ(told(requester->ask(**instance, ApplicationRequest::read, "1", 0)),
            "info: the connection was closed before an answer");
  EXPECT_TRUE(comes_true([&] { return !(*instance)->state()->running; }));
  EXPECT_EQ((*instance)->state()->ending, "exit status 9");
  EXPECT_EQ((*instance)->state()->last_lines, "out of memory");
  EXPECT_THAT(told(requester->ask(**instance, ApplicationRequest::write, "1", 0)), HasSubstr("fail: no connection to"));
}

TEST_F(InstanceTest, that_hangs_is_waited_for_no_longer_than_the_limit) {
  const Application shop = service("def answer(path): return 200, '{\"quantity\": 1}'\nserve(os.environ['PORT'])");
  const auto instance = start(shop);
  ASSERT_TRUE(instance) << instance.error().detail;
  kill((*instance)->pids().front(), SIGSTOP);
  const auto requester = Requester::make(shop);
  EXPECT_EQ(told(requester->ask(**instance, ApplicationRequest::read, "1", 0)), "info: no answer within 1.00 s");
  EXPECT_FALSE((*instance)->asleep()) << "a process that was stopped goes on later";
  EXPECT_TRUE((*instance)->stop());
}

TEST_F(InstanceTest, is_asleep_only_while_none_of_its_threads_and_processes_works) {
  const Application shop = service(R"(
stop = threading.Event()
children = []
def work():
    while not stop.is_set():
        pass
def answer(path):
    if path == '/products/1':
        threading.Thread(target=work).start()
    elif path == '/products/2':
        stop.set()
    elif path == '/products/3':
        children.append(subprocess.Popen(['python3', '-c', 'while True: pass']))
    elif path == '/products/4':
        children[0].kill()
        children[0].wait()
    return 200, '{"quantity": 1}'
serve(os.environ['PORT'])
)");
  const auto instance = start(shop);
  ASSERT_TRUE(instance) << instance.error().detail;
  const auto requester = Requester::make(shop);
  const auto touch = [&](const char* key) {
    EXPECT_EQ(told(requester->ask(**instance, ApplicationRequest::read, key, 0)), "ok 1");
  };
  const auto never_asleep = [&] {
    for (int look = 0; look < 200; ++look) {
      if ((*instance)->asleep()) {
        return false;
      }
    }
    return true;
  };
  EXPECT_TRUE(comes_true([&] { return (*instance)->asleep(); }));
  touch("1");
  EXPECT_TRUE(never_asleep());
  touch("2");
  EXPECT_TRUE(comes_true([&] { return (*instance)->asleep(); }));
  touch("3");
  EXPECT_TRUE(never_asleep());
  touch("4");
  EXPECT_TRUE(comes_true([&] { return (*instance)->asleep(); }));
}

TEST_F(InstanceTest, that_runs_already_is_waited_for_and_left_alone) {
  const auto own = start(service("def answer(path): return 200, '{\"quantity\": 1}'\nserve(os.environ['PORT'])"));
  ASSERT_TRUE(own) << own.error().detail;
  const auto given = [&](std::uint16_t port, const std::string& limit) {
    return application("[application]\nurl = [\"http://127.0.0.1:" + std::to_string(port) + "\"]\nready_limit = \"" +
                       limit + R"("
[stores]
database = "none"
cache = "redis://127.0.0.1:1"
cache_gates = [1]
[requests]
read = { request = "GET /products/{key}", value = "/quantity" }
write = "PUT /products/{key}/{value}"
)");
  };
  const Application shop = given((*own)->address().port, "5s");
  const auto instance = start(shop);
  ASSERT_TRUE(instance) << instance.error().detail;
  EXPECT_FALSE((*instance)->is_ours());
  EXPECT_EQ(told(Requester::make(shop)->ask(**instance, ApplicationRequest::read, "6", 0)), "ok 1");
  const Result<void> killed = (*instance)->kill_now();
  ASSERT_FALSE(killed);
  EXPECT_EQ(killed.error().detail, "the service (instance 1) is not a process of ours, but given by its url");
  EXPECT_TRUE((*own)->stop());
  EXPECT_THAT(trouble(given((*own)->address().port, "100ms")),
              ContainsRegex("was not ready after 100 ms \\(no connection to 127.0.0.1:[0-9]+: Connection refused\\)"));
}

TEST_F(InstanceTest, as_a_program_is_asked_in_lines_of_json) {
  const Application shop = program(R"(
rows = {}
print('Hello, I begin', file=sys.stderr)
for line in sys.stdin:
    ask = json.loads(line)
    if 'read' in ask:
        print(json.dumps({'value': rows.get(ask['read'])}))
    elif ask.get('value') == 13:
        print(json.dumps({'refused': 'unlucky'}))
    elif ask.get('value') == 500:
        time.sleep(0.7)
        print(json.dumps({'error': 'late'}))
    elif ask.get('value') == 666:
        sys.exit('dead')
    else:
        rows[ask.get('create') or ask['write']] = ask['value']
        print('{}')
)");
  const auto instance = start(shop);
  ASSERT_TRUE(instance) << instance.error().detail;
  const auto requester = Requester::make(shop);
  const auto ask = [&](ApplicationRequest kind, std::int64_t value) {
    return told(requester->ask(**instance, kind, "7", value));
  };
  EXPECT_TRUE(requester->ask(**instance, ApplicationRequest::read, "7", 0).missing);
  EXPECT_EQ(ask(ApplicationRequest::create, 1), "ok");
  EXPECT_EQ(ask(ApplicationRequest::write, 4), "ok");
  EXPECT_EQ(ask(ApplicationRequest::write, 13), "fail: the program refused: unlucky");
  EXPECT_EQ(ask(ApplicationRequest::read, 0), "ok 4");
  EXPECT_EQ(ask(ApplicationRequest::write, 500), "info: no answer within 500 ms");
  EXPECT_EQ(ask(ApplicationRequest::read, 0), "ok 4") << "a late answer is not the next one's";
  EXPECT_TRUE(comes_true([&] { return (*instance)->asleep(); }));
  EXPECT_EQ(ask(ApplicationRequest::write, 666), "info: the program ended before an answer");
  EXPECT_EQ(ask(ApplicationRequest::read, 0), "fail: the program does not run any more");
  EXPECT_EQ((*instance)->state()->last_lines, "Hello, I begin\ndead");
  ASSERT_TRUE((*instance)->start_again());
  EXPECT_TRUE(requester->ask(**instance, ApplicationRequest::read, "7", 0).missing);
  EXPECT_EQ((*instance)->state()->last_lines, "Hello, I begin");
}

TEST_F(InstanceTest, as_a_program_that_cannot_begin_is_told) {
  EXPECT_EQ(trouble(program("sys.exit('no module named cache')")),
            "the service (instance 1) ended (exit status 1); the end of its log:\nno module named cache");
}

TEST_F(InstanceTest, is_prepared_for_with_the_stores_own_addresses) {
  const StoreAddress database = {.port = 5499, .user = "u", .password = "p", .name = "shop"};
  const auto prepared = [&](const std::string& command, const std::string& more = "") {
    Application shop =
        application("[application]\nstart = \"x {port} {database_url}\"\n[stores]\ncache = \"none\"\nprepare = '" +
                    command + "'\n" + more + "[requests]\nread = \"GET /{key}\"\nwrite = \"PUT /{key}/{value}\"\n");
    const Result<void> done = prepare_stores(*link_, shop, &database, nullptr);
    return done ? "" : done.error().detail;
  };
  EXPECT_EQ(prepared("echo {database_url} > prepared"), "");
  EXPECT_EQ(std::filesystem::file_size(folder_.path() / "prepared"),
            std::string("postgres://u:p@127.0.0.1:5499/shop\n").size());
  EXPECT_EQ(prepared("echo no such table; exit 4"),
            "prepare failed (exit status 4); the end of its log:\nno such table");
  EXPECT_EQ(prepared("sleep 100", "prepare_limit = \"200ms\"\n"),
            "prepare had not ended after 200 ms; it logged nothing");
}

TEST_F(InstanceTest, dies_with_us_even_when_we_are_killed) {
  const Application shop = service("subprocess.Popen(['sleep', '1000'])\nserve(os.environ['PORT'])");
  int ends[2] = {-1, -1};
  ASSERT_EQ(pipe(ends), 0);
  const pid_t program = fork();
  if (program == 0) {
    auto link = start_instance_keeper(base_.path());
    const auto instance = Instance::start(*link, shop, {.number = 1, .cache = StoreAddress()});
    const std::string folder = (*link)->folder().native();
    const std::vector<pid_t> pids = (*instance)->pids();
    const std::string text = folder + "\n" + std::to_string(pids.front()) + " " + std::to_string(pids.back()) + "\n";
    static_cast<void>(!write(ends[1], text.data(), text.size()));
    pause();
    _exit(0);
  }
  close(ends[1]);
  FILE* told_by_it = fdopen(ends[0], "r");
  char folder[256] = {};
  int first = 0;
  int last = 0;
  ASSERT_EQ(std::fscanf(told_by_it, "%255s %d %d", folder, &first, &last), 3);
  std::fclose(told_by_it);
  EXPECT_TRUE(is_there(first));
  EXPECT_NE(first, last);
  kill(program, SIGKILL);
  waitpid(program, nullptr, 0);
  EXPECT_TRUE(comes_true([&] { return !is_there(first) && !is_there(last); }));
  EXPECT_TRUE(comes_true([&] { return !std::filesystem::exists(folder); }));
}

}  // namespace
}  // namespace stalemate
