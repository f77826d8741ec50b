#include "api/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "http/server/serving.h"

namespace sosw {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class EngineMetricsTest : public ::testing::Test {
 protected:
  /// Status and body.
  std::string get(const std::string& path) {
    web::RawClient client(serving_.port);
    client.get(path);
    const auto answer = client.receive();
    return std::to_string(answer.status) + " " + answer.body;
  }
  void happened(TaskAction action, Time when, const std::string& task_id = "t") {
    const TaskEvent event{task_id, "work", action, when, ""};
    metrics_.happened({&event, 1});
  }

  struct : Clock {
    Time time{1'795'490'346.5};
    Time now() override { return time; }
    MonotonicTime monotonic() override { return MonotonicTime(time.since_epoch()); }
  } clock_;
  Settings settings_{.labourers = {{"work", {.id = "work"}}}};
  std::function<std::vector<LabourerState>()> look_ = [] {
    return std::vector<LabourerState>{{.labourer_id = "wo\"rk",
                                       .tasks = {.queued = 7, .running = 3, .waiting = 2},
                                       .limit = 5,
                                       .health = 2}};
  };
  EngineMetrics metrics_{settings_, clock_, [this] { return look_(); }};
  web::Serving serving_{[this](web::Request request, web::Reply reply) {
    metrics_.handle(std::move(request), std::move(reply));
  }};
};

TEST_F(EngineMetricsTest, ShowTheStateOfLabourers) {
  EXPECT_THAT(get("/metrics"), AllOf(testing::StartsWith("200 "), HasSubstr("# TYPE sosw_tasks_queued gauge"),
                                     HasSubstr("sosw_tasks_queued{labourer=\"wo\\\"rk\"} 7\n"),
                                     HasSubstr("sosw_tasks_running{labourer=\"wo\\\"rk\"} 3\n"),
                                     HasSubstr("sosw_tasks_waiting{labourer=\"wo\\\"rk\"} 2\n"),
                                     HasSubstr("sosw_invocations_limit{labourer=\"wo\\\"rk\"} 5\n"),
                                     HasSubstr("sosw_health{labourer=\"wo\\\"rk\"} 2\n")));
  look_ = []() -> std::vector<LabourerState> { throw StoreError("the disk is full"); };
  EXPECT_THAT(get("/metrics"), AllOf(testing::StartsWith("503 "), HasSubstr("the disk is full")));
}

TEST_F(EngineMetricsTest, MeasureRunsAndWaits) {
  const Labourer labourer{.id = "work"};
  std::vector<Invocation> two;
  two.push_back({&labourer, {.task_id = "t", .created_at = clock_.time - 20}, ""});
  two.push_back({&labourer, {.task_id = "again", .created_at = clock_.time - 500, .attempts = 1}, ""});
  metrics_.starting(two);
  happened(TaskAction::invoked, Time(100));
  happened(TaskAction::completed, Time(102));
  happened(TaskAction::archived, Time(102));
  happened(TaskAction::invoked, Time(100), "reported");
  happened(TaskAction::marked_as_failed, Time(140), "reported");
  happened(TaskAction::invoked, Time(100), "lost");
  happened(TaskAction::scheduled_for_retry, Time(4000), "lost");
  happened(TaskAction::failed, Time(5000), "lost");
  const std::string page = get("/metrics");
  EXPECT_THAT(page, HasSubstr("sosw_wait_duration_seconds_count{labourer=\"work\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("sosw_wait_duration_seconds_sum{labourer=\"work\"} 20\n"));
  EXPECT_THAT(page, HasSubstr("sosw_run_duration_seconds_count{labourer=\"work\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("sosw_run_duration_seconds_sum{labourer=\"work\"} 42\n"));
  EXPECT_THAT(page, HasSubstr("sosw_invocations_total{labourer=\"work\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("sosw_attempts_failed_total{labourer=\"work\"} 2\n"));
}

TEST_F(EngineMetricsTest, AnswerToHeadAndSayWhatIsAllowed) {
  web::RawClient client = serving_.client();
  client.send("HEAD /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto head = client.receive(/*has_body=*/false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "18");
  client.post("/readyz", "{}");
  const auto refused = client.receive();
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.at("allow"), "GET, HEAD");
}

TEST_F(EngineMetricsTest, TellWhyTheEngineIsNotReady) {
  metrics_.turned({.took = 0.25});
  EXPECT_EQ(get("/readyz"), R"(200 {"status":"ready"})");
  EXPECT_THAT(get("/metrics"), HasSubstr("sosw_engine_turn_duration_seconds_sum 0.25\n"));
  metrics_.turned({.took = 0.25, .problem = "database or disk is full"});
  EXPECT_THAT(get("/readyz"), AllOf(testing::StartsWith("503 "), HasSubstr("database or disk is full")));
  metrics_.turned({.took = 0.25});
  clock_.time += 9;
  EXPECT_THAT(get("/readyz"), testing::StartsWith("200 "));
  clock_.time += 2;
  EXPECT_THAT(get("/readyz"), AllOf(testing::StartsWith("503 "), HasSubstr("has not turned for 11 s")));
}

}  // namespace
}  // namespace sosw
