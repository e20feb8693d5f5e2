// What goes wrong with services of users: each is told in words that say what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

// Cache-aside, and what MODE says that is wrong with it.
constexpr const char* troubled_service = R"(
import fcntl, json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import psycopg2, redis
mode, written = os.environ['MODE'], 0
if mode == 'runs_once':
    lock = open('lock', 'w')
    try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: sys.exit('somebody has the lock')
if mode == 'cluster': redis.Redis.from_url(os.environ['REDIS_URL']).execute_command('CLUSTER SLOTS')
cache = redis.Redis.from_url(os.environ['REDIS_URL'].replace('redis:', 'rediss:' if mode == 'tls_cache' else 'redis:'))
kept = threading.local()
def rows():
    if not hasattr(kept, 'connection'):
        tls = '?sslmode=require' if mode == 'tls_database' else ''
        kept.connection = psycopg2.connect(os.environ['DATABASE_URL'] + tls)
        kept.connection.autocommit = mode != 'never_commits'
    return kept.connection.cursor()
class Service(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *args): pass
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def body(self): return json.loads(self.rfile.read(int(self.headers['Content-Length'])))
    def do_POST(self):
        row = self.body()
        rows().execute('insert into products (id, quantity) values (%s, %s)', (row['id'], row['quantity']))
        if mode == 'never_commits': kept.connection.commit()
        self.answer(201, {})
    def do_PUT(self):
        global written
        written += 1
        key, quantity = self.path.split('/')[2], self.body()['quantity']
        if mode == 'dies' and written > 1: sys.stderr.write('out of luck\n'); sys.stderr.flush(); os._exit(3)
        if mode == 'refuses' and written > 1: return self.answer(409, {'error': 'not now'})
        rows().execute('update products set quantity = %s where id = %s', (quantity, key))
        cache.delete('product:' + key)
        self.answer(200, {})
    def do_GET(self):
        key = self.path.split('/')[2]
        value = cache.get('product:' + key)
        if value is None:
            cursor = rows()
            cursor.execute('select quantity from products where id = %s', (key,))
            value = cursor.fetchone()[0]
            if mode != 'never_commits': cache.set('product:' + key, value)
        self.answer(200, {'quantity': int(value)})
ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Service).serve_forever()
)";

class ApplicationTrouble : public testing::Test {
 protected:
  [[nodiscard]] Ended explored(const std::string& mode) const {
    std::ofstream(folder_.path() / "service.py") << troubled_service;
    std::ofstream(folder_.path() / "shop.toml") << R"([application]
start = "exec /usr/bin/python3 service.py"
environment = { PORT = "{port}", DATABASE_URL = "{database_url}", REDIS_URL = "{cache_url}", MODE = ")"
                                                << mode << R"(" }
[stores]
prepare = "psql {database_url} -q -c 'create table products (id int primary key, quantity int)'"
[requests]
create = { request = "POST /products", body = '{"id": {key}, "quantity": {value}}' }
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
time_limit = "5s"
)";
    return run_stalemate(folder_.path(), {"explore", "shop.toml", "--scope", "w,r", "--budget", "100s"});
  }
  void TearDown() override { EXPECT_EQ(left_running(), ""); }

  OwnFolder folder_{};
};

TEST_F(ApplicationTrouble, of_a_write_that_is_never_done_is_no_proof) {
  const Ended refuses = explored("refuses");
  EXPECT_EQ(refuses.code, 2) << refuses.out << refuses.err;
  EXPECT_THAT(refuses.out,
              HasSubstr("Not done in any order, so nothing is proved of those scopes: writer 1's write in w,r"));
  EXPECT_THAT(refuses.out, HasSubstr("in the scope w,r, writer 1's write: status 409: '{\"error\": \"not now\"}'"));
}

TEST_F(ApplicationTrouble, of_an_instance_that_dies_is_told_with_its_last_words) {
  const Ended dies = explored("dies");
  EXPECT_EQ(dies.code, 2) << dies.out << dies.err;
  EXPECT_THAT(dies.out, HasSubstr("writer 1's write: the connection was closed before an answer"));
  EXPECT_THAT(dies.out, HasSubstr("exit status 3"));
  EXPECT_THAT(dies.out, HasSubstr("out of luck"));
}

TEST_F(ApplicationTrouble, of_a_transaction_that_nobody_ends_is_told) {
  const Ended found = explored("never_commits");
  EXPECT_EQ(found.code, 1) << found.out << found.err;
  EXPECT_THAT(found.out, HasSubstr("A transaction was still open at rest in which a value was written"));
}

TEST_F(ApplicationTrouble, with_tls_says_that_gates_read_along) {
  const Ended database = explored("tls_database");
  EXPECT_EQ(database.code, 69) << database.out << database.err;
  EXPECT_THAT(database.err, HasSubstr("sslmode=require"));
  EXPECT_THAT(database.err, HasSubstr("they decline TLS"));
  const Ended cache = explored("tls_cache");
  EXPECT_EQ(cache.code, 69) << cache.out << cache.err;
  EXPECT_THAT(cache.err, HasSubstr("the gates could not read along")) << cache.err;
  EXPECT_THAT(cache.err, HasSubstr("TLS"));
}

TEST_F(ApplicationTrouble, with_a_cluster_says_that_gates_stand_before_one_server) {
  const Ended found = explored("cluster");
  EXPECT_EQ(found.code, 69) << found.out << found.err;
  EXPECT_THAT(found.err, HasSubstr("let it use a single Redis"));
}

TEST_F(ApplicationTrouble, of_a_service_that_runs_only_once_is_told_with_what_can_be_done) {
  const Ended found = explored("runs_once");
  EXPECT_EQ(found.code, 69) << found.out << found.err;
  EXPECT_THAT(found.err, HasSubstr("a service that can run only once cannot be explored ('stalemate run' needs one)"));
  EXPECT_THAT(found.err, HasSubstr("somebody has the lock"));
}

}  // namespace
}  // namespace stalemate
