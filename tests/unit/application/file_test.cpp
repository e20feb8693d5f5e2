// What a user's file says, and every mistake in it: one sentence with line and column.
#include <gtest/gtest.h>

#include <string>

#include "application/application.hpp"

namespace stalemate {
namespace {

const std::string good_file = R"(question = "Stale?"
[application]
start = "node server.js"
environment = { PORT = "{port}", DATABASE_URL = "{database_url}", REDIS_URL = "{cache_url}" }
[stores]
prepare = "psql {database_url} -f schema.sql"
[requests]
create = { request = "POST /products", body = '{"id": {key}, "quantity": {value}}' }
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
)";

Result<Application> parsed(const std::string& text) {
  return parse_application(text, "/srv/shop.toml");
}

/// Everything that is wrong with a text, or "" where nothing is.
std::string mistakes_in(const std::string& text) {
  const Result<Application> application = parsed(text);
  return application ? "" : application.error().detail;
}

/// The good file with `before` replaced by `after`.
std::string with(const std::string& before, const std::string& after, std::string text = good_file) {
  const std::size_t place = text.find(before);
  EXPECT_NE(place, std::string::npos) << before;
  return text.replace(place, before.size(), after);
}

std::string with_line(const std::string& line) {
  return good_file + line + "\n";
}

TEST(ApplicationFile, says_what_a_service_is) {
  const Result<Application> application = parsed(good_file);
  ASSERT_TRUE(application) << application.error().detail;
  EXPECT_EQ(application->name, "shop");
  EXPECT_EQ(application->question, "Stale?");
  EXPECT_EQ(application->adapter, Adapter::http);
  EXPECT_EQ(application->start.text(), "node server.js");
  EXPECT_EQ(application->folder, "/srv");
  ASSERT_EQ(application->environment.size(), 3U);
  EXPECT_EQ(application->environment[0].first, "PORT");
  EXPECT_EQ(application->environment[0].second.filled({.port = 7}), "7");
  EXPECT_EQ(application->ready_limit_ns, 30'000'000'000);
  EXPECT_EQ(application->stores.prepare.text(), "psql {database_url} -f schema.sql");
  ASSERT_TRUE(application->requests.create);
  EXPECT_EQ(application->requests.create->body.filled({.key = "5", .value = 6}), R"({"id": 5, "quantity": 6})");
  EXPECT_EQ(application->requests.read.method, "GET");
  EXPECT_EQ(application->requests.read.target.filled({.key = "a b"}, Escaping::url), "/products/a%20b");
  EXPECT_EQ(application->requests.value.text(), "/quantity");
  EXPECT_EQ(application->requests.write.method, "PUT");
  EXPECT_TRUE(application->requests.missing.holds(404));
  EXPECT_TRUE(application->requests.ok.holds(204));
  EXPECT_FALSE(application->requests.ok.holds(300));
  EXPECT_TRUE(application->requests.fail.holds(499));
  EXPECT_FALSE(application->requests.fail.holds(500));
}

TEST(ApplicationFile, says_the_rest_where_it_is_wanted) {
  const Result<Application> application = parsed(with_line(R"(login = { request = "POST /login", token = "/token" }
headers = { Authorization = "Bearer {token}", X-Tenant = 7 }
cookies = { tenant = "7" }
keys = ["a", 7]
missing = [404, "410"]
ok = ["200-204", 304]
fail = ["4xx", 503]
time_limit = "3s"
[entry]
name = "product:{key}"
value = "/quantity"
field = "json"
[row]
query = "select quantity from products where id = {key}")"));
  ASSERT_TRUE(application) << application.error().detail;
  ASSERT_TRUE(application->requests.login);
  EXPECT_EQ(application->requests.login->token->text(), "/token");
  EXPECT_EQ(application->requests.headers[0].second.filled({.token = "t"}), "Bearer t");
  EXPECT_EQ(application->requests.headers[1].second.text(), "7");
  EXPECT_EQ(application->requests.cookies[0].second, "7");
  EXPECT_EQ(application->keys.list, (std::vector<std::string>{"a", "7"}));
  EXPECT_TRUE(application->requests.missing.holds(410));
  EXPECT_FALSE(application->requests.ok.holds(205));
  EXPECT_TRUE(application->requests.ok.holds(304));
  EXPECT_TRUE(application->requests.fail.holds(503));
  EXPECT_EQ(application->requests.time_limit_ns, 3'000'000'000);
  EXPECT_EQ(application->entry->name.filled({.key = "9"}), "product:9");
  EXPECT_EQ(application->entry->field, "json");
  EXPECT_EQ(application->row_query, "select quantity from products where id = $1");
}

TEST(ApplicationFile, takes_running_instances_with_their_gates_and_stores) {
  const Result<Application> application = parsed(R"([application]
url = ["http://127.0.0.1:3001/shop/", "http://localhost"]
[stores]
database = "postgres://u:p%40@db:5433/shop"
cache = "redis://:s@127.0.0.1/2"
database_gates = [7001, 7002]
cache_gates = [7101, 7102]
[requests]
read = "GET /{key}"
write = "PUT /{key}/{value}"
)");
  ASSERT_TRUE(application) << application.error().detail;
  EXPECT_EQ(application->urls[0].port, 3001);
  EXPECT_EQ(application->urls[0].path, "/shop");
  EXPECT_EQ(application->urls[1].host, "localhost");
  EXPECT_EQ(application->urls[1].port, 80);
  EXPECT_EQ(application->stores.database->password, "p@");
  EXPECT_EQ(application->stores.database->port, 5433);
  EXPECT_EQ(application->stores.cache->port, 6379);
  EXPECT_EQ(application->stores.cache->name, "2");
  EXPECT_EQ(application->stores.cache_gates[1], 7102);
}

TEST(InstanceUrl, is_http_with_a_host_and_no_more) {
  for (const char* text : {"", "x:\x15", "http:", "http:\x15", "http://", "http://\x15", "http:///x", "ftp://h",
                           "http://h:0", "http://h:99999", "http://u@h", "http://h/?q", "http://h/#f", "HTTP//h"}) {
    const Result<InstanceAddress> address = read_instance_url(text);
    ASSERT_FALSE(address) << text;
    EXPECT_FALSE(address.error().detail.empty());
  }
  EXPECT_EQ(read_instance_url("http://[::1]:3000/a/")->host, "::1");
}

struct Mistake {
  std::string text;
  std::string told;
};

void expect_told(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(mistakes_in(mistake.text), "/srv/shop.toml:" + mistake.told) << mistake.text;
  }
}

TEST(ApplicationFile, names_the_line_of_a_word_that_is_not_known) {
  expect_told({
      {with("start =", "strat ="), "3:1: unknown key 'strat' in [application] (did you mean 'start'?)"},
      {with("[stores]", "[store]"), "5:2: unknown section [store] (did you mean 'stores'?)"},
      {with_line("prepare = \"x\""), "11:1: unknown key 'prepare' in [requests]; it belongs into [stores]"},
      {with("question", "qestion"), "1:1: unknown key 'qestion' (did you mean 'question'?)"},
      {with("{database_url}\"", "{databse_url}\""),
       "4:49: there is no placeholder {databse_url} (did you mean {database_url}?)"},
      {with("{value}}", "{quantity}}"), "8:47: there is no placeholder {quantity}; there is {key} and {value}"},
      {with("value = \"/q", "vlaue = \"/q"), "9:43: unknown key 'vlaue' in read (did you mean 'value'?)"},
  });
}

TEST(ApplicationFile, says_what_a_value_must_be) {
  const std::string request_line = " a request must be a method and a path, such as \"GET /products/{key}\", not '";
  expect_told({
      {with("\"node server.js\"", "5"), "3:9: start must be a text in quotes, not 5"},
      {with("\"node server.js\"", "\"\""), "3:9: start must be a text of 1 to 16,384 bytes, none of them zero"},
      {with("\"{port}\"", "[1]"), "4:24: environment.PORT must be a text in quotes, not a list"},
      {with("PORT =", "\"A B\" ="), "4:17: 'A B' cannot be the name of an environment variable"},
      {with("[stores]", "ready = \"health\"\n[stores]"), "5:9:" + request_line + "health'"},
      {with("PUT /", "PUT "), "10:21:" + request_line + "PUT products/{key}'"},
      {with("[stores]", "ready = \"GET /{key}\"\n[stores]"),
       "5:9: {key} has no meaning here, where nothing is filled in"},
      {with("[stores]", "adapter = \"grpc\"\n[stores]"), "5:11: adapter must be http or program, not 'grpc'"},
      {with("[stores]", "folder = \"nowhere\"\n[stores]"), "5:10: folder must be a folder, and /srv/nowhere is none"},
      {with("[stores]", "inherit = [\"A B\"]\n[stores]"),
       "5:11: inherit must be a list of names of environment variables, such as [\"NODE_OPTIONS\"]"},
      {with("\"/quantity\"", "\"quantity\""),
       "9:51: a value's place must be a JSON pointer such as \"/quantity\" or \"/items/0/quantity\", \"header:NAME\", "
       "\"body\" or \"regex:EXPRESSION\", not 'quantity'"},
      {with("\"/quantity\"", "\"regex:(\""),
       "9:51: '(' is no regular expression: Unmatched marking parenthesis ( or \\("},
      {with("\"/quantity\"", "\"/a~b\""), "9:51: in a JSON pointer '~' is written as ~0 and '/' within a name as ~1"},
      {with_line("missing = 999"),
       "11:11: missing must be a status such as 404, \"4xx\" or \"500-503\", or a list of them"},
      {with_line("ok = [\"299-200\"]"),
       "11:6: ok must be a status such as 404, \"4xx\" or \"500-503\", or a list of them"},
      {with_line("keys = \"uuid\""), "11:8: keys must be \"numbers\", \"uuids\" or a list of 1 to 100,000 keys"},
      {with_line("keys = [\"a\", \"a\"]"), "11:14: the key 'a' is there twice"},
      {with_line("keys = ['a\"b']"),
       "11:9: each key must be a number or a text of 1 to 256 bytes without quotes and backslashes"},
      {with_line("headers = { \"A B\" = \"x\" }"), "11:13: 'A B' cannot be the name of a header"},
      {with_line("headers = { A = \"x\\ny\" }"), "11:17: a header must be one line"},
      {with_line("cookies = { a = \"b;c\" }"),
       "11:13: a cookie must be a name and a text without blanks, quotes, commas and semicolons"},
      {with_line("[row]\nquery = \"select 1 where id = '{key}'\""),
       "12:9: {key} must stand without quotes around it: the database is given it as a parameter"},
      {with("\"node server.js\"", "\"node server.js"),
       "3:24: this is not TOML: Error while parsing string: unescaped control characters other than TAB (U+0009) are "
       "explicitly prohibited"},
  });
}

TEST(ApplicationFile, refuses_stores_that_no_gate_can_sit_before_and_tells_no_password) {
  const auto database = [](const std::string& url) { return with("[stores]", "[stores]\ndatabase = \"" + url + "\""); };
  const auto cache = [](const std::string& url) { return with("[stores]", "[stores]\ncache = \"" + url + "\""); };
  const std::string not_tcp =
      "it must name one host; gates sit before one TCP port, not before a unix socket or several hosts";
  expect_told({
      {database("mysql://u:geheim@h/x"),
       "6:12: database must be \"private\", \"none\" or a URL such as postgres://USER:PASSWORD@HOST:PORT/NAME"},
      {database("postgres://u:geheim@/x?host=/tmp"), "6:12: database: " + not_tcp},
      {database("postgres://u:geheim@a,b/x"), "6:12: database: " + not_tcp},
      {database("postgres://u:geheim@h:7x/x"), "6:12: database: the port must be a number from 1 to 65,535"},
      {database("postgres://u:geheim@h/x?sslmode=require"),
       "6:12: database: sslmode=require asks for TLS, into which gates cannot look; use a database without it"},
      {cache("rediss://:geheim@h"),
       "6:9: cache: rediss:// asks for TLS, into which gates cannot look; use a cache without it"},
      {cache("redis://:geheim@h/x"),
       "6:9: cache: what follows the port must be the number of a Redis database, such as /0"},
  });
}

TEST(ApplicationFile, says_what_is_missing) {
  expect_told({
      {with("start = \"node server.js\"\n", ""),
       "2:1: [application] must say how an instance is started, such as start = \"node server.js\""},
      {with("PORT = \"{port}\", ", ""),
       "2:1: nothing tells the service its port: environment needs a line such as PORT = \"{port}\""},
      {with("DATABASE_URL = \"{database_url}\", ", ""),
       "2:1: nothing tells the service where its database is: environment needs a line such as DATABASE_URL = "
       "\"{database_url}\"; if it has none, say database = \"none\" in [stores]"},
      {with(", REDIS_URL = \"{cache_url}\"", ""),
       "2:1: nothing tells the service where its cache is: environment needs a line such as REDIS_URL = "
       "\"{cache_url}\"; "
       "if it has none, say cache = \"none\" in [stores]"},
      {with("PUT /products/{key}", "PUT /products/7"),
       "10:9: write must say which row: {key} stands neither in its path nor in its body"},
      {with("\"quantity\": {value}}' }\nr", "\"quantity\": 3}' }\nr"),
       "8:10: create must say the value: {value} stands neither in its path nor in its body"},
      {with("read =", "# read ="),
       "7:1: [requests] must say how a row is read, such as read = { request = \"GET /products/{key}\", value = "
       "\"/quantity\" }"},
      {with_line("headers = { A = \"{token}\" }"),
       "11:11: {token} is what the login answers, and there is no login that says where, such as login = { request = "
       "\"POST /login\", token = \"/token\" }"},
      {with_line("[entry]\nvalue = \"body\""),
       "11:1: [entry] must say the entry's name, such as name = \"product:{key}\""},
  });
  EXPECT_EQ(mistakes_in("question = \"?\"").substr(0, 60),
            std::string("/srv/shop.toml: [application] must say how an instance is started").substr(0, 60));
}

TEST(ApplicationFile, refuses_what_cannot_apply) {
  expect_told({
      {with("[stores]", "url = [\"http://127.0.0.1:1\"]\n[stores]"),
       "5:7: start and url are two ways to get instances; keep one of them"},
      {with("[stores]", "[stores]\ncache = \"none\""), "5:1: {cache_url} is used, and cache is \"none\""},
      {with("[stores]", "[stores]\ncache_gates = [1]"),
       "6:15: cache_gates cannot apply where instances are started, for then we choose the ports"},
      {with("write = {", "write = { value = \"/x\","), "10:11: value is of read, and write has none"},
      {with("read = {", "read = { token = \"/x\","), "9:10: token is of login, and read has none"},
      {with_line("headers = { Cookie = \"x\" }"),
       "11:13: cookies have a key of their own, cookies = { NAME = \"text\" }"},
      {with_line("headers = { content-length = \"1\" }"),
       "11:13: the header content-length is set by stalemate itself"},
      {with_line("[entry]\nname = \"x{key}\"\nvalue = \"header:X\""),
       "13:9: an entry has no headers; its value must be a JSON pointer, \"body\" or \"regex:EXPRESSION\""},
  });
  EXPECT_EQ(mistakes_in(with("[stores]", "adapter = \"program\"\n[stores]")),
            "/srv/shop.toml:9:10: create cannot apply to adapter = \"program\", whose requests are lines of JSON\n"
            "/srv/shop.toml:10:8: read cannot apply to adapter = \"program\", whose requests are lines of JSON\n"
            "/srv/shop.toml:11:9: write cannot apply to adapter = \"program\", whose requests are lines of JSON");
}

TEST(ApplicationFile, tells_all_mistakes_in_the_order_of_the_file) {
  EXPECT_EQ(mistakes_in(with("question", "qestion", with("write", "wirte", with_line("missing = true")))),
            "/srv/shop.toml:1:1: unknown key 'qestion' (did you mean 'question'?)\n"
            "/srv/shop.toml:10:1: unknown key 'wirte' in [requests] (did you mean 'write'?)\n"
            "/srv/shop.toml:11:11: missing must be a status such as 404, \"4xx\" or \"500-503\", or a list of them");
}

TEST(ApplicationFile, cut_off_anywhere_is_read_or_refused_with_a_sentence) {
  for (std::size_t length = 0; length < good_file.size(); ++length) {
    const Result<Application> application = parsed(good_file.substr(0, length));
    EXPECT_TRUE(application || application.error().detail.starts_with("/srv/shop.toml")) << length;
  }
}

TEST(ApplicationFile, to_start_from_parses) {
  const Result<Application> application = parsed(std::string(application_file_to_start_from()));
  ASSERT_TRUE(application) << application.error().detail;
  EXPECT_TRUE(application->ready);
}

TEST(ApplicationFile, is_told_from_a_scenario) {
  EXPECT_TRUE(is_application_file(good_file));
  EXPECT_TRUE(is_application_file("x = \n[application]\n"));
  EXPECT_FALSE(is_application_file("pattern = \"cache-aside\"\n"));
  EXPECT_FALSE(is_application_file("= 3"));
}

TEST(ApplicationKeys, have_a_text_for_every_number) {
  EXPECT_EQ(ApplicationKeys().text_of(first_key + 1), "100002");
  const ApplicationKeys uuids{.kind = KeyKind::uuids};
  EXPECT_EQ(uuids.text_of(first_key), "00000000-0000-4000-8000-0000000186a1");
  const ApplicationKeys listed{.kind = KeyKind::listed, .list = {"a", "b"}};
  EXPECT_EQ(listed.text_of(first_key + 1), "b");
  const Result<std::string> beyond = listed.text_of(first_key + 2);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().detail,
            "the list of keys has 2, and every schedule takes a fresh one; list more keys in [requests]");
}

}  // namespace
}  // namespace stalemate
