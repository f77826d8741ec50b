#include "job/job_schema.h"

#include <gmock/gmock.h>

#include "sosw/model/errors.h"

#include "job/refusal.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string schema_refusal(const std::vector<std::string>& names) {
  return refusal_of<InvalidConfig>([&] { const JobSchema schema(names); });
}

TEST(JobSchema, RoundTripsThroughJson) {
  const JobSchema schema({"section", "störe"});
  EXPECT_EQ(schema.to_json(), R"(["section","störe"])");
  EXPECT_THAT(JobSchema::from_json(schema.to_json()).attributes(), ElementsAre("section", "störe"));
  EXPECT_EQ(JobSchema().to_json(), "[]");
}

TEST(JobSchema, RefusesNamesThatJobsCouldNotUse) {
  EXPECT_THAT(schema_refusal({"sections"}), HasSubstr("'sections' ends in s"));
  EXPECT_THAT(schema_refusal({"a", ""}), HasSubstr("empty"));
  EXPECT_THAT(schema_refusal({"a", "b", "a"}), HasSubstr("'a' comes twice"));
  EXPECT_THAT(schema_refusal({"a\xff"}), HasSubstr("no UTF-8"));
}

TEST(JobSchema, RefusesNamesThatMeanSomethingElseInAJob) {
  EXPECT_THAT(schema_refusal({"attempt"}), HasSubstr("'attempts' has a meaning of its own"));
  for (const char* name : {"task_id", "priority", "period", "payload", "date_list", "lambda_name"})
    EXPECT_THAT(schema_refusal({name}), HasSubstr(name));
}

}  // namespace
}  // namespace sosw
