#include "drivers/postgres/nodes/node_probe.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "drivers/connection/pause.hpp"
#include "drivers/postgres/session.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds probe_again_ns = 100'000'000;
constexpr Nanoseconds probe_limit_ns = 2'000'000'000;

// Options of a session with one node alone.
PostgresOptions options_for(const PostgresOptions& options, std::size_t node) {
  PostgresOptions alone = options;
  alone.url = options.nodes->url(node);
  alone.nodes = nullptr;
  return alone;
}

Task<Error> try_node(PostgresSession& session, DatabaseNodes& nodes, std::size_t node) {
  const Result<SessionFacts> facts = co_await session.connect();
  if (facts) {
    nodes.reached(node);
    co_return Error{ErrorCode::none, Outcome::ok, ""};
  }
  nodes.not_reached(node);
  co_return facts.error();
}

}  // namespace

void NodeProbe::start() {
  watching_ = watch();
  watching_.start();
}

Task<void> NodeProbe::watch() {
  while (true) {
    Pause pause(context_, probe_again_ns);
    co_await pause;
    for (const std::size_t node : options_.nodes->in_doubt()) {
      PostgresOptions options = options_for(options_, node);
      options.connect_limit_ns = std::min(options.connect_limit_ns, probe_limit_ns);
      PostgresSession session(context_, std::move(options));
      (void)co_await try_node(session, *options_.nodes, node);
    }
  }
}

std::vector<Error> NodeProbe::try_all(const PostgresOptions& options) {
  boost::asio::io_context context(1);
  std::vector<std::unique_ptr<PostgresSession>> sessions;
  std::vector<Task<Error>> trying;
  for (std::size_t node = 0; node < options.nodes->count(); ++node) {
    sessions.push_back(std::make_unique<PostgresSession>(context, options_for(options, node)));
    trying.push_back(try_node(*sessions.back(), *options.nodes, node));
    trying.back().start();
  }
  while (!std::ranges::all_of(trying, [](const Task<Error>& each) { return each.done(); }) && context.run_one() > 0) {
  }
  std::vector<Error> errors;
  for (Task<Error>& each : trying) {
    errors.push_back(each.take());
  }
  return errors;
}

}  // namespace stalemate
