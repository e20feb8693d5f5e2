// Gates before a real PostgreSQL: clients keep working, what is held waits, and every trouble has its effect.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "live/proxy_postgres_fixture.hpp"
#include "wire/postgres/reading_functions.hpp"

namespace stalemate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The memory that this process has now, in bytes.
std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  file >> pages >> pages;
  return pages * 4096;
}

TEST_F(ProxyPostgresTest, passes_psql_unchanged) {
  open_gates(&keeper_);
  const std::string script =
      "printf '1\\ta\\n2\\tb\\n' > " + (base_.path() / "rows").string() +
      "; psql -X -At -c 'create table t (id int primary key, name text)' "
      "-c \"\\\\copy t from " +
      (base_.path() / "rows").string() +
      "\" -c 'begin; update t set name = upper(name) returning *' -c rollback -c 'select * from t order by id' "
      "-c 'oops' -c '\\copy t to stdout' -c 'insert into t values (1)' -c '\\d t' "
      "-c \"select repeat('x', 100000)\" -c 'drop table t' 2>&1 | md5sum";
  EXPECT_EQ(shell(script), shell(script, true));
  EXPECT_THAT(shell("psql 'sslmode=require' -c 'select 1'"), HasSubstr("SSL"));
  EXPECT_THAT(keeper_.told.trouble(1), HasSubstr("decline TLS"));
}

TEST_F(ProxyPostgresTest, passes_pgbench_in_every_mode) {
  open_gates(&keeper_);
  ASSERT_THAT(shell("pgbench -i -q -s 1 2>&1"), HasSubstr("done"));
  const std::string file = base_
                               .write("pipeline.sql",
                                      "\\set id random(1, 1000)\n\\startpipeline\n"
                                      "update pgbench_accounts set abalance = abalance + 1 where aid = :id;\n"
                                      "select abalance from pgbench_accounts where aid = :id;\n\\endpipeline\n")
                               .string();
  for (const std::string mode : {"simple", "extended", "prepared"}) {
    EXPECT_THAT(shell("pgbench -n -c 4 -t 50 -M " + mode + " 2>&1"), HasSubstr("processed: 200/200")) << mode;
  }
  for (const std::string mode : {"extended", "prepared"}) {
    EXPECT_THAT(shell("pgbench -n -c 4 -t 50 -M " + mode + " -f " + file + " 2>&1"), HasSubstr("processed: 200/200"));
  }
  PostgresClient client = direct();
  EXPECT_EQ(client.ask("select count(*) from pgbench_history"), "600");
  EXPECT_EQ(client.ask("select sum(abalance) - (select sum(delta) from pgbench_history) from pgbench_accounts"), "400");
  EXPECT_THAT(keeper_.told.reply(1), Not(HasSubstr("ERROR")));
}

TEST_F(ProxyPostgresTest, keeps_the_order_of_a_pipeline) {
  open_gates(&keeper_);
  PostgresClient client = through_gate();
  client.ask("create table t (n int)");
  ASSERT_EQ(PQenterPipelineMode(client.get()), 1);
  for (int number = 0; number < 500; ++number) {
    const std::string sql = "insert into t values (" + std::to_string(number) + ") returning n";
    ASSERT_EQ(PQsendQueryParams(client.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, number % 2), 1);
    ASSERT_EQ(number % 3 == 0 ? PQsendFlushRequest(client.get()) : PQpipelineSync(client.get()), 1);
  }
  ASSERT_EQ(PQpipelineSync(client.get()), 1);
  int answers = 0;
  int syncs = 0;
  for (int nothing = 0; nothing < 2;) {
    PGresult* result = PQgetResult(client.get());
    nothing = result == nullptr ? nothing + 1 : 0;
    syncs += PQresultStatus(result) == PGRES_PIPELINE_SYNC ? 1 : 0;
    answers += PQresultStatus(result) == PGRES_TUPLES_OK ? 1 : 0;
    PQclear(result);
  }
  EXPECT_EQ(answers, 500);
  EXPECT_EQ(syncs, 334);
  EXPECT_EQ(direct().ask("select count(*) from t"), "500");
  const GateTraffic traffic = gates_->traffic();
  EXPECT_EQ(traffic.calls_sent, traffic.calls_answered);
  EXPECT_EQ(traffic.bytes_under_way, 0U);
}

TEST_F(ProxyPostgresTest, streams_a_result_of_100_mb_without_keeping_it) {
  open_gates(&keeper_);
  PostgresClient client = through_gate();
  client.send("select repeat('x', 1000) from generate_series(1, 100000)");
  ASSERT_EQ(PQsetSingleRowMode(client.get()), 1);
  const std::uint64_t before = resident_bytes();
  std::uint64_t bytes = 0;
  while (PGresult* result = PQgetResult(client.get())) {
    bytes += PQntuples(result) == 1 ? static_cast<std::uint64_t>(PQgetlength(result, 0, 0)) : 0;
    PQclear(result);
  }
  EXPECT_EQ(bytes, 100'000'000U);
  EXPECT_LT(resident_bytes() - std::min(before, resident_bytes()), 20'000'000U);
  EXPECT_THAT(keeper_.told.reply(1), HasSubstr("100000 rows: xxx"));
}

TEST_F(ProxyPostgresTest, hands_on_notifications_and_cancellations) {
  open_gates(&keeper_);
  PostgresClient listener = through_gate();
  EXPECT_EQ(listener.ask("listen news"), "LISTEN");
  EXPECT_EQ(direct().ask("notify news, 'hello'"), "NOTIFY");
  PGnotify* notice = nullptr;
  for (int attempt = 0; notice == nullptr && attempt < 1000; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_EQ(PQconsumeInput(listener.get()), 1);
    notice = PQnotifies(listener.get());
  }
  ASSERT_NE(notice, nullptr);
  EXPECT_STREQ(notice->extra, "hello");
  PQfreemem(notice);
  EXPECT_EQ(keeper_.told.pushed(1), keeper_.told.call(1).connection) << "its keeper was told so";

  listener.send("select pg_sleep(60)");
  EXPECT_EQ(keeper_.told.call(2).request.name, "SELECT");
  std::string error(256, '\0');
  PGcancel* cancel = PQgetCancel(listener.get());
  EXPECT_EQ(PQcancel(cancel, error.data(), static_cast<int>(error.size())), 1) << error;
  PQfreeCancel(cancel);
  EXPECT_THAT(listener.receive(), HasSubstr("canceling statement due to user request"));
}

TEST_F(ProxyPostgresTest, holds_a_statement_until_it_is_let_go) {
  hold("UPDATE");
  open_gates(&keeper_);
  PostgresClient client = through_gate();
  client.ask("create table t (id int, n int)");
  client.ask("insert into t values (7, 0)");
  EXPECT_EQ(keeper_.told.reply(2), "INSERT: INSERT 0 1, commits");
  client.send("update t set n = 100023 where id = 7");
  const GateCall call = keeper_.told.call(3);
  EXPECT_THAT(call.request.values, testing::ElementsAre("100023", "7"));
  EXPECT_EQ(direct().ask("select n from t"), "0");
  EXPECT_EQ(gates_->traffic().bytes_under_way, 0U);
  ASSERT_TRUE(gates_->let_go(call.id, {}));
  EXPECT_EQ(client.receive(), "UPDATE 1");
  EXPECT_EQ(direct().ask("select n from t"), "100023");
  EXPECT_EQ(keeper_.told.reply(3), "UPDATE: UPDATE 1, commits");
}

TEST_F(ProxyPostgresTest, tells_a_statement_that_waits_for_a_lock) {
  open_gates(&keeper_);
  PostgresClient first = through_gate();
  PostgresClient second = through_gate();
  first.ask("create table t (n int)");
  first.ask("insert into t values (0)");
  first.ask("begin");
  first.ask("update t set n = 1");
  second.send("update t set n = 2");
  const GateCall waiting = keeper_.told.call(5);
  const std::int32_t holder = keeper_.told.call(1).backend_pid;
  EXPECT_EQ(holder, PQbackendPID(first.get()));
  EXPECT_EQ(waiting.backend_pid, PQbackendPID(second.get()));
  PostgresClient eye = direct();
  const std::string blocking = "select pg_blocking_pids(" + std::to_string(waiting.backend_pid) + ")";
  for (int attempt = 0; eye.ask(blocking) == "{}" && attempt < 1000; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(eye.ask(blocking), "{" + std::to_string(holder) + "}");
  const GateTraffic traffic = gates_->traffic();
  EXPECT_EQ(traffic.calls_sent, traffic.calls_answered + 1);
  EXPECT_EQ(traffic.bytes_under_way, 0U);
  EXPECT_EQ(first.ask("commit"), "COMMIT");
  EXPECT_EQ(second.receive(), "UPDATE 1");
}

TEST_F(ProxyPostgresTest, holds_the_end_of_a_copy) {
  open_gates(&keeper_);
  PostgresClient client = through_gate();
  client.ask("create table t (n int)");
  hold("COPY");
  client.send("copy t from stdin");
  ASSERT_TRUE(gates_->let_go(keeper_.told.call(2).id, {}));
  PQclear(PQgetResult(client.get()));
  ASSERT_EQ(PQputCopyData(client.get(), "1\n2\n", 4), 1);
  ASSERT_EQ(PQputCopyEnd(client.get(), nullptr), 1);
  const GateCall end = keeper_.told.call(3);
  EXPECT_EQ(end.request.text, "end of COPY");
  EXPECT_EQ(direct().ask("select count(*) from t"), "0");
  ASSERT_TRUE(gates_->let_go(end.id, {}));
  EXPECT_EQ(client.receive(), "COPY 2");
  EXPECT_EQ(keeper_.told.reply(3), "COPY: COPY 2, commits");
}

TEST_F(ProxyPostgresTest, loses_requests_and_replies) {
  open_gates(&keeper_);
  direct().ask("create table t (n int)");
  keeper_.told.decide = [](const GateCall&) { return Passage{.trouble = lost_request}; };
  EXPECT_THAT(through_gate().ask("insert into t values (1)"), HasSubstr("closed the connection"));
  EXPECT_EQ(direct().ask("select count(*) from t"), "0");
  keeper_.told.decide = [](const GateCall&) { return Passage{.trouble = lost_reply}; };
  EXPECT_THAT(through_gate().ask("insert into t values (2)"), HasSubstr("closed the connection"));
  EXPECT_EQ(direct().ask("select n from t"), "2");
}

TEST_F(ProxyPostgresTest, refuses_a_statement_and_what_its_transaction_did) {
  keeper_.told.decide = [](const GateCall& call) {
    return Passage{.trouble = call.request.name == "UPDATE" ? refused_write : CallTrouble{}};
  };
  open_gates(&keeper_);
  PostgresClient client = through_gate();
  client.ask("create table t (n int)");
  client.ask("insert into t values (0)");
  EXPECT_THAT(client.ask("update t set n = 1"), HasSubstr("refused by a fault of stalemate"));
  EXPECT_EQ(client.ask("select n from t"), "0");
  client.ask("begin");
  client.ask("insert into t values (5)");
  EXPECT_THAT(client.ask("update t set n = 1"), HasSubstr("refused"));
  EXPECT_THAT(client.ask("select 1"), HasSubstr("current transaction is aborted"));
  EXPECT_EQ(client.ask("commit"), "ROLLBACK");
  EXPECT_EQ(client.ask("select count(*) from t"), "1");
}

TEST_F(ProxyPostgresTest, sends_a_late_copy_of_a_prepared_statement) {
  open_gates(&keeper_);
  PostgresClient client = through_gate();
  client.ask("create schema shop; create table shop.t (n int)");
  client.ask("set search_path = shop");
  PQclear(PQprepare(client.get(), "put", "insert into t values ($1)", 1, nullptr));
  keeper_.told.decide = [](const GateCall&) { return Passage{.hold = true}; };
  ASSERT_EQ(PQsendQueryPrepared(client.get(), "put", 1, std::vector<const char*>{"100023"}.data(), nullptr, nullptr, 0),
            1);
  const GateCall call = keeper_.told.call(3);
  EXPECT_EQ(call.request.text, "insert into t values ($1) (100023)");
  ASSERT_TRUE(gates_->let_go(call.id, delayed_request));
  EXPECT_THAT(client.receive(), HasSubstr("closed the connection"));
  EXPECT_EQ(direct().ask("select count(*) from shop.t"), "0");
  const Result<void> sent = gates_->send_copy(call.id);
  ASSERT_TRUE(sent) << sent.error().detail;
  EXPECT_EQ(keeper_.told.reply(3), "copy of INSERT: INSERT 0 1");
  EXPECT_EQ(direct().ask("select n from shop.t"), "100023");
}

TEST_F(ProxyPostgresTest, says_that_a_store_cannot_be_reached) {
  open_gates(&keeper_);
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::kill));
  EXPECT_THAT(shell("psql -c 'select 1' 2>&1"), HasSubstr("closed the connection"));
  EXPECT_THAT(keeper_.told.trouble(1), HasSubstr("cannot be reached"));
}

TEST_F(ProxyPostgresTest, knows_the_functions_that_only_read_as_the_server_does) {
  open_gates(&keeper_);
  PostgresClient client = direct();
  // Of the volatile ones these are of time, chance and the session.
  const std::string volatile_ones =
      "'random', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', "
      "'setseed', 'pg_is_in_recovery', 'currval', 'lastval'";
  std::string names;
  for (const std::string_view name : reading_functions()) {
    names += (names.empty() ? "'" : ", '") + std::string(name) + "'";
  }
  EXPECT_EQ(
      client.ask("select coalesce(string_agg(distinct proname, ' '), '') from pg_proc where provolatile = 'v' and "
                 "pronamespace = 'pg_catalog'::regnamespace and proname in (" +
                 names + ") and proname not in (" + volatile_ones + ")"),
      "");
}

}  // namespace
}  // namespace stalemate
