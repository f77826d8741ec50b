#include "job/job_warnings.h"

#include <gmock/gmock.h>

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> warnings(std::string_view job,
                                  std::vector<std::string> attributes = {"section", "item"}) {
  return job_warnings(JsonText(job), JobSchema(std::move(attributes)), "default");
}

TEST(JobWarnings, NameTheNearestKey) {
  EXPECT_THAT(
      warnings(R"({"idempotency_ke": "a", "prioritty": "high", "delay_second": 5, "lamda_name": "f"})"),
      ElementsAre(AllOf(HasSubstr("idempotency_ke: is not a key of sosw"), HasSubstr("'idempotency_key'")),
                  HasSubstr("did you mean 'priority'"), HasSubstr("did you mean 'delay_seconds'"),
                  HasSubstr("did you mean 'lambda_name'")));
}

TEST(JobWarnings, LeaveTheKeysOfABusinessAlone) {
  EXPECT_THAT(
      warnings(R"({"lambda_name": "f", "job_schema_name": "default", "price": 1, "run_id": 2, "runs": 3,
                           "name": "x", "max_attempts": 3, "isolate_days": true, "period": "today",
                           "payload": {"prioritty": 1}, "sections": ["a"], "Item": 1})"),
      IsEmpty());
}

TEST(JobWarnings, AreAboutWhatTheSchemaDoesNotHave) {
  EXPECT_THAT(warnings(R"({"isolate_foo": true})"),
              ElementsAre("isolate_foo: has no effect: the schema 'default' has no attribute 'foo'"));
  EXPECT_THAT(warnings(R"({"isolate_itmes": true, "max_sctions_per_batch": 2})"),
              ElementsAre(HasSubstr("did you mean 'isolate_items'"),
                          HasSubstr("did you mean 'max_sections_per_batch'")));
}

TEST(JobWarnings, AreAboutWhatNoOuterAttributeLeadsTo) {
  EXPECT_THAT(
      warnings(R"({"isolate_items": true, "items": [1, 2]})"),
      ElementsAre("isolate_items: has no effect: the job names no section, and items are only cut within "
                  "one (the schema 'default' is section, item)"));
  EXPECT_THAT(warnings(R"({"max_item_per_batch": 2, "sections": ["a", "b"], "items": [1, 2]})"),
              ElementsAre(HasSubstr("max_item_per_batch: has no effect: the job names no item")));
  EXPECT_THAT(warnings(R"({"isolate_sections": true})"),
              ElementsAre("isolate_sections: has no effect: the job names no section"));
}

TEST(JobWarnings, AreNotAboutWhatHasAnEffect) {
  EXPECT_THAT(warnings(R"({"isolate_sections": true, "section": "a"})"), IsEmpty());
  EXPECT_THAT(warnings(R"({"isolate_items": true, "sections": {"a": null, "b": {"items": [1]}}})"),
              IsEmpty());
  EXPECT_THAT(warnings(R"({"isolate_items": true, "sections": [{"a": {"item": 1}}]})"), IsEmpty());
  EXPECT_THAT(warnings(R"({"isolate_items": false, "items": [1]})"), IsEmpty());
  EXPECT_THAT(warnings(R"({"isolate_sections": true, "sections": []})"), IsEmpty())
      << "there is just none today";
}

TEST(JobWarnings, ShowKeysOnOneLine) {
  EXPECT_THAT(warnings(R"({"isolate_a\nb": true})"), ElementsAre(HasSubstr("isolate_a b: has no effect")));
}

}  // namespace
}  // namespace sosw
