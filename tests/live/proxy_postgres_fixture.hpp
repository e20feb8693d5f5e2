// A private PostgreSQL behind a gate, with its SCRAM login.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "live/program.hpp"
#include "live/proxy_fixture.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {

/// Remembers which calls were answered with a commit. Thread rule: any thread.
class CommitKeeper final : public GateKeeper {
 public:
  Passage arrived(const GateCall& call) override { return told.arrived(call); }
  void answered(const GateCall& call, const StoreReply& reply) override {
    told.answered(call, {.text = reply.text + (reply.commits ? ", commits" : "")});
  }
  void closed(std::size_t link, std::uint64_t connection) override { told.closed(link, connection); }
  void copy_answered(const GateCall& call, const StoreReply& reply) override { told.copy_answered(call, reply); }
  void pushed(std::size_t link, std::uint64_t connection) override { told.pushed(link, connection); }
  void troubled(std::size_t link, const std::string& sentence) override { told.troubled(link, sentence); }

  ToldKeeper told = {};
};

/// One connection of an application, by libpq.
class PostgresClient {
 public:
  explicit PostgresClient(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
    EXPECT_EQ(PQstatus(get()), CONNECTION_OK) << PQerrorMessage(get());
  }
  [[nodiscard]] PGconn* get() const { return connection_.get(); }

  /// The first column of the first row, else the command's tag, else the error's first line.
  std::string ask(const std::string& sql) { return told(PQexec(get(), sql.c_str())); }
  /// The same with parameters, of a statement prepared before.
  std::string run(const std::string& name, const std::vector<const char*>& parameters) {
    return told(PQexecPrepared(get(), name.c_str(), static_cast<int>(parameters.size()), parameters.data(), nullptr,
                               nullptr, 0));
  }
  void send(const std::string& sql) { EXPECT_EQ(PQsendQuery(get(), sql.c_str()), 1); }
  std::string receive() {
    std::string first = told(PQgetResult(get()));
    while (PGresult* more = PQgetResult(get())) {
      PQclear(more);
    }
    return first;
  }
  static std::string told(PGresult* result) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> owned(result, &PQclear);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0) {
      return PQgetvalue(result, 0, 0);
    }
    std::string text = PQresultErrorMessage(result);
    text = text.substr(0, text.find('\n'));
    return text.empty() ? PQcmdStatus(result) : text;
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

class ProxyPostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    auto servers = start_private_servers({.database = &postgres_kind, .base_folder = base_.path()});
    ASSERT_TRUE(servers) << servers.error().detail;
    servers_ = std::move(*servers);
  }

  [[nodiscard]] ServerAddress database() const { return servers_->database()->facts().addresses.front(); }
  void open_gates(GateKeeper* keeper) {
    auto gates = start_gates({.links = {{.protocol = Protocol::postgres,
                                         .store_host = database().host,
                                         .store_port = database().port,
                                         .password = database().password}},
                              .keeper = keeper});
    ASSERT_TRUE(gates) << gates.error().detail;
    gates_ = std::move(*gates);
  }
  [[nodiscard]] std::string url(bool is_direct) const {
    const ServerAddress address = database();
    return "postgres://" + address.user + ":" + address.password +
           "@127.0.0.1:" + std::to_string(is_direct ? address.port : gates_->port_of(0)) + "/" + address.database;
  }
  [[nodiscard]] PostgresClient through_gate() const { return PostgresClient(url(false)); }
  [[nodiscard]] PostgresClient direct() const { return PostgresClient(url(true)); }
  /// What a shell command prints whose PGHOST and so on lead through the gate, or to the server.
  [[nodiscard]] std::string shell(const std::string& command, bool is_direct = false) const {
    const ServerAddress address = database();
    return output_of("export PGHOST=127.0.0.1 PGUSER=" + address.user + " PGPASSWORD=" + address.password +
                     " PGDATABASE=" + address.database +
                     " PGPORT=" + std::to_string(is_direct ? address.port : gates_->port_of(0)) + "; " + command);
  }
  /// Holds calls of that name.
  void hold(const std::string& name) {
    keeper_.told.decide = [name](const GateCall& call) { return Passage{.hold = call.request.name == name}; };
  }

  OwnFolder base_{OwnFolder::passable};
  std::unique_ptr<PrivateServers> servers_ = {};
  CommitKeeper keeper_ = {};
  std::unique_ptr<Gates> gates_ = {};
};

}  // namespace stalemate
