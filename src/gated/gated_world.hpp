// A user's application as the world that explore/application searches: its instances run behind gates, and a step lets
// one call go and waits until nothing more happens by itself.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "core/error.hpp"
#include "explore/application/application_world.hpp"
#include "explore/scope.hpp"

namespace stalemate {

struct GatedWorldOptions {
  std::filesystem::path base_folder = {};  ///< for private servers; empty: /tmp/stalemate-UID
  /// Told what is being done before the first schedule ("Starting PostgreSQL and Redis"). May be empty.
  std::function<void(const std::string& what)> on_progress = {};
};

/// What a world is made of, for reports.
struct GatedFacts {
  std::vector<std::string> stores = {};  ///< "PostgreSQL 15.20", "Redis 7.0.15", or the URLs without passwords
  std::size_t instances = 0;
};

class GatedWorld : public ApplicationWorld {
 public:
  [[nodiscard]] virtual GatedFacts facts() const = 0;
};

/// Starts what the file asks for: private stores where it names none, the gates, and one instance, which must be ready
/// and answer a create, a read and a write. More instances are started once a scope needs them.
/// Errors: unavailable and timed_out with the last lines of what would not start; refused_by_server with what the
/// application answered; unsupported where the application called no store behind our gates.
/// Requires: run_keeper_if_asked was called by main; the application outlives the world.
[[nodiscard]] Result<std::unique_ptr<GatedWorld>> open_gated_world(const Application& application,
                                                                   const GatedWorldOptions& options);

}  // namespace stalemate
