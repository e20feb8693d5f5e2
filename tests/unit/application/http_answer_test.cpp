// What any bytes are taken for, in whatever pieces they come.
#include "application/channels/http_answer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace stalemate {
namespace {

using Progress = HttpAnswerReader::Progress;

/// "200 keeps 'body'", "200 ends 'body'", "more", or the sentence.
std::string told_answer(HttpAnswerReader& reader, Progress progress) {
  if (progress == Progress::more) {
    return "more";
  }
  if (progress == Progress::broken) {
    return reader.problem().detail;
  }
  const bool stays_open = reader.stays_open();
  const RawAnswer answer = reader.take_answer();
  return std::to_string(answer.status) + (stays_open ? " keeps '" : " ends '") + answer.body + "'";
}

/// Of these pieces; `is_over`: nothing comes behind them.
std::string answer_of(const std::vector<std::string_view>& pieces, bool is_over, bool is_to_head = false) {
  HttpAnswerReader reader;
  reader.begin(is_to_head);
  Progress progress = Progress::more;
  for (const std::string_view piece : pieces) {
    if (progress == Progress::more && !piece.empty()) {
      progress = reader.feed(piece);
    }
  }
  return told_answer(reader, progress == Progress::more && is_over ? reader.end() : progress);
}

std::vector<std::string_view> single_bytes(std::string_view text) {
  std::vector<std::string_view> bytes;
  for (std::size_t place = 0; place < text.size(); ++place) {
    bytes.push_back(text.substr(place, 1));
  }
  return bytes;
}

struct SampleAnswer {
  std::string bytes;
  std::string told;
  bool is_over = false;
  bool is_to_head = false;
};

std::vector<SampleAnswer> sample_answers() {
  return {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 keeps 'hi'"},
      {"HTTP/1.1 200 OK\r\ncONTENT-lENGTH:2\r\n\r\nhi", "200 keeps 'hi'"},
      {"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 keeps ''"},
      {"HTTP/1.1 204 No Content\r\n\r\n", "204 keeps ''"},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", "304 keeps ''"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "200 keeps ''", false, true},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "200 ends 'hi'"},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "200 ends 'hi'"},
      {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", "200 keeps 'hi'"},
      {"HTTP/1.1 200 OK\r\n\r\n", "200 ends ''", true},
      {"HTTP/1.1 200 OK\r\n\r\nto the end", "200 ends 'to the end'", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 keeps ''"},
      {"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nhi\r\nA\r\n0123456789\r\n0\r\n\r\n",
       "200 keeps 'hi0123456789'"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;name=\"x\"\r\nhi\r\n0\r\nTrailer: x\r\n\r\n",
       "200 keeps 'hi'"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
       "200 keeps 'hi'"},
      {"HTTP/1.1 200 OK\r\nX: 1\r\n\tfolded\r\nContent-Length: 2\r\n\r\nhi", "200 keeps 'hi'"},
  };
}

TEST(HttpAnswerReader, reads_an_answer_in_whatever_pieces_it_comes) {
  for (const SampleAnswer& sample : sample_answers()) {
    const std::string_view bytes = sample.bytes;
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
      EXPECT_EQ(answer_of({bytes.substr(0, split), bytes.substr(split)}, sample.is_over, sample.is_to_head),
                sample.told)
          << bytes << " split at " << split;
    }
    EXPECT_EQ(answer_of(single_bytes(bytes), sample.is_over, sample.is_to_head), sample.told) << bytes;
  }
}

TEST(HttpAnswerReader, takes_no_part_of_an_answer_for_a_whole_one) {
  for (const SampleAnswer& sample : sample_answers()) {
    for (std::size_t length = 0; !sample.is_over && length < sample.bytes.size(); ++length) {
      const std::string begun = answer_of({std::string_view(sample.bytes).substr(0, length)}, true, sample.is_to_head);
      EXPECT_TRUE(begun == "the connection was closed before an answer" ||
                  begun == "the connection was closed within the answer")
          << sample.bytes << " cut at " << length << ": " << begun;
    }
  }
}

TEST(HttpAnswerReader, does_not_keep_a_connection_on_which_more_came_than_was_asked_for) {
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!"}, false), "200 ends 'hi'");
}

TEST(HttpAnswerReader, reads_one_answer_after_the_other) {
  HttpAnswerReader reader;
  for (const std::string body : {"one", "two"}) {
    reader.begin(false);
    const std::string bytes = "HTTP/1.1 200 OK\r\nX-Body: " + body + "\r\nContent-Length: 3\r\n\r\n" + body;
    ASSERT_EQ(reader.feed(bytes), Progress::done);
    const RawAnswer answer = reader.take_answer();
    EXPECT_EQ(answer.body, body);
    ASSERT_EQ(answer.headers.size(), 2U);
    EXPECT_EQ(answer.headers.front(), std::pair(std::string("X-Body"), body));
  }
}

TEST(HttpAnswerReader, refuses_what_is_not_http_or_too_long) {
  EXPECT_EQ(answer_of({"SSH-2.0-OpenSSH_9\r\n\r\n"}, false), "the answer is not HTTP: bad version");
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n"}, false),
            "the answer is not HTTP: bad Content-Length");
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}, false),
            "the answer is not HTTP: bad chunk");
  const std::string too_long = "the answer is longer than 1 MiB";
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n"}, false), too_long);
  const std::string much(answer_bytes_max + 1, 'x');
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\n\r\n", much}, false), too_long);
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n"}, false), too_long);
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", much}, false), too_long);
  std::string headers;
  for (int line = 0; line < 10'000; ++line) {
    headers += "X-Header: a text\r\n";
  }
  EXPECT_EQ(answer_of({"HTTP/1.1 200 OK\r\n", headers}, false), too_long);
}

}  // namespace
}  // namespace stalemate
