// What a program may ask a queue to be.

#include <atomic>
#include <mutex>

#include <signal.h>
#include <sys/wait.h>

#include "sosw/embed/log.h"
#include "sosw/model/errors.h"

#include "embed/program.h"
#include "store/open_store.h"

namespace sosw {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string no_result(const TaskAttempt&) { return ""; }

auto refused(const JobQueueConfig& config) {
  return [config] { JobQueue queue(config); };
}

TEST_F(Program, RunsLabourersOfAFileItselfOrAsProcesses) {
  const std::string file = write("sosw.yaml", R"(
labourers:
  work: {max_attempts: 1, cooldown: 5}
  shell: {command: [sh, -c, "echo '{\"from\": \"sh\"}'"]}
job_schema: {chunkable_attrs: [[item, {}]]}
)");
  JobQueue queue({.store = store(), .file = file, .functions = {{"work", no_result}}});
  const JobHandle here =
      queue.submit(R"({"lambda_name": "work", "isolate_items": true, "items": [1, 2]})")[0];
  const JobHandle there = queue.submit("shell", {"{}"});
  EXPECT_TRUE(here.wait());
  EXPECT_EQ(here.progress().completed, 2);
  EXPECT_TRUE(there.wait());
  EXPECT_EQ(there.completed().at(0).task.result, R"({"from": "sh"})");
}

TEST_F(Program, IsToldWhatIsWrongWithItsConfiguration) {
  EXPECT_THAT(refused({.store = store()}),
              ThrowsMessage<InvalidConfig>(HasSubstr("labourers: there is none")));
  EXPECT_THAT(refused({.store = store(), .labourers = {{.id = "work"}}}),
              ThrowsMessage<InvalidConfig>("labourers.work: has no function"));
  EXPECT_THAT(refused({.store = store(), .functions = {{"work", no_result}}}),
              ThrowsMessage<InvalidConfig>(HasSubstr("functions.work: there is no labourer")));
  EXPECT_THAT(refused(config({})), ThrowsMessage<InvalidConfig>("functions.work: is empty"));
  EXPECT_THAT(refused(config(nothing, {.max_attempts = 0})),
              ThrowsMessage<InvalidConfig>("labourers.work.max_attempts: must be a number of at least 1"));
  EXPECT_THAT(refused(config(nothing, {.cooldown = 1})),
              ThrowsMessage<InvalidConfig>(HasSubstr("labourers.work.cooldown: must be at least 5")));
  JobQueueConfig twice = config(nothing);
  twice.labourers.push_back(twice.labourers[0]);
  EXPECT_THAT(refused(twice), ThrowsMessage<InvalidConfig>(HasSubstr("labourers.work: is there already")));
  JobQueueConfig remote = config(nothing);
  remote.store = "postgres:queue";
  EXPECT_THAT(refused(remote), ThrowsMessage<Error>("postgres:queue: must be sqlite:PATH or dynamodb:"));
}

TEST_F(Program, HasAFunctionForALabourerOrTheFileSaysHowToRunIt) {
  const std::string file = write("sosw.yaml", "labourers:\n  work: {command: [cat]}\n");
  EXPECT_THAT(refused({.store = store(), .file = file, .functions = {{"work", no_result}}}),
              ThrowsMessage<InvalidConfig>(HasSubstr("sosw.yaml:2: labourers.work: says how to run it")));
  const std::string neither = write("neither.yaml", "labourers:\n  work: {}\n");
  EXPECT_THAT(refused({.store = store(), .file = neither}),
              ThrowsMessage<InvalidConfig>(HasSubstr("labourers.work: say how to run it")));
}

TEST_F(Program, MayBringItsOwnStore) {
  JobQueueConfig own = config(nothing);
  own.store = "";
  std::atomic<int> opened = 0;
  own.open_store = [&, file = folder_ / "own.db"] {
    ++opened;
    return open_store({.file = file}, StoreAccess::create);
  };
  JobQueue queue(own);
  EXPECT_TRUE(queue.submit("work", payloads(10)).wait());
  EXPECT_GE(opened, 1);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "own.db"));
}

TEST_F(Program, KeepsItsSignalsAndIsNotForked) {
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  JobQueue queue(config([](const TaskAttempt&) {
    sigset_t in_function;
    pthread_sigmask(SIG_SETMASK, nullptr, &in_function);
    return sigismember(&in_function, SIGINT) == 1 ? R"({"holds": true})" : R"({"holds": false})";
  }));
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  const JobHandle job = queue.submit("work", payloads(1));
  EXPECT_TRUE(job.wait());
  EXPECT_EQ(job.completed().at(0).task.result, R"({"holds": true})");  // signals go to the program's threads
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(Program, MayTakeTheLog) {
  std::mutex mutex;
  std::vector<std::pair<LogLevel, std::string>> messages;
  set_log(
      [&](LogLevel level, std::string_view message) {
        const std::lock_guard lock(mutex);
        messages.emplace_back(level, message);
      },
      LogLevel::warning);
  {
    JobQueue queue(config([](const TaskAttempt&) { return std::string("no JSON"); }, {.max_attempts = 1}));
    EXPECT_TRUE(queue.submit("work", payloads(1)).wait());
  }
  set_log([](LogLevel, std::string_view) {});
  EXPECT_THAT(messages, Contains(::testing::Pair(LogLevel::error, HasSubstr("Closing dead task"))));
}

}  // namespace
}  // namespace sosw
