// One instance as a kept server: how it is started and when it is ready.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "application/application.hpp"
#include "application/instances/asleep.hpp"
#include "application/instances/instance.hpp"
#include "core/error.hpp"
#include "servers/keeper/kept_server.hpp"

namespace stalemate {

/// Asks an instance once whether it is ready. Errors: why not.
[[nodiscard]] Result<void> ask_whether_ready(const Application& application, const InstanceAddress& address,
                                             Nanoseconds limit_ns);

class InstanceProcess final : public KeptServer {
 public:
  InstanceProcess(const std::shared_ptr<KeeperLink>& link, const Application& application, const InstanceOrder& order);

  [[nodiscard]] const InstanceAddress& address() const { return address_; }
  [[nodiscard]] std::filesystem::path log() const { return folder() / "instance.log"; }
  /// Where in its log the last start began.
  [[nodiscard]] std::uintmax_t log_start() const { return log_start_; }
  /// Null where it is asked over HTTP.
  [[nodiscard]] std::shared_ptr<const ProgramPipes> pipes() const;

 protected:
  Result<void> initialise() override;
  Result<void> choose_ports() override;
  [[nodiscard]] std::vector<SpawnOrder> orders() const override { return {spawn_order_}; }
  void clear_traces() override;
  Result<void> answer(Nanoseconds limit_ns) override;
  [[nodiscard]] int stop_signal() const override;

 private:
  using SteadyClock = std::chrono::steady_clock;

  [[nodiscard]] std::filesystem::path input() const { return folder() / "input"; }
  [[nodiscard]] std::filesystem::path output() const { return folder() / "output"; }
  [[nodiscard]] Result<SpawnOrder> order_of_start() const;
  /// Before every start: where its log goes on, and new pipes, so that nothing of the start before is in them.
  Result<void> prepare_start();
  Result<void> make_pipes();
  void look_for_other_ports();

  Application application_;
  InstanceOrder order_;
  InstanceAddress address_ = {};
  SpawnOrder spawn_order_ = {};
  std::uintmax_t log_start_ = 0;
  std::optional<SleepWatch> watch_ = {};  ///< of this start of a program
  int looks_asleep_ = 0;
  SteadyClock::time_point ports_seen_ = {};
  std::string other_ports_ = {};  ///< the end of a sentence
  mutable std::mutex pipes_mutex_;
  std::shared_ptr<const ProgramPipes> pipes_ = {};
};

}  // namespace stalemate
