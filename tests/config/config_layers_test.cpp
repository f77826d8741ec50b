#include "config/config_layers.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "essentials/in_memory_config_source.h"
#include "job/golden.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Lists in some order of their own, so that those of the same members are equal.
nlohmann::json in_order(const nlohmann::json& value) {
  if (!value.is_structured()) return value;
  nlohmann::json result = value;
  for (auto& entry : result) entry = in_order(entry);
  if (result.is_array()) std::sort(result.begin(), result.end());
  return result;
}

TEST(ConfigLayers, MergeAsInTheGoldenCases) {
  for (const auto& golden : golden_cases("recursive_update", 400)) {
    const auto& input = golden["input"];
    EXPECT_EQ(in_order(layered(input["base"], input["update"])), in_order(golden["expect"])) << golden;
  }
}

TEST(ConfigLayers, FlatObjectsAreTheSameInWhateverOrderOfTheirKeys) {
  const Json merged = layered(Json::parse(R"({"l": [{"a": 1, "b": 2}]})"),
                              Json::parse(R"({"l": [{"b": 2, "a": 1}, {"a": 3}]})"));
  EXPECT_EQ(merged.dump(), R"({"l":[{"a":1,"b":2},{"a":3}]})");
}

TEST(ConfigLayers, ListsMayReplaceLowerOnes) {
  const Json below = Json::parse(R"({"deep": {"l": [1, 2], "o": 1}, "l": [[1]]})");
  const Json above = Json::parse(R"({"deep": {"l": [2, 3]}, "l": [[2]]})");
  EXPECT_EQ(layered(below, above, Lists::replaced).dump(), R"({"deep":{"l":[2,3],"o":1},"l":[[2]]})");
  EXPECT_EQ(layered(below, above).dump(), R"({"deep":{"l":[1,2,3],"o":1},"l":[[1],[2]]})");
}

TEST(ConfigLayers, AnEssentialsConfigIsMergedFromTheLowestLayerUp) {
  InMemoryConfigSource first("the first",
                             {{"sosw_essential_config", R"({"essential": 2, "own": 2, "passed": 2})"},
                              {"sosw_scavenger_config", R"({"own": 3, "passed": 3, "source": 1})"}});
  InMemoryConfigSource second("the second", {{"sosw_scavenger_config", R"({"source": 2})"}});
  const std::vector<ConfigSource*> sources = {&first, &second};
  const Json defaults = {{"default", 1}, {"essential", 1}, {"own", 1}, {"passed", 1}};
  EXPECT_EQ(assembled_config({.function_name = "sosw_scavenger",
                              .is_essential = true,
                              .defaults = defaults,
                              .passed = {{"passed", 4}}},
                             sources),
            (Json{{"default", 1}, {"essential", 2}, {"own", 3}, {"passed", 4}, {"source", 2}}));
  EXPECT_EQ(assembled_config({.function_name = "sosw_scavenger"}, sources),
            (Json{{"own", 3}, {"passed", 3}, {"source", 2}}));
}

TEST(ConfigLayers, ALayerThatIsNotAnObjectIsRefusedByNameWithoutQuotingIt) {
  for (const char* value : {"hush", "[\"hush\"]", "{\"hush\": "}) {
    InMemoryConfigSource source("the drawer", {{"resize_config", value}});
    const std::vector<ConfigSource*> sources = {&source};
    try {
      assembled_config({.function_name = "resize"}, sources);
      ADD_FAILURE() << value;
    } catch (const InvalidConfig& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("resize_config in the drawer"), Not(HasSubstr("hush"))));
    }
  }
}

}  // namespace
}  // namespace sosw
