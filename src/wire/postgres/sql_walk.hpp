// One statement's parse tree, as libpg_query writes it, read for what the statement touches.
#pragma once

#include <nlohmann/json.hpp>

#include "wire/postgres/sql_facts.hpp"

namespace stalemate {

using SqlTree = nlohmann::json;

/// `node` is an object with the statement's kind as its one key, such as {"SelectStmt": {...}}. The name stays empty
/// where the text's first word is the name. `text` is the whole one, of which the tree is.
[[nodiscard]] SqlStatement walk_statement(const SqlTree& node, std::string_view text);

}  // namespace stalemate
