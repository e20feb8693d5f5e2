// A scenario as TOML, as it is kept in a run's folder.
#include "scenario/data_section.hpp"
#include "scenario/fields.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

std::string to_toml(const Scenario& scenario) {
  std::string text;
  for (const Field& field : fields()) {
    const std::string value = field.show(scenario);
    if (!value.empty()) {
      text += field.about.key;
      text += " = ";
      text += value;
      text += '\n';
    }
  }
  text += scenario.data ? "\n" + data_toml(*scenario.data) : "";
  if (!scenario.faults.empty()) {
    text += "\n[faults]\n";
  }
  for (const auto& [name, configuration] : scenario.faults) {
    text += quote_toml(name);
    text += " = ";
    text += quote_toml(configuration);
    text += '\n';
  }
  return text;
}

}  // namespace stalemate
