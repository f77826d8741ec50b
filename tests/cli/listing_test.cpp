// What people and scripts read.

#include <fmt/format.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Listing : public CliFixture {};

TEST_F(Listing, ShowsOneTaskWithItsHistory) {
  configure("echo '{\"words\": 12345678901234567890123}'");
  write_job(1, R"("weight": 1795490346.89652560, )");
  sosw("run job.json");
  const std::string id = sosw("tasks --json").json()[0]["task_id"];
  const Ended shown = sosw("task " + id);
  EXPECT_THAT(shown.out, ContainsRegex("state +completed"));
  EXPECT_THAT(shown.out, ContainsRegex("created +20[0-9-]+ [0-9:]+ \\("));
  for (const char* event : {"created", "invoked", "archived"}) EXPECT_THAT(shown.out, HasSubstr(event));

  const Ended as_json = sosw("task " + id + " --json");
  EXPECT_EQ(as_json.json()["history"].size(), 4U);
  EXPECT_THAT(as_json.out, HasSubstr("1795490346.89652560")) << "the payload's bytes stay as they are";
  EXPECT_THAT(as_json.out, HasSubstr("12345678901234567890123"));
}

TEST_F(Listing, ShowsWhatTheWorkerWroteBelowTheHistory) {
  configure("echo 'first words' >&2; echo 'last words' >&2");
  write_job(1);
  sosw("run job.json");
  const std::string id = sosw("tasks --json").json()[0]["task_id"];
  EXPECT_THAT(sosw("task " + id).out, ContainsRegex("log of attempt 1, .*\n  first words\n  last words\n$"));
  const auto task = sosw("task " + id + " --json").json();
  EXPECT_EQ(task["log"][0]["attempt"], 1);
  EXPECT_EQ(task["log"][0]["lines"].size(), 2U);
  for (const auto& event : task["history"]) EXPECT_FALSE(event.contains("details"));
}

TEST_F(Listing, ListsTasksByStateLabourerAndJob) {
  configure("exit 0");
  write_job(3);
  const std::string first = sosw("schedule job.json --json").json()["job_id"];
  sosw("schedule job.json");
  EXPECT_EQ(sosw("tasks --json").json().size(), 6U);
  EXPECT_EQ(sosw("tasks --json --limit 2").json().size(), 2U);
  EXPECT_EQ(sosw("tasks --json --state queued --job " + first).json().size(), 3U);
  EXPECT_THAT(sosw("tasks --json --labourer other").err,
              ::testing::HasSubstr("there is no labourer 'other'"));
  for (const char* state : {"running", "retrying", "completed", "dead", "cancelled"})
    EXPECT_EQ(sosw(std::string("tasks --json --state ") + state).json().size(), 0U) << state;
  EXPECT_EQ(sosw("tasks --state dead").out, "no such tasks\n");
  write_job(2, R"("delay_seconds": 3600, )");
  sosw("schedule job.json");
  EXPECT_EQ(sosw("tasks --json --state waiting").json().size(), 2U);
}

TEST_F(Listing, StatusCountsByLabourer) {
  configure("exit 0", "    max_simultaneous_invocations: 3\n");
  write_job(1200);
  sosw("schedule job.json");
  EXPECT_THAT(sosw("status").out, ContainsRegex("work +1,200 +- +- +- +- +3 +fine"));
  const auto status = sosw("status --json").json();
  EXPECT_EQ(status["labourers"][0]["queued"], 1200);
  EXPECT_EQ(status["labourers"][0]["limit"], 3);
  EXPECT_EQ(status["jobs"][0]["open"], 1200);
  EXPECT_EQ(status["engine"], nullptr);
}

TEST_F(Listing, FindsAJobByTheBeginningOfItsId) {
  configure("exit 0");
  write_job(2);
  const std::string id = sosw("schedule job.json --json").json()["job_id"];
  EXPECT_EQ(sosw("job --json " + id.substr(0, 6)).json()["job_id"], id);
  EXPECT_EQ(sosw("job --json " + id).json()["document"]["lambda_name"], "work");
  EXPECT_THAT(sosw("job " + id).out, ContainsRegex("work +open +2"));
  EXPECT_EQ(sosw("job 0000").exit_code, 2);
}

TEST_F(Listing, ShowsWorkerOutputOnOneLineWithoutControlCharacters) {
  configure("printf 'first\\033[31m\\nsecond' >&2; exit 1", "    max_attempts: 1\n");
  write_job(1);
  const Ended ended = sosw("run job.json");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("\033")));
}

TEST_F(Listing, ChecksTheConfiguration) {
  configure("exit 0");
  EXPECT_EQ(sosw("config check").out,
            "sosw.yaml is fine: 1 labourer, 1 job schema variant, 0 health metrics, 0 rules\n");
  EXPECT_EQ(sosw("config check --json").json()["labourers"], 1);
  write("sosw.yaml", read("sosw.yaml") +
                         "rules:\n  - name: leap\n    schedule: cron(0 0 30 2 ? *)\n"
                         "    job: {lambda_name: work}\n");
  EXPECT_THAT(sosw("config check").out,
              HasSubstr("the rule leap does not fire any more: cron(0 0 30 2 ? *) UTC"));
}

TEST_F(Listing, KnowsTheRulesBeforeTheFirstRun) {
  configure("exit 0");
  write("sosw.yaml", read("sosw.yaml") +
                         "rules:\n  - name: nightly\n    schedule: cron(0 2 * * ? *)\n"
                         "    job: {lambda_name: work, big: 12345678901234567890123}\n");
  EXPECT_THAT(sosw("rules").out, HasSubstr("nightly"));
  EXPECT_THAT(sosw("rules --json").out, HasSubstr(R"("big":12345678901234567890123)"));
  EXPECT_FALSE(exists("sosw.db"));
}

TEST_F(Listing, SaysForHowLongATaskHasBeenDue) {
  configure("exit 0");
  write("job.json", R"({"lambda_name": "work", "delay_seconds": 3600})");
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  output_of(fmt::format("sqlite3 {} 'UPDATE tasks SET desired_launch_time = 1700000000'",
                        (folder_ / "sosw.db").string()));
  EXPECT_THAT(sosw("status").out, ContainsRegex("The next waiting task has been due for [0-9]+ days"));
}

TEST_F(Listing, LooksAtUrlsOfWorkers) {
  write("sosw.yaml", "labourers:\n  work: {url: \"http://user:secret@127.0.0.1:1/x?key=secret\"}\n");
  const Ended ended = sosw("doctor");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.out, ContainsRegex("bad +work +http://127.0.0.1:1/x: .*[Cc]onnect"));
  EXPECT_THAT(ended.out, Not(HasSubstr("secret")));
}

TEST_F(Listing, AlarmsOnATerminalHaveNoBackticks) {
  configure("exit 1", "    max_attempts: 1\n");
  write_job(1);
  EXPECT_THAT(sosw("run job.json").err,
              AllOf(HasSubstr("sosw Dead Task: Closing dead task"), Not(HasSubstr("`"))));
}

TEST_F(Listing, EveryCommandHasHelp) {
  for (const std::string command :
       {"run", "schedule", "chunk", "orchestrate", "scavenge", "status", "tasks", "task", "jobs", "job",
        "pause", "resume", "limit", "rules", "retry", "cancel", "config check", "doctor"}) {
    const Ended help = sosw(command + " --help");
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_THAT(help.out, HasSubstr("Example: sosw " + command));
    EXPECT_EQ(help.err, "");
  }
  EXPECT_THAT(sosw("--version").out, ContainsRegex("^sosw [0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace sosw
