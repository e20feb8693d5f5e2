// Requests to a server of the test's own: what is sent, and what any bytes that come back are taken for.
#include "application/requests/requester.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "application/channels/http_answer.hpp"
#include "unit/application/scripted_server.hpp"
#include "unit/application/told.hpp"

namespace stalemate {
namespace {

using namespace std::chrono_literals;

Application shop(const std::string& more = "") {
  const Result<Application> application = parse_application(R"([application]
url = ["http://127.0.0.1:1"]
[stores]
database = "none"
cache = "redis://h"
cache_gates = [1]
[requests]
create = { request = "POST /products", body = '{"id": {key}, "quantity": {value}}' }
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
)" + more,
                                                            "shop.toml");
  EXPECT_TRUE(application) << application.error().detail;
  return *application;
}

std::string response(const std::string& body, const std::string& more_headers = "",
                     const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\n" + more_headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

ScriptedServer::Script always(const std::string& bytes, bool stays_open = true) {
  return [=](ScriptedServer::Socket& socket, const std::string& /*request*/) {
    boost::system::error_code ignored;
    boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
    return stays_open;
  };
}

/// What a read is told when the server sends these bytes.
std::string read_of(const std::string& bytes, bool stays_open = true, const std::string& more = "") {
  const ScriptedServer server(always(bytes, stays_open));
  const AddressOnly instance(server.port());
  const auto requester = Requester::make(shop(more));
  return told(requester->ask(instance, ApplicationRequest::read, "7", 0));
}

TEST(Requester, sends_what_the_file_says) {
  const ScriptedServer server(always(response("{\"quantity\": 5}")));
  const AddressOnly instance(server.port(), "/shop");
  const auto requester = Requester::make(shop("headers = { X-Tenant = \"7\" }\ncookies = { a = \"b\" }\n"));
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::create, "7", 0)), "ok");
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::write, "a/b", 4)), "ok");
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "7", 0)), "ok 5");
  const std::vector<std::string> requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  const std::string host = "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\nUser-Agent: stalemate\r\n";
  EXPECT_EQ(requests[0],
            "POST /shop/products HTTP/1.1\r\n" + host +
                "Cookie: a=b\r\nX-Tenant: 7\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n"
                "{\"id\": 7, \"quantity\": 0}");
  EXPECT_TRUE(requests[1].starts_with("PUT /shop/products/a%2Fb HTTP/1.1\r\n")) << requests[1];
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\n{\"quantity\": 4}")) << requests[1];
  EXPECT_EQ(requests[2], "GET /shop/products/7 HTTP/1.1\r\n" + host + "Cookie: a=b\r\nX-Tenant: 7\r\n\r\n");
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(requester->under_way(), 0U);
}

TEST(Requester, lets_the_file_say_what_a_header_is) {
  const ScriptedServer server(always(response("")));
  const AddressOnly instance(server.port());
  const auto requester =
      Requester::make(shop("headers = { content-type = \"text/x\", HOST = \"shop\", user-agent = \"me\" }\n"));
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::write, "7", 4)), "ok");
  EXPECT_EQ(server.requests().front(),
            "PUT /products/7 HTTP/1.1\r\ncontent-type: text/x\r\nHOST: shop\r\nuser-agent: me\r\n"
            "Content-Length: 15\r\n\r\n{\"quantity\": 4}");
}

TEST(Requester, reads_an_answer_that_is_split_anywhere) {
  const std::string answers[] = {
      response("{\"quantity\": 5}"),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"quan\r\n9\r\ntity\": 5}\r\n0\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + response("{\"quantity\": 5}"),
  };
  for (const std::string& bytes : answers) {
    std::size_t split = 1;
    const ScriptedServer server([&](ScriptedServer::Socket& socket, const std::string& /*request*/) {
      socket.set_option(boost::asio::ip::tcp::no_delay(true));
      boost::asio::write(socket, boost::asio::buffer(bytes.substr(0, split)));
      std::this_thread::sleep_for(1ms);
      boost::asio::write(socket, boost::asio::buffer(bytes.substr(split)));
      return true;
    });
    const AddressOnly instance(server.port());
    const auto requester = Requester::make(shop());
    for (; split < bytes.size(); ++split) {
      EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "7", 0)), "ok 5") << split;
    }
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST(Requester, judges_by_status) {
  EXPECT_EQ(read_of(response("gone", "", "404 Not Found")), "ok missing");
  EXPECT_EQ(read_of(response("no", "", "400 Bad Request")), "fail: status 400: 'no'");
  EXPECT_EQ(read_of(response("", "", "500 Oops")), "info: status 500: it is empty");
  EXPECT_EQ(read_of(response("{\"quantity\": null}")), "ok missing");
  EXPECT_EQ(read_of(response("7", "", "503 Busy"), true, "fail = [\"4xx\", 503]\n"), "fail: status 503: '7'");
  const ApplicationRequests requests = shop().requests;
  EXPECT_EQ(outcome_of(requests, ApplicationRequest::write, 404), Outcome::fail);
  EXPECT_EQ(outcome_of(requests, ApplicationRequest::write, 204), Outcome::ok);
  EXPECT_EQ(outcome_of(requests, ApplicationRequest::write, 302), Outcome::info);
}

TEST(Requester, says_what_is_wrong_with_an_answer) {
  EXPECT_EQ(read_of(response("<html>")), "info nonsense: the answer is not JSON: '<html>'");
  EXPECT_EQ(read_of(response("{}")), "info nonsense: the answer has no /quantity: '{}'");
  EXPECT_EQ(read_of("SSH-2.0-OpenSSH_9\r\n\r\n", false), "info nonsense: the answer is not HTTP: bad version");
  EXPECT_EQ(read_of("", false), "info: the connection was closed before an answer");
  EXPECT_EQ(read_of("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", false),
            "info: the connection was closed within the answer");
}

TEST(Requester, bounds_what_it_reads) {
  EXPECT_EQ(read_of("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
            "info nonsense: the answer is longer than 1 MiB");
  EXPECT_EQ(read_of("HTTP/1.1 200 OK\r\n\r\n" + std::string(3U << 20U, 'x'), false),
            "info nonsense: the answer is longer than 1 MiB");
  EXPECT_EQ(read_of("HTTP/1.1 200 OK\r\nX: " + std::string(1U << 20U, 'x') + "\r\n\r\n"),
            "info nonsense: the answer is longer than 1 MiB");
}

TEST(Requester, waits_no_longer_than_the_limit) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(read_of("", true, "time_limit = \"60ms\"\n"), "info: no answer within 60.0 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(Requester, knows_that_what_was_never_sent_did_not_happen) {
  std::uint16_t port = 0;
  {
    const ScriptedServer server(always(""));
    port = server.port();
  }
  const AddressOnly instance(port);
  const auto requester = Requester::make(shop());
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::write, "7", 1)),
            "fail: no connection to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST(Requester, makes_a_new_connection_where_the_service_closed_the_old_one) {
  for (const std::string& header : {std::string("Connection: close\r\n"), std::string()}) {
    const ScriptedServer server(always(response("{\"quantity\": 5}", header), false));
    const AddressOnly instance(server.port());
    const auto requester = Requester::make(shop());
    for (int round = 1; round <= 3; ++round) {
      EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "7", 0)), "ok 5");
      std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(server.connections(), 3);
  }
}

TEST(Requester, makes_a_new_connection_where_the_service_said_more_or_will_say_no_more) {
  using Socket = ScriptedServer::Socket;
  const std::function<void(Socket&)> afterwards[] = {
      [](Socket& socket) { socket.shutdown(Socket::shutdown_send); },
      [](Socket& socket) { boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 408 Late\r\n\r\n"))); },
  };
  for (const auto& then : afterwards) {
    const ScriptedServer server([&](Socket& socket, const std::string& /*request*/) {
      boost::asio::write(socket, boost::asio::buffer(response("{\"quantity\": 5}")));
      then(socket);
      return true;
    });
    const AddressOnly instance(server.port());
    const auto requester = Requester::make(shop());
    for (int round = 1; round <= 3; ++round) {
      EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "7", 0)), "ok 5");
      std::this_thread::sleep_for(20ms);
    }
    EXPECT_EQ(server.connections(), 3);
  }
}

TEST(Requester, knows_of_no_effect_where_a_connection_is_reset) {
  const ScriptedServer server([](ScriptedServer::Socket& socket, const std::string& /*request*/) {
    boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 200 OK\r\n\r\n5")));
    // Closing is a reset now.
    socket.set_option(boost::asio::socket_base::linger(true, 0));
    return false;
  });
  const AddressOnly instance(server.port());
  const auto requester = Requester::make(shop());
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::write, "7", 1)),
            "info: the connection was closed before an answer");
}

TEST(Requester, sends_and_reads_what_is_longer_than_a_socket_holds) {
  const std::string padding(answer_bytes_max - 100, ' ');
  const ScriptedServer server(always(response("{\"quantity\": 5" + padding + "}")));
  const AddressOnly instance(server.port());
  Application application = shop();
  const std::string pages(8U << 20U, 'x');
  application.requests.create->body = *Template::read(pages, {});
  const auto requester = Requester::make(application);
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::create, "7", 1)), "ok");
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "7", 0)), "ok 5");
  EXPECT_TRUE(server.requests().front().ends_with("\r\n\r\n" + pages));
  EXPECT_EQ(server.connections(), 1);
}

TEST(Requester, has_as_many_requests_under_way_as_it_is_asked_for) {
  std::promise<void> both;
  std::shared_future<void> gate = both.get_future().share();
  const ScriptedServer server([&](ScriptedServer::Socket& socket, const std::string& request) {
    gate.wait();
    boost::asio::write(
        socket, boost::asio::buffer(
                    response(request.starts_with("GET /products/1 ") ? "{\"quantity\": 1}" : "{\"quantity\": 2}")));
    return true;
  });
  const AddressOnly instance(server.port());
  const auto requester = Requester::make(shop());
  std::promise<std::string> first;
  std::promise<std::string> second;
  requester->send(instance, ApplicationRequest::read, "1", 0,
                  [&](const Answer& answer) { first.set_value(told(answer)); });
  requester->send(instance, ApplicationRequest::read, "2", 0,
                  [&](const Answer& answer) { second.set_value(told(answer)); });
  EXPECT_EQ(requester->under_way(), 2U);
  while (server.requests().size() < 2) {
    std::this_thread::sleep_for(1ms);
  }
  both.set_value();
  EXPECT_EQ(first.get_future().get(), "ok 1");
  EXPECT_EQ(second.get_future().get(), "ok 2");
}

TEST(Requester, tells_nobody_of_a_request_that_was_cancelled) {
  const ScriptedServer server([&](ScriptedServer::Socket& socket, const std::string& request) {
    if (request.starts_with("GET /products/7 ")) {
      return true;
    }
    boost::asio::write(socket, boost::asio::buffer(response("{\"quantity\": 2}")));
    return true;
  });
  const AddressOnly instance(server.port());
  const auto requester = Requester::make(shop("time_limit = \"50ms\"\n"));
  std::atomic<int> calls = 0;
  const RequestId request =
      requester->send(instance, ApplicationRequest::read, "7", 0, [&](const Answer& /*answer*/) { ++calls; });
  requester->cancel(request);
  EXPECT_EQ(requester->under_way(), 0U);
  requester->send(instance, ApplicationRequest::read, "7", 0, [&](const Answer& /*answer*/) { ++calls; });
  requester->forget(instance);
  EXPECT_EQ(requester->under_way(), 0U);
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "8", 0)), "ok 2");
}

TEST(Requester, may_be_destroyed_while_requests_are_under_way) {
  const ScriptedServer server(always(""));
  const AddressOnly instance(server.port());
  std::atomic<int> calls = 0;
  {
    const auto requester = Requester::make(shop());
    requester->send(instance, ApplicationRequest::read, "7", 0, [&](const Answer& /*answer*/) { ++calls; });
  }
  EXPECT_EQ(calls, 0);
}

TEST(Requester, logs_in_and_sends_what_the_login_gave) {
  const ScriptedServer server([](ScriptedServer::Socket& socket, const std::string& request) {
    const bool is_login = request.starts_with("POST /login ");
    boost::asio::write(
        socket, boost::asio::buffer(
                    is_login ? response("{\"token\": \"t0k\"}", "Set-Cookie: sid=1; Path=/\r\nset-cookie: x=2\r\n")
                             : response("{\"quantity\": 5}")));
    return true;
  });
  const AddressOnly instance(server.port());
  const auto requester = Requester::make(shop(R"(login = { request = "POST /login", token = "/token" }
headers = { Authorization = "Bearer {token}" }
cookies = { a = "b" }
)"));
  ASSERT_TRUE(requester->log_in(instance));
  EXPECT_EQ(told(requester->ask(instance, ApplicationRequest::read, "7", 0)), "ok 5");
  const std::string read = server.requests().back();
  EXPECT_NE(read.find("Authorization: Bearer t0k\r\n"), std::string::npos) << read;
  EXPECT_NE(read.find("Cookie: a=b; sid=1; x=2\r\n"), std::string::npos) << read;
}

TEST(Requester, says_why_a_login_failed) {
  const auto failure = [](const std::string& bytes, const std::string& login) {
    const ScriptedServer server(always(bytes));
    const AddressOnly instance(server.port());
    const auto requester = Requester::make(shop("login = " + login + "\n"));
    const Result<void> done = requester->log_in(instance);
    return done ? "" : done.error().detail;
  };
  EXPECT_EQ(failure(response("bad password", "", "401 Unauthorized"), "\"POST /login\""),
            "login: the service answered with status 401: 'bad password'");
  EXPECT_EQ(failure(response("{}"), R"({ request = "POST /login", token = "/token" })"),
            "login: the answer has no /token: '{}'");
  EXPECT_EQ(failure(response("", "Location: /\r\n", "302 Found"), "\"POST /login\""), "");
}

TEST(JudgeLine, takes_what_a_program_answers) {
  const auto read = [](std::string_view line) { return told(judge_line(ApplicationRequest::read, line)); };
  const auto write = [](std::string_view line) { return told(judge_line(ApplicationRequest::write, line)); };
  EXPECT_EQ(read(R"({"value": 3})"), "ok 3");
  EXPECT_EQ(read(R"({"value": null})"), "ok missing");
  EXPECT_EQ(read(R"({"missing": true})"), "ok missing");
  EXPECT_EQ(read(R"({"error": "no cache"})"), "info: the program answered an error: no cache");
  EXPECT_EQ(read("{}"), "info nonsense: the program answered a read without a \"value\": '{}'");
  EXPECT_EQ(read(R"({"value": "3"})"),
            R"(info nonsense: the program's "value" must be a whole number: '{"value": "3"}')");
  EXPECT_EQ(read(R"({"value": 18446744073709551615})"),
            R"(info nonsense: the program's "value" must be a whole number: '{"value": 18446744073709551615}')");
  EXPECT_EQ(read("hello"), "info nonsense: the program's answer is no JSON object: 'hello'");
  EXPECT_EQ(write("{}"), "ok");
  EXPECT_EQ(write(R"({"refused": "full"})"), "fail: the program refused: full");
  EXPECT_EQ(write(R"({"error": {"code": 3}})"), "info: the program answered an error: {\"code\":3}");
}

TEST(LineThatAsks, is_one_line_of_json) {
  EXPECT_EQ(line_that_asks(ApplicationRequest::read, "7", 4), R"({"read":"7"})");
  EXPECT_EQ(line_that_asks(ApplicationRequest::write, "7", 4), R"({"value":4,"write":"7"})");
  EXPECT_EQ(line_that_asks(ApplicationRequest::create, "a\nb", 0), R"({"create":"a\nb","value":0})");
}

}  // namespace
}  // namespace stalemate
