// Sessions of ours under load. For programs that are linked with drivers and record.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/pattern/ports.hpp"
#include "core/text/key_names.hpp"
#include "drivers/run_task.hpp"
#include "record/history_writer.hpp"
#include "servers/keeper/regardless.hpp"
#include "support/peer.hpp"
#include "support/turns.hpp"

namespace stalemate {

inline Nanoseconds steady_ns() {
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
template <class Session, class Options>
class Load {
 public:
  explicit Load(const std::string& url, const std::optional<std::filesystem::path>& history = std::nullopt) {
    if (history) {
      HistoryHeader header;
      header.key_count = 1;
      header.client_count = turn_connections;
      writer_ = must(HistoryWriter::create(*history, header, HistoryWriter::Options()));
    }
    for (unsigned each = 0; each < turn_connections; ++each) {
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
    const Nanoseconds start_ns = steady_ns();
    Turn turn;
    boost::asio::steady_timer timer(context_, std::chrono::nanoseconds(static_cast<Nanoseconds>(seconds * 1e9)));
    timer.async_wait([&](const boost::system::error_code&) {
      stop_ = true;
      const auto ops = static_cast<double>(next_op_ - ops_before);
      turn.ops_a_second = ops / (static_cast<double>(steady_ns() - start_ns) * 1e-9);
      turn.cpu_us_an_op = (own_cpu_seconds() - cpu_before) * 1e6 / ops;
    });
    std::vector<Task<void>> clients;
    for (unsigned each = 0; each < turn_connections; ++each) {
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
  static constexpr bool is_cache = std::is_base_of_v<Cache, Session>;

  static auto ask(Session& session) {
    if constexpr (is_cache) {
      return session.get(Key(0));
    } else {
      return session.read(Key(0));
    }
  }

  Task<void> client(Session& session, ClientId number) {
    while (!stop_) {
      Op op;
      op.index = next_op_++;
      op.client = number;
      op.invocation_ns = steady_ns();
      op.intended_ns = op.invocation_ns;
      const auto answer = co_await ask(session);
      op.completion_ns = steady_ns();
      failures_ += !answer || !*answer ? 1U : 0U;
      op.outcome = Outcome::ok;
      op.value = initial_value;
      if (writer_) {
        record(op);
      }
    }
  }

  void record(const Op& op) {
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

}  // namespace stalemate
