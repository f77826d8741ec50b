// What is left when a process goes that had workers.

#include "runners/supervisor/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "runners/process_fixture.h"
#include "runners/supervisor/orphans.h"

namespace sosw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Shell script of a worker that has children in and out of its group, all but one with $SOSW_TEST, and tells
/// so.
constexpr auto kFamily = R"(
  trap '' TERM HUP INT
  sleep 1000 &
  setsid sleep 1000 &
  setsid sh -c 'sleep 1000 & (setsid sleep 1000 &) ; exec sleep 1000' &
  setsid env -i sleep $SOSW_SECONDS &
  echo ready > ready
  sleep 1000)";

class SupervisorTest : public ProcessFixture {
 protected:
  SupervisorTest() {
    setenv("SOSW_TEST", mark_.c_str(), 1);
    setenv("SOSW_SECONDS", seconds_.c_str(), 1);
  }
  ~SupervisorTest() override {
    unsetenv("SOSW_TEST");
    unsetenv("SOSW_SECONDS");
  }

  std::vector<pid_t> family() const {
    auto family = processes_with("SOSW_TEST=" + mark_);
    for (const pid_t process : without_environment()) family.push_back(process);
    return family;
  }
  std::vector<pid_t> without_environment() const { return processes_with(seconds_, "cmdline"); }
  pid_t supervisor() const {
    for (const pid_t process : family()) {
      const std::string status = text_of("/proc/" + std::to_string(process) + "/status");
      const pid_t parent = std::atoi(status.substr(status.find("PPid:") + 5).c_str());
      if (text_of("/proc/" + std::to_string(parent) + "/comm") == "sosw-supervisor\n") return parent;
    }
    return 0;
  }
  bool has(const std::string& file) const { return std::filesystem::exists(folder_ / file); }

  std::string mark_ = "family-" + std::to_string(getpid());
  std::string seconds_ = std::to_string(1'000'000 + getpid());  ///< for which those sleep who have no mark
};

TEST_F(SupervisorTest, KillsAllDescendantsWhenItsParentIsKilled) {
  add("family", kFamily);
  const pid_t engine = fork();
  if (engine == 0) {
    invoke("family");
    for (;;) pause();
  }
  wait_until([&] { return has("ready") && family().size() >= 6; });
  kill(engine, SIGKILL);
  waitpid(engine, nullptr, 0);
  wait_until([&] { return family().empty(); });
}

TEST_F(SupervisorTest, TheNextEngineEndsTheFamilyWhenItIsKilledWithItsProcess) {
  add("family", kFamily);
  const pid_t engine = fork();
  if (engine == 0) {
    invoke("family");
    for (;;) pause();
  }
  wait_until([&] { return has("ready") && family().size() >= 7; });
  const pid_t its_supervisor = supervisor();
  ASSERT_GT(its_supervisor, 0);
  for (const int number : {SIGSTOP, SIGKILL})
    for (const pid_t process : {its_supervisor, engine}) kill(process, number);
  waitpid(engine, nullptr, 0);
  EXPECT_FALSE(family().empty());
  end_orphans();
  EXPECT_THAT(family(), IsEmpty());
}

TEST_F(SupervisorTest, WhereThereAreCgroupsNoMarkIsNeeded) {
  add("family", "setsid env -i prlimit --locks=unlimited sleep $SOSW_SECONDS & echo ready > ready; wait");
  const pid_t engine = fork();
  if (engine == 0) {
    invoke("family");
    for (;;) pause();
  }
  wait_until([&] { return has("ready") && without_environment().size() == 1; });
  const pid_t its_supervisor = supervisor();
  const bool has_cgroup =
      text_of("/proc/" + std::to_string(its_supervisor) + "/cgroup").find("sosw-workers-") !=
      std::string::npos;
  for (const int number : {SIGSTOP, SIGKILL})
    for (const pid_t process : {its_supervisor, engine}) kill(process, number);
  waitpid(engine, nullptr, 0);
  end_orphans();
  for (const pid_t process : has_cgroup ? std::vector<pid_t>() : without_environment())
    kill(process, SIGKILL);
  EXPECT_THAT(without_environment(), IsEmpty());
  if (!has_cgroup) GTEST_SKIP() << "no cgroup of version 2 can be made here";
}

TEST_F(SupervisorTest, OrphansOfOthersAreNotTouched) {
  add("family", kFamily);
  invoke("family");
  wait_until([&] { return has("ready") && family().size() >= 7; });
  end_orphans();
  EXPECT_GE(family().size(), 7U) << "their engine runs";
}

TEST_F(SupervisorTest, WhoEmptiesItsEnvironmentEndsWithItsWorkerWhileOthersRun) {
  add("daemon", "(setsid env -i sleep $SOSW_SECONDS &); echo {}");
  add("other", "echo ready > ready; sleep 1000");
  invoke("other", "1");
  wait_until([&] { return has("ready"); });
  invoke("daemon", "2");
  EXPECT_TRUE(outcomes_of(outcomes_, 1).at("2").succeeded);
  wait_until([&] { return without_environment().empty(); });
  EXPECT_THAT(outcomes_.take(), IsEmpty()) << "the other one runs";
}

TEST_F(SupervisorTest, HoldsALockUntilTheLastWorkerIsGone) {
  add("family", kFamily);
  const auto lock_file = folder_ / "lock";
  const pid_t engine = fork();
  if (engine == 0) {
    flock(open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX);
    invoke("family");
    for (;;) pause();
  }
  wait_until([&] { return has("ready"); });
  const int lock = open(lock_file.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_NE(flock(lock, LOCK_EX | LOCK_NB), 0);
  kill(engine, SIGKILL);
  flock(lock, LOCK_EX);
  EXPECT_THAT(family(), IsEmpty());
  close(lock);
  waitpid(engine, nullptr, 0);
}

TEST_F(SupervisorTest, HoldsALockEvenWhenStandardInputWasClosed) {
  add("worker", "echo ready > ready; sleep 1000");
  const auto lock_file = folder_ / "lock";
  const pid_t engine = fork();
  if (engine == 0) {
    close(STDIN_FILENO);
    flock(open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX);
    invoke("worker");
    wait_until([&] { return has("ready"); });
    close(STDIN_FILENO);
    std::ofstream(folder_ / "let_go");
    for (;;) pause();
  }
  wait_until([&] { return has("let_go"); });
  const int lock = open(lock_file.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_NE(flock(lock, LOCK_EX | LOCK_NB), 0);
  kill(engine, SIGKILL);
  flock(lock, LOCK_EX);
  EXPECT_THAT(family(), IsEmpty());
  close(lock);
  waitpid(engine, nullptr, 0);
}

TEST_F(SupervisorTest, KillsAllDescendantsWithItsParent) {
  add("family", kFamily);
  invoke("family");
  wait_until([&] { return has("ready"); });
  functions_.reset();
  EXPECT_THAT(family(), IsEmpty());
  EXPECT_THAT(outcomes_.take(), IsEmpty());
}

TEST_F(SupervisorTest, ItsDeathIsDetected) {
  add("family", kFamily);
  invoke("family", "1");
  wait_until([&] { return has("ready"); });
  ASSERT_GT(supervisor(), 0);
  kill(supervisor(), SIGKILL);
  const Outcome outcome = outcomes_of(outcomes_, 1).at("1");
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_THAT(outcome.reason, HasSubstr("was killed"));
  wait_until([&] { return family().empty(); });
  const Dispatch dispatch = invoke("family", "2");
  EXPECT_EQ(dispatch.kind, Dispatch::Kind::refused);
  EXPECT_THAT(dispatch.problem, HasSubstr("start the engine again"));
  functions().stop(0);
}

TEST_F(SupervisorTest, ItsProcessesDieWithItEvenWhenItsDeathIsNotDetected) {
  add("worker", "echo ready > ready; exec sleep 1000");
  const pid_t engine = fork();
  if (engine == 0) {
    invoke("worker");
    for (;;) pause();
  }
  wait_until([&] { return has("ready"); });
  const pid_t its_supervisor = supervisor();
  ASSERT_GT(its_supervisor, 0);
  kill(engine, SIGSTOP);
  kill(its_supervisor, SIGKILL);
  wait_until([&] { return family().empty(); });
  kill(engine, SIGKILL);
  waitpid(engine, nullptr, 0);
}

TEST_F(SupervisorTest, DoesNotHoldTheStandardFilesOfItsParent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const int before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  dup2(ends[1], STDERR_FILENO);
  close(ends[1]);
  const Supervisor supervisor;
  dup2(before, STDERR_FILENO);
  close(before);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 0) << "the end of the pipe";
  close(ends[0]);
}

TEST_F(SupervisorTest, ReportsExitStatusesAndForwardsSignals) {
  Supervisor supervisor;
  const auto plan = [&](std::vector<std::string> argv) {
    ProcessPlan made{.argv = std::move(argv), .directory = folder_};
    for (Descriptor& file : made.files) file = Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC));
    return made;
  };
  ASSERT_FALSE(supervisor.start(1, plan({"sh", "-c", "exit 5"})));
  ASSERT_FALSE(supervisor.start(2, plan({"sleep", "1000"})));
  ASSERT_FALSE(supervisor.start(3, plan({"no_such_program_here"})));
  supervisor.signal(2, SIGINT);
  std::map<std::uint64_t, ProcessEvent> heard;
  wait_until([&] {
    const auto event = supervisor.take_events().value();
    for (const ProcessEvent& one : event) heard[one.id] = one;
    return heard.size() == 3;
  });
  EXPECT_EQ(WEXITSTATUS(heard[1].status), 5);
  EXPECT_EQ(WTERMSIG(heard[2].status), SIGINT);
  EXPECT_EQ(heard[3].kind, ProcessEvent::Kind::unstartable);
}

TEST_F(SupervisorTest, RefusesCommandsThatAreTooLong) {
  Supervisor supervisor;
  EXPECT_EQ(supervisor.start(1, {.argv = {"true", std::string(300'000, 'x')}}),
            std::errc::argument_list_too_long);
}

}  // namespace
}  // namespace sosw
