// The section [data]: how it is read and written, and what does not go with a table of the user's.
#include "scenario/data_section.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stalemate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string inventory_section =
    "[data]\ntable = \"inventory\"\nkey = [\"shop\", \"sku\"]\nvalue = \"on_hand\"\nversion = \"version\"\n"
    "entry = \"inv:{shop}:{sku}\"\nform = \"json:/on_hand\"\n";

std::string said_of(const std::string& text) {
  const Result<Scenario> scenario = parse_scenario(text, "shop.toml");
  return scenario ? "(accepted)" : scenario.error().detail;
}

TEST(DataSection, is_read_and_written_so_that_it_can_be_read_again) {
  const Result<Scenario> scenario = parse_scenario("keys = 94\n" + inventory_section, "shop.toml");
  ASSERT_TRUE(scenario) << scenario.error().detail;
  ASSERT_TRUE(scenario->data);
  EXPECT_EQ(scenario->data->key, (std::vector<std::string>{"shop", "sku"}));
  EXPECT_EQ(scenario->data->form, "json:/on_hand");
  EXPECT_EQ(parse_scenario(to_toml(*scenario), "any").value(), *scenario);
  EXPECT_THAT(to_toml(*scenario), HasSubstr("\n" + inventory_section));
}

TEST(DataSection, may_leave_out_version_and_form_and_name_one_column_as_a_text) {
  const Result<Scenario> scenario = parse_scenario(
      "[data]\ntable = \"a \\\"b\\\"\"\nkey = \"id\"\nvalue = \"n\"\nentry = \"{id}\"\n\n[faults]\nskip = "
      "\"fill=1%\"\n",
      "shop.toml");
  ASSERT_TRUE(scenario) << scenario.error().detail;
  EXPECT_EQ(scenario->data->table, "a \"b\"");
  EXPECT_EQ(scenario->data->key, (std::vector<std::string>{"id"}));
  EXPECT_EQ(scenario->data->form, "text");
  EXPECT_EQ(parse_scenario(to_toml(*scenario), "any").value(), *scenario);
}

TEST(DataSection, has_keys_that_can_be_listed_and_set) {
  EXPECT_EQ(data_fields().size(), 6U);
  Dataset data;
  for (const ScenarioField& field : data_fields()) {
    EXPECT_FALSE(field.meaning.empty() || field.range.empty()) << field.key;
    EXPECT_TRUE(set_data(data, field.key.substr(field.key.find('.') + 1), {"x"})) << field.key;
  }
  EXPECT_EQ(data, (Dataset{.table = "x", .key = {"x"}, .value = "x", .version = "x", .entry = "x", .form = "x"}));
}

TEST(DataSection, is_refused_with_the_line_of_what_is_wrong) {
  EXPECT_THAT(said_of("data = 7"), HasSubstr("shop.toml:1: data must be a section, [data]"));
  EXPECT_THAT(said_of("[data]\ntabel = \"t\""),
              HasSubstr("shop.toml:2: data.tabel: [data] has no such key (did you mean 'table'?)"));
  EXPECT_THAT(said_of("[data]\ntable = 7"), HasSubstr("shop.toml:2: data.table must be a text in quotes, not 7"));
  EXPECT_THAT(said_of("[data]\ntable = [\"a\", \"b\"]"),
              HasSubstr("shop.toml:2: data.table must be a text in quotes, not an array"));
  EXPECT_THAT(said_of("[data]\nkey = [\"a\", 7]"), HasSubstr("shop.toml:2: data.key must be a text in quotes, not 7"));
  EXPECT_THAT(said_of("[data]\ntable = \"t\"\nkey = \"id\"\nvalue = \"n\"\nentry = \"x\""),
              HasSubstr("shop.toml:5: data.entry is 'x', and without {id} rows would share an entry"));
  EXPECT_THAT(said_of("[data]\ntable = \"t\""), HasSubstr("shop.toml: data.value must name the column"));
  EXPECT_THAT(said_of("[dta]\ntable = \"t\""), HasSubstr("unknown section 'dta' (did you mean 'data'?)"));
}

TEST(DataSection, goes_with_patterns_that_keep_nothing_but_the_value_in_an_entry) {
  EXPECT_EQ(said_of("pattern = \"cache-aside\"\n" + inventory_section), "(accepted)");
  EXPECT_EQ(said_of("pattern = \"none\"\ncache = false\n" + inventory_section), "(accepted)");
  EXPECT_THAT(said_of("pattern = \"lease\"\n" + inventory_section),
              AllOf(HasSubstr("pattern: 'lease' keeps leases, versions or marks in or beside an entry"),
                    HasSubstr("with this [data] work "), HasSubstr("cache-aside"), Not(HasSubstr("outbox"))));
  EXPECT_THAT(said_of("pattern = \"outbox\"\n" + inventory_section), HasSubstr("needs to be told of changes"));
  EXPECT_THAT(said_of("pattern = \"near-cache\"\n" + inventory_section), HasSubstr("needs to be told of changes"));
}

TEST(DataSection, goes_with_engines_that_say_so) {
  EXPECT_THAT(said_of("database = \"cockroach\"\n" + inventory_section),
              HasSubstr("database: a table or entries of your own, as [data] names them, are not possible with "
                        "CockroachDB yet, only with MariaDB or PostgreSQL"));
  EXPECT_EQ(said_of("database = \"mariadb\"\ncache_engine = \"memcached\"\n" + inventory_section), "(accepted)");
  EXPECT_EQ(said_of("cache_engine = \"valkey\"\n" + inventory_section), "(accepted)");
}

TEST(DataSection, goes_with_faults_but_for_those_that_put_back_what_stalemate_made) {
  EXPECT_EQ(said_of(inventory_section + "[faults]\nlost-request = \"invalidate 1%\"\nevict = \"cache 1s..2s\"\n"),
            "(accepted)");
  EXPECT_THAT(said_of(inventory_section + "[faults]\nrollback = \"cache 1s..2s\"\n"),
              HasSubstr("faults.rollback: it puts back what stalemate made itself"));
  EXPECT_THAT(said_of(inventory_section + "[faults]\nrollback = \"db 1s..2s\"\n"), HasSubstr("faults.rollback: "));
}

}  // namespace
}  // namespace stalemate
