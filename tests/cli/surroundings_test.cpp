// What is around an engine when it starts, works and dies: files that are closed, too few or not read, a lock
// that others hold or remove, and what is left of an engine that was killed with all that looked after its
// workers.

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<pid_t> processes() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    if (const int process = std::atoi(entry.path().filename().c_str())) found.push_back(process);
  return found;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();  // a file of /proc whose process ends meanwhile is read as far as it goes
  return text.str();
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const pid_t process : processes())
    if (text_of(fmt::format("/proc/{}/status", process)).find(fmt::format("\nPPid:\t{}\n", parent)) !=
        std::string::npos)
      found.push_back(process);
  return found;
}

std::size_t count_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class EngineEnvironment : public CliFixture {
 protected:
  /// What a shell says of a command line in which $SOSW is the program, in the folder.
  std::string shell(const std::string& line) const {
    return output_of(fmt::format("cd {} && SOSW={} && {}", folder_.string(), SOSW_PROGRAM, line));
  }

  std::size_t times(char mark) const {
    const std::string marks = read("ran");
    return static_cast<std::size_t>(std::ranges::count(marks, mark));
  }
};

/// An engine whose standard error is a pipe of ours, which nobody reads yet.
class Unread : public EngineEnvironment {
 protected:
  void begin() {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    reading_ = ends[0];
    engine_ = fork();
    if (engine_ == 0) {
      if (chdir(folder_.c_str()) != 0) _exit(127);
      dup2(ends[1], STDERR_FILENO);
      execl(SOSW_PROGRAM, SOSW_PROGRAM, "up", "--listen", "127.0.0.1:0", nullptr);
      _exit(127);
    }
    close(ends[1]);
    while (said_.find("up on http") == std::string::npos) ASSERT_TRUE(read_some());
  }
  ~Unread() override {
    if (engine_ <= 0) return;
    kill(engine_, SIGKILL);
    waitpid(engine_, nullptr, 0);
    stop_reading();
  }

  bool read_some() {
    std::array<char, 4096> bytes{};
    const ssize_t size = ::read(reading_, bytes.data(), bytes.size());
    if (size > 0) said_.append(bytes.data(), static_cast<std::size_t>(size));
    return size > 0;
  }
  void stop_reading() {
    if (reading_ >= 0) close(reading_);
    reading_ = -1;
  }

  void work(int tasks) {
    write_job(tasks);
    ASSERT_EQ(sosw("schedule job.json").exit_code, 0);
    while (sosw("tasks --state completed --json").json().size() != static_cast<std::size_t>(tasks))
      ASSERT_EQ(waitpid(engine_, nullptr, WNOHANG), 0) << "it ended";
  }
  int exit_status() {
    kill(engine_, SIGTERM);
    int status = 0;
    waitpid(std::exchange(engine_, 0), &status, 0);
    return status;
  }

  pid_t engine_ = 0;
  int reading_ = -1;
  std::string said_;
};

TEST_F(Unread, ALogThatNobodyReadsHoldsUpNothingAndWhatIsLostIsCounted) {
  configure("head -c 3000000 /dev/zero | tr '\\0' x | fold -w 1000 >&2");
  begin();
  work(3);
  EXPECT_THAT(
      output_of("curl -s -o /dev/null -w '%{http_code}' " +
                said_.substr(said_.find("http:"), said_.find(", store") - said_.find("http:")) + "/readyz"),
      "200");
  while (said_.find("lines of the log are lost here") == std::string::npos) ASSERT_TRUE(read_some());
  EXPECT_EQ(exit_status(), 0);
}

TEST_F(Unread, ALogThatIsNeverReadDoesNotKeepItFromEnding) {
  configure("head -c 3000000 /dev/zero | tr '\\0' x | fold -w 1000 >&2");
  begin();
  work(2);
  EXPECT_EQ(exit_status(), 0);
}

TEST_F(Unread, AReaderThatGoesAwayIsNotItsEnd) {
  configure("echo words >&2");
  begin();
  stop_reading();
  work(3);
  EXPECT_EQ(exit_status(), 0);
}

TEST_F(EngineEnvironment, WithoutStandardFilesNothingIsWrittenIntoOthers) {
  configure("echo words >&2; echo x >> ran");
  write_job(1);
  std::size_t closed = 0;
  for (const std::vector<int>& missing : {std::vector<int>{2}, {0, 1, 2}}) {
    std::filesystem::remove(folder_ / "sosw.db.lock");
    const pid_t engine = fork();
    if (engine == 0) {
      if (chdir(folder_.c_str()) != 0) _exit(127);
      for (const int file : missing) close(file);
      execl(SOSW_PROGRAM, SOSW_PROGRAM, "up", "--listen", "127.0.0.1:0", nullptr);
      _exit(127);
    }
    while (read("sosw.db.lock").find("http") == std::string::npos)
      ASSERT_EQ(waitpid(engine, nullptr, WNOHANG), 0) << "it ended";
    EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
    ++closed;
    while (sosw("tasks --state completed --json").json().size() != closed)
      ASSERT_EQ(waitpid(engine, nullptr, WNOHANG), 0) << "it ended";
    EXPECT_EQ(std::ranges::count(read("sosw.db.lock"), '\n'), 1) << read("sosw.db.lock");
    kill(engine, SIGTERM);
    waitpid(engine, nullptr, 0);
  }
}

TEST_F(EngineEnvironment, WithFewOpenFilesAsManyRunAsFit) {
  configure("echo x >> ran", "    max_simultaneous_invocations: 100\n");
  write_job(300);
  const std::string said = shell("ulimit -n 300 && $SOSW run job.json 2>&1");
  EXPECT_EQ(times('x'), 300U) << said;
  EXPECT_EQ(count_in(said, "than this process may have open files for (300)"), 1U) << said;
  EXPECT_THAT(said, Not(HasSubstr("refuses invocations")));
}

TEST_F(EngineEnvironment, WithFewOpenFilesEachLabourerGetsItsTurn) {
  write("sosw.yaml",
        "labourers:\n"
        "  a: {command: [sh, -c, 'echo a >> ran'], max_simultaneous_invocations: 50}\n"
        "  z: {command: [sh, -c, 'echo z >> ran'], max_simultaneous_invocations: 50}\n"
        "job_schema_variants:\n"
        "  default: {chunkable_attrs: [[item, {}]]}\n");
  for (const auto& [labourer, tasks] : std::map<std::string, int>{{"a", 200}, {"z", 20}}) {
    std::string items;
    for (int i = 0; i < tasks; ++i) items += (i > 0 ? "," : "") + std::to_string(i);
    write("job.json",
          fmt::format(R"({{"lambda_name": "{}", "isolate_items": true, "items": [{}]}})", labourer, items));
    ASSERT_EQ(sosw("schedule job.json").exit_code, 0);
  }
  const std::string said = shell("ulimit -n 260 && $SOSW run 2>&1");
  EXPECT_EQ(times('a'), 200U) << said;
  EXPECT_EQ(times('z'), 20U) << said;
  EXPECT_LT(read("ran").rfind('z'), read("ran").rfind('a'));
}

TEST_F(EngineEnvironment, WhoOnlyReadsTheLockKeepsNobodyWaiting) {
  configure("echo x >> ran");
  write_job(1);
  write("sosw.db.lock", "");
  const int reader = open((folder_ / "sosw.db.lock").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(flock(reader, LOCK_SH), 0);
  const Ended ended = sosw("run job.json");
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("sosw.db.lock"), HasSubstr("end it")));
  close(reader);
  EXPECT_EQ(sosw("run job.json").exit_code, 0);
}

TEST_F(EngineEnvironment, AnEngineWhoseLockFileIsRemovedEndsWithItsWorkers) {
  configure("echo $$ > worker; exec sleep 1000");
  write_job(1);
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  ASSERT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return !read("worker").empty() && read("worker").ends_with('\n'); }, *engine);
  std::filesystem::remove(folder_ / "sosw.db.lock");
  const Ended ended = engine->wait();
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("sosw.db.lock was removed"), HasSubstr("start again")));
  EXPECT_NE(kill(std::stoi(read("worker")), 0), 0);
}

/// pkill -9 sosw: the engine and the supervisor of its workers, at once.
TEST_F(EngineEnvironment, WorkersOfAnEngineThatWasKilledWithItsKeepersEndBeforeTheirTasksRunAgain) {
  const std::string seconds = std::to_string(2'000'000 + getpid());
  configure(fmt::format(R"(
    if [ $SOSW_ATTEMPT = 1 ]; then
      sleep {0} & echo $! >> left
      setsid sleep {0} & echo $! >> left
      env -i setsid sleep {0} & echo $! >> left
      wait
    fi
    for process in $(cat left); do
      grep -q '^State:.[^ZX]' /proc/$process/status 2>/dev/null && echo $process >> overlap
    done
    true)",
                        seconds),
            "    max_simultaneous_invocations: 4\n    retry: {base: 0.01}\n");
  write_job(4);
  const auto engine = start("up --listen 127.0.0.1:0");
  url_of(*engine);
  ASSERT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return std::ranges::count(read("left"), '\n') == 12; }, *engine);
  std::vector<pid_t> all = children_of(engine->pid());
  EXPECT_FALSE(all.empty());
  all.push_back(engine->pid());
  for (const int number : {SIGSTOP, SIGKILL})
    for (const pid_t process : all) kill(process, number);
  engine->wait();

  EXPECT_EQ(sosw("run").exit_code, 0);
  EXPECT_EQ(sosw("tasks --state completed --json").json().size(), 4U);
  EXPECT_EQ(read("overlap"), "");
  for (const pid_t process : processes())
    EXPECT_THAT(text_of(fmt::format("/proc/{}/cmdline", process)), Not(HasSubstr(seconds)));
}

}  // namespace
}  // namespace sosw
