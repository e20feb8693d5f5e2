// What a gate says in place of a PostgreSQL request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "unit/wire/postgres_bytes.hpp"

namespace stalemate {
namespace {

using namespace postgres_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PostgresRefusals, a_copy_of_a_request_prepares_what_it_needs) {
  PostgresEar ear;
  ear.open().client(query("set search_path = shop")).client(parse("put", "update t set a = $1", {23}) + sync_message());
  const std::string request = run("put", {"8"}) + sync_message();
  ear.client(request);
  const auto messages = ear.talk->copy_of(ear.last);
  ASSERT_TRUE(messages) << messages.error().detail;
  EXPECT_THAT(*messages, ElementsAre(start(), query("set search_path = shop"),
                                     parse("put", "update t set a = $1", {23}) + request));
  PostgresEar copy;
  for (const std::string& one : *messages) {
    copy.client(one);
  }
  EXPECT_EQ(copy.request().text, "update t set a = $1 (8)");
  // What it parses itself it needs not.
  const std::string own = parse("", "select 1") + run("", {}) + flush();
  ear.client(own);
  EXPECT_EQ(ear.talk->copy_of(ear.last)->back(), own + sync_message());
}

TEST(PostgresRefusals, a_copy_that_cannot_be_made_is_refused_with_the_reason) {
  PostgresEar ear;
  ear.open().client(run("unheard of", {}) + sync_message());
  EXPECT_THAT(ear.talk->copy_of(ear.last).error().detail, HasSubstr("did not see prepared"));
  ear.client(query("copy t from stdin"));
  EXPECT_THAT(ear.talk->copy_of(ear.last).error().detail, HasSubstr("rows of a COPY"));
  PostgresEar other;
  other.client(start()).store(message('R', number4(5) + "salt") + login()).client(query("select 1"));
  EXPECT_TRUE(other.talk->asked_for_secret());
  EXPECT_FALSE(ear.talk->asked_for_secret());
}

TEST(PostgresRefusals, a_refused_request_fails_and_its_transaction_with_it) {
  PostgresEar ear;
  ear.open().client(query("update t set a = 1"));
  GateRefusal refusal = ear.talk->refuse("refused by rule 3");
  EXPECT_THAT(refusal.to_client, HasSubstr("Mrefused by rule 3"));
  EXPECT_TRUE(refusal.to_client.ends_with(ready('I')));
  EXPECT_EQ(refusal.to_store, "");
  ear.client(query("begin")).store(done("BEGIN") + ready('T')).client(query("update t set a = 1"));
  refusal = ear.talk->refuse("no");
  EXPECT_TRUE(refusal.to_client.ends_with(ready('E')));
  EXPECT_TRUE(refusal.to_store.starts_with("Q"));
  ear.store(error("syntax error") + ready('E')).client(query("rollback")).store(done("ROLLBACK") + ready());
  EXPECT_THAT(ear.answer_texts(), ElementsAre("BEGIN", "ERROR: syntax error (22000)", "ROLLBACK"));
  ear.client(query("begin")).store(done("BEGIN") + ready('T')).client(query("commit"));
  refusal = ear.talk->refuse("no");
  EXPECT_TRUE(refusal.to_client.ends_with(ready('I')));
  EXPECT_EQ(refusal.to_store, query("rollback"));
}

}  // namespace
}  // namespace stalemate
