#include "runners/process/process_functions.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "log_lines.h"
#include "runners/process_fixture.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Processes = ProcessFixture;

TEST_F(Processes, GetTheEventOnStandardInput) {
  const Outcome outcome = outcome_of_script("cat", R"({"items": [1, 2]})");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  EXPECT_EQ(outcome.result, R"({"items": [1, 2]})");
  EXPECT_EQ(outcome.task.task_id, "t");
  EXPECT_EQ(outcome.task.labourer_id, "worker");
  EXPECT_FALSE(outcome.interrupted);
}

TEST_F(Processes, GetLargeEventsWhole) {
  const std::string event = R"({"text": ")" + std::string(5'000'000, 'x') + "\"}";
  const Outcome outcome = outcome_of_script("cat", event);
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  EXPECT_EQ(outcome.result, event);
}

TEST_F(Processes, MayIgnoreTheirEvent) {
  const Outcome outcome = outcome_of_script("exec <&-; exit 0", std::string(5'000'000, ' ') + "{}");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  EXPECT_EQ(outcome.result, "");
}

TEST_F(Processes, KnowTheirTaskLabourerAndAttempt) {
  add("worker", R"(echo "{\"is\": \"$SOSW_TASK_ID $SOSW_LABOURER_ID $SOSW_ATTEMPT $HOME\"}")");
  setenv("SOSW_TASK_ID", "of another world", 1);
  std::vector<Invocation> one;
  one.push_back(invocation("worker", "t1"));
  one[0].task.attempts = 2;
  functions().invoke(std::move(one));
  unsetenv("SOSW_TASK_ID");
  EXPECT_EQ(outcomes_of(outcomes_, 1).at("t1").result,
            R"({"is": "t1 worker 3 )" + std::string(getenv("HOME")) + "\"}");
}

TEST_F(Processes, PutANonObjectResultUnderValue) {
  EXPECT_EQ(outcome_of_script("echo ' [1, 2] '").result, "[1, 2]");
}

TEST_F(Processes, MayPrintWhatIsNoResult) {
  const Outcome outcome = outcome_of_script("echo starting; echo '{\"n\": 1}'; echo done; echo worried >&2");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  EXPECT_EQ(outcome.result, R"({"n": 1})");
  EXPECT_THAT(outcome.log, AllOf(HasSubstr("starting\n"), HasSubstr("done\n"), HasSubstr("worried\n")));
  EXPECT_THAT(outcome.log, Not(HasSubstr("{")));
}

TEST_F(Processes, NeedNoResultBesideWhatTheyPrint) {
  const Outcome outcome = outcome_of_script("printf 'hello\\tworld\\n'");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  EXPECT_EQ(outcome.result, "");
  EXPECT_EQ(outcome.log, "hello world\n");
}

TEST_F(Processes, MayLeaveTheirResultInAFile) {
  const Outcome outcome = outcome_of_script(R"(echo '{"n": 1}' > "$SOSW_RESULT"; echo '{"n": 2}')");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
  EXPECT_EQ(outcome.result, R"({"n": 1})");
  EXPECT_EQ(outcome.log, "{\"n\": 2}\n");
}

TEST_F(Processes, SayByAnEmptyFileThatTheResultIsPrinted) {
  EXPECT_EQ(outcome_of_script(R"(: > "$SOSW_RESULT"; echo 5)").result, "5");
  EXPECT_EQ(outcome_of_script(R"(echo null > "$SOSW_RESULT"; echo 5)").result, "");
}

TEST_F(Processes, FailWhenTheFileOfTheirResultHoldsNone) {
  EXPECT_EQ(outcome_of_script(R"(echo hello > "$SOSW_RESULT")").reason,
            "SOSW_RESULT: its output is neither JSON nor empty: hello");
  EXPECT_EQ(outcome_of_script(R"(head -c 7000000 /dev/zero > "$SOSW_RESULT")").reason,
            "its SOSW_RESULT is larger than 6144 KiB");
  EXPECT_EQ(outcome_of_script(R"(mkfifo "$SOSW_RESULT")").reason, "its SOSW_RESULT is no plain file");
  EXPECT_THAT(outcome_of_script(R"(ln -s /etc/passwd "$SOSW_RESULT")").reason,
              StartsWith("its SOSW_RESULT can't be read: "));
}

TEST_F(Processes, LeaveStatsAlsoWhenTheyFail) {
  const std::string script = R"(echo '{"rows": 3}' > "$SOSW_STATS"; )";
  EXPECT_EQ(outcome_of_script(script).stats, R"({"rows": 3})");
  const Outcome outcome = outcome_of_script(script + "exit 1");
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_EQ(outcome.stats, R"({"rows": 3})");
}

TEST_F(Processes, LoseOnlyTheStatsThatCannotBeKept) {
  for (const char* stats : {"echo '[1]'", "head -c 20000 /dev/zero"}) {
    const Outcome outcome = outcome_of_script(fmt::format("{} > \"$SOSW_STATS\"; echo 1", stats));
    EXPECT_TRUE(outcome.succeeded) << outcome.reason;
    EXPECT_EQ(outcome.result, "1");
    EXPECT_EQ(outcome.stats, "");
  }
}

TEST_F(Processes, LeaveNoFilesOfTheirResultsBehind) {
  const std::string result =
      outcome_of_script(R"(echo 1 > "$SOSW_STATS"; echo "\"$SOSW_RESULT\"" > "$SOSW_RESULT")").result;
  const std::filesystem::path file = result.substr(1, result.size() - 2);
  wait_until([&] { return std::filesystem::is_empty(file.parent_path()); });
  functions_.reset();
  EXPECT_FALSE(std::filesystem::exists(file.parent_path()));
}

TEST_F(Processes, CanPrintWhereNoFileCanBeMade) {
  const char* before = getenv("TMPDIR");
  const std::string kept = before ? before : "";
  setenv("TMPDIR", (folder_ / "missing").c_str(), 1);
  const Outcome outcome = outcome_of_script("echo \"\\\"${SOSW_RESULT-none}\\\"\"");
  before ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
  EXPECT_EQ(outcome.result, "\"none\"") << outcome.reason;
}

TEST_F(Processes, LogWhatTheyPrintedWhenTheyFail) {
  const Outcome outcome = outcome_of_script("echo '{\"n\": 1}'; exit 3");
  EXPECT_EQ(outcome.reason, "exit code 3");
  EXPECT_EQ(outcome.log, "{\"n\": 1}\n");
}

TEST_F(Processes, FailWithTheirExitCodeAndLastLine) {
  const Outcome outcome =
      outcome_of_script("echo first >&2; printf 'the disk \\033is on fire\\n\\n \\n' >&2; exit 3");
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_EQ(outcome.reason, "exit code 3: the disk  is on fire");
  EXPECT_EQ(outcome.result, "");
}

TEST_F(Processes, FailWithTheSignalThatEndedThem) {
  EXPECT_EQ(outcome_of_script("kill -SEGV $$").reason, "killed by SIGSEGV");
}

TEST_F(Processes, AMissingProgramDoesNotAffectOthers) {
  add_command("missing", {{"no_such_program_here"}, folder_});
  add_command("nowhere", {{"true"}, folder_ / "nowhere"});
  add_command("forbidden", {{"./text"}, folder_});
  std::ofstream(folder_ / "text") << "no program";
  add("fine", "exit 0");
  invoke("missing", "1");
  invoke("nowhere", "2");
  invoke("forbidden", "3");
  invoke("fine", "4");
  const auto outcomes = outcomes_of(outcomes_, 4);
  const std::string in = " can't be started in " + folder_.string();
  EXPECT_EQ(outcomes.at("1").reason, "no_such_program_here" + in + ": No such file or directory");
  EXPECT_EQ(outcomes.at("2").reason,
            "true" + in + "/nowhere: its directory can't be entered: No such file or directory");
  EXPECT_EQ(outcomes.at("3").reason, "./text" + in + ": Permission denied");
  EXPECT_TRUE(outcomes.at("4").succeeded);
}

TEST_F(Processes, FailAtOnceWithoutACommand) {
  labourers_["unknown"] = {.id = "unknown"};
  const Dispatch dispatch = invoke("unknown");
  EXPECT_EQ(dispatch.kind, Dispatch::Kind::failed);
  EXPECT_EQ(dispatch.problem, "labourer unknown has no command");
}

TEST_F(Processes, MayExitWith127) {
  EXPECT_THAT(outcome_of_script("no_such_program_here").reason,
              AllOf(StartsWith("exit code 127: "), HasSubstr("no_such_program_here")));
}

TEST_F(Processes, AreEndedWhenTheyWriteTooMuch) {
  const Outcome outcome = outcome_of_script("head -c 100000000 /dev/zero; echo gone on > went_on");
  EXPECT_FALSE(outcome.succeeded);
  EXPECT_EQ(outcome.reason, "its output is larger than 6 MiB");
}

TEST_F(Processes, MayWriteMuchToTheLog) {
  const Outcome outcome =
      outcome_of_script("head -c 100000000 /dev/zero >&2; echo >&2; echo the end >&2; exit 1");
  EXPECT_EQ(outcome.reason, "exit code 1: the end");
}

TEST_F(Processes, AreKilledWithTheirDescendantsOnTimeout) {
  add("stubborn",
      "export SOSW_TEST=stubborn$$; trap '' TERM; sleep 1000 & setsid sleep 1000 & echo waiting >&2\n"
      "echo $SOSW_TEST > mark; while :; do sleep 1000; done",
      0.3);
  labourers_["stubborn"].cooldown = 0.1;
  EXPECT_EQ(outcome_of("stubborn").reason, "took longer than 0.3 s, the labourer's duration: waiting");
  std::string mark = text_of(folder_ / "mark");
  mark.pop_back();
  wait_until([&] { return processes_with("SOSW_TEST=" + mark).empty(); });
}

TEST_F(Processes, GetSigtermFirstOnTimeout) {
  add("tidy", "trap 'echo tidied >&2; exit 0' TERM; while :; do sleep 0.01; done", 0.3);
  EXPECT_EQ(outcome_of("tidy").reason, "took longer than 0.3 s, the labourer's duration: tidied");
}

TEST_F(Processes, LeaveNoProcessesBehind) {
  mkfifo((folder_ / "away").c_str(), 0600);
  const Outcome outcome = outcome_of_script(R"(
    export SOSW_TEST=behind$$
    sleep 1000 &
    setsid sh -c 'echo > away; exec sleep 1000' &
    read line < away
    setsid sh -c 'sleep 1000 & echo > away; exec sleep 1000' &
    read line < away
    echo "\"$SOSW_TEST\"")");
  EXPECT_THAT(outcome.result, ::testing::MatchesRegex(R"(.*"behind[0-9]+".*)"));
  const std::string mark = outcome.result.substr(outcome.result.find("behind"));
  wait_until([&] { return processes_with("SOSW_TEST=" + mark.substr(0, mark.find('"'))).empty(); });
}

TEST_F(Processes, KeepWhatTheyStartedWhileOthersEnd) {
  add("patient", "(setsid sleep 1000 & echo $! > sleeper); read line < gate; kill -0 $(cat sleeper)");
  add("leaver", "(setsid sleep 1000 & echo $! > left)");
  mkfifo((folder_ / "gate").c_str(), 0600);
  invoke("patient", "patient");
  wait_until([&] { return text_of(folder_ / "sleeper").ends_with('\n'); });
  outcome_of("leaver");
  wait_until([&] { return kill(std::stoi(text_of(folder_ / "left")), 0) != 0; });
  std::ofstream(folder_ / "gate") << '\n';
  const Outcome outcome = outcomes_of(outcomes_, 1).at("patient");
  EXPECT_TRUE(outcome.succeeded) << outcome.reason;
}

TEST_F(Processes, EndWhenTheirProcessGroupEnds) {
  const Outcome outcome = outcome_of_script("sleep 1000 & echo $!");
  const pid_t left = std::stoi(outcome.result);
  EXPECT_NE(kill(left, 0), 0);
}

TEST_F(Processes, RunByTheHundreds) {
  add("together", "echo x >> began; while [ ! -e go ]; do read line < gate; done; cat");
  mkfifo((folder_ / "gate").c_str(), 0600);
  constexpr std::size_t kMany = 500;
  std::vector<Invocation> all;
  for (std::size_t i = 0; i < kMany; ++i) all.push_back(invocation("together", std::to_string(i)));
  for (const Dispatch& dispatch : functions().invoke(std::move(all)))
    EXPECT_EQ(dispatch.kind, Dispatch::Kind::accepted);
  wait_until([&] { return text_of(folder_ / "began").size() == 2 * kMany; });
  std::ofstream(folder_ / "go") << "all";
  // Whoever waits for somebody to write into the gate sees its end, and then that it may go.
  std::size_t ended = 0;
  wait_until([&] {
    const int gate = open((folder_ / "gate").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (gate >= 0) close(gate);
    for (const Outcome& outcome : outcomes_.take()) {
      EXPECT_TRUE(outcome.succeeded) << outcome.reason;
      EXPECT_EQ(outcome.result, "{}");
      ++ended;
    }
    return ended == kMany;
  });
}

TEST_F(Processes, GetNoFilesButTheStandardOnes) {
  const int leaky = open("/dev/null", O_RDONLY);  // NOLINT: not closed on exec
  add_command("worker", {{"python3", "-c", "import os, json; print(json.dumps(os.listdir('/proc/self/fd')))"},
                         folder_});
  for (int i = 0; i < 3; ++i) invoke("worker", std::to_string(i));
  for (const auto& [id, outcome] : outcomes_of(outcomes_, 3))
    EXPECT_EQ(outcome.result, R"(["0", "1", "2", "3"])") << "the last one is the folder that was read";
  close(leaky);
}

TEST_F(Processes, StartWithAllSignalsAtTheirDefaults) {
  sigset_t blocked, before;
  sigfillset(&blocked);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto ignored = signal(SIGUSR2, SIG_IGN);
  const Outcome outcome = outcome_of_script("exec grep -E '^Sig(Blk|Ign):' /proc/self/status >&2");
  EXPECT_TRUE(outcome.succeeded);
  add("failing", "grep -E '^Sig(Blk|Ign):' /proc/self/status | tr -d '\\n\\t' >&2; exit 1");
  functions_.reset();
  EXPECT_EQ(outcome_of("failing").reason, "exit code 1: SigBlk:0000000000000000SigIgn:0000000000000000");
  signal(SIGUSR2, ignored);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(Processes, AreRefusedWhenFileDescriptorsRunOut) {
  add("worker", "sleep 1000");
  const pid_t engine = fork();
  if (engine == 0) {
    const rlimit few{64, 256 + 2 * 20};
    setrlimit(RLIMIT_NOFILE, &few);
    std::vector<Invocation> all;
    for (int i = 0; i < 30; ++i) all.push_back(invocation("worker", std::to_string(i)));
    const auto dispatches = functions().invoke(std::move(all));
    const auto refused = std::ranges::count(dispatches, Dispatch::Kind::refused, &Dispatch::kind);
    const bool says_why = dispatches.back().problem.find("limit of open files") != std::string::npos;
    functions_.reset();
    _exit(refused == 10 && says_why ? 0 : 1);
  }
  int status = 0;
  waitpid(engine, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(Processes, TellForHowManyMoreThereAreFiles) {
  add("worker", "read line < gate");
  mkfifo((folder_ / "gate").c_str(), 0600);
  const pid_t engine = fork();
  if (engine == 0) {
    const rlimit few{64, 256 + 2 * 20};
    setrlimit(RLIMIT_NOFILE, &few);
    const LoggedLines log;
    const auto room = [&] { return functions().room(labourers_.at("worker")); };
    if (room() != 20) _exit(1);
    for (int i = 0; i < 20; ++i) invoke("worker", std::to_string(i));
    if (room() != 0 || room() != 0) _exit(2);
    const std::string text = log.text();
    if (text.find("open files for (296)") == std::string::npos) _exit(3);
    if (text.find("open files for") != text.rfind("open files for")) _exit(4);
    std::ofstream(folder_ / "gate") << std::string(20, '\n');
    outcomes_of(outcomes_, 1);
    if (room() < 1) _exit(5);
    functions_.reset();
    _exit(0);
  }
  int status = 0;
  waitpid(engine, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Processes, WaitWhenNoneCanBeStartedAndMoreAreRefused) {
  add("worker", "exit 0", 0.3);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next_file = dup(0);
  close(next_file);
  // Just enough for the supervisor to live, not to take the files of a worker.
  const rlimit few{static_cast<rlim_t>(next_file) + 4, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  EXPECT_EQ(invoke("worker", "1").kind, Dispatch::Kind::accepted);
  const Outcome outcome = outcomes_of(outcomes_, 1).at("1");
  EXPECT_EQ(outcome.reason, "could not be started in time: no process can be started: Too many open files");
  const Dispatch dispatch = invoke("worker", "2");
  EXPECT_EQ(dispatch.kind, Dispatch::Kind::refused);
  EXPECT_EQ(dispatch.problem, "no process can be started: Too many open files");
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(Processes, KeepTheLimitOfOpenFilesThatThisProcessHadBefore) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit soft{std::min<rlim_t>(before.rlim_max, 200), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &soft);
  EXPECT_EQ(outcome_of_script("ulimit -Sn").result, std::to_string(soft.rlim_cur));
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(Processes, AreWaitedForByStop) {
  add("worker", "read line < gate");
  mkfifo((folder_ / "gate").c_str(), 0600);
  invoke("worker");
  std::jthread other([&] { std::ofstream(folder_ / "gate") << '\n'; });
  functions().stop(60);
  const auto outcomes = outcomes_.take();
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_TRUE(outcomes[0].succeeded) << outcomes[0].reason;
  EXPECT_EQ(invoke("worker").kind, Dispatch::Kind::refused);
}

TEST_F(Processes, AreInterruptedByStopAfterTheGracePeriod) {
  add("worker", "sleep 1000");
  for (int i = 0; i < 100; ++i) invoke("worker", std::to_string(i));
  functions().stop(0);
  const auto outcomes = outcomes_of(outcomes_, 100);
  for (const auto& [id, outcome] : outcomes) {
    EXPECT_TRUE(outcome.interrupted);
    EXPECT_FALSE(outcome.succeeded);
    EXPECT_THAT(outcome.reason, StartsWith("the engine stopped"));
  }
}

}  // namespace
}  // namespace sosw
