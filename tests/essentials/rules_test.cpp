#include "essentials/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sosw/model/errors.h"

#include "essentials/doubles.h"
#include "essentials/troubled_store.h"
#include "log_lines.h"
#include "model/calendar.h"
#include "store/sqlite/sqlite_store.h"
#include "text/json.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

/// The store's other side, with the hooks of TroubledStore.
class TroubledRuleStore final : public RuleStore {
 public:
  TroubledRuleStore(SqliteStore& store, const TroubledStore& hooks) : store_(store), hooks_(hooks) {}

  std::vector<RuleProgress> rule_progress() override {
    if (hooks_.before) hooks_.before("rule_progress", "");
    auto progress = store_.rule_progress();
    if (hooks_.after) hooks_.after("rule_progress", "");
    return progress;
  }
  void keep_rule_progress(std::span<const RuleStep> steps) override {
    if (hooks_.before) hooks_.before("keep_rule_progress", "");
    store_.keep_rule_progress(steps);
    if (hooks_.after) hooks_.after("keep_rule_progress", "");
  }

 private:
  SqliteStore& store_;
  const TroubledStore& hooks_;
};

Rule rule(const std::string& name, const std::string& expression,
          Rule::Missed missed = Rule::Missed::run_once,
          const std::string& job = R"({"lambda_name":"worker","isolate_items":true,"items":[1,2]})") {
  return {name, Schedule::parse(expression, utc_zone()), expression + " UTC", job, missed};
}

/// A machine with a store, on which one engine after the other looks after the rules.
struct Machine {
  explicit Machine(std::vector<Rule> of_settings, const std::string& begins = "2026-11-24T00:00:00") {
    settings.labourers["worker"].id = "worker";
    settings.job_schema_variants["default"] = JobSchema({"item"});
    settings.rules = std::move(of_settings);
    set_clock(begins);
    start();
  }

  /// A new engine on the same store, as after a crash or a stop.
  void start() {
    rules.reset();
    scheduler.emplace(settings, job_store, events, clock, random);
    rules.emplace(settings, rule_store, *scheduler, clock, alone);
    scheduler->resume();
    turn();
  }
  void set_clock(const std::string& time) { clock.time = Time(seconds_of(time)); }
  void turn() {
    rules->run();
    while (!scheduler->idle()) scheduler->step();
  }
  void turn_at(const std::string& time) {
    set_clock(time);
    turn();
  }

  /// Which times have a job, oldest first: "nightly 2026-11-24T02:00:00Z".
  std::vector<std::string> jobs() {
    std::vector<std::string> keys;
    for (const Job& job : store.list_jobs(1000)) {
      std::string key = Json::parse(job.document)["idempotency_key"].get<std::string>();
      EXPECT_EQ(job.progress.total, 2) << key;
      key.erase(0, std::string("rule ").size());
      key.erase(key.find("at "), 3);
      keys.insert(keys.begin(), key);
    }
    return keys;
  }

  Settings settings;
  SqliteStore store{":memory:", SqliteStore::Open::create};
  TroubledStore job_store{store};
  TroubledRuleStore rule_store{store, job_store};
  SimulatedClock clock;
  SeededRandom random;
  RecordedEvents events;
  std::optional<Scheduler> scheduler;
  std::optional<Rules> rules;
  bool alone = true;
};

TEST(Rules, KeepTheNumbersOfTheirJobs) {
  Machine here(
      {rule("nightly", "cron(0 2 * * ? *)", Rule::Missed::run_once,
            R"({"lambda_name":"worker","isolate_items":true,"items":[12345678901234567890123,1.10]})")});
  here.turn_at("2026-11-24T02:00:00");
  EXPECT_THAT(here.store.list_jobs(1).at(0).document, HasSubstr(R"("items":[12345678901234567890123,1.10])"));
}

TEST(Rules, WarnOfATimeThatIsOver) {
  const LoggedLines log;
  Machine here({rule("once", "at(2026-11-23T01:00:00)"), rule("later", "at(2026-11-25T01:00:00)")});
  EXPECT_THAT(log.text(),
              HasSubstr("rule once: will never fire, its time is over: at(2026-11-23T01:00:00) UTC"));
  EXPECT_THAT(log.text(), Not(HasSubstr("later")));
}

TEST(Rules, ScheduleTheirJobsWhenTheyAreDue) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("often", "rate(45 minutes)")});
  EXPECT_THAT(here.jobs(), IsEmpty());
  here.turn_at("2026-11-24T00:44:59");
  EXPECT_THAT(here.jobs(), IsEmpty());
  here.turn_at("2026-11-24T00:45:00");
  here.turn_at("2026-11-24T00:45:00");
  here.turn_at("2026-11-24T01:30:01");
  here.turn_at("2026-11-24T02:00:00");
  EXPECT_THAT(here.jobs(), ElementsAre("often 2026-11-24T00:45:00Z", "often 2026-11-24T01:30:00Z",
                                       "nightly 2026-11-24T02:00:00Z"));
}

TEST(Rules, PassTheJobUnchangedButForItsKey) {
  Machine here(
      {rule("nightly", "cron(0 2 * * ? *)", Rule::Missed::run_once,
            R"({"lambda_name":"worker","items":[2,1],"a":null,"priority":"low","isolate_item":1})")});
  here.turn_at("2026-11-24T02:00:00");
  const Job job = here.store.list_jobs(1).at(0);
  EXPECT_EQ(job.document,
            R"({"lambda_name":"worker","items":[2,1],"a":null,"priority":"low","isolate_item":1,)"
            R"("idempotency_key":"rule nightly at 2026-11-24T02:00:00Z"})");
  EXPECT_EQ(job.priority, Priority::low);
  EXPECT_EQ(job.today, "2026-11-24");
}

TEST(Rules, SayWhenTheNextOneIsDue) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("once", "at(2026-11-24T01:00:00)")});
  EXPECT_EQ(text_of(here.rules->next_due().value()), "2026-11-24T01:00:00");
  here.turn_at("2026-11-24T01:00:00");
  EXPECT_EQ(text_of(here.rules->next_due().value()), "2026-11-24T02:00:00");

  EXPECT_EQ(Machine({rule("past", "at(2020-01-01T00:00:00)")}).rules->next_due(), std::nullopt);
  EXPECT_EQ(Machine({}).rules->next_due(), std::nullopt);
}

TEST(Rules, CountFromTheMomentWhenTheyAreFirstSeen) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("once", "at(2026-11-24T01:00:00)")},
               "2026-11-24T02:00:00");
  EXPECT_THAT(here.jobs(), IsEmpty());
}

TEST(Rules, ContinueAfterARestart) {
  Machine here({rule("often", "rate(45 minutes)")});
  here.set_clock("2026-11-24T00:30:00");
  here.start();
  here.turn_at("2026-11-24T00:45:00");
  here.start();
  EXPECT_THAT(here.jobs(), ElementsAre("often 2026-11-24T00:45:00Z"));
}

TEST(Rules, RunOnceForAllThatWasMissed) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("often", "rate(45 minutes)")});
  here.set_clock("2026-12-24T12:00:00");
  here.start();
  EXPECT_THAT(here.jobs(),
              UnorderedElementsAre("nightly 2026-12-24T02:00:00Z", "often 2026-12-24T12:00:00Z"));
  here.turn_at("2026-12-24T12:44:00");
  EXPECT_THAT(here.jobs(), SizeIs(2));
}

TEST(Rules, SkipMissedTimesWhenConfigured) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)", Rule::Missed::skip)});
  here.set_clock("2026-12-24T12:00:00");
  here.start();
  EXPECT_THAT(here.jobs(), IsEmpty());
  here.turn_at("2026-12-25T02:00:59");
  EXPECT_THAT(here.jobs(), ElementsAre("nightly 2026-12-25T02:00:00Z"));
}

TEST(Rules, StartAgainWhenTheirTimingChanges) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("often", "rate(45 minutes)")});
  here.settings.rules = {rule("nightly", "cron(0 3 * * ? *)"), rule("often", "rate(45 minutes)")};
  here.set_clock("2026-11-24T12:10:00");
  here.start();
  EXPECT_THAT(here.jobs(), ElementsAre("often 2026-11-24T12:00:00Z"));
  here.turn_at("2026-11-25T03:00:00");
  EXPECT_THAT(here.jobs(), testing::Contains("nightly 2026-11-25T03:00:00Z"));
}

TEST(Rules, DoNotCatchUpAfterBeingDisabled) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)")});
  here.settings.rules[0].enabled = false;
  here.start();
  EXPECT_EQ(here.rules->next_due(), std::nullopt);
  here.turn_at("2026-11-26T12:00:00");
  here.settings.rules[0].enabled = true;
  here.start();
  EXPECT_THAT(here.jobs(), IsEmpty());
  here.turn_at("2026-11-27T02:00:00");
  EXPECT_THAT(here.jobs(), ElementsAre("nightly 2026-11-27T02:00:00Z"));
}

TEST(Rules, AnInvalidJobDoesNotStopOtherRules) {
  Machine here({rule("gone", "rate(1 hour)", Rule::Missed::run_once, R"({"lambda_name":"nobody"})"),
                rule("garbage", "rate(1 hour)", Rule::Missed::run_once, "{"), rule("fine", "rate(1 hour)")});
  here.turn_at("2026-11-24T01:00:00");
  here.turn_at("2026-11-24T02:00:00");
  EXPECT_THAT(here.jobs(), ElementsAre("fine 2026-11-24T01:00:00Z", "fine 2026-11-24T02:00:00Z"));
}

TEST(Rules, RecoverFromAClockThatWasAhead) {
  Machine here({rule("often", "rate(45 minutes)"), rule("nightly", "cron(0 2 * * ? *)")},
               "2099-01-01T00:00:00");
  here.turn_at("2026-11-24T00:00:00");
  here.turn_at("2026-11-24T00:45:00");
  here.turn_at("2026-11-24T02:00:00");
  EXPECT_THAT(here.jobs(), UnorderedElementsAre("often 2026-11-24T00:45:00Z", "often 2026-11-24T01:30:00Z",
                                                "nightly 2026-11-24T02:00:00Z"));
}

TEST(Rules, ScheduleNothingTwiceWhenTheClockIsSetBack) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)")});
  here.turn_at("2026-11-24T02:00:00");
  here.turn_at("2026-11-24T01:59:59");
  here.turn_at("2026-11-24T02:00:00");
  EXPECT_THAT(here.jobs(), ElementsAre("nightly 2026-11-24T02:00:00Z"));
}

TEST(Rules, DoNotCatchUpAfterRemovalUnlessAnotherEngineMayKnowThem) {
  for (const bool alone : {true, false}) {
    Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("often", "rate(45 minutes)")});
    here.alone = alone;
    const Rule nightly = here.settings.rules[0];
    here.settings.rules.erase(here.settings.rules.begin());
    here.start();
    here.set_clock("2026-11-24T12:00:00");
    here.settings.rules.push_back(nightly);
    here.start();
    EXPECT_EQ(here.jobs().size(), alone ? 1U : 2U);
  }
}

TEST(Rules, OfAnEngineThatKnowsAnotherTimingStayAsTheLastOneSaid) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)")});
  Settings changed = here.settings;
  changed.rules = {rule("nightly", "cron(0 3 * * ? *)")};
  Rules newer(changed, here.store, *here.scheduler, here.clock, /*alone=*/false);
  newer.run();
  here.turn_at("2026-11-24T02:00:00");
  EXPECT_THAT(here.jobs(), ElementsAre("nightly 2026-11-24T02:00:00Z")) << "the older one still runs";
  EXPECT_EQ(here.store.rule_progress().at(0).timing, "cron(0 3 * * ? *) UTC");
}

/// How an engine is cut at a call of a store.
struct Interruption {
  int call;   ///< 1, 2, ...
  bool done;  ///< the call was done before
  bool dies;  ///< and is followed by another engine; else it only hears of an error and tries again
};

/// Whether the engine came through that time without being cut.
bool lives_through(Machine& here, const std::string& time, const Interruption& interruption) {
  int calls = 0;
  (interruption.done ? here.job_store.after : here.job_store.before) = [&](const std::string&,
                                                                           const std::string&) {
    if (++calls != interruption.call) return;
    if (interruption.dies) throw Crash();
    throw StoreError("the disk is full");
  };
  bool came_through = false;
  try {
    here.turn_at(time);
    came_through = true;
  } catch (const Crash&) {
  } catch (const StoreError&) {
  }
  here.job_store.before = here.job_store.after = nullptr;
  return came_through;
}

/// Returns whether there was no such call.
bool survives(const Interruption& interruption) {
  SCOPED_TRACE(testing::Message() << "call " << interruption.call
                                  << (interruption.done ? ", done" : ", not done")
                                  << (interruption.dies ? ", dies" : ", tries again"));
  Machine here({rule("nightly", "cron(0 2 * * ? *)"), rule("hourly", "rate(1 hour)")});
  here.turn_at("2026-11-24T01:59:00");
  const bool came_through = lives_through(here, "2026-11-24T02:00:00", interruption);
  here.set_clock("2026-11-24T02:00:10");
  interruption.dies ? here.start() : here.turn();
  EXPECT_THAT(here.jobs(), UnorderedElementsAre("hourly 2026-11-24T01:00:00Z", "hourly 2026-11-24T02:00:00Z",
                                                "nightly 2026-11-24T02:00:00Z"));
  return came_through;
}

TEST(Rules, LoseAndDoubleNothingWhereverTheyAreInterrupted) {
  for (const bool done : {false, true})
    for (const bool dies : {false, true}) {
      Interruption interruption{1, done, dies};
      while (!survives(interruption)) ++interruption.call;
      EXPECT_GT(interruption.call, 4);  // jobs accepted with their tasks, and the note of it
    }
}

TEST(Rules, AreNotRecordedBeforeTheirJobsAreAccepted) {
  Machine here({rule("nightly", "cron(0 2 * * ? *)")});
  EXPECT_FALSE(lives_through(here, "2026-11-24T02:00:00", {.call = 1, .done = false, .dies = false}));
  EXPECT_EQ(text_of(here.store.rule_progress().at(0).considered), "2026-11-24T00:00:00");
  here.turn();
  EXPECT_EQ(text_of(here.store.rule_progress().at(0).considered), "2026-11-24T02:00:00");
}

}  // namespace
}  // namespace sosw
