// A process that works with a store is killed with -9 again and again: whatever it was told is done, is done.
// SOSW_KILL_CYCLES sets how often (a soak run: 1000).

#include <cstdlib>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "store/sqlite/store_work.h"
#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

constexpr int kCyclesOfAFile = 10;  // then a fresh one, so that the checks stay short

int cycles() {
  const char* wanted = std::getenv("SOSW_KILL_CYCLES");
  return wanted ? std::atoi(wanted) : 12;
}

/// Works until it is killed, and writes each note to the pipe as one short line.
[[noreturn]] void work(const std::filesystem::path& file, std::uint64_t seed, int pipe) {
  try {
    SqliteStore store(file, SqliteStore::Open::create);
    StoreWork work(seed, Time(1'795'000'000) + static_cast<double>(seed) * 10'000,
                   [&](const std::string& line) {
                     const std::string text = line + '\n';
                     if (write(pipe, text.data(), text.size()) != static_cast<ssize_t>(text.size())) _exit(3);
                   });
    for (;;) work.step(store);
  } catch (const std::exception& error) {
    const std::string text = fmt::format("failed {}\n", error.what());
    [[maybe_unused]] const auto written = write(pipe, text.data(), text.size());
    _exit(4);
  }
}

class KillTest : public ::testing::Test {
 protected:
  /// Starts the work, kills it after `lines` notes, and takes what it noted.
  void cycle(std::uint64_t seed, int lines) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(ends[0]);
      work(file_, seed, ends[1]);
    }
    close(ends[1]);
    FILE* notes = fdopen(ends[0], "r");
    char* line = nullptr;
    std::size_t size = 0;
    for (ssize_t length = 0; (length = getline(&line, &size, notes)) > 0;) {
      if (line[length - 1] != '\n') break;  // cut by the kill
      const std::string note(line, static_cast<std::size_t>(length - 1));
      EXPECT_FALSE(note.starts_with("failed")) << note;
      ledger_.note(note);
      if (--lines == 0) kill(child, SIGKILL);
    }
    free(line);
    fclose(notes);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "store.db";
  Ledger ledger_;
};

TEST_F(KillTest, AcknowledgedWritesSurviveTheProcess) {
  std::mt19937_64 random(20'261'124);
  for (int number = 0; number < cycles() && !HasFailure(); ++number) {
    SCOPED_TRACE(fmt::format("cycle {}", number));
    if (number % kCyclesOfAFile == 0) {
      ledger_ = {};
      for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + end);
    }
    cycle(static_cast<std::uint64_t>(number), std::uniform_int_distribution(1, 300)(random));
    // On a copy, because the check finishes all work. The log is part of what a killed process leaves.
    const std::filesystem::path copy = folder_.path / "copy.db";
    for (const char* end : {"", "-wal"}) {
      std::filesystem::remove(copy.string() + end);
      if (std::filesystem::exists(file_.string() + end))
        std::filesystem::copy_file(file_.string() + end, copy.string() + end);
    }
    ledger_.expect_kept(copy, Ledger::Keeps::everything);
  }
}

}  // namespace
}  // namespace sosw
