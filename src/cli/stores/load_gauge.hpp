// Looks at the database's sessions and at the processors, for a run that wants to know what holds it back.
#pragma once

#include <optional>

#include "drive/session.hpp"
#include "engines/database_engine.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

class LiveLoadGauge final : public LoadGauge {
 public:
  /// `servers` are those of the run, or nullptr. Both outlive it.
  LiveLoadGauge(LiveDatabase& database, PrivateServers* servers) : database_(database), servers_(servers) {}

  Result<SessionLook> look() override { return database_.look(); }
  [[nodiscard]] std::optional<ProcessorTimes> processor_times() override;
  [[nodiscard]] unsigned processors() const override;

 private:
  LiveDatabase& database_;
  PrivateServers* servers_;
};

}  // namespace stalemate
