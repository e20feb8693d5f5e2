// The generated parts of the docs on scenarios.
#pragma once

#include <string>

namespace stalemate {

/// Every key, every fault and every word for calls, as tables in Markdown: the body of docs/scenarios.md.
[[nodiscard]] std::string scenario_tables();

/// What results.json reports of each key under `asked`, as a table in Markdown, for docs/results.md.
[[nodiscard]] std::string asked_table();

}  // namespace stalemate
