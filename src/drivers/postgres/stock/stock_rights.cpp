#include "drivers/postgres/stock/stock_rights.hpp"

#include <string>
#include <string_view>

namespace stalemate {
namespace {

// A role that may do less sees fewer of the table's columns, or none.
constexpr const char* lacking_text =
    "SELECT current_user, coalesce(string_agg(privilege, ', '), '')"
    " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'TRUNCATE']) privilege"
    " WHERE NOT has_table_privilege(quote_ident(current_schema()) || '.stock', privilege)";

constexpr const char* making_text =
    "SELECT current_user, coalesce(current_schema(), ''),"
    " coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)";

// Who may drop a table: its owner, and whoever is a member of that role.
constexpr const char* owners_text =
    "SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relname IN ('stock', 'stock_outbox') AND n.nspname = current_schema()"
    " AND NOT pg_has_role(current_user, c.relowner, 'USAGE') ORDER BY c.relname";

std::string text_in(const ResultPointer& rows, int row, int column) {
  return ::PQgetvalue(rows.get(), row, column);
}

}  // namespace

Result<void> check_use_of_stock(BlockingConnection& connection) {
  if (connection.dialect() == Dialect::cockroach) {
    return {};
  }
  const Result<ResultPointer> rows = connection.run(lacking_text);
  if (!rows) {
    return std::unexpected(rows.error());
  }
  const std::string role = text_in(*rows, 0, 0);
  const std::string lacking = text_in(*rows, 0, 1);
  if (lacking.empty()) {
    return {};
  }
  return failed(ErrorCode::authentication,
                "the database's user '" + role + "' lacks rights on the table 'stock': " + lacking +
                    "; grant them (GRANT " + lacking + " ON stock TO \"" + role + "\"), or name its owner in the URL");
}

Result<void> check_making_of_tables(BlockingConnection& connection, const StockWork& work) {
  if (connection.dialect() == Dialect::cockroach || (!work.makes_stock && !work.makes_outbox)) {
    return {};
  }
  const Result<ResultPointer> making = connection.run(making_text);
  const Result<ResultPointer> owners = making ? connection.run(owners_text) : std::unexpected(making.error());
  if (!owners) {
    return std::unexpected(owners.error());
  }
  const std::string role = text_in(*making, 0, 0);
  for (int row = 0; row < ::PQntuples(owners->get()); ++row) {
    const std::string table = text_in(*owners, row, 0);
    if (table == "stock" ? work.drops_stock : work.makes_outbox) {
      const std::string owner = text_in(*owners, row, 1);
      return failed(ErrorCode::authentication,
                    "the table '" + table +
                        "' has to be made anew for this run, and it belongs to the database's user '" + owner +
                        "', so '" + role + "' may not drop it; name '" + owner +
                        "' in the URL, or drop the table as that user");
    }
  }
  const std::string schema = text_in(*making, 0, 1);
  if (schema.empty()) {
    return failed(ErrorCode::unknown_table,
                  "the database has no schema in which the tables of '" + role +
                      "' could be made: its search_path names none that exists; make one (CREATE SCHEMA), or name "
                      "another database in the URL");
  }
  if (text_in(*making, 0, 2) != "t") {
    return failed(ErrorCode::authentication, "the database's user '" + role + "' may not make tables in the schema '" +
                                                 schema + "'; grant it (GRANT CREATE ON SCHEMA \"" + schema +
                                                 "\" TO \"" + role + "\"), or name another user in the URL");
  }
  return {};
}

}  // namespace stalemate
