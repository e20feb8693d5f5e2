#include "drivers/memcached/replies.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace stalemate {
namespace {

using MemcachedKind = MemcachedReply::Kind;

ReplyProgress fed_in_pieces(MemcachedReplies& replies, std::string_view bytes, std::size_t piece) {
  ReplyProgress progress = ReplyProgress::more;
  while (!bytes.empty() && progress == ReplyProgress::more) {
    progress = replies.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return progress;
}

// How it ends if `count` replies are expected.
ReplyProgress fed(std::string_view bytes, std::size_t count = 1) {
  MemcachedReplies replies;
  replies.expect(count);
  return replies.feed(bytes);
}

TEST(MemcachedReplies, reads_a_value_and_its_flags_cut_at_every_byte) {
  const std::string_view bytes = "VA 4 c77 W\r\n1007\r\nVA 8 t30 Z X\r\n17777778\r\nEX\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    MemcachedReplies replies;
    replies.expect(3);
    ASSERT_EQ(replies.feed(bytes.substr(0, cut)), ReplyProgress::more) << cut;
    ASSERT_EQ(replies.feed(bytes.substr(cut)), ReplyProgress::done) << cut;
    EXPECT_EQ(replies.reply(0).text, "1007");
    EXPECT_EQ(replies.reply(0).cas, 77U);
    EXPECT_TRUE(replies.reply(0).has_won);
    EXPECT_FALSE(replies.reply(0).is_leased || replies.reply(0).is_stale);
    EXPECT_EQ(replies.reply(1).text, "17777778");
    EXPECT_TRUE(replies.reply(1).is_leased && replies.reply(1).is_stale);
    EXPECT_FALSE(replies.reply(1).has_won);
    EXPECT_EQ(replies.reply(1).cas, 0U);
    EXPECT_EQ(replies.reply(2).kind, MemcachedKind::exists);
  }
}

TEST(MemcachedReplies, knows_every_code) {
  const std::vector<std::pair<std::string, MemcachedKind>> told = {
      {"HD c5\r\n", MemcachedKind::done},
      {"VA 0\r\n\r\n", MemcachedKind::value},
      {"EN\r\n", MemcachedKind::miss},
      {"NF\r\n", MemcachedKind::not_found},
      {"NS\r\n", MemcachedKind::not_stored},
      {"EX\r\n", MemcachedKind::exists},
      {"MN\r\n", MemcachedKind::no_op},
      {"VERSION 1.6.18\r\n", MemcachedKind::version},
      {"STORED\r\n", MemcachedKind::stored},
      {"ERROR\r\n", MemcachedKind::error},
      {"CLIENT_ERROR bad\r\n", MemcachedKind::error},
      {"SERVER_ERROR out of memory\r\n", MemcachedKind::error}};
  for (const auto& [bytes, kind] : told) {
    MemcachedReplies replies;
    replies.expect(1);
    EXPECT_EQ(replies.feed(bytes), ReplyProgress::done) << bytes;
    EXPECT_EQ(replies.reply().kind, kind) << bytes;
  }
}

TEST(MemcachedReplies, tell_an_errors_whole_line_and_a_versions_number) {
  MemcachedReplies replies;
  replies.expect(2);
  EXPECT_EQ(replies.feed("SERVER_ERROR out of memory storing object\r\nVERSION 1.6.18\r\n"), ReplyProgress::done);
  EXPECT_EQ(replies.reply(0).text, "SERVER_ERROR out of memory storing object");
  EXPECT_EQ(replies.reply(1).text, "1.6.18");
}

TEST(MemcachedReplies, a_value_may_hold_line_ends) {
  MemcachedReplies replies;
  replies.expect(1);
  EXPECT_EQ(replies.feed("VA 6\r\nEN\r\nMN\r\n"), ReplyProgress::done);
  EXPECT_EQ(replies.reply().text, "EN\r\nMN");
}

TEST(MemcachedReplies, a_later_servers_flags_do_no_harm) {
  MemcachedReplies replies;
  replies.expect(1);
  EXPECT_EQ(replies.feed("VA 1 y9 c3 ?\r\n5\r\n"), ReplyProgress::done);
  EXPECT_EQ(replies.reply().cas, 3U);
}

TEST(MemcachedReplies, what_is_no_reply_is_broken) {
  for (const std::string& bytes : std::vector<std::string>{"\r\n",
                                                           "\n",
                                                           "HD\n",
                                                           "hd\r\n",
                                                           "HDD\r\n",
                                                           "VA\r\n",
                                                           "VA x\r\n",
                                                           "VA -1\r\n",
                                                           "VA 99999999999999999999\r\n",
                                                           "VA 1048577\r\n",
                                                           "VA 1 cX\r\n",
                                                           "VA 1 c-5\r\n",
                                                           "VA 1 O\r\n",
                                                           "VA 1\r\nab\r\n",
                                                           "VA 2\r\na\r\nEN",
                                                           "HD c\r\n",
                                                           "SSH-2.0-OpenSSH\r\n",
                                                           "$4\r\n",
                                                           std::string(2049, 'E'),
                                                           std::string("\0\r\n", 3)}) {
    EXPECT_EQ(fed(bytes), ReplyProgress::broken) << bytes;
  }
}

TEST(MemcachedReplies, more_than_was_asked_for_is_broken) {
  EXPECT_EQ(fed("EN\r\nE"), ReplyProgress::broken);
  EXPECT_EQ(fed("EN\r\nEN\r\n"), ReplyProgress::broken);
  EXPECT_EQ(fed("EN\r\n", 0), ReplyProgress::broken);
}

TEST(MemcachedReplies, count_what_was_done_of_many) {
  MemcachedReplies replies;
  replies.expect(5);
  EXPECT_EQ(replies.feed("HD\r\nNF\r\nHD\r\nNF\r\nHD\r\n"), ReplyProgress::done);
  EXPECT_EQ(replies.done_count(), 3U);
}

TEST(MemcachedReplies, a_long_value_is_read_past_and_is_no_item) {
  MemcachedReplies replies;
  std::array<Value, 2> values = {};
  replies.expect_entries(values, 0);
  const std::string bytes = "VA 5000 O0\r\n" + std::string(5000, '1') + "\r\nVA 2 O1\r\n17\r\nMN\r\n";
  EXPECT_EQ(fed_in_pieces(replies, bytes, 700), ReplyProgress::done);
  EXPECT_EQ(replies.malformed_entry(), 0);
  EXPECT_EQ(values[1], 17);
}

TEST(MemcachedReplies, entries_are_put_where_their_opaque_says_and_the_others_are_absent) {
  const std::string_view bytes = "VA 4 O3\r\n1007\r\nVA 6 O0\r\n5@7!99\r\nVA 4 O1\r\n-@17\r\nVA 0 O4\r\n\r\nMN\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    MemcachedReplies replies;
    std::array<Value, 5> values = {1, 1, 1, 1, 1};
    replies.expect_entries(values, 98);
    ASSERT_EQ(fed_in_pieces(replies, bytes, piece), ReplyProgress::done) << piece;
    EXPECT_EQ(values, (std::array<Value, 5>{5, absent, absent, 1007, absent}));
    EXPECT_EQ(replies.malformed_entry(), -1);
    EXPECT_EQ(replies.reply().kind, MemcachedKind::no_op);
  }
}

TEST(MemcachedReplies, an_error_among_entries_is_told_and_the_rest_is_read) {
  MemcachedReplies replies;
  std::array<Value, 2> values = {};
  replies.expect_entries(values, 0);
  EXPECT_EQ(replies.feed("SERVER_ERROR out of memory\r\nVA 1 O1\r\n5\r\nMN\r\n"), ReplyProgress::done);
  EXPECT_EQ(replies.reply().text, "SERVER_ERROR out of memory");
  EXPECT_EQ(values[1], 5);
}

TEST(MemcachedReplies, one_statistic_is_found_among_all) {
  const std::string_view bytes = "STAT pid 7\r\nSTAT evictions 12\r\nSTAT evictions_of 3\r\nEND\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    MemcachedReplies replies;
    replies.expect_statistic("evictions");
    ASSERT_EQ(fed_in_pieces(replies, bytes, piece), ReplyProgress::done);
    EXPECT_EQ(replies.reply().text, "evictions 12");
  }
  MemcachedReplies without;
  without.expect_statistic("evictions");
  EXPECT_EQ(without.feed("STAT pid 7\r\nEND\r\n"), ReplyProgress::done);
  EXPECT_EQ(without.reply().kind, MemcachedKind::end);
  MemcachedReplies other;
  other.expect_statistic("evictions");
  EXPECT_EQ(other.feed("HD\r\n"), ReplyProgress::broken);
}

TEST(MemcachedReplies, an_entry_that_was_not_asked_for_is_broken) {
  for (const std::string bytes : {"VA 1 O2\r\n5\r\n", "VA 1\r\n5\r\n", "EN\r\n", "HD O1\r\n"}) {
    MemcachedReplies replies;
    std::array<Value, 2> values = {};
    replies.expect_entries(values, 0);
    EXPECT_EQ(replies.feed(bytes), ReplyProgress::broken) << bytes;
  }
}

RC_GTEST_PROP(MemcachedReplies, any_bytes_end_the_same_however_they_are_cut, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "VA ", "EN", "HD", "MN", "\r\n", " ", "c", "O", "1", "5", "2", "W", "Z", "X", "\n", "ERROR", "@", "~", "!"));
  std::string bytes;
  for (const std::string& piece : pieces) {
    bytes += piece;
  }
  MemcachedReplies whole;
  whole.expect(2);
  const ReplyProgress expected = bytes.empty() ? ReplyProgress::more : whole.feed(bytes);
  MemcachedReplies bytewise;
  bytewise.expect(2);
  ReplyProgress progress = ReplyProgress::more;
  for (std::size_t place = 0; place < bytes.size() && progress != ReplyProgress::broken; ++place) {
    progress = bytewise.feed(std::string_view(bytes).substr(place, 1));
  }
  RC_ASSERT(progress == expected);
  RC_ASSERT(bytewise.reply(0).text == whole.reply(0).text);
}

}  // namespace
}  // namespace stalemate
