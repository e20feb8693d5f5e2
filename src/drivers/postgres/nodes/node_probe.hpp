// Looks after the nodes of a database that a session has lost, so that it is known when each is back.
#pragma once

#include <boost/asio/io_context.hpp>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/task.hpp"
#include "drivers/postgres/nodes/nodes.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// Tries to reach each node in doubt every tenth of a second, over a separate connection, and tells options.nodes.
/// Sessions do not go back to a node by themselves: without a probe nobody would ask it again.
/// Thread rule: the thread that runs `context`; may be destroyed at any time.
class NodeProbe {
 public:
  /// Requires: options.nodes.
  NodeProbe(boost::asio::io_context& context, PostgresOptions options)
      : context_(context), options_(std::move(options)) {}
  NodeProbe(const NodeProbe&) = delete;
  NodeProbe& operator=(const NodeProbe&) = delete;

  void start();
  /// Tries to reach every node once, all at the same time. Blocks, on its own loop. Errors, one a node, in order:
  /// why it cannot be reached; `none` where it can.
  static std::vector<Error> try_all(const PostgresOptions& options);

 private:
  Task<void> watch();

  boost::asio::io_context& context_;
  PostgresOptions options_;
  Task<void> watching_ = {};
};

}  // namespace stalemate
