#include "aws/clients/row_mapper.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "aws/clients/dynamo_json.h"

namespace sosw::aws {
namespace {

using nlohmann::json;

TEST(RowMapper, AgreesWithExistingInstallationsOnEveryGoldenRow) {
  std::ifstream file(SOSW_SOURCE_DIR "/tests/golden/dynamo_rows.jsonl");
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const json golden = json::parse(line);
    const RowMapper mapper(golden["input"]["row_mapper"].get<RowMapper::Types>());
    const json& row = golden["input"]["row"];
    const Item loose = mapper.to_item(row, false);
    ASSERT_EQ(to_json(mapper.to_item(row, true)), golden["strict"]) << golden["id"];
    ASSERT_EQ(to_json(loose), golden["loose"]) << golden["id"];
    ASSERT_EQ(mapper.to_row(loose).dump(), golden["back"].dump()) << golden["id"];
    ASSERT_EQ(item_from_json(to_json(loose)), loose) << golden["id"];
  }
  EXPECT_EQ(rows, 400);
}

TEST(RowMapper, LargeIntegersAndFractionsSurvive) {
  const RowMapper mapper({});
  const json row = json::parse(R"({"a": 9007199254740993, "b": 18446744073709551615, "c": 1795490346.8965256,
                                   "d": -9223372036854775808})");
  EXPECT_EQ(mapper.to_row(mapper.to_item(row, false)), row);
  EXPECT_EQ(mapper.to_item(row, false).at("a").number_text(), "9007199254740993");
}

TEST(RowMapper, ValuesThatDoNotFitTheirTypeNameTheField) {
  const RowMapper mapper({{"n", "N"}, {"b", "BOOL"}, {"m", "M"}, {"ns", "NS"}});
  for (const char* row :
       {R"({"n": "x"})", R"({"b": "maybe"})", R"({"m": 1})", R"({"ns": []})", R"({"n": "1e5x"})"}) {
    try {
      mapper.to_item(json::parse(row), true);
      FAIL() << row;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), ::testing::StartsWith("field "));
    }
  }
  EXPECT_THROW(RowMapper(RowMapper::Types{{"x", "TEXT"}}), InvalidConfig);
}

TEST(AttributeValue, NumbersKeepTheirText) {
  const std::string digits = "-1234567890123456789012345678901234567.8";
  const AttributeValue value(AttributeValue::Number{digits});
  EXPECT_EQ(to_json(value), json({{"N", digits}}));
  EXPECT_EQ(value_from_json({{"N", digits}}).number_text(), digits);
  EXPECT_EQ(AttributeValue(1795490346.8965256).number_text(), "1795490346.8965256");
  EXPECT_EQ(AttributeValue(1795490346.8965256).real(), 1795490346.8965256);
  EXPECT_EQ(AttributeValue(std::int64_t{9007199254740993}).integer(), 9007199254740993);
  EXPECT_THROW(value.integer(), std::invalid_argument);
  EXPECT_THROW(AttributeValue("17").integer(), std::invalid_argument);
  EXPECT_THROW(AttributeValue(17).text(), std::invalid_argument);
}

TEST(AttributeValue, EveryTypeRoundTrips) {
  using Value = AttributeValue;
  const Item item{{"text", "ü\n\""},
                  {"empty", ""},
                  {"number", 17},
                  {"yes", Value::boolean(true)},
                  {"null", Value()},
                  {"bytes", Value::Binary{std::string("\0\xFF\x01", 3)}},
                  {"one byte", Value::Binary{"a"}},
                  {"list", Value::List{1, "a", Value::List{}}},
                  {"map", Item{{"deep", Item{{"er", 2.5}}}}},
                  {"texts", Value::StringSet{{"a", "b"}}},
                  {"numbers", Value::NumberSet{{"1", "2"}}},
                  {"blobs", Value::BinarySet{{"x", std::string(1, '\0')}}}};
  EXPECT_EQ(item_from_json(json::parse(to_json(item).dump())), item);
}

TEST(WireText, EqualsTheSerializedDocument) {
  const Item item{{"quotes", R"(a "b" \c\ d)"},
                  {"odd \" name", "line\nbreak\x7F \xC3\xBC"},
                  {"empty", ""},
                  {"number", AttributeValue::Number{"1795490346.8965256"}},
                  {"truth", AttributeValue::boolean(false)},
                  {"nothing", {}},
                  {"map", Item{{"list", AttributeValue::List{1, "two", Item{}, AttributeValue::List{}}}}},
                  {"bytes", AttributeValue::Binary{std::string("\0\1", 2)}},
                  {"set", AttributeValue::NumberSet{{"1", "2"}}}};
  std::string text;
  append_json(text, item);
  EXPECT_EQ(text, to_json(item).dump());
  EXPECT_THROW(append_json(text, Item{{"broken", "\xFF"}}), json::exception);
}

}  // namespace
}  // namespace sosw::aws
