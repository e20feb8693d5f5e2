// What a connection to PostgreSQL says, read along: ends, questions, answers, in every split.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/wire/postgres_bytes.hpp"

namespace stalemate {
namespace {

using namespace postgres_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Both sides' bytes in turns.
struct Turn {
  std::string client = {};
  std::string store = {};
};

std::vector<std::string> heard(const std::vector<Turn>& turns, std::size_t piece) {
  PostgresEar ear(piece);
  for (const Turn& turn : turns) {
    ear.client(turn.client).store(turn.store);
  }
  std::vector<std::string> all = ear.texts();
  const std::vector<std::string> answers = ear.answer_texts();
  all.insert(all.end(), answers.begin(), answers.end());
  all.insert(all.end(), ear.pushes.begin(), ear.pushes.end());
  all.push_back(ear.error);
  EXPECT_TRUE(ear.is_between_messages()) << piece;
  return all;
}

const std::vector<Turn> long_talk = {
    {opening(80877103), ""},
    {opening(80877104), ""},
    {start(), login()},
    {query("select 1"), row_description({23}) + row({"1"}) + done("SELECT 1") + ready()},
    {parse("get", "select a\n from t where id = $1", {23}) + describe('S', "get") + sync_message(),
     message('1', "") + parameter_description({23}) + row_description({20}) + ready()},
    {run("get", {number4(7)}, 1) + sync_message(),
     message('2', "") + row({number8(100'023)}) + done("SELECT 1") + ready() + message('A', number4(1) + "ab" + '\0')},
    {parse("", "begin") + run("", {}) + parse("", "update t set a = $1 where id = $2") + run("", {"8", "7"}) +
         sync_message(),
     message('1', "") + message('2', "") + done("BEGIN") + message('1', "") + message('2', "") + done("UPDATE 1") +
         ready('T')},
    {query("commit"), message('N', "Mx" + std::string(2, '\0')) + done("COMMIT") + ready()},
    {query("copy t from stdin"), message('G', std::string(3, '\0'))},
    {message('d', "1\t2\n") + message('d', "3\t4\n") + message('c', ""), done("COPY 2") + ready()},
    {message('X', ""), ""},
};

TEST(PostgresConversation, reads_both_sides_in_every_split) {
  const std::vector<std::string> whole = heard(long_talk, 1 << 20U);
  EXPECT_THAT(
      whole, ElementsAre("(passes)  (no answer)", "(passes)  (no answer)", "(passes) ", "select 1", "(passes) ",
                         "select a from t where id = $1 (7)", "begin; update t set a = $1 where id = $2 (8, 7)",
                         "commit", "copy t from stdin", "(passes)  (no answer)", "end of COPY", "(passes)  (no answer)",
                         "ok", "1 row: 1", "ok", "1 row: 100023", "BEGIN; UPDATE 1", "COMMIT, commits",
                         "waits for rows", "COPY 2, commits", message('A', number4(1) + "ab" + '\0'),
                         message('N', "Mx" + std::string(2, '\0')), ""));
  // Rows of a COPY go one by one where they come one by one; all else is the same.
  const auto without_rows = [](std::vector<std::string> all) {
    std::erase(all, "(passes)  (no answer)");
    return all;
  };
  for (std::size_t piece = 1; piece < 120; ++piece) {
    EXPECT_EQ(without_rows(heard(long_talk, piece)), without_rows(whole)) << piece;
  }
}

TEST(PostgresConversation, answers_offers_of_encryption_itself) {
  PostgresEar ear;
  ear.client(opening(80877103));
  EXPECT_EQ(ear.asked.at(0).own_answer, "N");
  EXPECT_FALSE(ear.asked.at(0).may_stop);
  ear.client(opening(80877104)).client(start()).store(login());
  EXPECT_EQ(ear.asked.at(2).own_answer, "");
  EXPECT_EQ(ear.talk->backend_pid(), 4711);
}

TEST(PostgresConversation, refuses_bytes_that_are_not_the_protocols) {
  EXPECT_THAT(PostgresEar().client("GET / HTTP/1.1\r\n").error, HasSubstr("bytes long"));
  EXPECT_THAT(PostgresEar().client(opening(131072)).error, HasSubstr("version 2.0"));
  EXPECT_THAT(PostgresEar().open().client("?abcd").error, HasSubstr("`?`"));
  EXPECT_THAT(PostgresEar().open().store("HTTP/1.1 400").error, HasSubstr("bytes long"));
  EXPECT_THAT(PostgresEar().open().client(std::string("Q\0\0\0\3", 5)).error, HasSubstr("3 bytes long"));
}

TEST(PostgresConversation, passes_on_what_speaks_tls_from_its_first_byte) {
  PostgresEar ear;
  ear.client("\x16\x03\x01").client("anything").store("at all");
  EXPECT_EQ(ear.error, "");
  EXPECT_THAT(ear.texts(), ElementsAre("(passes)  (no answer)", "(passes)  (no answer)"));
  EXPECT_THAT(ear.pushes, ElementsAre("at all"));
  EXPECT_THAT(std::string(ear.talk->unreadable()), HasSubstr("TLS"));
}

TEST(PostgresConversation, lets_a_login_and_a_cancellation_pass) {
  PostgresEar ear;
  ear.client(start()).store(message('R', number4(10) + "SCRAM-SHA-256" + std::string(2, '\0')));
  ear.client(message('p', "SCRAM-SHA-256")).store(message('R', number4(11) + "r=x"));
  ear.client(message('p', "c=biws")).store(message('R', number4(12) + "v=y") + login());
  EXPECT_THAT(ear.texts(), ElementsAre("(passes) ", "(passes)  (no answer)", "(passes)  (no answer)"));
  EXPECT_THAT(ear.answers, SizeIs(1));
  PostgresEar other;
  other.client(opening(80877102, number4(4711) + number4(1)));
  EXPECT_THAT(other.texts(), ElementsAre("(passes)  (no answer)"));
}

TEST(PostgresConversation, tells_what_a_request_asks) {
  PostgresEar ear;
  ear.open().client(query("update public.products\n set quantity = 100023 where id = 7;"));
  EXPECT_EQ(ear.request().name, "UPDATE");
  EXPECT_EQ(ear.request().text, "update public.products set quantity = 100023 where id = 7");
  EXPECT_THAT(ear.request().keys, ElementsAre("products"));
  EXPECT_THAT(ear.request().values, ElementsAre("100023", "7"));
  EXPECT_TRUE(ear.request().writes);
  EXPECT_FALSE(ear.request().touches_anything);
  ear.client(query("select * from a where id = 'x'"));
  EXPECT_EQ(ear.request().name, "SELECT");
  EXPECT_FALSE(ear.request().writes);
}

TEST(PostgresConversation, remembers_prepared_statements) {
  PostgresEar ear;
  ear.open().client(parse("put", "update t set a = $1 where id = $2") + sync_message());
  EXPECT_FALSE(ear.asked.back().may_stop);
  EXPECT_TRUE(ear.asked.back().is_answered);
  ear.client(run("put", {"100023", "7"}) + sync_message());
  EXPECT_EQ(ear.request().text, "update t set a = $1 where id = $2 (100023, 7)");
  EXPECT_THAT(ear.request().values, ElementsAre("100023", "7"));
  ear.client(message('C', "Sput" + std::string(1, '\0')) + sync_message())
      .client(run("put", {"1", "2"}) + sync_message());
  EXPECT_TRUE(ear.request().touches_anything);
  EXPECT_TRUE(ear.request().writes);
}

TEST(PostgresConversation, learns_types_from_the_servers_description) {
  PostgresEar ear;
  ear.open().client(parse("s", "select f from t where f > $1") + describe('S', "s") + sync_message());
  ear.store(message('1', "") + parameter_description({701}) + row_description({701}) + ready());
  ear.client(run("s", {number8(0x3FD0000000000000)}, 1) + sync_message());
  EXPECT_EQ(ear.request().text, "select f from t where f > $1 (0.25)");
  ear.store(message('2', "") + row({number8(0x3FE0000000000000)}) + done("SELECT 1") + ready());
  EXPECT_EQ(ear.answer().text, "1 row: 0.5");
}

TEST(PostgresConversation, names_several_statements_by_the_first_that_writes) {
  PostgresEar ear;
  ear.open().client(query("begin; select * from a; update b set c = 1; delete from d; commit"));
  EXPECT_EQ(ear.request().name, "UPDATE");
  EXPECT_THAT(ear.request().keys, ElementsAre("a", "b", "d"));
  ear.client(query("begin; select * from a"));
  EXPECT_EQ(ear.request().name, "SELECT");
}

TEST(PostgresConversation, a_commit_touches_what_its_transaction_touched) {
  PostgresEar ear;
  ear.open().client(query("begin"));
  EXPECT_FALSE(ear.request().writes);
  ear.client(query("select * from a")).client(query("update b set c = 1")).client(query("commit"));
  EXPECT_EQ(ear.request().name, "COMMIT");
  EXPECT_TRUE(ear.request().writes);
  EXPECT_THAT(ear.request().keys, ElementsAre("a", "b"));
  ear.client(query("begin")).client(query("select * from a")).client(query("commit"));
  EXPECT_FALSE(ear.request().writes);
}

TEST(PostgresConversation, a_transaction_that_reads_as_of_one_instant_touches_anything) {
  PostgresEar ear;
  ear.open().client(query("begin isolation level repeatable read")).client(query("select * from a"));
  EXPECT_TRUE(ear.request().touches_anything);
  EXPECT_FALSE(ear.request().writes);
  ear.client(query("commit")).client(query("begin")).client(query("select * from a"));
  EXPECT_FALSE(ear.request().touches_anything);
}

TEST(PostgresConversation, an_answer_commits_what_was_written_once_no_transaction_is_open) {
  PostgresEar ear;
  ear.open();
  const auto commits = [&](std::string_view text, const std::string& reply) {
    return ear.client(query(text)).store(reply).answer().commits;
  };
  EXPECT_TRUE(commits("update t set a = 1", done("UPDATE 1") + ready()));
  EXPECT_FALSE(commits("update t set a = 1 where version = 3", done("UPDATE 0") + ready()));
  EXPECT_FALSE(commits("update t set a = 1", error("no") + ready()));
  EXPECT_FALSE(commits("select 1", row({"1"}) + done("SELECT 1") + ready()));
  EXPECT_FALSE(commits("select a from t for update", row({"1"}) + done("SELECT 1") + ready()));
  EXPECT_TRUE(commits("select take_stock(7)", row({"1"}) + done("SELECT 1") + ready()));
  EXPECT_TRUE(commits("with x as (update t set a = 1 returning a) select a from x", done("SELECT 0") + ready()));
  EXPECT_TRUE(
      commits("begin; update t set a = 1; commit", done("BEGIN") + done("UPDATE 1") + done("COMMIT") + ready()));
  // In a transaction, with its COMMIT.
  EXPECT_FALSE(commits("begin", done("BEGIN") + ready('T')));
  EXPECT_FALSE(commits("insert into t values (1)", done("INSERT 0 1") + ready('T')));
  EXPECT_FALSE(commits("rollback to x", done("ROLLBACK") + ready('T')));
  EXPECT_TRUE(commits("commit", done("COMMIT") + ready()));
  EXPECT_FALSE(commits("begin", done("BEGIN") + ready('T')));
  EXPECT_FALSE(commits("insert into t values (1)", done("INSERT 0 1") + ready('T')));
  EXPECT_FALSE(commits("rollback", done("ROLLBACK") + ready()));
  // A COMMIT of a failed one is a ROLLBACK, and the server's tag says so.
  EXPECT_FALSE(commits("begin; update t set a = 1", done("BEGIN") + done("UPDATE 1") + ready('T')));
  EXPECT_FALSE(commits("oops", error("no") + ready('E')));
  EXPECT_FALSE(commits("commit", done("ROLLBACK") + ready()));
  EXPECT_FALSE(commits("begin; select 1; commit", done("BEGIN") + done("SELECT 1") + done("COMMIT") + ready()));
}

TEST(PostgresConversation, tells_answers_in_words) {
  PostgresEar ear;
  ear.open();
  const auto text = [&](const std::string& reply) { return ear.client(query("select 1")).store(reply).answer().text; };
  EXPECT_EQ(text(row_description({25, 23}) + row({"a\nb", "7"}) + row({"c", "8"}) + done("SELECT 2") + ready()),
            "2 rows: (a b, 7), ...");
  EXPECT_EQ(text(row_description({25}) + done("SELECT 0") + ready()), "0 rows");
  EXPECT_EQ(text(row({"7"}) + done("UPDATE 1") + ready()), "UPDATE 1: 7");
  EXPECT_EQ(text(error("duplicate key", "23505") + ready()), "ERROR: duplicate key (23505)");
  EXPECT_TRUE(ear.answer().is_error);
  EXPECT_EQ(text(done("BEGIN") + error("no such table") + ready('E')), "BEGIN; ERROR: no such table (22000)");
  EXPECT_EQ(text(message('D', number2(2) + number4(-1) + number4(1) + "x") + done("SELECT 1") + ready()),
            "1 row: (null, x)");
}

TEST(PostgresConversation, keeps_requests_in_flight_apart) {
  PostgresEar ear;
  ear.open().client(parse("s", "select $1") + run("s", {"1"}) + sync_message() + run("s", {"2"}) + sync_message() +
                    run("s", {"3"}) + sync_message());
  EXPECT_THAT(ear.texts(), ElementsAre("select $1 (1)", "select $1 (2)", "select $1 (3)"));
  const auto reply = [](std::string_view value) {
    return message('2', "") + row({value}) + done("SELECT 1") + ready();
  };
  ear.store(message('1', "") + reply("1") + error("no") + ready() + reply("3"));
  EXPECT_THAT(ear.answer_texts(), ElementsAre("1 row: 1", "ERROR: no (22000)", "1 row: 3"));
}

TEST(PostgresConversation, a_flush_ends_a_request_that_executes_something) {
  PostgresEar ear;
  ear.open();
  ear.client(parse("", "select $1") + describe('S', "") + flush());
  EXPECT_FALSE(ear.asked.back().may_stop);
  ear.store(message('1', "") + parameter_description({25}) + row_description({25}));
  EXPECT_THAT(ear.answers, SizeIs(1));
  ear.client(bind("", {"7"}) + execute() + flush()).store(message('2', "") + row({"7"}) + done("SELECT 1"));
  EXPECT_TRUE(ear.asked.back().may_stop);
  EXPECT_EQ(ear.answer().text, "1 row: 7");
  ear.client(flush());
  EXPECT_FALSE(ear.asked.back().is_answered);
  ear.client(sync_message()).store(ready());
  EXPECT_FALSE(ear.asked.back().may_stop);
  EXPECT_THAT(ear.answers, SizeIs(3));
}

TEST(PostgresConversation, a_sync_commits_what_was_flushed) {
  PostgresEar ear;
  ear.open().client(parse("", "update t set a = 1") + run("", {}) + flush());
  ear.store(message('1', "") + message('2', "") + done("UPDATE 1"));
  EXPECT_FALSE(ear.answer().commits);
  ear.client(sync_message());
  EXPECT_TRUE(ear.asked.back().may_stop);
  EXPECT_EQ(ear.request().name, "SYNC");
  EXPECT_THAT(ear.request().keys, ElementsAre("t"));
  EXPECT_TRUE(ear.store(ready()).answer().commits);
}

TEST(PostgresConversation, what_follows_an_error_is_skipped_up_to_the_sync) {
  PostgresEar ear;
  ear.open().client(parse("", "oops") + run("", {}) + flush() + parse("", "select 1") + run("", {}) + flush());
  ear.store(error("syntax error"));
  EXPECT_THAT(ear.answers, SizeIs(1));
  ear.client(parse("", "select 2") + run("", {}) + flush());
  EXPECT_FALSE(ear.asked.back().is_answered);
  ear.client(sync_message()).store(ready()).client(query("select 3")).store(done("SELECT 0") + ready());
  EXPECT_THAT(ear.answer_texts(), ElementsAre("ERROR: syntax error (22000)", "ok", "ok", "0 rows"));
}

TEST(PostgresConversation, a_portal_is_read_bit_by_bit) {
  PostgresEar ear;
  ear.open().client(query("begin")).store(done("BEGIN") + ready('T'));
  ear.client(parse("", "select * from t") + bind("", {}, 0, "c1") + execute("c1") + flush());
  ear.store(message('1', "") + message('2', "") + row({"1"}) + message('s', ""));
  EXPECT_EQ(ear.answer().text, "1 row: 1");
  ear.client(execute("c1") + flush()).store(row({"2"}) + done("SELECT 1"));
  EXPECT_EQ(ear.request().text, "select * from t");
  EXPECT_EQ(ear.answer().text, "1 row: 2");
  EXPECT_FALSE(ear.talk->copy_of(ear.last));
}

TEST(PostgresConversation, a_copy_of_the_extended_protocol_ends_with_its_second_sync) {
  PostgresEar ear;
  ear.open().client(parse("", "copy t from stdin") + run("", {}) + sync_message());
  ear.store(message('1', "") + message('2', "") + message('G', std::string(3, '\0')));
  EXPECT_EQ(ear.answer().text, "waits for rows");
  ear.client(message('d', "1\n") + message('c', ""));
  EXPECT_THAT(ear.asked, SizeIs(2));
  ear.client(sync_message());
  EXPECT_EQ(ear.request().name, "COPY");
  EXPECT_THAT(ear.request().keys, ElementsAre("t"));
  EXPECT_TRUE(ear.store(done("COPY 1") + ready()).answer().commits);
  EXPECT_EQ(ear.client(query("select 1")).store(done("SELECT 1") + ready()).answer().text, "0 rows");
}

TEST(PostgresConversation, a_copy_that_fails_midway_leaves_nothing_awaited) {
  PostgresEar ear;
  ear.open().client(query("copy t from stdin")).store(message('G', std::string(3, '\0')));
  ear.client(message('d', "x\n")).store(error("bad row") + ready());
  ear.client(message('d', "y\n") + message('c', ""));
  EXPECT_FALSE(ear.asked.back().is_answered);
  ear.client(query("select 1")).store(row({"1"}) + done("SELECT 1") + ready());
  EXPECT_EQ(ear.answer().text, "1 row: 1");
}

TEST(PostgresConversation, rows_of_a_copy_out_belong_to_its_answer) {
  PostgresEar ear;
  ear.open().client(query("copy t to stdout"));
  ear.store(message('H', std::string(3, '\0')) + message('d', "1\n") + message('d', "2\n") + message('c', "") +
            done("COPY 2") + ready());
  EXPECT_THAT(ear.answer_texts(), ElementsAre("COPY 2"));
  EXPECT_THAT(ear.pushes, IsEmpty());
}

TEST(PostgresConversation, tells_of_a_long_request_what_its_beginning_tells) {
  const std::string huge(300'000, 'x');
  PostgresEar ear(1000);
  ear.open().client(query("insert into t values ('" + huge + "')"));
  EXPECT_THAT(ear.asked, SizeIs(1));
  EXPECT_EQ(ear.request().name, "INSERT");
  EXPECT_TRUE(ear.request().touches_anything);
  EXPECT_LE(ear.request().text.size(), word_bytes_max);
  ear.store(done("INSERT 0 1") + ready());
  EXPECT_TRUE(ear.answer().commits);
  ear.client(parse("s", "insert into t values ($1, $2)") + sync_message()).store(message('1', "") + ready());
  ear.client(run("s", {"7", huge}) + sync_message());
  EXPECT_EQ(ear.request().name, "INSERT");
  EXPECT_TRUE(ear.asked.back().may_stop);
  EXPECT_THAT(ear.request().keys, ElementsAre("t"));
  EXPECT_TRUE(ear.store(message('2', "") + done("INSERT 0 1") + ready()).answer().commits);
}

TEST(PostgresConversation, statements_prepared_in_sql_are_remembered_too) {
  PostgresEar ear;
  ear.open().client(query("prepare put as update t set a = $1")).client(query("execute put(8)"));
  EXPECT_EQ(ear.request().name, "UPDATE");
  EXPECT_THAT(ear.request().keys, ElementsAre("t"));
  EXPECT_THAT(ear.request().values, ElementsAre("8"));
}

TEST(PostgresConversation, a_statement_that_is_deallocated_is_forgotten_and_passes) {
  PostgresEar ear;
  ear.open().client(parse("put", "update t set a = $1") + sync_message()).client(query("deallocate put"));
  EXPECT_FALSE(ear.asked.back().may_stop);
  EXPECT_TRUE(ear.asked.back().is_answered);
  ear.client(run("put", {"8"}) + sync_message());
  EXPECT_TRUE(ear.request().touches_anything);
}

TEST(PostgresConversation, an_empty_query_passes) {
  PostgresEar ear;
  ear.open().client(query(";")).store(message('I', "") + ready());
  EXPECT_FALSE(ear.asked.back().may_stop);
  EXPECT_THAT(ear.answers, SizeIs(1));
}

// The server sends what has come meanwhile before it is ready again, in the midst of the answer.
TEST(PostgresConversation, notifications_are_told_unasked_also_within_an_answer) {
  const std::string notification = message('A', number4(1) + zero_ended("news") + zero_ended("hello"));
  PostgresEar ear;
  ear.open().client(query("update t set a = 1")).store(done("UPDATE 1") + ready());
  ear.store(message('N', zero_ended("Mx") + '\0') + message('S', zero_ended("TimeZone") + zero_ended("UTC")));
  EXPECT_EQ(ear.told_unasked, 0U) << "notices and parameters are of the connection's own";
  ear.client(query("select 1")).store(done("SELECT 1") + notification + ready());
  EXPECT_EQ(ear.told_unasked, 1U);
  EXPECT_THAT(ear.answers, SizeIs(2));
  ear.store(notification);
  EXPECT_EQ(ear.told_unasked, 2U);
  ear.client(query("select 1")).store(done("SELECT 1") + ready());
  EXPECT_EQ(ear.told_unasked, 2U);
}

TEST(PostgresConversation, a_farewell_is_a_push) {
  PostgresEar ear;
  ear.open().store(error("terminating connection", "57P01"));
  EXPECT_THAT(ear.pushes, SizeIs(1));
  EXPECT_THAT(ear.answers, IsEmpty());
}

}  // namespace
}  // namespace stalemate
