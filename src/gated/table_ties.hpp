// Which tables of a database hang together, so that a statement which names one of them touches others besides.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace stalemate {

/// Names without schemas, as statements' tables are told.
class TableTies {
 public:
  /// What touches one touches the other: a view and what it shows, a table and the one that its foreign key names, a
  /// partition and its whole.
  void tie(const std::string& one, const std::string& other);
  /// Whoever writes there sets off what nobody can look into: a trigger's function, or a rule.
  void set_off(const std::string& table) { set_off_.insert(table); }

  /// One name for all that hang together with it: the first in the alphabet.
  [[nodiscard]] std::string knot_of(const std::string& table) const;
  [[nodiscard]] bool sets_off_anything(const std::string& table) const;

 private:
  std::map<std::string, std::string> knots_ = {};  // by table; of those that are alone nothing
  std::set<std::string> set_off_ = {};
};

/// What to ask a PostgreSQL: rows of two names that are tied, the second one null of a table that sets off anything.
[[nodiscard]] std::string_view table_ties_query();

}  // namespace stalemate
