// The worked cases of the behaviour, whole.

#include "job/golden.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "job/chunker.h"
#include "job/event_envelope.h"
#include "job/period.h"
#include "text/json.h"

namespace sosw {
namespace {

using ::testing::UnorderedElementsAreArray;
using Golden = nlohmann::ordered_json;
using Json = nlohmann::json;  // equal in whatever order the keys are

TEST(GoldenCases, JobsAreChunkedIntoTheirTasks) {
  for (const Golden& golden : golden_cases("chunking", 800)) {
    const Golden& input = golden["input"];
    const JobSchema schema(input["chunkable_attrs"].get<std::vector<std::string>>());
    const auto make_chunker = [&] {
      return Chunker(JsonText(input["job"].dump()), schema, input["today"].get<std::string>(),
                     input["labourer_id"].get<std::string>());
    };
    if (!golden.contains("expect")) {
      EXPECT_THROW(make_chunker(), InvalidJob) << golden;
      continue;
    }
    Chunker chunker = make_chunker();
    std::vector<Json> tasks;
    for (std::string task; chunker.next_task(task);) tasks.push_back(Json::parse(task));
    EXPECT_EQ(chunker.count(), static_cast<std::int64_t>(tasks.size())) << golden;
    EXPECT_THAT(tasks, UnorderedElementsAreArray(Json(golden["expect"]))) << golden;
  }
}

TEST(GoldenCases, PeriodsBecomeDays) {
  for (const Golden& golden : golden_cases("periods", 200)) {
    const auto period = golden["input"]["period"].get<std::string>();
    const auto today = golden["input"]["today"].get<std::string>();
    if (golden.contains("expect"))
      EXPECT_EQ(Golden(days_of_period(period, today)), golden["expect"]) << golden;
    else
      EXPECT_THROW(days_of_period(period, today), InvalidJob) << golden;
  }
}

TEST(GoldenCases, PayloadsAreMerged) {
  for (const Golden& golden : golden_cases("payload", 200)) {
    Chunker chunker(JsonText(golden["input"].dump()), JobSchema({"word"}), "2026-11-24", "some_function");
    std::string payload;
    ASSERT_TRUE(chunker.next_payload(payload));
    EXPECT_EQ(Json::parse(payload), Json(golden["expect"])) << golden;
    EXPECT_FALSE(chunker.next_payload(payload)) << golden;
  }
}

TEST(GoldenCases, EventsAreUnwrapped) {
  for (const Golden& golden : golden_cases("unwrap_event", 60)) {
    Json events = Json::array();
    for (const JsonText& event : unwrap_event(golden["input"].dump()))
      events.push_back(Json::parse(event.text()));
    EXPECT_EQ(events, Json(golden["expect"])) << golden;
  }
}

}  // namespace
}  // namespace sosw
