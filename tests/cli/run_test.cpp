// `sosw run` with real workers, to the end, through failures, interruptions and kills.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr auto kFastRetry = "    retry: {base: 0.05, max: 0.1}\n";

class Run : public CliFixture {
 protected:
  /// Workers note that they began, then wait until release() is called, or go on at once when "go" exists.
  void configure_waiting_worker() {
    mkfifo((folder_ / "gate").c_str(), 0644);
    configure("echo x >> began; [ -e go ] || cat gate", kFastRetry);
  }
  void release() const {
    write("go", "");
    const int gate = open((folder_ / "gate").c_str(), O_WRONLY);
    close(gate);
  }
  std::size_t began() const {
    const std::string marks = read("began");
    return static_cast<std::size_t>(std::ranges::count(marks, 'x'));
  }
  std::size_t job_count() { return sosw("jobs --json").json().size(); }
};

TEST_F(Run, CompletesAJob) {
  configure("cat > event.$SOSW_TASK_ID", "    max_simultaneous_invocations: 4\n");
  write_job(20);
  const Ended ended = sosw("run job.json");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_THAT(ended.out, ContainsRegex("total +completed"));
  EXPECT_THAT(ended.out, ContainsRegex("work +finished +20 +20 +- +-"));
  EXPECT_THAT(ended.out, HasSubstr("20 tasks closed in "));
  EXPECT_EQ(ended.err, "");
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 20U);
}

TEST_F(Run, TakesTheJobFromStandardInputAndStartsRelativeProgramsBesideTheConfiguration) {
  configure("echo '{\"fine\": true}'");
  std::filesystem::permissions(folder_ / "worker.sh", std::filesystem::perms::owner_all);
  std::filesystem::create_directory(folder_ / "conf");
  std::filesystem::rename(folder_ / "worker.sh", folder_ / "conf" / "worker.sh");
  write("conf/sosw.yaml", "labourers: {work: {command: [./worker.sh]}}\n");
  write("stdin", R"({"lambda_name": "work"})");
  EXPECT_EQ(sosw("run - -c conf/sosw.yaml").exit_code, 0);
  EXPECT_TRUE(exists("conf/sosw.db")) << "the store stands beside the configuration";
  const auto tasks = sosw("tasks -c conf/sosw.yaml --json").json();
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0]["result"]["fine"], true);
}

TEST_F(Run, TriesAgainWhatFailedAtFirst) {
  configure("grep -q '\"attempt\": *2' || { echo 'not yet' >&2; exit 1; }", kFastRetry);
  write_job(3);
  const Ended ended = sosw("run job.json --json");
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  const auto job = ended.json()["jobs"][0];
  EXPECT_EQ(job["completed"], 3);
  EXPECT_EQ(job["dead"], 0);
  for (const auto& task : sosw("tasks --json").json()) EXPECT_EQ(task["attempts"], 2);
}

TEST_F(Run, SaysWhichTasksAreDeadAndWhy) {
  configure("grep -q '\"items\": *\\[1\\]' && { echo 'the disk is on fire' >&2; exit 1; }; exit 0",
            kFastRetry);
  write_job(3);
  const Ended ended = sosw("run job.json");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.out, ContainsRegex("work +finished +3 +2 +1"));
  EXPECT_THAT(ended.out, HasSubstr("the disk is on fire"));
  EXPECT_THAT(ended.out, HasSubstr("sosw retry --dead work"));
  EXPECT_THAT(ended.err, HasSubstr("Closing dead task: ")) << "the alarm";
  const auto dead = sosw("tasks --state dead --json").json();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0]["attempts"], 3);
  EXPECT_THAT(ended.out, HasSubstr("sosw task " + dead[0]["task_id"].get<std::string>()));
}

TEST_F(Run, RetriesDeadTasks) {
  configure("[ -e mended ]", std::string("    max_attempts: 1\n"));
  write_job(5);
  EXPECT_EQ(sosw("run job.json").exit_code, 1);
  write("mended", "");
  EXPECT_EQ(sosw("retry --dead work").out, "5 dead tasks of work back in the queue\n");
  EXPECT_EQ(sosw("run").exit_code, 0);
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 5U);
  EXPECT_EQ(job_count(), 1U);
}

TEST_F(Run, RunTwiceIsTwoJobs) {
  configure("exit 0");
  write_job(2);
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  EXPECT_EQ(job_count(), 2U);
}

TEST_F(Run, TheSameIdempotencyKeyIsOneJob) {
  configure("echo x >> began");
  write_job(2, R"("idempotency_key": "today", )");
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  EXPECT_EQ(job_count(), 1U);
  EXPECT_EQ(began(), 2U);
}

TEST_F(Run, ContinuesOpenJobs) {
  configure("exit 0");
  write_job(4);
  EXPECT_EQ(sosw("schedule job.json --json").json()["total"], 4);
  EXPECT_EQ(sosw("run").exit_code, 0);
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 4U);
  EXPECT_EQ(sosw("run").exit_code, 0) << "nothing is open";
}

TEST_F(Run, NeverRunsMoreWorkersThanTheLimit) {
  configure(
      "mkdir running.$$; set -- running.*; [ $# -le 8 ] || touch too_many; [ $# -lt 3 ] || touch several\n"
      "rmdir running.$$",
      "    max_simultaneous_invocations: 8\n");
  write_job(200);
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  EXPECT_FALSE(exists("too_many"));
  EXPECT_TRUE(exists("several"));
}

TEST_F(Run, LetsWorkersFinishWhenInterruptedAndIsContinued) {
  configure_waiting_worker();
  write_job(3);
  const auto command = start("run job.json");
  wait_until([&] { return began() == 1; }, *command);
  command->send(SIGINT);
  wait_until([&] { return command->errors().find("1 worker may finish") != std::string::npos; }, *command);
  release();
  const Ended stopped = command->wait();
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("sosw: stopped; `sosw run job.json` goes on"));
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 1U) << "the worker that ran could finish";

  const Ended continued = sosw("run job.json");
  EXPECT_EQ(continued.exit_code, 0);
  EXPECT_THAT(continued.err, HasSubstr("is continued: 1 of 3 tasks are closed"));
  EXPECT_EQ(job_count(), 1U);
  EXPECT_EQ(began(), 3U);
}

TEST_F(Run, KillsWorkersAtTheSecondSignal) {
  configure_waiting_worker();
  write_job(1);
  const auto command = start("run job.json");
  wait_until([&] { return began() == 1; }, *command);
  command->send(SIGTERM);
  wait_until([&] { return command->errors().find("may finish") != std::string::npos; }, *command);
  // One that comes at once is the same wish, said twice.
  wait_until(
      [&] {
        command->send(SIGTERM);
        return command->errors().find("killed") != std::string::npos;
      },
      *command);
  const Ended killed = command->wait();
  EXPECT_EQ(killed.exit_code, 130);
  EXPECT_THAT(killed.err, HasSubstr("killed; `sosw run job.json` goes on"));
  write("go", "");
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
  EXPECT_EQ(began(), 2U);
}

TEST_F(Run, IsContinuedAfterAKill) {
  configure_waiting_worker();
  write_job(3);
  const auto command = start("run job.json");
  wait_until([&] { return began() == 1; }, *command);
  command->send(SIGKILL);
  command->wait();
  write("go", "");
  const Ended continued = sosw("run job.json");
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_EQ(job_count(), 1U);
  EXPECT_EQ(began(), 4U) << "the attempt that was cut is made again";
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 3U);
}

TEST_F(Run, RefusesASecondEngineOnTheSameStore) {
  configure_waiting_worker();
  write_job(1);
  const auto first = start("run job.json");
  wait_until([&] { return began() == 1; }, *first);
  for (const std::string command : {"run job.json", "run", "orchestrate", "scavenge"}) {
    const Ended second = sosw(command);
    EXPECT_EQ(second.exit_code, 2);
    EXPECT_THAT(second.err, HasSubstr("works on sosw.db already; end it first, or"));
  }
  EXPECT_THAT(sosw("status").out, HasSubstr("An engine is running"));
  EXPECT_THAT(sosw("status --json").json()["engine"], ::testing::Not(nullptr));

  EXPECT_EQ(sosw("schedule job.json").exit_code, 0) << "it can be handed another job";
  release();
  EXPECT_EQ(first->wait().exit_code, 0);
  EXPECT_THAT(sosw("status").out, HasSubstr("No engine is running"));
}

TEST_F(Run, WarnsOfAProgramThatIsMissing) {
  write("sosw.yaml", "labourers: {work: {command: [no_such_program_here], max_attempts: 1}}\n");
  write_job(1);
  const Ended ended = sosw("run job.json");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("there is no program 'no_such_program_here'"));
}

TEST_F(Run, OrchestratesAndScavengesOnce) {
  configure("exit 0", "    max_simultaneous_invocations: 2\n");
  write_job(5);
  sosw("schedule job.json");
  const auto once = sosw("orchestrate --json").json();
  EXPECT_EQ(once["work"]["invoked"], 2);
  EXPECT_EQ(once["work"]["completed"], 2);
  EXPECT_EQ(sosw("scavenge --json").json()["work"]["archived"], 0);
  EXPECT_EQ(sosw("status --json").json()["labourers"][0]["queued"], 3);
}

}  // namespace
}  // namespace sosw
