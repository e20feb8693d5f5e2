// Logging in to a PostgreSQL as an application did, with a password that the gates were given.
#pragma once

#include <libpq-fe.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// One login by libpq, in plain, since a gate's store is asked in plain. The connection lasts as long as this object.
/// Thread rule: the context's thread.
class PostgresLogin : public std::enable_shared_from_this<PostgresLogin> {
 public:
  using Done = std::function<void(Result<std::shared_ptr<PostgresLogin>>)>;

  /// `start_message` is the application's; its user, database and settings are taken over.
  PostgresLogin(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& store,
                std::string_view start_message, const std::string& password);

  /// Keeps itself alive until `done` was called. Errors: authentication, with libpq's words, whatever the reason.
  void start(Done done);
  /// The connection's socket once more, to be closed by whoever takes it. Requires: done without an error.
  [[nodiscard]] int duplicated_socket() const;

 private:
  void go_on();
  void wait(boost::asio::posix::stream_descriptor::wait_type what);

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, &PQfinish};
  boost::asio::posix::stream_descriptor descriptor_;
  Done done_ = {};
};

}  // namespace stalemate
