// Looks at the database's sessions and at the processors, for a run that wants to know what holds it back.
#pragma once

#include <optional>

#include "drive/session.hpp"
#include "drivers/postgres/activity.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// The first look connects; a server that cannot be asked is not asked again.
class LiveLoadGauge final : public LoadGauge {
 public:
  /// `servers` are those of the run, or nullptr; they outlive it.
  LiveLoadGauge(PostgresOptions database, PrivateServers* servers)
      : database_(std::move(database)), servers_(servers) {}

  Result<SessionLook> look() override;
  [[nodiscard]] std::optional<ProcessorTimes> processor_times() override;
  [[nodiscard]] unsigned processors() const override;

 private:
  PostgresOptions database_;
  PrivateServers* servers_;
  std::optional<Result<ActivityWatch>> activity_ = {};
};

}  // namespace stalemate
