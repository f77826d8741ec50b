// What people do to tasks and labourers while the system runs, or between runs.

#include <signal.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::HasSubstr;

class Control : public CliFixture {
 protected:
  Control() {
    configure("exit 0");
    write_job(3);
    sosw("schedule job.json");
  }
  nlohmann::json tasks(const std::string& state) { return sosw("tasks --json --state " + state).json(); }
};

TEST_F(Control, APausedLabourerStartsNothingUntilItIsResumed) {
  const Ended paused = sosw("pause work");
  EXPECT_EQ(paused.exit_code, 0) << paused.err;
  EXPECT_THAT(paused.out, HasSubstr("work is paused"));
  EXPECT_EQ(sosw("pause work").out, "work was paused already\n");
  EXPECT_EQ(sosw("orchestrate --json").json()["work"]["invoked"], 0);
  EXPECT_EQ(sosw("status --json").json()["labourers"][0]["paused"], true);

  const auto run = start("run");
  wait_until([&] { return run->errors().find("work is paused") != std::string::npos; }, *run);
  EXPECT_EQ(sosw("resume work").out, "work is resumed\n");
  EXPECT_EQ(run->wait().exit_code, 0);
  EXPECT_EQ(tasks("completed").size(), 3U);
}

TEST_F(Control, CancelsTasksAndJobs) {
  const auto queued = tasks("queued");
  ASSERT_EQ(queued.size(), 3U);
  const std::string first = queued[0]["task_id"];
  EXPECT_EQ(sosw("cancel " + first).out, first + " is cancelled\n");
  const Ended again = sosw("cancel " + first);
  EXPECT_EQ(again.out, first + " stays: it is cancelled\n");
  EXPECT_EQ(again.exit_code, 1);
  const Ended as_json = sosw("cancel " + first + " --json");
  EXPECT_EQ(as_json.exit_code, 1);
  EXPECT_EQ(as_json.json()[0]["done"], false);
  EXPECT_EQ(as_json.json()[0]["state"], "cancelled");
  const std::string job = sosw("jobs --json").json()[0]["job_id"];
  EXPECT_THAT(sosw("cancel --job " + job).out, HasSubstr("2 tasks cancelled"));
  EXPECT_EQ(tasks("cancelled").size(), 3U);
  EXPECT_EQ(sosw("run").exit_code, 0);
  EXPECT_EQ(tasks("completed").size(), 0U);
}

TEST_F(Control, RetriesOneDeadTask) {
  configure("[ -e mended ]", "    max_attempts: 1\n");
  EXPECT_EQ(sosw("run").exit_code, 1);
  const std::string dead = tasks("dead")[0]["task_id"];
  write("mended", "");
  EXPECT_EQ(sosw("retry " + dead).out, dead + " goes to the front of the queue\n");
  EXPECT_EQ(sosw("retry " + dead).out, dead + " stays: it is queued\n");
  EXPECT_EQ(sosw("retry " + dead).exit_code, 1);
  EXPECT_EQ(sosw("run").exit_code, 1) << "the two others are still dead";
  EXPECT_EQ(tasks("dead").size(), 2U);
  EXPECT_EQ(tasks("completed").size(), 1U);
}

TEST_F(Control, NamesTheNearestForAnUnknownLabourer) {
  for (const std::string command : {"pause wrok", "resume wrok", "retry --dead wrok"}) {
    const Ended ended = sosw(command);
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_EQ(ended.err, "sosw: there is no labourer 'wrok' (did you mean 'work'?)\n");
  }
}

TEST_F(Control, RefusesUnknownTasksAndJobs) {
  const std::string nobody(32, 'a');
  for (const std::string& command : {"retry " + nobody, "cancel " + nobody, "task " + nobody}) {
    const Ended ended = sosw(command);
    EXPECT_EQ(ended.exit_code, 2);
    EXPECT_EQ(ended.err, "sosw: there is no task " + nobody + "; `sosw tasks` lists them\n");
  }
  EXPECT_THAT(sosw("task 12").err, HasSubstr("a task id is 32 lower-case hex digits"));
  EXPECT_THAT(sosw("cancel --job aaaaaaaa").err, HasSubstr("there is no job aaaaaaaa"));
  EXPECT_THAT(sosw("cancel").err, HasSubstr("name either tasks or --job ID"));
}

TEST_F(Control, DoctorFindsWhatIsWrong) {
  const Ended fine = sosw("doctor");
  EXPECT_EQ(fine.exit_code, 0) << fine.out;

  write("sosw.yaml",
        "labourers:\n  other:\n    command: [no_such_program_here]\n    health_metrics:\n      db:\n"
        "        details: {source: http, url: 'http://127.0.0.1:1/'}\n"
        "        feelings: {3: 80}\n        feeling_comparison_operator: le\n");
  sosw("pause work");
  const Ended ill = sosw("doctor");
  EXPECT_EQ(ill.exit_code, 1);
  for (const char* finding : {"3 tasks wait for it, but it is not configured",
                              "no program 'no_such_program_here'", "work", "is paused", "other, metric db"})
    EXPECT_THAT(ill.out, HasSubstr(finding));
  EXPECT_FALSE(sosw("doctor --json").json().empty());
}

}  // namespace
}  // namespace sosw
