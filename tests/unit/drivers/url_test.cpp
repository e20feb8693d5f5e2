#include "drivers/url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace stalemate {
namespace {

TEST(RedisUrl, has_defaults_for_all_but_the_scheme) {
  const auto address = parse_redis_url("redis://");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_EQ(address->port, 6379);
  EXPECT_EQ(address->database, 0U);
  EXPECT_TRUE(address->user.empty() && address->password.empty() && address->socket_path.empty());
}

TEST(RedisUrl, gives_all_its_parts) {
  const auto address = parse_redis_url("redis://me:p%40ss:w%2Frd@cache.example:7000/3");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->user, "me");
  EXPECT_EQ(address->password, "p@ss:w/rd");
  EXPECT_EQ(address->host, "cache.example");
  EXPECT_EQ(address->port, 7000);
  EXPECT_EQ(address->database, 3U);
}

TEST(RedisUrl, takes_a_password_without_a_user_and_odd_letters_in_it) {
  const auto address = parse_redis_url("redis://:a@b/c@[::1]:7001");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->user.empty());
  EXPECT_EQ(address->password, "a@b/c");
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 7001);
}

TEST(RedisUrl, names_a_unix_socket) {
  const auto address = parse_redis_url("unix://:secret@/run/my%20redis.sock?db=2");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->socket_path, "/run/my redis.sock");
  EXPECT_EQ(address->password, "secret");
  EXPECT_EQ(address->database, 2U);
  const auto plain = parse_redis_url("redis+unix:///run/redis.sock");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->socket_path, "/run/redis.sock");
}

TEST(MemcachedUrl, gives_all_its_parts) {
  const auto plain = parse_memcached_url("memcached://");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "127.0.0.1");
  EXPECT_EQ(plain->port, 11211);
  EXPECT_TRUE(plain->password.empty());
  const auto whole = parse_memcached_url("memcached://me:p%40ss@[::1]:7000");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->user, "me");
  EXPECT_EQ(whole->password, "p@ss");
  EXPECT_EQ(whole->host, "::1");
  EXPECT_EQ(whole->port, 7000);
}

TEST(MemcachedUrl, that_cannot_be_used_is_refused_in_one_sentence_without_its_password) {
  for (const char* const url :
       {"redis://localhost", "memcached:localhost", "memcached://localhost/0", "memcached://localhost:0",
        "memcached://:hunter2@localhost", "memcached://me@localhost", "memcached://me:hunter2%20x@localhost"}) {
    const auto address = parse_memcached_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().detail.find("hunter2"), std::string::npos) << address.error().detail;
  }
}

TEST(RedisUrl, that_cannot_be_used_is_refused_in_one_sentence_without_its_password) {
  for (const std::string url :
       {"http://x:secret@localhost", "rediss://:secret@localhost", "redis://:secret@localhost:0",
        "redis://:secret@localhost:65536", "redis://:secret@localhost:x", "redis://:secret@localhost/one",
        "redis://:secret%zz@localhost", "redis://:secret%00@localhost", "redis://:secret@[::1",
        "unix://:secret@relative", "unix://:secret@/path?x=1", "unix://:secret@", "", "localhost:6379"}) {
    const auto address = parse_redis_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::wrong_type);
    EXPECT_EQ(address.error().outcome, Outcome::fail);
    EXPECT_EQ(address.error().detail.find("secret"), std::string::npos) << address.error().detail;
    EXPECT_EQ(address.error().detail.find('\n'), std::string::npos);
  }
}

TEST(MariaDbUrl, has_a_default_for_all_but_the_database) {
  const auto address = parse_mariadb_url("mysql:///shop");
  ASSERT_TRUE(address) << address.error().detail;
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_EQ(address->port, 3306);
  EXPECT_EQ(address->database, "shop");
  EXPECT_TRUE(address->user.empty() && address->password.empty() && address->socket_path.empty());
}

TEST(MariaDbUrl, names_server_login_and_database_in_both_spellings) {
  for (const std::string scheme : {"mysql", "mariadb"}) {
    const auto address = parse_mariadb_url(scheme + "://me:p%40ss@[::1]:3307/my%20shop");
    ASSERT_TRUE(address) << address.error().detail;
    EXPECT_EQ(address->user, "me");
    EXPECT_EQ(address->password, "p@ss");
    EXPECT_EQ(address->host, "::1");
    EXPECT_EQ(address->port, 3307);
    EXPECT_EQ(address->database, "my shop");
  }
}

TEST(MariaDbUrl, names_a_unix_socket) {
  const auto address = parse_mariadb_url("mysql://me:pw@/shop?socket=/run/my%20db.sock");
  ASSERT_TRUE(address) << address.error().detail;
  EXPECT_EQ(address->socket_path, "/run/my db.sock");
  EXPECT_EQ(address->user, "me");
  EXPECT_EQ(address->database, "shop");
}

TEST(MariaDbUrl, that_cannot_be_used_is_refused_in_one_sentence_without_its_password) {
  for (const std::string url :
       {"postgres://x:secret@localhost/a", "mysql://x:secret@localhost", "mysql://x:secret@localhost/",
        "mysql://x:secret@localhost:0/a", "mysql://x:secret@localhost:x/a", "mysql://x:secret%zz@localhost/a",
        "mysql://x:secret@[::1/a", "mysql://x:secret@localhost/a?ssl=1", "mysql://x:secret@localhost/a?socket=here", "",
        "localhost:3306"}) {
    const auto address = parse_mariadb_url(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().code, ErrorCode::wrong_type);
    EXPECT_EQ(address.error().outcome, Outcome::fail);
    EXPECT_EQ(address.error().detail.find("secret"), std::string::npos) << address.error().detail;
  }
}

TEST(PostgresUrl, is_what_libpq_takes) {
  for (const std::string url : {"postgres://postgres:password@localhost:5432/postgres?sslmode=disable", "postgresql://",
                                "postgres://user@/db?host=/tmp/folder&port=5433", "postgres://a,b:1/db"}) {
    EXPECT_TRUE(check_postgres_url(url)) << url;
  }
}

TEST(PostgresUrl, that_cannot_be_used_is_refused_without_its_password) {
  for (const std::string url :
       {"mysql://u:secret@h/db", "postgres://u:secret@[::1/db", "postgres://u:secret@h/db?nonsense=1",
        "postgres://u@h/db?password=secret&nonsense=1", "postgres://u:secret%zz@h/db", "host=h password=secret"}) {
    const auto checked = check_postgres_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, ErrorCode::wrong_type);
    if (url.starts_with("postgres") || url.starts_with("mysql")) {
      EXPECT_EQ(checked.error().detail.find("secret"), std::string::npos) << checked.error().detail;
    }
  }
}

TEST(ShownUrl, hides_the_password_only) {
  EXPECT_EQ(url_without_password("postgres://me:secret@host:5432/db"), "postgres://me:***@host:5432/db");
  EXPECT_EQ(url_without_password("redis://:secret@host/0"), "redis://:***@host/0");
  EXPECT_EQ(url_to_log_in("postgres://me:secret@host:5432/db"), "postgres://me@host:5432/db");
  EXPECT_EQ(url_to_log_in("postgres://me@host/db"), "postgres://me@host/db");
  EXPECT_EQ(url_to_log_in("redis://:secret@host:6379/0"), "redis://host:6379/0");
  EXPECT_EQ(url_to_log_in("postgres://h/db?user=me&password=secret"), "postgres://h/db?user=me");
  EXPECT_EQ(url_to_log_in("postgres://h/db?password=secret&user=me"), "postgres://h/db?user=me");
  EXPECT_EQ(url_to_log_in("postgres://h/db?password=secret"), "postgres://h/db");
  EXPECT_EQ(url_without_password("postgres://me@host:5432/db"), "postgres://me@host:5432/db");
  EXPECT_EQ(url_without_password("redis://localhost:6379/0"), "redis://localhost:6379/0");
  EXPECT_EQ(url_without_password("postgres://h/db?user=me&password=secret&port=1"),
            "postgres://h/db?user=me&password=***&port=1");
}

RC_GTEST_PROP(ShownUrl, never_shows_the_password, ()) {
  const auto letters = rc::gen::elementOf(std::string("QXZ@:/?#%&=[]."));
  const std::string password = "Q" + *rc::gen::container<std::string>(letters) + "Z";
  const std::string scheme = *rc::gen::element<std::string>("redis", "postgres", "unix", "other");
  const std::string shown = url_without_password(scheme + "://me:" + password + "@host:1/db");
  RC_ASSERT(shown.find('Q') == std::string::npos);
  RC_ASSERT(shown.find('Z') == std::string::npos);
}

TEST(Secrets, are_struck_out_of_what_servers_say) {
  EXPECT_EQ(without_secret("unknown command 'AUTH', with args beginning with: 'hunter2' 'hunter2'", "hunter2"),
            "unknown command 'AUTH', with args beginning with: '***' '***'");
  EXPECT_EQ(without_secret("aaa", "*"), "aaa");
  EXPECT_EQ(without_secret("a*b", "*"), "a***b");
  EXPECT_EQ(without_secret("as it was", ""), "as it was");
}

}  // namespace
}  // namespace stalemate
