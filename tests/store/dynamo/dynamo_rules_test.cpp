// Scheduled rules over tables that several engines share.

#include <functional>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "essentials/rules.h"
#include "model/calendar.h"
#include "ports/soundness.h"
#include "store/dynamo/dynamo_store_fixture.h"
#include "text/json.h"

namespace sosw::aws {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Seconds kClockAhead = 5;  // of the second engine's

/// Lets something happen in the middle of what its user does.
struct InterruptedHttp final : Http {
  explicit InterruptedHttp(Http& http_) : http(http_) {}
  std::vector<HttpAnswer> send(std::span<const HttpRequest> requests) override {
    if (before) before();
    return http.send(requests);
  }
  Http& http;
  std::function<void()> before;
};

struct NoEvents final : EventLog {
  void record(std::span<const TaskEvent>) override {}
};

Rule rule(const std::string& name, const std::string& expression) {
  return {name, Schedule::parse(expression, utc_zone()), expression + " UTC",
          R"({"lambda_name":"worker","isolate_items":true,"items":[1,2]})"};
}

Settings settings_with(std::vector<Rule> rules) {
  Settings settings;
  settings.labourers["worker"].id = "worker";
  settings.job_schema_variants["default"] = JobSchema({"item"});
  settings.rules = std::move(rules);
  return settings;
}

/// One of several engines, as far as rules go.
struct RulingEngine {
  RulingEngine(FakeAws& aws, const Settings& settings)
      : http(aws.http),
        session(environment_of({{"AWS_ACCESS_KEY_ID", "AKIDTEST"},
                                {"AWS_SECRET_ACCESS_KEY", "test-secret"},
                                {"AWS_REGION", "eu-west-1"},
                                {"AWS_ENDPOINT_URL", aws.url},
                                {"AWS_EC2_METADATA_DISABLED", "true"}}),
                {http, aws.clock, aws.random, aws.waiting}),
        dynamo(session),
        store(dynamo, aws.random),
        scheduler(settings, store, events, clock, aws.random),
        rules(settings, store, scheduler, clock, /*alone=*/false) {}

  void turn() {
    rules.run();
    scheduler.resume();
    while (!scheduler.idle()) scheduler.step();
  }
  void turn_at(const std::string& time, Seconds ahead = 0) {
    clock.time = Time(seconds_of(time)) + ahead;
    turn();
  }

  InterruptedHttp http;
  Session session;
  DynamoDb dynamo;
  DynamoStore store;
  NoEvents events;
  SimulatedClock clock;
  Scheduler scheduler;
  Rules rules;
};

class DynamoRulesTest : public DynamoStoreFixture {
 protected:
  void begin_anew() {
    aws_.control("anew", nlohmann::json::object());
    create_tables();
  }

  /// Which times have a job; every one is wholly cut.
  std::multiset<std::string> fired() {
    std::multiset<std::string> keys;
    for (const Job& job : store_.list_jobs(100)) {
      const std::string key = Json::parse(job.document)["idempotency_key"].get<std::string>();
      EXPECT_EQ(job.progress.total, 2) << key;
      keys.insert(key);
    }
    return keys;
  }

  /// One engine goes through a night; at its n-th request the other one does all that is to be done for it.
  /// Returns whether there were as many requests.
  bool goes_through_the_night(int interrupted_at) {
    begin_anew();
    RulingEngine one(aws_, settings_), other(aws_, settings_);
    int requests = 0;
    one.http.before = [&] {
      if (++requests != interrupted_at) return;
      other.clock.time = one.clock.time + kClockAhead;
      other.turn();
    };
    one.turn_at("2026-11-24T01:53:00");
    other.turn_at("2026-11-24T01:53:01", kClockAhead);
    one.turn_at("2026-11-24T02:00:00");
    one.http.before = nullptr;
    for (RulingEngine* engine : {&other, &one}) engine->turn_at("2026-11-24T02:00:10");
    return requests >= interrupted_at;
  }

  Settings settings_ =
      settings_with({rule("nightly", "cron(0 2 * * ? *)"), rule("often", "rate(7 minutes)")});
};

TEST_F(DynamoRulesTest, EveryScheduledTimeHasOneJobWhicheverEngineInterferes) {
  int request = 1;
  for (; goes_through_the_night(request); ++request) {
    SCOPED_TRACE(fmt::format("at request {}", request));
    const auto keys = fired();
    EXPECT_THAT(keys, SizeIs(2)) << fmt::format("{}", fmt::join(keys, ", "));
    EXPECT_EQ(keys.count("rule nightly at 2026-11-24T02:00:00Z"), 1U);
    EXPECT_THAT(store_.list({.at_most = 100}), SizeIs(4));
    expect_sound(store_, store_);
    for (const RuleProgress& progress : store_.rule_progress())
      EXPECT_GE(progress.considered, Time(static_cast<Seconds>(seconds_of("2026-11-24T02:00:00"))))
          << progress.name;
    if (HasFailure()) return;
  }
  EXPECT_GT(request, 15) << "the other engine came in everywhere";
}

TEST_F(DynamoRulesTest, StaleProgressDoesNotFireAgain) {
  RulingEngine(aws_, settings_).turn_at("2026-11-24T01:53:00");
  const auto begun = store_.rule_progress();
  RulingEngine(aws_, settings_).turn_at("2026-11-24T02:00:00");
  const auto keys = fired();
  for (const Job& job : store_.list_jobs(100)) store_.cancel_job(job.job_id, kNow);
  std::vector<RuleStep> back;
  for (std::size_t i = 0; const RuleProgress& now : store_.rule_progress()) back.push_back({now, begun[i++]});
  store_.keep_rule_progress(back);

  RulingEngine late(aws_, settings_);
  late.turn_at("2026-11-24T02:03:00");
  EXPECT_EQ(fired(), keys);
  EXPECT_THAT(store_.claim(claim_of(9, 9, "a")), IsEmpty()) << "what is finished stays so";
  EXPECT_GE(store_.rule_progress()[0].considered,
            Time(static_cast<Seconds>(seconds_of("2026-11-24T02:00:00"))));
}

TEST_F(DynamoRulesTest, AnEngineKeepsTheRulesOfAnother) {
  const Settings others = settings_with({rule("weekly", "rate(7 days)")});
  RulingEngine(aws_, settings_).turn_at("2026-11-24T01:53:00");
  RulingEngine(aws_, others).turn_at("2026-11-24T01:54:00");
  EXPECT_THAT(store_.rule_progress(), SizeIs(3));
  RulingEngine(aws_, settings_).turn_at("2026-11-24T02:00:01");
  EXPECT_THAT(fired(), SizeIs(2)) << "also those that were due while that one was down";
}

TEST_F(DynamoRulesTest, AnEngineSkipsAJobThatAnotherIsChunking) {
  RulingEngine(aws_, settings_).turn_at("2026-11-24T01:53:00");
  RulingEngine one(aws_, settings_), other(aws_, settings_);
  trouble("BatchWriteItem", "error_before", 0, kForever);
  EXPECT_THROW(one.turn_at("2026-11-24T02:00:00"), StoreError);
  calm();
  other.turn_at("2026-11-24T02:00:01");
  EXPECT_TRUE(other.scheduler.idle()) << "it may be busy with other things";
  other.turn_at("2026-11-24T02:05:10");
  EXPECT_THAT(fired(), SizeIs(2)) << "its scheduler died";
}

}  // namespace
}  // namespace sosw::aws
