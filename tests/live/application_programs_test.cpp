// The example programs of docs/applications.md, in three languages, against real servers.
#include <gtest/gtest.h>

#include <string>

#include "application/application.hpp"
#include "application/instances/instance.hpp"
#include "application/requests/requester.hpp"
#include "live/own_servers.hpp"
#include "unit/application/told.hpp"
#include "unit/servers/keeper_hook.hpp"

namespace stalemate {
namespace {

StoreAddress address_of(const ServerAddress& server) {
  return {.host = server.host,
          .port = server.port,
          .user = server.user,
          .password = server.password,
          .name = server.database};
}

class ApplicationProgram : public OwnServersTest, public testing::WithParamInterface<const char*> {
 protected:
  [[nodiscard]] std::string cached(const std::string& key) const {
    return output_of(cache().client_command + " --no-auth-warning get product:" + key);
  }
};

TEST_P(ApplicationProgram, makes_writes_and_reads_rows_through_its_cache) {
  const Result<Application> program =
      load_application(STALEMATE_SOURCE_DIR "/tests/applications/" + std::string(GetParam()) + "/program.toml");
  ASSERT_TRUE(program) << program.error().detail;
  const StoreAddress database_address = address_of(database());
  const StoreAddress cache_address = address_of(cache());
  const auto link = start_instance_keeper(base_.path());
  ASSERT_TRUE(link) << link.error().detail;
  const Result<void> prepared = prepare_stores(**link, *program, &database_address, &cache_address);
  ASSERT_TRUE(prepared) << prepared.error().detail;
  const auto instance = Instance::start(*link, *program, {.database = database_address, .cache = cache_address});
  ASSERT_TRUE(instance) << instance.error().detail;
  const auto requester = Requester::make(*program);
  const auto ask = [&](ApplicationRequest kind, std::int64_t value) {
    return told(requester->ask(**instance, kind, "100001", value));
  };
  EXPECT_EQ(ask(ApplicationRequest::create, 7000), "ok");
  EXPECT_EQ(ask(ApplicationRequest::read, 0), "ok 7000");
  EXPECT_EQ(cached("100001"), "7000\n");
  EXPECT_EQ(ask(ApplicationRequest::write, 7001), "ok");
  EXPECT_EQ(cached("100001"), "\n");
  EXPECT_EQ(sql("select quantity from products where id = 100001"), "7001\n");
  EXPECT_EQ(ask(ApplicationRequest::read, 0), "ok 7001");
  EXPECT_EQ(cached("100001"), "7001\n");
}

INSTANTIATE_TEST_SUITE_P(Languages, ApplicationProgram, testing::Values("python", "node", "perl"),
                         [](const auto& language) { return std::string(language.param); });

}  // namespace
}  // namespace stalemate
