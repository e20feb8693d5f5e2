#include "gated/table_ties.hpp"

#include <algorithm>

namespace stalemate {

void TableTies::tie(const std::string& one, const std::string& other) {
  const std::string left = knot_of(one);
  const std::string right = knot_of(other);
  const std::string& knot = std::min(left, right);
  const std::string& loosened = std::max(left, right);
  for (auto& [table, of_table] : knots_) {
    if (of_table == loosened) {
      of_table = knot;
    }
  }
  for (const std::string& table : {one, other, left, right}) {
    knots_.insert_or_assign(table, knot);
  }
}

std::string TableTies::knot_of(const std::string& table) const {
  const auto place = knots_.find(table);
  return place == knots_.end() ? table : place->second;
}

bool TableTies::sets_off_anything(const std::string& table) const {
  const std::string knot = knot_of(table);
  return std::ranges::any_of(set_off_, [&](const std::string& one) { return knot_of(one) == knot; });
}

std::string_view table_ties_query() {
  return "select v.relname, t.relname from pg_rewrite r join pg_class v on v.oid = r.ev_class"
         " join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid"
         " and d.refclassid = 'pg_class'::regclass join pg_class t on t.oid = d.refobjid"
         " where v.oid <> t.oid and v.relnamespace <> all (array['pg_catalog', 'information_schema']::regnamespace[])"
         " union select t.relname, o.relname from pg_constraint c join pg_class t on t.oid = c.conrelid"
         " join pg_class o on o.oid = c.confrelid where c.contype = 'f'"
         " union select p.relname, w.relname from pg_inherits i join pg_class p on p.oid = i.inhrelid"
         " join pg_class w on w.oid = i.inhparent"
         " union select t.relname, null from pg_trigger g join pg_class t on t.oid = g.tgrelid where not g.tgisinternal"
         " union select t.relname, null from pg_rewrite r join pg_class t on t.oid = r.ev_class where r.ev_type <> '1'"
         " and t.relnamespace <> all (array['pg_catalog', 'information_schema']::regnamespace[])";
}

}  // namespace stalemate
