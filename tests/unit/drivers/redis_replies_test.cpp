#include "drivers/redis/replies.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace stalemate {
namespace {

using RedisKind = RedisReplies::Kind;
using Progress = RedisReplies::Progress;

// Feeds `bytes` in pieces of `piece` bytes and tells how it ended.
Progress feed_in_pieces(RedisReplies& replies, std::string_view bytes, std::size_t piece) {
  Progress progress = Progress::more;
  while (!bytes.empty() && progress == Progress::more) {
    progress = replies.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return progress;
}

Progress feed_all(RedisReplies& replies, std::string_view bytes) {
  return replies.feed(bytes);
}

TEST(RedisReplies, reads_a_value_cut_at_every_byte) {
  const std::string_view bytes = "$4\r\n1007\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    RedisReplies replies;
    replies.expect(1, false);
    EXPECT_EQ(replies.feed(bytes.substr(0, cut)), Progress::more) << cut;
    EXPECT_EQ(replies.feed(bytes.substr(cut)), Progress::done) << cut;
    EXPECT_EQ(replies.kind(), RedisKind::text);
    EXPECT_EQ(replies.value(), 1007);
  }
}

TEST(RedisReplies, reads_entries_cut_at_every_byte) {
  const std::string_view bytes = "*4\r\n$2\r\n-5\r\n$-1\r\n$3\r\n0x7\r\n$10\r\n2147483647\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    RedisReplies replies;
    std::vector<Value> values(4, 99);
    replies.expect_values(values);
    EXPECT_EQ(replies.feed(bytes.substr(0, cut)), Progress::more) << cut;
    EXPECT_EQ(replies.feed(bytes.substr(cut)), Progress::done) << cut;
    EXPECT_EQ(values, (std::vector<Value>{-5, absent, absent, 2147483647}));
    EXPECT_EQ(replies.malformed_entry(), 2);
  }
}

TEST(RedisReplies, reads_entries_of_the_users_form_and_no_others) {
  const ContentForm form = ContentForm::parse("json:/n").value();
  RedisReplies replies(&form);
  std::vector<Value> values(3, 99);
  replies.expect_values(values);
  EXPECT_EQ(feed_all(replies, "*3\r\n$7\r\n{\"n\":5}\r\n$-1\r\n$1\r\n5\r\n"), Progress::done);
  EXPECT_EQ(values, (std::vector<Value>{5, absent, absent}));
  EXPECT_EQ(replies.malformed_entry(), 2);
}

TEST(RedisReplies, tells_the_kinds_apart) {
  RedisReplies replies;
  const std::vector<std::pair<std::string_view, RedisKind>> cases = {{"+OK\r\n", RedisKind::status},
                                                                     {":1\r\n", RedisKind::integer},
                                                                     {"$-1\r\n", RedisKind::nil},
                                                                     {"-ERR no\r\n", RedisKind::error},
                                                                     {"$0\r\n\r\n", RedisKind::text}};
  for (const auto& [bytes, kind] : cases) {
    replies.expect(1, false);
    EXPECT_EQ(replies.feed(bytes), Progress::done) << bytes;
    EXPECT_EQ(replies.kind(), kind) << bytes;
    EXPECT_EQ(replies.value(), absent) << bytes;
  }
}

TEST(RedisReplies, keeps_the_first_error_of_a_batch) {
  RedisReplies replies;
  replies.expect(3, true);
  EXPECT_EQ(feed_all(replies, "+OK\r\n-WRONGPASS no\r\n$4\r\ninfo\r\n"), Progress::done);
  EXPECT_EQ(replies.kind(), RedisKind::error);
  EXPECT_EQ(replies.text(), "WRONGPASS no");
}

TEST(RedisReplies, a_text_that_is_no_whole_32_bit_number_is_no_value) {
  for (const std::string text : {"", " 1", "1 ", "+1", "1.0", "1e3", "2147483648", "-2147483648", "-2147483649",
                                 "99999999999999999999", "one"}) {
    RedisReplies replies;
    replies.expect(1, false);
    EXPECT_EQ(replies.feed("$" + std::to_string(text.size()) + "\r\n" + text + "\r\n"), Progress::done) << text;
    EXPECT_EQ(replies.kind(), RedisKind::text);
    EXPECT_EQ(replies.value(), absent) << text;
  }
}

TEST(RedisReplies, refuses_what_no_honest_server_sends) {
  const std::vector<std::string_view> hostile = {"HTTP/1.1 400 Bad Request\r\n",
                                                 std::string_view("\0\0\0\0\r\n", 6),
                                                 "$9999999999999999999999\r\n",
                                                 "$-2\r\n",
                                                 "*-2\r\n",
                                                 ":12x\r\n",
                                                 "*1\r\n$1\r\n1\r\n",
                                                 "*2147483647\r\n",
                                                 "*99999999999\r\n",
                                                 "+OK\r\n+OK\r\n",
                                                 "+OK\r\nx"};
  for (const std::string_view bytes : hostile) {
    RedisReplies replies;
    replies.expect(1, false);
    EXPECT_EQ(replies.feed(bytes), Progress::broken) << bytes;
    EXPECT_FALSE(replies.problem().empty());
    EXPECT_EQ(replies.feed("+OK\r\n"), Progress::broken) << "once broken, always broken";
  }
}

TEST(RedisReplies, refuses_arrays_other_than_the_one_asked_for) {
  for (const std::string_view bytes : {"*1\r\n", "*3\r\n", "*0\r\n", "*-1\r\n", "+OK\r\n", "$1\r\n1\r\n", ":2\r\n",
                                       "*2\r\n*1\r\n:1\r\n:1\r\n", "*2\r\n*0\r\n$-1\r\n"}) {
    RedisReplies replies;
    std::vector<Value> values(2);
    replies.expect_values(values);
    EXPECT_EQ(replies.feed(bytes), Progress::broken) << bytes;
  }
}

TEST(RedisReplies, an_array_may_be_refused_with_an_error) {
  RedisReplies replies;
  std::vector<Value> values(2);
  replies.expect_values(values);
  EXPECT_EQ(feed_all(replies, "-LOADING Redis is loading\r\n"), Progress::done);
  EXPECT_EQ(replies.kind(), RedisKind::error);
}

TEST(RedisReplies, does_not_hoard_an_endless_text) {
  RedisReplies replies;
  replies.expect(1, false);
  EXPECT_EQ(replies.feed("$2000000000\r\n"), Progress::more);
  const std::string piece(16'384, 'x');
  std::size_t fed = 0;
  Progress progress = Progress::more;
  while (progress == Progress::more) {
    progress = replies.feed(piece);
    fed += piece.size();
    ASSERT_LE(fed, 2 * RedisReplies::text_bytes_max);
  }
  EXPECT_EQ(progress, Progress::broken);
}

TEST(RedisReplies, does_not_hoard_an_endless_line) {
  RedisReplies replies;
  replies.expect(1, false);
  std::string piece(16'384, 'x');
  piece.front() = '+';
  Progress progress = Progress::more;
  for (std::size_t fed = 0; progress == Progress::more; fed += piece.size()) {
    ASSERT_LE(fed, 2 * RedisReplies::text_bytes_max);
    progress = replies.feed(piece);
  }
  EXPECT_EQ(progress, Progress::broken);
}

TEST(RedisReplies, starts_afresh_after_a_reset) {
  RedisReplies replies;
  replies.expect(1, false);
  EXPECT_EQ(feed_all(replies, "?"), Progress::broken);
  replies.reset();
  replies.expect(1, false);
  EXPECT_EQ(feed_all(replies, ":7\r\n"), Progress::done);
  EXPECT_EQ(replies.integer(), 7);
}

RC_GTEST_PROP(RedisReplies, any_bytes_in_any_pieces_end_the_same_way, (std::string bytes)) {
  const auto piece = *rc::gen::inRange<std::size_t>(1, 20);
  RedisReplies at_once;
  RedisReplies in_pieces;
  at_once.expect(1, true);
  in_pieces.expect(1, true);
  const Progress whole = bytes.empty() ? Progress::more : at_once.feed(bytes);
  const Progress pieces = feed_in_pieces(in_pieces, bytes, piece);
  // Of surplus bytes only those count that came with the reply.
  RC_ASSERT(whole == pieces || (whole == Progress::broken && pieces == Progress::done));
}

RC_GTEST_PROP(RedisReplies, mutated_replies_never_break_the_reader, ()) {
  std::string bytes = "*3\r\n$4\r\n1007\r\n$-1\r\n$2\r\n12\r\n";
  const auto changes = *rc::gen::inRange(1, 4);
  for (int change = 0; change < changes; ++change) {
    const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[place] = *rc::gen::element('*', '$', ':', '-', '+', '0', '9', '\r', '\n', 'x', '\0');
  }
  RedisReplies replies;
  std::vector<Value> values(3);
  replies.expect_values(values);
  const auto piece = *rc::gen::inRange<std::size_t>(1, 12);
  feed_in_pieces(replies, bytes, piece);
}

}  // namespace
}  // namespace stalemate
