// The JSON API over a real admin service, asked over a real socket.

#include "api/json_api.h"

#include <fstream>
#include <future>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "admin/admin_in_memory.h"
#include "api/activity.h"
#include "api/described.h"
#include "http/server/serving.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using web::RawClient;

class JsonApiTest : public ::testing::Test, protected AdminInMemory {
 protected:
  RawClient::Reception get(const std::string& path) {
    RawClient client(port_);
    client.get("/api/v1/" + path);
    return client.receive();
  }
  RawClient::Reception post(const std::string& path, const std::string& body = "") {
    RawClient client(port_);
    client.post("/api/v1/" + path, body);
    return client.receive();
  }
  /// The status, the code and the message of a refusal.
  void expect_refused(const RawClient::Reception& answer, int status, const std::string& code,
                      const std::string& message) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const Json error = Json::parse(answer.body)["error"];
    EXPECT_EQ(error["code"], code);
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr(message));
  }

  std::atomic<bool> store_is_broken_ = false;
  std::atomic<int> changes_ = 0;
  LiveEvents live_{"r"};
  Activity activity_{clock};
  std::shared_ptr<JsonApi> api_ = std::make_shared<JsonApi>(
      JsonApi::Parts{.open_admin_service = [this]() -> std::unique_ptr<AdminService> {
                       if (store_is_broken_) throw StoreError("sosw.db: the disk is on fire");
                       return std::make_unique<StoreAdminService>(parts);
                     },
                     .events = live_,
                     .activity = [this] { return activity_.text(); },
                     .clock = clock,
                     .changed = [this] { ++changes_; }});
  web::Server server_;
  std::uint16_t port_ = server_.listen({}, api_);
};

TEST_F(JsonApiTest, ReturnsWhatTheAdminServiceReturns) {
  const std::string job = schedule(3);
  const std::string task = start(1)[0].task_id;
  EXPECT_EQ(get("status").body, admin.status() + '\n');
  EXPECT_EQ(get("labourers").body, admin.labourers() + '\n');
  EXPECT_EQ(get("labourers/work").body, admin.labourer("work") + '\n');
  EXPECT_EQ(get("jobs/" + job + "?document=no").body, admin.job(job, false) + '\n');
  EXPECT_EQ(get("jobs").body, admin.jobs({}) + '\n');
  EXPECT_EQ(get("jobs/" + job).body, admin.job(job) + '\n');
  EXPECT_EQ(get("tasks/" + task).body, admin.task(task) + '\n');
  EXPECT_EQ(get("rules").body, "[]\n");
  EXPECT_EQ(get("activity").body, activity_.text() + '\n');
  EXPECT_EQ(get("jobs/" + job + "/cells?cells=2").body, admin.cells(job, 2) + '\n');
  EXPECT_EQ(get("jobs?labourer=work&state=open&text=" + job).body, admin.jobs({}) + '\n');
  EXPECT_EQ(get("jobs?state=finished").body, "[]\n");
  EXPECT_EQ(get("jobs?from=1e11").body, "[]\n");
  EXPECT_EQ(get("tasks?state=queued&limit=1").body, admin.tasks({.state = "queued", .at_most = 1}) + '\n');
  EXPECT_EQ(get("tasks?labourer=work&job=" + job + "&state=queued&after=" + task).body,
            admin.tasks({.labourer_id = "work", .job_id = job, .state = "queued", .after = task}) + '\n');
}

TEST_F(JsonApiTest, PerformsPostedActions) {
  EXPECT_EQ(post("labourers/work/pause").body,
            "{\"labourer_id\":\"work\",\"paused\":true,\"changed\":true}\n");
  post("labourers/work/resume", "{}");
  post("labourers/work/limit", R"({"limit": 3})");
  EXPECT_FALSE(store.controls()["work"].paused);
  EXPECT_EQ(store.controls()["work"].limit, 3);
  post("labourers/work/limit", R"({"limit": null})");
  EXPECT_EQ(store.controls()["work"].limit, std::nullopt);
  const auto scheduled =
      post("jobs", R"({"lambda_name": "work", "isolate_items": true, "items": [1.50, 2]})");
  EXPECT_EQ(scheduled.status, 201);
  const std::string job = Json::parse(scheduled.body)[0]["job_id"];
  EXPECT_THAT(get("tasks").body, HasSubstr("[1.50]"));
  const std::string first = Json::parse(get("tasks").body)[0]["task_id"];
  EXPECT_EQ(Json::parse(post("tasks/cancel", R"({"task_ids": [")" + first + R"("]})").body)[0]["done"], true);
  EXPECT_EQ(Json::parse(post("jobs/" + job + "/cancel").body)["cancelled"], 1);
  EXPECT_EQ(Json::parse(post("tasks/retry", R"({"task_ids": [")" + first + R"("]})").body)[0]["done"], false);
  EXPECT_EQ(Json::parse(post("tasks/retry", R"({"dead_of": "work"})").body)["revived"], 0);
  EXPECT_EQ(Json::parse(post("tasks/retry", R"({"dead_of_job": ")" + job + R"("})").body)["revived"], 0);
  EXPECT_EQ(changes_, 10);
  get("status");
  const auto planned =
      post("jobs/plan", R"({"lambda_name": "work", "isolate_items": true, "items": [1.50, 2]})");
  EXPECT_EQ(Json::parse(planned.body)[0]["total"], 2);
  EXPECT_THAT(planned.body, HasSubstr("[1.50]")) << "its bytes are kept";
  EXPECT_EQ(changes_, 10) << "looking changes nothing";
}

/// Cancels a job when it is told to.
class SlowAdminService final : public StoreAdminService {
 public:
  SlowAdminService(const Parts& parts, std::shared_future<void> go, std::promise<void>& begun)
      : StoreAdminService(parts), go_(std::move(go)), begun_(begun) {}
  std::string cancel_job(const std::string& id) override {
    begun_.set_value();
    go_.wait();
    return StoreAdminService::cancel_job(id);
  }

 private:
  std::shared_future<void> go_;
  std::promise<void>& begun_;
};

TEST_F(JsonApiTest, AnswersWhileALargeJobIsCancelled) {
  const std::string job = schedule(3);
  std::promise<void> go, begun;
  const std::shared_future<void> gone = go.get_future().share();
  const auto api = std::make_shared<JsonApi>(
      JsonApi::Parts{.open_admin_service = [&]() -> std::unique_ptr<AdminService> {
                       return std::make_unique<SlowAdminService>(parts, gone, begun);
                     },
                     .events = live_,
                     .clock = clock});
  web::Server server;
  const std::uint16_t port = server.listen({}, api);
  RawClient cancelling(port), looking(port);
  cancelling.post("/api/v1/jobs/" + job + "/cancel", "");
  begun.get_future().wait();
  looking.get("/api/v1/jobs/" + job);
  EXPECT_EQ(Json::parse(looking.receive().body)["open"], 3);
  go.set_value();
  EXPECT_EQ(Json::parse(cancelling.receive().body)["cancelled"], 3);
}

TEST_F(JsonApiTest, ReportsInvalidRequests) {
  expect_refused(get("tasks?limit=100001"), 400, "invalid_request",
                 "limit: 100001 must be a whole number from 1");
  expect_refused(get("tasks?limit=5x"), 400, "invalid_request", "limit: 5x");
  expect_refused(get("tasks?stat=dead"), 400, "invalid_request", "stat: is no parameter here (did you mean");
  expect_refused(get("tasks?state=deed"), 400, "invalid_request", "'dead'");
  expect_refused(get("tasks/abc"), 400, "invalid_request", "32 lower-case hex digits");
  expect_refused(get("tasks/" + std::string(32, 'a')), 404, "not_found", "there is no task");
  expect_refused(get("labourers/wrok"), 404, "not_found", "did you mean 'work'?");
  expect_refused(get("tasks?labourer=wrok"), 404, "not_found", "did you mean 'work'?");
  expect_refused(get("tasks?job=0123456789abcdef"), 404, "not_found", "there is no job");
  expect_refused(post("jobs", ""), 400, "invalid_request", "the body is empty");
  expect_refused(get("jobs?state=opened"), 400, "invalid_request", "did you mean 'open'?");
  expect_refused(get("jobs?from=monday"), 400, "invalid_request", "from: monday must be a time");
  expect_refused(get("jobs?until=inf"), 400, "invalid_request", "until: inf must be a time");
  expect_refused(get("jobs/0123456789abcdef?document=yes"), 400, "invalid_request",
                 "document: yes must be no");
  expect_refused(get("jobs?labourer=wrok"), 404, "not_found", "did you mean 'work'?");
  expect_refused(get("jobs/0123456789abcdef/cells"), 404, "not_found", "there is no job");
  expect_refused(get("events?only=tasks"), 400, "invalid_request", "only: tasks must be status");
  expect_refused(post("jobs/plan", R"({"lambda_name": "wrok"})"), 422, "invalid_job", "no labourer 'wrok'");
  expect_refused(post("rules/nightly/trigger"), 404, "not_found", "there is no rule 'nightly'");
  expect_refused(post("tasks/retry", R"({"dead_of": "work", "dead_of_job": "x"})"), 400, "invalid_request",
                 "either task_ids");
  expect_refused(get("nowhere"), 404, "not_found", "/api/v1/openapi.json");
  expect_refused(get(""), 404, "not_found", "/api/v1/openapi.json");
  expect_refused(post("labourers/work/limit", "{}"), 400, "invalid_request", "limit: must be");
  expect_refused(post("labourers/work/limit", R"({"limit": -1})"), 400, "invalid_request", "limit: must be");
  expect_refused(post("labourers/work/limit", R"({"limit": 1, "for": 2})"), 400, "invalid_request",
                 "for: is");
  expect_refused(post("labourers/work/pause", "[]"), 400, "invalid_request", "must be a JSON object");
  expect_refused(post("tasks/retry", "{}"), 400, "invalid_request", "either task_ids");
  expect_refused(post("tasks/cancel", R"({"task_ids": [1]})"), 400, "invalid_request", "list of task ids");
  expect_refused(post("jobs", R"({"lambda_name")"), 400, "invalid_request", "not valid JSON");
  expect_refused(post("jobs", R"({"lambda_name": "work", "n": 1e400})"), 400, "invalid_request", "too large");
  expect_refused(post("jobs", R"({"lambda_name": "wrok"})"), 422, "invalid_job", "no labourer 'wrok'");
  expect_refused(post("tasks/cancel", std::string(2 << 20, ' ')), 413, "too_large", "");
  EXPECT_EQ(changes_, 0);
  const auto wrong_method = post("tasks");
  expect_refused(wrong_method, 405, "method_not_allowed", "GET");
  EXPECT_EQ(wrong_method.headers.at("allow"), "GET");
  EXPECT_EQ(post("openapi.json").headers.at("allow"), "GET");
}

TEST_F(JsonApiTest, AnUnusableStoreIsRetried) {
  store_is_broken_ = true;
  const auto answer = get("status");
  expect_refused(answer, 503, "unavailable", "the disk is on fire");
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  store_is_broken_ = false;
  EXPECT_EQ(get("status").status, 200);
}

TEST_F(JsonApiTest, ItsDescriptionNamesExactlyWhatIsServed) {
  const Json document = Json::parse(get("openapi.json").body);
  std::ifstream file(SOSW_SOURCE_DIR "/src/api/openapi.json");
  EXPECT_EQ(document, Json::parse(file)) << "it is the one in the source tree";
  std::set<std::string> described;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items())
      described.insert((method == "get" ? "GET " : "POST ") + path);
  const auto routes = JsonApi::routes();
  EXPECT_EQ(described, std::set<std::string>(routes.begin(), routes.end()));
}

TEST_F(JsonApiTest, EachAnswerIsAsItIsDescribed) {
  const Described described(SOSW_SOURCE_DIR "/src/api/openapi.json");
  const std::string job = schedule(4);
  const auto running = start(2);
  close(running[0], Settlement::To::completed, R"({"ok": 1})");
  close(running[1], Settlement::To::dead);
  const auto expect_described = [&](const std::string& operation, const RawClient::Reception& answer) {
    EXPECT_THAT(described.problems(operation, answer.status, answer.body), ElementsAre()) << operation;
  };
  activity_.happened(
      std::vector{TaskEvent{running[1].task_id, "work", TaskAction::archived_dead, clock.time, ""}});
  for (const std::string path : {"status", "labourers", "jobs", "tasks", "rules", "activity"})
    expect_described("GET /api/v1/" + path, get(path));
  expect_described("GET /api/v1/labourers/{id}", get("labourers/work"));
  expect_described("GET /api/v1/labourers/{id}", get("labourers/wrok"));
  expect_described("GET /api/v1/jobs/{id}", get("jobs/" + job));
  expect_described("GET /api/v1/jobs/{id}/cells", get("jobs/" + job + "/cells"));
  expect_described("POST /api/v1/jobs/plan", post("jobs/plan", R"({"lambda_name": "work"})"));
  expect_described("POST /api/v1/rules/{id}/trigger", post("rules/none/trigger"));
  expect_described("GET /api/v1/tasks/{id}", get("tasks/" + running[0].task_id));
  expect_described("GET /api/v1/tasks", get("tasks?limit=x"));
  expect_described("POST /api/v1/labourers/{id}/pause", post("labourers/work/pause"));
  expect_described("POST /api/v1/labourers/{id}/resume", post("labourers/work/resume"));
  expect_described("POST /api/v1/labourers/{id}/limit", post("labourers/work/limit", R"({"limit": 1})"));
  expect_described("POST /api/v1/jobs", post("jobs", R"({"lambda_name": "work"})"));
  expect_described("POST /api/v1/jobs", post("jobs", "{}"));
  const std::string ids = R"({"task_ids": [")" + running[1].task_id + R"("]})";
  expect_described("POST /api/v1/tasks/retry", post("tasks/retry", ids));
  expect_described("POST /api/v1/tasks/retry", post("tasks/retry", R"({"dead_of_job": ")" + job + R"("})"));
  expect_described("POST /api/v1/tasks/cancel", post("tasks/cancel", ids));
  expect_described("POST /api/v1/jobs/{id}/cancel", post("jobs/" + job + "/cancel"));

  // The check itself can fail.
  EXPECT_THAT(described.problems("GET /api/v1/rules", 200, R"([{"name": 5, "more": 1}])"),
              AllOf(Contains("[0].name: is no string"), Contains("[0].more: is not described"),
                    Contains("[0].next: is missing")));
  EXPECT_THAT(described.problems("GET /api/v1/rules", 418, "{}"), SizeIs(1));
}

}  // namespace
}  // namespace sosw
