#include "application/command.hpp"

#include <stdlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace stalemate {
namespace {

constexpr std::string_view inherited_always[] = {"PATH", "HOME",   "USER", "LOGNAME", "SHELL",
                                                 "LANG", "LC_ALL", "TZ",   "TMPDIR"};
/// A keeper is told an order in one message.
constexpr std::size_t order_bytes_max = 60'000;

std::vector<std::string> environment_for(const Application& application, const PlaceholderValues& values) {
  std::vector<std::string> environment;
  const auto inherit = [&](std::string_view name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours sets the environment
    const char* value = getenv(std::string(name).c_str());
    const bool is_set_here =
        std::ranges::any_of(application.environment, [&](const auto& variable) { return variable.first == name; });
    if (value != nullptr && !is_set_here) {
      environment.push_back(std::string(name) + "=" + value);
    }
  };
  std::ranges::for_each(inherited_always, inherit);
  std::ranges::for_each(application.inherited, inherit);
  for (const auto& [name, value] : application.environment) {
    environment.push_back(name + "=" + value.filled(values));
  }
  return environment;
}

}  // namespace

Result<SpawnOrder> shell_order(const Application& application, const Template& command, const PlaceholderValues& values,
                               const std::filesystem::path& log) {
  SpawnOrder order{.arguments = {"/bin/sh", "-c", command.filled(values, Escaping::shell)},
                   .environment = environment_for(application, values),
                   .folder = application.folder,
                   .log = log};
  if (to_json(order).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).size() > order_bytes_max) {
    return failed(ErrorCode::unsupported, "a command line and its environment are longer than 60,000 bytes");
  }
  return order;
}

}  // namespace stalemate
