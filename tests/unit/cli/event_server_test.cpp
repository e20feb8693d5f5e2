// The server of --ui: who is let in, what listeners hear, and that no listener can hold the publisher up.
#include "cli/ui/event_server.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <vector>

#include "browser.hpp"

namespace stalemate {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::unique_ptr<EventServer> open_server(EventServerLimits limits = {}) {
  Result<std::unique_ptr<EventServer>> server = EventServer::open(0, "<p>the page</p>", limits);
  EXPECT_TRUE(server.has_value()) << (server ? "" : server.error().detail);
  return server ? std::move(*server) : nullptr;
}

/// A listener who has its first answer.
std::unique_ptr<BrowserConnection> listener_of(const EventServer& server) {
  auto listener = std::make_unique<BrowserConnection>(server.port());
  listener->send(request_for("/events"));
  EXPECT_TRUE(listener->reads("\r\n\r\n"));
  return listener;
}

TEST(EventServer, gives_the_page_at_its_root) {
  const auto server = open_server();
  const std::string answer = answer_to(server->port(), request_for("/"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n<p>the page</p>"));
}

TEST(EventServer, answers_head_without_the_page_but_with_its_length) {
  const auto server = open_server();
  const std::string answer = answer_to(server->port(), request_for("/", "HEAD"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 15\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
  EXPECT_THAT(answer_to(server->port(), request_for("/events", "HEAD")), EndsWith("\r\n\r\n"));
}

TEST(EventServer, understands_a_request_that_comes_byte_by_byte) {
  const auto server = open_server();
  BrowserConnection slow(server->port());
  for (const char byte : request_for("/?x=1")) {
    ASSERT_TRUE(slow.send({&byte, 1}));
  }
  EXPECT_THAT(slow.read_all(), EndsWith("<p>the page</p>"));
}

TEST(EventServer, lets_in_only_who_asks_for_this_machine_by_a_name_that_cannot_lead_elsewhere) {
  const auto server = open_server();
  for (const char* host : {"127.0.0.1", "localhost", "LocalHost:1", "127.0.0.1:65535"}) {
    EXPECT_THAT(answer_to(server->port(), request_for("/", "GET", host)), StartsWith("HTTP/1.1 200")) << host;
  }
  for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.1:80:80",
                           "127.0.0.1:x", "0.0.0.0", "[::1]", "127.0.0.1 evil", "localhost:123456"}) {
    EXPECT_THAT(answer_to(server->port(), request_for("/", "GET", host)), StartsWith("HTTP/1.1 400")) << host;
    EXPECT_THAT(answer_to(server->port(), request_for("/events", "GET", host)), StartsWith("HTTP/1.1 400")) << host;
  }
  EXPECT_THAT(answer_to(server->port(), "GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer_to(server->port(), "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
}

TEST(EventServer, refuses_what_is_no_request_for_a_page) {
  const auto server = open_server();
  EXPECT_THAT(answer_to(server->port(), request_for("/", "POST")), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(answer_to(server->port(), request_for("/", "POST")), HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_THAT(answer_to(server->port(), request_for("/", "BREW")), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(answer_to(server->port(), request_for("/../etc/passwd")), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(answer_to(server->port(), "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer_to(server->port(), "GET / HTTP/9.9\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer_to(server->port(), "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x')),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer_to(server->port(), std::string("\x16\x03\x01\x02\x00", 5) + "\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
}

RC_GTEST_PROP(EventServer, outlives_any_bytes, (const std::vector<std::string>& pieces, bool begins_well)) {
  static const std::unique_ptr<EventServer> server = open_server();
  {
    const BrowserConnection hostile(server->port());
    if (begins_well) {
      hostile.send("GET /events HTTP/1.1\r\nHost: localhost\r\n");
    }
    for (const std::string& piece : pieces) {
      hostile.send(piece);
    }
  }
  RC_ASSERT(answer_to(server->port(), request_for("/")).ends_with("<p>the page</p>"));
}

TEST(EventServer, tells_all_who_listen_and_closes_their_streams_once_they_have_heard_the_last_event) {
  const auto server = open_server();
  const auto first = listener_of(*server);
  const auto second = listener_of(*server);
  server->publish("stage", "1");
  server->publish("done", "2");
  server->finish(std::chrono::seconds(10));
  for (BrowserConnection* listener : {first.get(), second.get()}) {
    EXPECT_THAT(listener->read_all(), EndsWith("\r\n\r\nevent: stage\ndata: 1\n\nevent: done\ndata: 2\n\n"));
  }
}

TEST(EventServer, tells_those_who_come_later_the_last_stage_and_all_progress) {
  const auto server = open_server();
  for (const char* word : {"1", "2", "3"}) {
    server->publish("stage", word);
    server->publish("progress", word, KeptEvent::all);
  }
  BrowserConnection late(server->port());
  late.send(request_for("/events"));
  EXPECT_TRUE(
      late.reads("event: stage\ndata: 3\n\nevent: progress\ndata: 1\n\nevent: progress\ndata: 2\n\n"
                 "event: progress\ndata: 3\n\n"));
  EXPECT_THAT(late.read_so_far(), Not(HasSubstr("stage\ndata: 2")));
}

TEST(EventServer, keeps_a_long_past_evenly_with_its_first_and_its_newest_event) {
  const auto server = open_server({.past_max = 10});
  for (int number = 0; number < 99; ++number) {
    server->publish("progress", std::to_string(number), KeptEvent::all);
  }
  BrowserConnection late(server->port());
  late.send(request_for("/events"));
  ASSERT_TRUE(late.reads("data: 98\n\n"));
  std::vector<int> told;
  const std::string& read = late.read_so_far();
  for (std::size_t at = read.find("data: "); at != std::string::npos; at = read.find("data: ", at + 1)) {
    told.push_back(std::stoi(read.substr(at + 6)));
  }
  EXPECT_EQ(told, (std::vector<int>{0, 16, 32, 48, 64, 80, 96, 98}));
}

TEST(EventServer, answers_503_to_more_listeners_than_it_takes_until_one_leaves) {
  const auto server = open_server({.listeners_max = 2});
  const auto stays = listener_of(*server);
  auto leaves = listener_of(*server);
  EXPECT_THAT(answer_to(server->port(), request_for("/events")), StartsWith("HTTP/1.1 503"));
  leaves.reset();
  const auto is_let_in = [&] {
    BrowserConnection next(server->port());
    next.send(request_for("/events"));
    return next.reads("\r\n\r\n") && next.read_so_far().starts_with("HTTP/1.1 200");
  };
  bool came_in = false;
  for (int attempt = 0; attempt < 1000 && !came_in; ++attempt) {
    came_in = is_let_in();
  }
  EXPECT_TRUE(came_in);
}

TEST(EventServer, drops_a_listener_who_never_reads_and_serves_the_others) {
  const auto server = open_server({.queue_bytes_max = 1U << 20U});
  const auto deaf = listener_of(*server);
  const std::string much(1U << 18U, 'x');
  for (int number = 0; number < 64; ++number) {
    server->publish("progress", much);
  }
  const auto hears = listener_of(*server);
  server->publish("done", "{}");
  server->finish(std::chrono::seconds(30));
  EXPECT_THAT(hears->read_all(), EndsWith("event: done\ndata: {}\n\n"));
  EXPECT_THAT(deaf->read_all(), Not(HasSubstr("event: done")));
}

TEST(EventServer, hangs_up_on_who_does_not_ask) {
  const auto server = open_server({.client_limit = std::chrono::milliseconds(20)});
  BrowserConnection silent(server->port());
  EXPECT_EQ(silent.read_all(), "");
  BrowserConnection stops(server->port());
  stops.send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(stops.read_all(), "");
}

TEST(EventServer, says_that_its_port_is_taken) {
  const auto server = open_server();
  const auto second = EventServer::open(server->port(), "");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_EQ(second.error().detail,
            "the page cannot be served at 127.0.0.1:" + std::to_string(server->port()) + ": Address already in use");
}

}  // namespace
}  // namespace stalemate
