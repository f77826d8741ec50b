#include <fmt/format.h>
#include <gmock/gmock.h>

#include "admin/admin_in_memory.h"
#include "config/rule_settings.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreAdminServiceTest : public ::testing::Test, protected AdminInMemory {
 protected:
  Json tasks(const TaskQuery& query) { return Json::parse(admin.tasks(query)); }
  std::vector<std::string> ids(const TaskQuery& query) {
    std::vector<std::string> ids;
    for (const Json& task : tasks(query)) ids.push_back(task["task_id"]);
    return ids;
  }
  AdminError::Kind kind_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const AdminError& error) {
      message_ = error.what();
      return error.kind;
    }
    throw std::runtime_error("it did not refuse");
  }

  std::string message_;
};

TEST_F(StoreAdminServiceTest, StatusShowsLabourersWithTheirHealthAndJobs) {
  board.readings[R"({"source":"board","name":"db"})"].value = 90;
  schedule(5);
  const auto running = start(3);
  close(running[0], Settlement::To::dead);
  admin.set_limit("work", 4);
  const Json status = Json::parse(admin.status());
  EXPECT_EQ(status["engine"], nullptr);
  EXPECT_EQ(status["jobs"][0]["dead"], 1);
  ASSERT_THAT(status["labourers"], SizeIs(2));
  EXPECT_EQ(status["labourers"][0]["labourer_id"], "idle");
  const Json work = status["labourers"][1];
  EXPECT_EQ(work["queued"], 2);
  EXPECT_EQ(work["running"], 2);
  EXPECT_EQ(work["dead"], 1);
  EXPECT_EQ(work["health_name"], "Poor");
  EXPECT_EQ(work["health_reason"], "db feels Poor (90)");
  EXPECT_EQ(work["limit"], 0);
  EXPECT_EQ(work["set_limit"], 4);
  EXPECT_EQ(work, Json::parse(admin.labourer("work")));
  EXPECT_EQ(status["labourers"], Json::parse(admin.labourers()));
}

TEST_F(StoreAdminServiceTest, BesideAnEngineItLeavesMetricsAndChunkingToIt) {
  parts.beside_engine = true;
  parts.engine = [] { return "process 7"; };
  StoreAdminService beside(parts);
  EXPECT_EQ(Json::parse(beside.status())["engine"], "process 7");
  EXPECT_THAT(board.asked, IsEmpty());
  const Json items(1500, 1);  // more than are written at once
  const Json scheduled = Json::parse(beside.schedule(
      JsonText(Json{{"lambda_name", "work"}, {"isolate_items", true}, {"items", items}}.dump())));
  EXPECT_EQ(scheduled[0]["total"], 1500) << "it is known before the tasks are written";
  EXPECT_EQ(Json::parse(beside.job(scheduled[0]["job_id"]))["state"], "chunking");
  EXPECT_THAT(store.unfinished(), SizeIs(1));
}

TEST_F(StoreAdminServiceTest, TasksOfAStateArePagedById) {
  const std::string a = schedule(5), b = schedule(5);
  const auto running = start(4);
  close(running[1], Settlement::To::dead);
  close(running[2], Settlement::To::dead);
  EXPECT_THAT(ids({.state = "running"}), SizeIs(2));
  EXPECT_THAT(ids({.state = "queued"}), SizeIs(6));
  for (const std::string state : {"queued", "running", "dead"}) {
    const auto all = ids({.state = state});
    std::vector<std::string> paged;
    for (auto page = ids({.state = state, .at_most = 1}); !page.empty();
         page = ids({.state = state, .at_most = 1, .after = paged.back()}))
      paged.push_back(page[0]);
    EXPECT_EQ(paged, all) << state;
    EXPECT_TRUE(std::ranges::is_sorted(all));
  }
  EXPECT_THAT(ids({.job_id = b, .state = "queued"}), SizeIs(5));
  EXPECT_THAT(ids({.labourer_id = "idle"}), IsEmpty());
  EXPECT_EQ(tasks({.state = "dead"})[0]["reason"], "no luck");
}

TEST_F(StoreAdminServiceTest, ATaskShowsAllItsFieldsByteForByte) {
  const std::string job = schedule(1, R"("price": 1795490346.89652560, )");
  const auto running = start(1);
  close(running[0], Settlement::To::completed, R"({"ok": 1.50})");
  const std::string text = admin.task(running[0].task_id);
  EXPECT_THAT(text, HasSubstr("1795490346.89652560"));
  EXPECT_THAT(text, HasSubstr(R"("result":{"ok": 1.50})"));
  const Json task = Json::parse(text);
  EXPECT_EQ(task["state"], "completed");
  EXPECT_EQ(task["job_id"], job);
  EXPECT_EQ(task["attempts"], 1);
  EXPECT_TRUE(task["history"].is_array());
}

TEST_F(StoreAdminServiceTest, JobsArePagedFromTheNewestOn) {
  std::vector<std::string> scheduled;
  for (int i = 0; i < 4; ++i, clock.time += 1) scheduled.push_back(schedule(1));
  const auto page = [&](std::size_t at_most, const std::string& after) {
    std::vector<std::string> ids;
    for (const Json& job : Json::parse(admin.jobs({.at_most = at_most, .after = after})))
      ids.push_back(job["job_id"]);
    return ids;
  };
  EXPECT_THAT(page(2, ""), ElementsAre(scheduled[3], scheduled[2]));
  EXPECT_THAT(page(3, scheduled[2]), ElementsAre(scheduled[1], scheduled[0]));
  EXPECT_THAT(page(3, scheduled[0]), IsEmpty());
  EXPECT_EQ(Json::parse(admin.job(scheduled[1].substr(0, 6)))["job_id"], scheduled[1]);
}

TEST_F(StoreAdminServiceTest, JobsAreFoundByWhatTheyAre) {
  const std::string open = schedule(2);
  clock.time += 1;
  const std::string failing = schedule(1, R"("shop": "Aachen", "priority": "high", )");
  close(start(1)[0], Settlement::To::dead);
  clock.time += 1;
  const std::string idle = Json::parse(admin.schedule(JsonText(R"({"lambda_name": "idle"})")))[0]["job_id"];
  const auto found = [&](const JobQuery& query) {
    std::vector<std::string> ids;
    for (const Json& job : Json::parse(admin.jobs(query))) ids.push_back(job["job_id"]);
    return ids;
  };
  EXPECT_THAT(found({.labourer_id = "idle"}), ElementsAre(idle));
  EXPECT_THAT(found({.state = "open"}), ElementsAre(idle, open));
  EXPECT_THAT(found({.state = "finished"}), ElementsAre(failing));
  EXPECT_THAT(found({.state = "failing"}), ElementsAre(failing));
  EXPECT_THAT(found({.from = clock.time - 1}), ElementsAre(idle, failing));
  EXPECT_THAT(found({.until = clock.time - 1}), ElementsAre(open));
  EXPECT_THAT(found({.text = "Aachen"}), ElementsAre(failing));
  EXPECT_THAT(found({.text = open.substr(0, 9)}), ElementsAre(open));
  EXPECT_THAT(found({.state = "open", .after = idle}), ElementsAre(open));
  EXPECT_THAT(found({.labourer_id = "work", .state = "open", .text = "Aachen"}), IsEmpty());
}

TEST_F(StoreAdminServiceTest, PlansAJobWithoutWritingIt) {
  const std::string event =
      R"({"lambda_name": "work", "isolate_items": true, "items": [1.50, 2, 3, 4, 5, 6, 7],
                                "priority": "low", "idempotency_key": "k"})";
  const std::string planned = admin.plan(JsonText(event));
  EXPECT_THAT(planned, HasSubstr(R"("samples":[{"isolate_items":true,"items":[1.50])"))
      << "payloads keep their bytes";
  const Json plan = Json::parse(planned)[0];
  EXPECT_EQ(plan["total"], 7);
  EXPECT_EQ(plan["priority"], "low");
  EXPECT_EQ(plan["known_before"], false);
  EXPECT_TRUE(plan["warnings"].is_array());
  EXPECT_THAT(plan["samples"], SizeIs(5));
  EXPECT_EQ(admin.jobs({}), "[]");
  admin.schedule(JsonText(event));
  EXPECT_EQ(Json::parse(admin.plan(JsonText(event)))[0]["known_before"], true);
}

struct UtcOnly final : TimeZones {
  std::shared_ptr<const TimeZone> find(const std::string&) override { return utc_zone(); }
};

TEST_F(StoreAdminServiceTest, ARuleIsTriggeredByHand) {
  UtcOnly zones;
  settings.rules = parse_rules(JsonText(R"json([
      {"name": "nightly", "schedule": "rate(1 day)", "job": {"lambda_name": "work", "n": 1}}])json"),
                               settings, zones);
  const Json first = Json::parse(admin.trigger_rule("nightly"));
  EXPECT_EQ(first[0]["total"], 1);
  EXPECT_THAT(admin.job(first[0]["job_id"]), HasSubstr("rule nightly triggered at"));
  EXPECT_EQ(Json::parse(admin.trigger_rule("nightly"))[0]["known_before"], true) << "at the same moment";
  clock.time += 1;
  EXPECT_EQ(Json::parse(admin.trigger_rule("nightly"))[0]["known_before"], false);
  EXPECT_EQ(kind_of([&] { admin.trigger_rule("nightyl"); }), AdminError::Kind::not_found);
  EXPECT_THAT(message_, HasSubstr("did you mean 'nightly'?"));
}

TEST_F(StoreAdminServiceTest, TheDeadOfOneJobAreRetried) {
  const std::string mine = schedule(2), other = schedule(1);
  for (const Task& task : start(3)) close(task, Settlement::To::dead);
  EXPECT_EQ(admin.retry_dead_of_job(mine.substr(0, 8)),
            fmt::format(R"({{"job_id":"{}","revived":2}})", mine));
  EXPECT_EQ(Json::parse(admin.job(other))["dead"], 1);
}

TEST_F(StoreAdminServiceTest, ControlActionsReturnWhatTheyChanged) {
  EXPECT_EQ(admin.set_paused("work", true), R"({"labourer_id":"work","paused":true,"changed":true})");
  EXPECT_EQ(admin.set_paused("work", true), R"({"labourer_id":"work","paused":true,"changed":false})");
  admin.set_limit("work", 2);
  EXPECT_EQ(admin.set_paused("work", false), R"({"labourer_id":"work","paused":false,"changed":true})");
  EXPECT_EQ(store.controls()["work"].limit, 2) << "pausing and resuming leaves the limit";
  EXPECT_EQ(admin.set_limit("work", std::nullopt), R"({"labourer_id":"work","limit":null})");
}

TEST_F(StoreAdminServiceTest, RetriesAndCancels) {
  const std::string job = schedule(4);
  const auto running = start(3);
  close(running[0], Settlement::To::dead);
  close(running[1], Settlement::To::dead);
  const std::vector<std::string> first = {running[0].task_id, running[2].task_id};
  const Json done = Json::parse(admin.retry(first));
  EXPECT_EQ(done[0]["done"], true);
  EXPECT_EQ(done[1]["done"], false) << "it is running";
  EXPECT_EQ(admin.retry_dead("work"), R"({"labourer_id":"work","revived":1})");
  EXPECT_EQ(Json::parse(admin.cancel(std::vector{running[0].task_id}))[0]["done"], true);
  EXPECT_EQ(Json::parse(admin.cancel_job(job))["cancelled"], 2);
}

TEST_F(StoreAdminServiceTest, ReportsErrors) {
  schedule(1);
  const std::string stranger(32, '0');
  using enum AdminError::Kind;
  EXPECT_EQ(kind_of([&] { admin.labourer("wrok"); }), not_found);
  EXPECT_THAT(message_, HasSubstr("did you mean 'work'?"));
  EXPECT_EQ(kind_of([&] { admin.set_paused("nobody", true); }), not_found);
  EXPECT_EQ(kind_of([&] { admin.task(stranger); }), not_found);
  EXPECT_EQ(kind_of([&] { admin.task("x"); }), invalid);
  EXPECT_EQ(kind_of([&] { admin.retry(std::vector{stranger}); }), not_found);
  EXPECT_EQ(kind_of([&] { admin.job("012345"); }), not_found);
  EXPECT_EQ(kind_of([&] { admin.tasks({.state = "deed"}); }), invalid);
  EXPECT_THAT(message_, HasSubstr("'dead'"));
  EXPECT_EQ(kind_of([&] { admin.tasks({.after = stranger}); }), invalid);
  EXPECT_EQ(kind_of([&] { admin.tasks({.state = "dead", .after = "x"}); }), invalid);
  EXPECT_EQ(kind_of([&] { admin.jobs({.after = "x"}); }), invalid);
  EXPECT_EQ(kind_of([&] { admin.set_limit("work", -1); }), invalid);
  EXPECT_THROW(admin.schedule(JsonText(R"({"lambda_name": "nobody"})")), InvalidJob);
}

TEST_F(StoreAdminServiceTest, AnAmbiguousJobIdIsAnError) {
  for (const char* id : {"aaaaaaa000000000", "aaaaaaa111111111"})
    store.accept({.job_id = id, .labourer_id = "work", .document = "{}", .schema = "[]"});
  EXPECT_EQ(kind_of([&] { admin.job("aaaaaa"); }), AdminError::Kind::ambiguous);
  EXPECT_EQ(Json::parse(admin.job("aaaaaaa0"))["job_id"], "aaaaaaa000000000");
}

TEST_F(StoreAdminServiceTest, SchedulesAnEnvelopeOfSeveralJobsAndRecognizesAKey) {
  const std::string batch =
      R"({"Records": [{"body": "{\"lambda_name\": \"work\", \"idempotency_key\": \"k\"}"},
                                             {"body": "{\"lambda_name\": \"idle\"}"}]})";
  const Json once = Json::parse(admin.schedule(JsonText(batch)));
  ASSERT_THAT(once, SizeIs(2));
  EXPECT_EQ(once[0]["known_before"], false);
  EXPECT_EQ(once[1]["labourer_id"], "idle");
  EXPECT_EQ(once[1]["total"], 1);
  const Json again = Json::parse(admin.schedule(JsonText(batch)));
  EXPECT_EQ(again[0]["known_before"], true);
  EXPECT_EQ(again[0]["warnings"], Json::array());
  EXPECT_EQ(again[0]["job_id"], once[0]["job_id"]);
  EXPECT_THAT(events.actions(), SizeIs(3)) << "a created for each task that is new";
}

TEST_F(StoreAdminServiceTest, RulesShowTheirLastAndNextTime) {
  UtcOnly zones;
  settings.rules = parse_rules(JsonText(R"json([
      {"name": "hourly", "schedule": "rate(1 hour)", "job": {"lambda_name": "work"}},
      {"name": "off", "schedule": "rate(1 hour)", "enabled": false, "job": {"lambda_name": "work"}}])json"),
                               settings, zones);
  Json rules = Json::parse(admin.rules());
  EXPECT_EQ(rules[0]["last"], nullptr);
  const Time since{1'795'490'000};
  const RuleProgress progress = {"hourly", settings.rules[0].timing, since, since + 3600};
  store.keep_rule_progress(std::vector{RuleStep{std::nullopt, progress}});
  rules = Json::parse(admin.rules());
  EXPECT_EQ(rules[0]["last"], Json(since + 3600));
  EXPECT_EQ(rules[0]["next"], Json(since + 7200));
  EXPECT_EQ(rules[0]["job"]["lambda_name"], "work");
  EXPECT_EQ(rules[1]["enabled"], false);
  EXPECT_EQ(rules[1]["next"], nullptr);
}

}  // namespace
}  // namespace sosw
