// Tables of the user's: what may be said of them, what entries are called and what they hold.
#include "core/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace stalemate {
namespace {

using testing::HasSubstr;

Dataset inventory() {
  return {.table = "inventory",
          .key = {"shop", "sku"},
          .value = "on_hand",
          .version = "version",
          .entry = "inv:{shop}:{sku}",
          .form = "json:/on_hand"};
}

std::string trouble_of(const Dataset& data) {
  const Result<void> checked = check_dataset(data);
  EXPECT_TRUE(checked || checked.error().code == ErrorCode::wrong_type);
  return checked ? "" : checked.error().detail;
}

TEST(Dataset, may_name_any_table_and_columns_that_sql_can_quote) {
  Dataset data = inventory();
  EXPECT_EQ(trouble_of(data), "");
  data.version.clear();
  data.form = "text";
  data.table = "Shop \"7\".stock of goods";
  EXPECT_EQ(trouble_of(data), "");
}

TEST(Dataset, is_refused_with_the_key_that_is_missing_or_cannot_be_so) {
  const auto with = [](auto Dataset::* member, auto value) {
    Dataset data = inventory();
    data.*member = value;
    return trouble_of(data);
  };
  EXPECT_THAT(with(&Dataset::table, ""), HasSubstr("data.table must name the table"));
  EXPECT_THAT(with(&Dataset::table, "a.b.c"), HasSubstr("data.table must be TABLE or SCHEMA.TABLE, not 'a.b.c'"));
  EXPECT_THAT(with(&Dataset::table, ".b"), HasSubstr("data.table must be a name of 1 to 63 bytes"));
  EXPECT_THAT(with(&Dataset::value, ""), HasSubstr("data.value must name the column"));
  EXPECT_THAT(with(&Dataset::value, "shop"), HasSubstr("'shop' is named twice"));
  EXPECT_THAT(with(&Dataset::version, "on_hand"), HasSubstr("'on_hand' is named twice"));
  EXPECT_THAT(with(&Dataset::version, std::string(64, 'x')), HasSubstr("data.version must be a name"));
  EXPECT_THAT(with(&Dataset::key, std::vector<std::string>()), HasSubstr("data.key must name the 1 to 8 columns"));
  EXPECT_THAT(with(&Dataset::entry, ""), HasSubstr("such as entry = \"item:{shop}:{sku}\""));
  EXPECT_THAT(with(&Dataset::entry, "inv:{shop}"), HasSubstr("without {sku} rows would share an entry"));
  EXPECT_THAT(with(&Dataset::entry, "inv:{shop}:{sko}"),
              HasSubstr("'sko' is no column of the key (did you mean 'sku'?)"));
  EXPECT_THAT(with(&Dataset::entry, "inv:{shop}:{sku"), HasSubstr("a brace without its other"));
  EXPECT_THAT(with(&Dataset::entry, "inv}:{shop}:{sku}"), HasSubstr("a brace without its other"));
  for (const char* form : {"", "json", "json:", "json:on_hand", "xml:/a", "json:/a~2", "json:/a~", "hash:", "hash"}) {
    EXPECT_THAT(with(&Dataset::form, form), HasSubstr("data.form must be text, json:/POINTER or hash:FIELD")) << form;
  }
}

TEST(EntryName, puts_what_stands_in_the_columns_where_they_are_named) {
  Dataset data = inventory();
  const std::vector<std::string> key = {"7", "a{b}c"};
  EXPECT_EQ(entry_name(entry_parts(data).value(), key.data()), "inv:7:a{b}c");
  data.entry = "{sku}/{shop}/{sku}";
  EXPECT_EQ(entry_name(entry_parts(data).value(), key.data()), "a{b}c/7/a{b}c");
}

TEST(ContentForm, is_digits_or_the_least_json_that_has_them_at_the_pointer) {
  EXPECT_EQ(ContentForm::parse("text")->text_of(1000), "1000");
  EXPECT_EQ(ContentForm::parse("json:/on_hand")->text_of(-3), R"({"on_hand":-3})");
  EXPECT_EQ(ContentForm::parse("json:/a/b~1c~0d")->text_of(5), R"({"a":{"b/c~d":5}})");
  EXPECT_EQ(ContentForm::parse(R"(json:/say "no" \)")->text_of(5), R"({"say \"no\" \\":5})");
  EXPECT_EQ(ContentForm::parse("json:/")->text_of(5), R"({"":5})");
}

TEST(ContentForm, of_a_hash_is_digits_in_a_field) {
  const ContentForm form = ContentForm::parse("hash:on hand").value();
  EXPECT_EQ(form.field(), "on hand");
  EXPECT_EQ(form.text_of(5), "5");
  EXPECT_EQ(form.value_in("5"), std::optional<Value>(5));
  EXPECT_EQ(form.example(), "on hand 17");
}

RC_GTEST_PROP(ContentForm, reads_back_every_value_that_it_has_written, ()) {
  const ContentForm form =
      ContentForm::parse(*rc::gen::element<std::string>("text", "json:/on_hand", "json:/a/b~1c", "hash:n")).value();
  const Value value = *rc::gen::arbitrary<Value>();
  const std::optional<Value> read = form.value_in(form.text_of(value));
  RC_ASSERT(read == (value == absent ? std::nullopt : std::optional(value)));
}

TEST(ContentForm, takes_nothing_that_it_has_not_written) {
  const ContentForm form = ContentForm::parse("json:/on_hand").value();
  for (const char* entry : {"", "5", "{\"on_hand\":}", "{\"on_hand\":5", "{\"on_hand\": 5}", "{\"on_hand\":\"5\"}",
                            "{\"on_hand\":5.5}", "{\"on_hand\":5000000000}", "{\"on_hand\":-2147483648}"}) {
    EXPECT_EQ(form.value_in(entry), std::nullopt) << entry;
  }
  EXPECT_EQ(ContentForm().value_in("-"), std::nullopt);
}

}  // namespace
}  // namespace stalemate
