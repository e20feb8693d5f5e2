#include "application/requests/placeholders.hpp"

#include <gtest/gtest.h>

#include <array>

namespace stalemate {
namespace {

constexpr std::array everything = {
    Placeholder::port,          Placeholder::database_url, Placeholder::database_password,
    Placeholder::database_host, Placeholder::cache_url,    Placeholder::cache_port,
    Placeholder::key,           Placeholder::value};

std::string filled(std::string_view text, const PlaceholderValues& values, Escaping escaping = Escaping::none) {
  const Result<Template> read = Template::read(text, everything);
  return read ? read->filled(values, escaping) : "refused: " + read.error().detail;
}

TEST(Template, fills_in_placeholders_and_leaves_all_other_braces) {
  const PlaceholderValues values = {.key = "7", .value = -3};
  EXPECT_EQ(filled(R"({"id": {key}, "a": {"b": {value}}})", values), R"({"id": 7, "a": {"b": -3}})");
  EXPECT_EQ(filled("{}{ key }{1}{{key}}{", values), "{}{ key }{1}{7}{");
  EXPECT_EQ(filled("{key", values), "{key");
  EXPECT_EQ(filled("", values), "");
}

TEST(Template, is_told_as_it_was_written) {
  const std::string text = R"({"id": {key}, "a": {value}} end)";
  EXPECT_EQ(Template::read(text, everything)->text(), text);
  EXPECT_TRUE(Template::read(text, everything)->uses(Placeholder::value));
  EXPECT_FALSE(Template::read(text, everything)->uses(Placeholder::port));
}

TEST(Template, escapes_what_is_filled_in_and_nothing_else) {
  const StoreAddress database = {.port = 5432, .user = "u", .password = "a'b $x"};
  const PlaceholderValues values = {.database = &database, .key = "a/b c"};
  EXPECT_EQ(filled("/x y/{key}", values, Escaping::url), "/x y/a%2Fb%20c");
  EXPECT_EQ(filled("run '{database_password}", values), "run 'a'b $x");
  EXPECT_EQ(filled("run {database_password} {database_host}", values, Escaping::shell), "run 'a'\\''b $x' 127.0.0.1");
  EXPECT_EQ(filled("psql {database_url}", values, Escaping::shell), "psql postgres://u:a%27b%20%24x@127.0.0.1:5432");
}

TEST(Template, fills_in_nothing_for_what_is_not_given) {
  EXPECT_EQ(filled("[{database_url}{cache_url}{cache_port}{port}]", {}), "[]");
}

TEST(StoreAddress, gives_a_url_that_reads_back) {
  const StoreAddress database = {.host = "::1", .port = 5433, .user = "a b", .password = "p@:/", .name = "x/y"};
  const Result<StoreAddress> again = read_store_url(database.postgres_url());
  ASSERT_TRUE(again) << database.postgres_url() << again.error().detail;
  EXPECT_EQ(again->host, database.host);
  EXPECT_EQ(again->port, database.port);
  EXPECT_EQ(again->user, database.user);
  EXPECT_EQ(again->password, database.password);
  EXPECT_EQ(again->name, database.name);
  const StoreAddress cache = {.port = 6380, .password = "p@:/", .name = "3"};
  EXPECT_EQ(cache.redis_url(), "redis://:p%40%3A%2F@127.0.0.1:6380/3");
  EXPECT_EQ(read_store_url(cache.redis_url())->password, "p@:/");
}

TEST(StoreAddress, is_not_read_from_what_is_no_url) {
  for (const char* text : {"", "redis://", "redis://h:0", "redis://h:99999", "postgres://h:0/x", "127.0.0.1:6379",
                           "unix:///tmp/redis.sock", "redis://h/1/2"}) {
    EXPECT_FALSE(read_store_url(text)) << text;
  }
}

}  // namespace
}  // namespace stalemate
