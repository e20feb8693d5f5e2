#include "drivers/mariadb/stock/stock_table.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "core/text/key_names.hpp"
#include "drivers/mariadb/blocking_connection.hpp"

namespace stalemate {
namespace {

constexpr std::string_view mark_of_ours = "made by stalemate";
constexpr std::string_view new_name = "stock_being_made";
constexpr std::string_view old_name = "stock_replaced";

// Rights that are missing show before the rows are made.
constexpr std::array<std::string_view, 3> rights_texts = {
    "SELECT quantity, version FROM stock_being_made WHERE product_id = ''",
    "UPDATE stock_being_made SET quantity = 0 WHERE product_id = ''",
    "DELETE FROM stock_being_made WHERE product_id = ''"};

constexpr std::uint32_t rows_an_insert = 2'000;

// A table of a name that we want.
struct Relation {
  bool exists = false;
  bool is_table = false;  // not a view or the like
  bool is_ours = false;
};

Result<Relation> find_relation(MariaDbConnection& connection, std::string_view name) {
  const Result<TextRows> rows = connection.run(
      "SELECT table_type, table_comment FROM information_schema.tables WHERE table_schema = DATABASE()"
      " AND table_name = '" +
      std::string(name) + "'");
  if (!rows) {
    return std::unexpected(rows.error());
  }
  if (rows->empty()) {
    return Relation();
  }
  return Relation{.exists = true,
                  .is_table = rows->front()[0] == "BASE TABLE",
                  .is_ours = rows->front()[1].starts_with(mark_of_ours)};
}

// Such as "product_id varchar(36) not null, quantity int(11) not null".
Result<std::string> columns_of_stock(MariaDbConnection& connection) {
  const Result<TextRows> rows = connection.run(
      "SELECT column_name, column_type, is_nullable FROM information_schema.columns"
      " WHERE table_schema = DATABASE() AND table_name = 'stock' ORDER BY ordinal_position");
  if (!rows) {
    return std::unexpected(rows.error());
  }
  std::string text;
  for (const std::vector<std::string>& row : *rows) {
    // The width that some versions tell of a number says nothing of what it can hold.
    const bool is_number = row[1].starts_with("int(") || row[1].starts_with("bigint(");
    std::string type = row[1];
    if (is_number) {
      type.erase(type.find('('), type.find(')') - type.find('(') + 1);
    }
    text += (text.empty() ? "" : ", ") + row[0] + " " + type + (row[2] == "NO" ? " not null" : "");
  }
  return text.empty() ? "none" : text;
}

// Errors: what stands at the name of the table must be kept.
Result<void> check_standing_stock(MariaDbConnection& connection, const Relation& found, ForeignTable foreign) {
  constexpr std::string_view our_columns =
      "product_id varchar(36) not null, quantity int not null, version bigint unsigned not null";
  if (!found.is_table) {
    return failed(ErrorCode::constraint, "there is a 'stock' in the database that is not a table; remove or rename it");
  }
  if (foreign == ForeignTable::replace) {
    return {};
  }
  const Result<std::string> columns = columns_of_stock(connection);
  if (!columns) {
    return std::unexpected(columns.error());
  }
  if (!found.is_ours) {
    return failed(ErrorCode::constraint, "a table 'stock' exists that stalemate did not make (its columns: " +
                                             *columns + "); --replace drops it and makes a new one");
  }
  if (*columns != our_columns) {
    return failed(ErrorCode::constraint, "the table 'stock' has other columns than stalemate gave it (" + *columns +
                                             " instead of " + std::string(our_columns) +
                                             "); --replace drops it and makes a new one");
  }
  return {};
}

// What a right that is missing means, and what would be right.
Error with_grant(Error error) {
  if (error.code == ErrorCode::authentication) {
    error.detail +=
        "; a run needs the rights SELECT, INSERT, UPDATE, DELETE, CREATE, DROP and ALTER on the whole database (GRANT "
        "... ON DATABASE.* TO USER), since it makes the table 'stock' anew";
  }
  return error;
}

Result<void> run_each(MariaDbConnection& connection, std::span<const std::string_view> statements) {
  for (const std::string_view statement : statements) {
    if (const Result<TextRows> done = connection.run(statement); !done) {
      return std::unexpected(with_grant(done.error()));
    }
  }
  return {};
}

Result<void> run_each(MariaDbConnection& connection, std::initializer_list<std::string_view> statements) {
  return run_each(connection, std::span(statements.begin(), statements.size()));
}

// What an earlier preparation that was cut short has left at one of our names.
Result<void> clear_name(MariaDbConnection& connection, std::string_view name) {
  const Result<Relation> found = find_relation(connection, name);
  if (!found || !found->exists) {
    return without_value(found);
  }
  if (!found->is_table || !found->is_ours) {
    return failed(ErrorCode::constraint, "there is a '" + std::string(name) +
                                             "' in the database that stalemate did not make; remove or rename it");
  }
  const std::string drop = "DROP TABLE " + std::string(name);
  return run_each(connection, {drop});
}

Result<void> insert_rows(MariaDbConnection& connection, std::uint32_t keys, const RowsTold& told) {
  const std::string quantity = "'," + std::to_string(initial_value) + ")";
  for (std::uint32_t first = 0; first < keys; first += rows_an_insert) {
    const std::uint32_t end = std::min(keys, first + rows_an_insert);
    std::string text = "INSERT INTO stock_being_made (product_id, quantity) VALUES ";
    for (std::uint32_t key = first; key < end; ++key) {
      text += key == first ? "('" : ",('";
      text += product_id(Key(key)).view();
      text += quantity;
    }
    if (Result<void> done = run_each(connection, {text}); !done) {
      return done;
    }
    if (told) {
      told(end);
    }
  }
  return {};
}

std::string create_stock_text() {
  std::random_device chance;
  return "CREATE TABLE stock_being_made (product_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,"
         " quantity INT NOT NULL, version BIGINT UNSIGNED NOT NULL DEFAULT 1) ENGINE = InnoDB COMMENT = '" +
         std::string(mark_of_ours) + " " + std::to_string(chance()) + std::to_string(chance()) + "'";
}

Result<void> make_empty_outbox(MariaDbConnection& connection) {
  constexpr std::string_view create_text =
      "CREATE TABLE stock_outbox (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,"
      " product_id VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, quantity INT NOT NULL)"
      " ENGINE = InnoDB COMMENT = 'made by stalemate'";
  const Result<void> cleared = clear_name(connection, "stock_outbox");
  return cleared ? run_each(connection, {create_text}) : cleared;
}

Result<void> make_new_stock(MariaDbConnection& connection, std::uint32_t keys, const RowsTold& told) {
  const std::string create = create_stock_text();
  Result<void> done = run_each(connection, {"SET SESSION lock_wait_timeout = 10", create});
  if (done) {
    done = run_each(connection, rights_texts);
  }
  if (done) {
    done = run_each(connection, {"START TRANSACTION"});
  }
  if (done) {
    done = insert_rows(connection, keys, told);
  }
  return done ? run_each(connection, {"COMMIT"}) : done;
}

Result<void> put_in_place(MariaDbConnection& connection, bool another_stands_there) {
  if (!another_stands_there) {
    return run_each(connection, {"RENAME TABLE stock_being_made TO stock"});
  }
  return run_each(connection,
                  {"RENAME TABLE stock TO stock_replaced, stock_being_made TO stock", "DROP TABLE stock_replaced"});
}

}  // namespace

Result<void> prepare_mariadb_stock(const MariaDbOptions& options, std::uint32_t keys, ForeignTable foreign,
                                   const RowsTold& told) {
  STALEMATE_ASSERT(keys > 0, "a stock table has at least one row");
  Result<MariaDbConnection> connection = MariaDbConnection::open(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  const Result<Relation> found = find_relation(*connection, "stock");
  Result<void> done = without_value(found);
  if (done && found->exists) {
    done = check_standing_stock(*connection, *found, foreign);
  }
  for (const std::string_view name : {new_name, old_name}) {
    done = done ? clear_name(*connection, name) : done;
  }
  if (done && options.outbox) {
    done = make_empty_outbox(*connection);
  }
  if (done) {
    done = make_new_stock(*connection, keys, told);
  }
  if (done) {
    done = put_in_place(*connection, found->exists);
  }
  if (!done) {
    done.error().outcome = Outcome::fail;
  }
  return done;
}

}  // namespace stalemate
