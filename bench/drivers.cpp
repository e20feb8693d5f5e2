// Our drivers against redis-benchmark and pgbench: the same requests to the same servers, turn by turn.
// Rooms: drivers servers record core
//
// bench_drivers [ROUNDS [SECONDS [redis|postgres]]], 5 rounds of 2 s each and both stores by default. README.md says
// what is claimed.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/key_names.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/postgres/stock_table.hpp"
#include "drivers/redis/session.hpp"
#include "drivers/run_task.hpp"
#include "record/history_writer.hpp"
#include "servers/keeper/regardless.hpp"
#include "servers/private_servers.hpp"
#include "support/peer.hpp"

namespace stalemate {
namespace {

constexpr unsigned connections = 16;
const std::string product = "93410c29-1609-484d-8662-ae2d0aa93cc4";

/// What one turn of either side came to.
struct Turn {
  double ops_a_second = 0;
  double cpu_us_an_op = 0;
};

Nanoseconds now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().detail);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

/// Clients of one thread that ask for one key over and over. Where a history is named, every op and step goes into it.
template <class Session>
class Load {
 public:
  using Options = std::conditional_t<std::is_same_v<Session, RedisSession>, RedisOptions, PostgresOptions>;

  explicit Load(const std::string& url, const std::optional<std::filesystem::path>& history = std::nullopt) {
    if (history) {
      HistoryHeader header;
      header.key_count = 1;
      header.client_count = connections;
      writer_ = must(HistoryWriter::create(*history, header, HistoryWriter::Options()));
    }
    for (unsigned each = 0; each < connections; ++each) {
      Options options;
      options.url = url;
      sessions_.push_back(std::make_unique<Session>(context_, options));
      must(run_task(context_, sessions_.back()->connect()));
    }
  }
  ~Load() {
    if (writer_) {
      regardless(writer_->close(HistoryTrailer()));
    }
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  Turn take_turn(double seconds) {
    stop_ = false;
    const std::uint64_t ops_before = next_op_;
    const double cpu_before = own_cpu_seconds();
    const Nanoseconds start_ns = now_ns();
    Turn turn;
    boost::asio::steady_timer timer(context_, std::chrono::nanoseconds(static_cast<Nanoseconds>(seconds * 1e9)));
    timer.async_wait([&](const boost::system::error_code&) {
      stop_ = true;
      const auto ops = static_cast<double>(next_op_ - ops_before);
      turn.ops_a_second = ops / (static_cast<double>(now_ns() - start_ns) * 1e-9);
      turn.cpu_us_an_op = (own_cpu_seconds() - cpu_before) * 1e6 / ops;
    });
    std::vector<Task<void>> clients;
    for (unsigned each = 0; each < connections; ++each) {
      clients.push_back(client(*sessions_[each], static_cast<ClientId>(each)));
      clients.back().start();
    }
    context_.restart();
    context_.run();
    if (failures_ > 0) {
      throw std::runtime_error("a call failed");
    }
    return turn;
  }

 private:
  static auto ask(RedisSession& session) { return session.get(Key(0)); }
  static auto ask(PostgresSession& session) { return session.read(Key(0)); }

  Task<void> client(Session& session, ClientId number) {
    while (!stop_) {
      Op op;
      op.index = next_op_++;
      op.client = number;
      op.invocation_ns = now_ns();
      op.intended_ns = op.invocation_ns;
      const auto answer = co_await ask(session);
      op.completion_ns = now_ns();
      failures_ += !answer || !*answer ? 1U : 0U;
      op.outcome = Outcome::ok;
      op.value = initial_value;
      if (writer_) {
        record(op);
      }
    }
  }

  void record(const Op& op) {
    constexpr bool is_cache = std::is_same_v<Session, RedisSession>;
    Step step;
    step.op = op.index;
    step.store = is_cache ? Store::cache : Store::database;
    step.command = is_cache ? Command::get : Command::read;
    step.outcome = Outcome::ok;
    step.value = op.value;
    step.start_ns = op.invocation_ns;
    step.end_ns = op.completion_ns;
    HistoryWriter::Lane& lane = writer_->lane(0);
    lane.append(step);
    lane.append(op);
  }

  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  std::vector<std::unique_ptr<Session>> sessions_;
  std::unique_ptr<HistoryWriter> writer_ = {};
  OpIndex next_op_ = 0;
  unsigned failures_ = 0;
  bool stop_ = false;
};

/// What a peer's start and its logins take of the processor: the median of several runs of one op a connection.
double start_cpu_seconds(const std::function<PeerRun()>& run_shortest) {
  std::vector<double> seconds;
  for (int each = 0; each < 5; ++each) {
    seconds.push_back(run_shortest().cpu_seconds);
  }
  return median_of(std::move(seconds));
}

/// A peer's turn, without its start.
Turn turn_of(const PeerRun& run, double start_cpu_s, double ops, double ops_a_second) {
  Turn turn;
  turn.ops_a_second = ops_a_second;
  turn.cpu_us_an_op = (run.cpu_seconds - start_cpu_s) * 1e6 / ops;
  return turn;
}

class RedisBenchmark {
 public:
  explicit RedisBenchmark(const ServerAddress& address)
      : address_(address), start_cpu_s_(start_cpu_seconds([this] { return run(connections); })) {}

  Turn take_turn(double seconds) {
    const double ops = seconds * ops_a_second_;
    const PeerRun measured = run(ops);
    ops_a_second_ = rate_of(measured);
    return turn_of(measured, start_cpu_s_, ops, ops_a_second_);
  }

 private:
  [[nodiscard]] PeerRun run(double ops) const {
    return run_peer(
        {"redis-benchmark", "-h", address_.host, "-p", std::to_string(address_.port), "-a", address_.password, "-c",
         std::to_string(connections), "-n", std::to_string(static_cast<long>(ops)), "--csv", "GET", "stock:" + product},
        {});
  }
  // A line such as "GET stock:...","66050.20","0.127",... below the one of titles.
  static double rate_of(const PeerRun& run) {
    const auto rate = number_after(run.output, product + "\",\"");
    if (!rate) {
      throw std::runtime_error("redis-benchmark's output has no rate");
    }
    return *rate;
  }

  ServerAddress address_;
  double start_cpu_s_;
  double ops_a_second_ = 30'000;
};

/// pgbench with one of its own scripts or with ours.
class Pgbench {
 public:
  Pgbench(const ServerAddress& address, std::vector<std::string> script)
      : address_(address),
        script_(std::move(script)),
        start_cpu_s_(start_cpu_seconds([this] { return run({"-t", "1"}); })) {}

  Turn take_turn(double seconds) {
    const PeerRun measured = run({"-T", std::to_string(static_cast<long>(seconds))});
    const auto ops = number_after(measured.output, "actually processed: ");
    const auto rate = number_after(measured.output, "\ntps = ");
    if (!ops || !rate) {
      throw std::runtime_error("pgbench's output has no rate");
    }
    return turn_of(measured, start_cpu_s_, *ops, *rate);
  }

  static void make_tables(const ServerAddress& address) {
    static_cast<void>(run_peer(command(address, {"-i", "-s", "1", "-q"}), environment(address)));
  }

 private:
  static std::vector<std::string> command(const ServerAddress& address, const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        program(), "-h", address.socket.native(), "-p", std::to_string(address.port), "-U", address.user};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(address.database);
    return words;
  }
  static std::string program() {
    const std::string packaged = "/usr/lib/postgresql/15/bin/pgbench";
    return std::filesystem::exists(packaged) ? packaged : "pgbench";
  }
  static std::vector<std::pair<std::string, std::string>> environment(const ServerAddress& address) {
    return {{"PGPASSWORD", address.password}};
  }
  [[nodiscard]] PeerRun run(const std::vector<std::string>& length) const {
    std::vector<std::string> words = {"-n", "-M", "prepared", "-c", std::to_string(connections), "-j", "1"};
    words.insert(words.end(), script_.begin(), script_.end());
    words.insert(words.end(), length.begin(), length.end());
    return run_peer(command(address_, words), environment(address_));
  }

  ServerAddress address_;
  std::vector<std::string> script_;
  double start_cpu_s_;
};

struct Claim {
  std::string title;
  double throughput_ratio_min = 0;
  double cpu_ratio_max = 0;  ///< 0: nothing is claimed
};

// Turn by turn, so that a machine that is busy for a while is busy for both; each ratio is of two neighbours.
bool compare(const Claim& claim, int rounds, double seconds, const std::function<Turn(double)>& ours,
             const std::function<Turn(double)>& peer) {
  std::vector<double> ours_rate, peer_rate, ours_cpu, peer_cpu, rate_ratio, cpu_ratio;
  for (int round = 0; round < rounds; ++round) {
    const Turn first = ours(seconds);
    const Turn second = peer(seconds);
    ours_rate.push_back(first.ops_a_second);
    peer_rate.push_back(second.ops_a_second);
    ours_cpu.push_back(first.cpu_us_an_op);
    peer_cpu.push_back(second.cpu_us_an_op);
    rate_ratio.push_back(first.ops_a_second / second.ops_a_second);
    cpu_ratio.push_back(first.cpu_us_an_op / second.cpu_us_an_op);
  }
  const double rate = median_of(rate_ratio);
  const double cpu = median_of(cpu_ratio);
  const bool is_claim = claim.cpu_ratio_max > 0;
  const bool holds = !is_claim || (rate >= claim.throughput_ratio_min && cpu <= claim.cpu_ratio_max);
  std::printf("%s\n", claim.title.c_str());
  std::printf("  ops a second  ours %8.0f  peer %8.0f  ratio %.2f", median_of(ours_rate), median_of(peer_rate), rate);
  if (is_claim) {
    std::printf(" (at least %.2f)", claim.throughput_ratio_min);
  }
  std::printf("\n  CPU us an op  ours %8.2f  peer %8.2f  ratio %.2f", median_of(ours_cpu), median_of(peer_cpu), cpu);
  if (is_claim) {
    std::printf(" (at most %.2f)  %s", claim.cpu_ratio_max, holds ? "holds" : "DOES NOT HOLD");
  }
  std::printf("\n");
  std::fflush(stdout);
  return holds;
}

bool compare_caches(const ServerAddress& address, const std::filesystem::path& folder, int rounds, double seconds) {
  Load<RedisSession> load(address.url, folder / "redis.history");
  boost::asio::io_context context;
  RedisOptions options;
  options.url = address.url;
  RedisSession session(context, options);
  must(run_task(context, session.set(Key(0), initial_value, 0)));
  RedisBenchmark peer(address);
  return compare(
      {"Redis GET, 16 connections, loopback TCP, history recorded, against redis-benchmark", 1.0, 0.85}, rounds,
      seconds, [&](double length) { return load.take_turn(length); },
      [&](double length) { return peer.take_turn(length); });
}

bool compare_databases(const ServerAddress& address, const std::filesystem::path& folder, int rounds, double seconds) {
  PostgresOptions options;
  options.url = address.socket_url;
  must(prepare_stock_table(options, 1000, ForeignTable::keep));
  Pgbench::make_tables(address);
  const std::filesystem::path script = folder / "select.sql";
  std::ofstream(script) << "SELECT quantity FROM stock WHERE product_id = :id;\n";
  Load<PostgresSession> load(address.socket_url);
  Pgbench built_in(address, {"-S"});
  Pgbench same(address, {"-f", script.native(), "-D", "id=" + product});
  const auto ours = [&](double length) { return load.take_turn(length); };
  const bool holds = compare({"Postgres SELECT by primary key, 16 connections, unix socket, against pgbench -M prepared"
                              " -S",
                              1.0, 1.0},
                             rounds, seconds, ours, [&](double length) { return built_in.take_turn(length); });
  compare({"the same, against pgbench -M prepared with our statement (nothing is claimed)"}, rounds, seconds, ours,
          [&](double length) { return same.take_turn(length); });
  return holds;
}

int run(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2.0;
  const std::string only = argc > 3 ? argv[3] : "";
  if (rounds < 1 || seconds < 1 || (!only.empty() && only != "redis" && only != "postgres")) {
    std::fprintf(stderr, "usage: bench_drivers [ROUNDS [SECONDS [redis|postgres]]], both numbers at least 1\n");
    return 64;
  }
  const auto servers = must(start_private_servers(PrivateServersOptions()));
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("stalemate-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  bool holds = true;
  if (only != "postgres") {
    holds &= compare_caches(servers->cache()->facts().addresses.front(), folder, rounds, seconds);
  }
  if (only != "redis") {
    holds &= compare_databases(servers->database()->facts().addresses.front(), folder, rounds, seconds);
  }
  std::filesystem::remove_all(folder);
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  if (const auto code = stalemate::run_keeper_if_asked(argc, argv)) {
    return *code;
  }
  try {
    return stalemate::run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_drivers: %s\n", problem.what());
    return 70;
  }
}
