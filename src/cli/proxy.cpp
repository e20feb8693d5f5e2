// stalemate proxy: the gates alone, for anyone's tests.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "core/input_file.hpp"
#include "core/text/number_text.hpp"
#include "core/text/printable.hpp"
#include "proxy/call_log.hpp"
#include "proxy/control.hpp"
#include "proxy/fault_board.hpp"
#include "proxy/gate.hpp"

namespace stalemate {
namespace {

struct HostPort {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

/// PORT or HOST:PORT, an IPv6 host in brackets.
Result<HostPort> parse_host_port(std::string_view text, bool needs_host) {
  const std::size_t colon = text.rfind(':');
  HostPort place;
  std::string_view digits = text;
  if (colon != std::string_view::npos) {
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
      host = host.substr(1, host.size() - 2);
    }
    place.host = std::string(host);
    digits = text.substr(colon + 1);
  }
  const auto port = parse_number<decltype(place.port)>(digits);
  place.port = port.value_or(0);
  if (!port || place.host.empty() || (needs_host && (colon == std::string_view::npos || place.port == 0))) {
    return failed(ErrorCode::wrong_type, fmt::format("'{}' is no {}", text, needs_host ? "HOST:PORT" : "port"));
  }
  return place;
}

/// Where libpq looks too, so that no list of processes shows it.
std::string database_password() {
  const char* password = std::getenv("PGPASSWORD");  // NOLINT(concurrency-mt-unsafe): no other thread runs yet
  return password == nullptr ? "" : password;
}

Result<LinkAddress> parse_link(std::string_view option, const std::string& text, Protocol protocol) {
  const std::size_t equals = text.find('=');
  const std::string example = protocol == Protocol::redis ? "6380=127.0.0.1:6379" : "5433=127.0.0.1:5432";
  if (equals == std::string::npos) {
    return failed(ErrorCode::wrong_type,
                  fmt::format("{}: '{}' is not PORT=HOST:PORT, such as {}", option, text, example));
  }
  const Result<HostPort> here = parse_host_port(std::string_view(text).substr(0, equals), false);
  const Result<HostPort> store = parse_host_port(std::string_view(text).substr(equals + 1), true);
  if (!here || !store) {
    const std::string& why = here ? store.error().detail : here.error().detail;
    return failed(ErrorCode::wrong_type, fmt::format("{}: {}; write for example {}", option, why, example));
  }
  return LinkAddress{.protocol = protocol,
                     .listen_host = here->host,
                     .listen_port = here->port,
                     .store_host = store->host,
                     .store_port = store->port,
                     .password = protocol == Protocol::postgres ? database_password() : std::string()};
}

class Proxy final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("--cache", caches_,
                   "PORT=HOST:PORT: listen on that port of 127.0.0.1 (or on HOST:PORT) before a Redis");
    app.add_option("--database", databases_, "PORT=HOST:PORT: the same before a PostgreSQL");
    app.add_option("--fault", faults_,
                   "CALLS: FAULT [HOW], such as 'DEL product:*: lost-reply n=3'; several are asked in order");
    app.add_option("--faults", faults_file_, "a file of such rules, one a line; lines that begin with # say nothing");
    app.add_option("--seed", seed_,
                   "of rules by a share (10%): the same seed hits the same calls, if they come in the same order [1]");
    app.add_option("--control", control_, "a port of 127.0.0.1 at which faults are set and taken away over HTTP");
    app.add_option("--record", record_, "a file for all calls, a JSON object a line");
    app.footer("Faults:\n" + gate_fault_table());
  }

  ExitCode run() override {
    const Result<std::vector<LinkAddress>> links = read_links();
    if (!links) {
      return say(links.error());
    }
    if (links->empty()) {
      return say(ExitCode::usage,
                 "proxy needs a store, such as --cache 6380=127.0.0.1:6379 or --database 5433=127.0.0.1:5432");
    }
    FaultBoard rehearsal(*links, seed(), nullptr);
    if (const Result<void> set = set_faults(rehearsal); !set) {
      return say(set.error());
    }
    if (seed_ && !control_ && std::ranges::none_of(rehearsal.rules(), &StandingRule::is_by_share)) {
      return say(ExitCode::usage,
                 "--seed would decide nothing: no rule hits a share of its calls, as 'DEL: lost-reply 10%' does, and "
                 "without --control none can come later; leave it out");
    }
    Result<std::unique_ptr<CallLog>> log = record_.empty() ? nullptr : CallLog::begin(record_, *links);
    if (!log) {
      return say(log.error());
    }
    const ExitCode code = keep_gates(*links, log->get());
    const Result<void> recorded = *log ? (*log)->end() : Result<void>();
    if (!recorded) {
      return say(recorded.error());
    }
    if (*log && code == ExitCode::ok) {
      fmt::print("{}: {} calls\n", record_, with_thousands((*log)->lines()));
    }
    return code;
  }

 private:
  [[nodiscard]] std::uint64_t seed() const { return seed_.value_or(1); }

  Result<std::vector<LinkAddress>> read_links() const {
    std::vector<LinkAddress> links;
    const auto add = [&links](std::string_view option, const std::vector<std::string>& texts, Protocol protocol) {
      for (const std::string& text : texts) {
        Result<LinkAddress> link = parse_link(option, text, protocol);
        if (!link) {
          return Result<void>(std::unexpected(link.error()));
        }
        links.push_back(std::move(*link));
      }
      return Result<void>();
    };
    Result<void> read = add("--cache", caches_, Protocol::redis);
    read = read ? add("--database", databases_, Protocol::postgres) : read;
    return read ? Result<std::vector<LinkAddress>>(std::move(links)) : std::unexpected(read.error());
  }

  Result<void> set_faults(FaultBoard& board) const {
    for (const std::string& text : faults_) {
      if (const auto set = board.add(text); !set) {
        return failed(ErrorCode::wrong_type, "--fault: " + set.error().detail);
      }
    }
    return faults_file_.empty() ? Result<void>() : set_faults_of_file(board);
  }

  Result<void> set_faults_of_file(FaultBoard& board) const {
    const Result<std::string> text = read_input(faults_file_, faults_limit);
    if (!text) {
      return std::unexpected(text.error());
    }
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text->size();) {
      const std::size_t end = std::min(text->find('\n', begin), text->size());
      std::string line = text->substr(begin, end - begin);
      begin = end + 1;
      ++number;
      if (line.ends_with('\r')) {
        line.pop_back();
      }
      if (line.find_first_not_of(" \t") == std::string::npos || line.starts_with('#')) {
        continue;
      }
      if (const auto set = board.add(line); !set) {
        return failed(ErrorCode::wrong_type, fmt::format("{}:{}: {}", faults_file_, number, set.error().detail));
      }
    }
    return {};
  }

  ExitCode keep_gates(std::vector<LinkAddress> links, CallLog* log) const {
    FaultBoard board(links, seed(), log);
    if (const Result<void> set = set_faults(board); !set) {
      return say(set.error());
    }
    for (LinkAddress& link : links) {
      link.conditions = board.conditions(link.protocol);
    }
    const Result<std::unique_ptr<Gates>> gates = start_gates({.links = links, .keeper = &board});
    if (!gates) {
      return say(gates.error());
    }
    board.govern(gates->get());
    const ExitCode code = serve(board, **gates, links);
    if (code == ExitCode::ok) {
      tell_counts(board, **gates, links);
    }
    return code;
  }

  /// Until a signal comes.
  ExitCode serve(FaultBoard& board, const Gates& gates, const std::vector<LinkAddress>& links) const {
    boost::asio::io_context context(1);
    boost::asio::signal_set signals(context, SIGINT, SIGTERM, SIGHUP);
    std::unique_ptr<ControlPort> control;
    if (control_) {
      const auto answer = [&](std::string_view method, std::string_view target, const std::string& body) {
        return control_answer(board, gates, links, method, target, body);
      };
      Result<std::unique_ptr<ControlPort>> opened = ControlPort::open(context, *control_, answer);
      if (!opened) {
        return say(opened.error());
      }
      control = std::move(*opened);
    }
    tell_places(board, gates, links, control.get());
    signals.async_wait([&context](const boost::system::error_code& /*error*/, int /*signal*/) { context.stop(); });
    context.run();
    return ExitCode::ok;
  }

  static void tell_places(const FaultBoard& board, const Gates& gates, const std::vector<LinkAddress>& links,
                          const ControlPort* control) {
    for (std::size_t index = 0; index < links.size(); ++index) {
      fmt::print("{} {}:{} -> {}:{}\n", side_of(links[index]), links[index].listen_host, gates.port_of(index),
                 links[index].store_host, links[index].store_port);
    }
    for (const StandingRule& rule : board.rules()) {
      fmt::print("fault {}: {}\n", rule.id, rule.text);
    }
    if (control != nullptr) {
      fmt::print("control http://127.0.0.1:{}\n", control->port());
    }
    fmt::print("Ctrl-C ends it.\n");
    std::fflush(stdout);
  }

  static std::string_view side_of(const LinkAddress& link) {
    return link.protocol == Protocol::redis ? "cache" : "database";
  }

  static void tell_counts(const FaultBoard& board, const Gates& gates, const std::vector<LinkAddress>& links) {
    const std::vector<LinkCounts> counts = board.counts();
    for (std::size_t index = 0; index < links.size(); ++index) {
      const LinkCounts& count = counts[index];
      fmt::print("{} {}:{}: {} calls, {} answered ({} with an error)", side_of(links[index]), links[index].listen_host,
                 gates.port_of(index), with_thousands(count.calls), with_thousands(count.answered),
                 with_thousands(count.errors));
      fmt::print("{}\n", count.late_copies == 0 ? "" : fmt::format(", {} late copies", count.late_copies));
      for (const std::string& trouble : count.troubles) {
        fmt::print("  {}\n", printable(trouble));
      }
    }
    for (const StandingRule& rule : board.rules()) {
      const std::string hit =
          fmt::format(": hit {} of {} calls", with_thousands(rule.hit), with_thousands(rule.matched));
      fmt::print("fault {}: {}{}\n", rule.id, rule.text, rule.is_of_links ? "" : hit);
    }
  }

  static constexpr InputLimit faults_limit = {.what = "a file of faults", .bytes_max = 1UL << 20U};

  std::vector<std::string> caches_ = {};
  std::vector<std::string> databases_ = {};
  std::vector<std::string> faults_ = {};
  std::string faults_file_ = {};
  std::optional<std::uint64_t> seed_ = {};
  std::optional<std::uint16_t> control_ = {};
  std::string record_ = {};
};

[[maybe_unused]] const bool proxy_registered = register_subcommand<Proxy>(
    "proxy", "gates before a cache and a database, at which calls are delayed, lost and recorded");

}  // namespace
}  // namespace stalemate
