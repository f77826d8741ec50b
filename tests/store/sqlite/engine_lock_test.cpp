#include "store/sqlite/engine_lock.h"

#include <array>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "store/sqlite/temporary_folder.h"

namespace sosw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class EngineLockTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path / "store.db";
};

/// A child that lives until it is told to end.
class Child {
 public:
  template <typename Body>
  explicit Child(Body body) {
    int end[2], ready[2];
    if (pipe(end) != 0 || pipe(ready) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      close(end[1]);
      body();
      char sign = 'r';
      if (write(ready[1], &sign, 1) != 1 || read(end[0], &sign, 1) < 0) _exit(1);
      _exit(0);
    }
    close(end[0]);
    close(ready[1]);
    end_ = end[1];
    char sign = 0;
    if (read(ready[0], &sign, 1) != 1) throw std::runtime_error("the child failed");
    close(ready[0]);
  }
  ~Child() { finish(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void finish() {
    if (pid_ <= 0) return;
    close(end_);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  void die() {
    kill(pid_, SIGKILL);
    finish();
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  int end_ = -1;
};

TEST_F(EngineLockTest, AFileHasOneLockUnderAllItsNames) {
  std::filesystem::create_symlink("store.db", folder_.path / "link.db");  // to a file that is still to come
  std::filesystem::create_directory_symlink(folder_.path, folder_.path / "folder");
  const auto lock = EngineLock::try_take(file_);
  ASSERT_TRUE(lock);
  for (const char* other : {"link.db", "folder/store.db", "folder/link.db"}) {
    EXPECT_FALSE(EngineLock::try_take(folder_.path / other)) << other;
    EXPECT_TRUE(EngineLock::holder(folder_.path / other)) << other;
  }
}

TEST_F(EngineLockTest, OneEngineHasTheLockUntilItIsGone) {
  EXPECT_FALSE(EngineLock::holder(file_));
  {
    const auto lock = EngineLock::try_take(file_);
    ASSERT_TRUE(lock);
    EXPECT_FALSE(EngineLock::try_take(file_));
    EXPECT_TRUE(EngineLock::holder(file_));
  }
  EXPECT_FALSE(EngineLock::holder(file_));
  EXPECT_TRUE(EngineLock::try_take(file_));
}

TEST_F(EngineLockTest, EachStoreHasItsOwn) {
  const auto lock = EngineLock::try_take(file_);
  EXPECT_TRUE(EngineLock::try_take(folder_.path / "other.db"));
}

TEST_F(EngineLockTest, TheHolderIsNamed) {
  const auto lock = EngineLock::try_take(file_);
  const std::string me = "process " + std::to_string(getpid());
  EXPECT_THAT(EngineLock::holder(file_).value_or(""), AllOf(HasSubstr(me), HasSubstr("on host")));
  EXPECT_THAT(EngineLock::owner(file_), HasSubstr(me));
}

TEST_F(EngineLockTest, AnotherProcessIsNamedToo) {
  Child child([&] {
    static auto lock = EngineLock::try_take(file_);
    if (!lock) _exit(1);
  });
  EXPECT_FALSE(EngineLock::try_take(file_));
  EXPECT_THAT(EngineLock::holder(file_).value_or(""), HasSubstr(std::to_string(child.pid())));
  child.die();
  EXPECT_FALSE(EngineLock::holder(file_)) << "the kernel gives the lock of the dead back";
  EXPECT_TRUE(EngineLock::try_take(file_));
}

TEST_F(EngineLockTest, AnUnknownOwnerIsAnotherProcess) {
  EXPECT_EQ(EngineLock::owner(file_), "another process");
}

TEST_F(EngineLockTest, AForkedChildKeepsTheLockUntilItEnds) {
  auto lock = EngineLock::try_take(file_);
  ASSERT_TRUE(lock);
  Child supervisor([] {});
  lock.reset();
  EXPECT_TRUE(EngineLock::holder(file_)) << "the child still has it";
  EXPECT_FALSE(EngineLock::try_take(file_));
  supervisor.finish();
  EXPECT_FALSE(EngineLock::holder(file_));
  EXPECT_TRUE(EngineLock::try_take(file_));
}

TEST_F(EngineLockTest, TellsAnOwnerThatEndedFromOneThatWorks) {
  EXPECT_FALSE(EngineLock::owner_ended(file_)) << "nobody ever had it";
  int end[2];
  ASSERT_EQ(pipe(end), 0);
  Child owner([&] {
    static auto lock = EngineLock::try_take(file_);
    if (fork() != 0) return;  // the supervisor keeps the lock until the test ends
    close(end[1]);
    char sign = 0;
    _exit(read(end[0], &sign, 1) < 0 ? 1 : 0);
  });
  EXPECT_FALSE(EngineLock::owner_ended(file_)) << "it works";
  owner.die();
  EXPECT_TRUE(EngineLock::holder(file_)) << "its supervisor still holds it";
  EXPECT_TRUE(EngineLock::owner_ended(file_));
  close(end[0]);
  close(end[1]);
}

TEST_F(EngineLockTest, PublishesTheEnginesUrlWhileTheLockIsHeld) {
  EXPECT_FALSE(EngineLock::published_url(file_)) << "nobody ever had it";
  auto lock = EngineLock::try_take(file_);
  EXPECT_FALSE(EngineLock::published_url(file_)) << "it said nothing";
  lock->publish_url("http://127.0.0.1:8787");
  EXPECT_EQ(EngineLock::published_url(file_), "http://127.0.0.1:8787");
  EXPECT_THAT(EngineLock::owner(file_), AllOf(HasSubstr("process"), ::testing::Not(HasSubstr("http"))));
  lock->publish_url("");
  EXPECT_FALSE(EngineLock::published_url(file_));
  lock->publish_url("http://127.0.0.1:8787");
  lock.reset();
  EXPECT_FALSE(EngineLock::published_url(file_)) << "it is gone";
  lock = EngineLock::try_take(file_);
  EXPECT_FALSE(EngineLock::published_url(file_)) << "that was another engine";
}

TEST_F(EngineLockTest, TheUrlOfAKilledEngineIsNotReturned) {
  int end[2];
  ASSERT_EQ(pipe(end), 0);
  Child owner([&] {
    static auto lock = EngineLock::try_take(file_);
    lock->publish_url("http://127.0.0.1:8787");
    if (fork() != 0) return;  // the supervisor keeps the lock until the test ends
    close(end[1]);
    char sign = 0;
    _exit(read(end[0], &sign, 1) < 0 ? 1 : 0);
  });
  EXPECT_TRUE(EngineLock::published_url(file_));
  owner.die();
  EXPECT_TRUE(EngineLock::holder(file_)) << "its supervisor still holds it";
  EXPECT_FALSE(EngineLock::published_url(file_));
  close(end[0]);
  close(end[1]);
}

TEST_F(EngineLockTest, AnExecutedProgramDoesNotInheritIt) {
  auto lock = EngineLock::try_take(file_);
  int started[2];
  ASSERT_EQ(pipe2(started, O_CLOEXEC), 0);
  const pid_t sleeper = fork();
  if (sleeper == 0) {
    execlp("sleep", "sleep", "60", nullptr);
    _exit(127);
  }
  close(started[1]);
  char nothing = 0;
  EXPECT_EQ(read(started[0], &nothing, 1), 0) << "exec has closed the other end";
  close(started[0]);
  lock.reset();
  EXPECT_FALSE(EngineLock::holder(file_));
  EXPECT_EQ(waitpid(sleeper, nullptr, WNOHANG), 0) << "it still sleeps";
  kill(sleeper, SIGKILL);
  waitpid(sleeper, nullptr, 0);
}

TEST_F(EngineLockTest, AMovedLockIsHeldOnce) {
  auto first = EngineLock::try_take(file_);
  std::optional<EngineLock> second(std::move(*first));
  first.reset();
  EXPECT_TRUE(EngineLock::holder(file_));
  second.reset();
  EXPECT_FALSE(EngineLock::holder(file_));
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat found {};
  return stat(file.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

std::string problem_of_taking(const std::filesystem::path& file) {
  try {
    return EngineLock::try_take(file) ? "" : "held";
  } catch (const StoreError& error) {
    return error.what();
  }
}

TEST_F(EngineLockTest, NobodyElseCanReadTheFileAndSoKeepItLocked) {
  const std::filesystem::path lock_file = folder_.path / "store.db.lock";
  const mode_t before = umask(0);
  EXPECT_TRUE(EngineLock::try_take(file_));
  EXPECT_EQ(mode_of(lock_file), 0600U);
  chmod(lock_file.c_str(), 0644);  // as older versions left it
  EXPECT_TRUE(EngineLock::try_take(file_));
  EXPECT_EQ(mode_of(lock_file), 0600U);
  umask(before);
}

TEST_F(EngineLockTest, ALinkIsNotFollowed) {
  std::ofstream(folder_.path / "precious") << "text";
  std::filesystem::create_symlink("precious", folder_.path / "store.db.lock");
  EXPECT_THAT(problem_of_taking(file_), AllOf(HasSubstr("store.db.lock"), HasSubstr("link")));
  EXPECT_FALSE(EngineLock::holder(file_));
  std::string text;
  std::ifstream(folder_.path / "precious") >> text;
  EXPECT_EQ(text, "text");
}

TEST_F(EngineLockTest, NothingIsBelievedOfAFileThatOthersMayHaveWritten) {
  const auto lock = EngineLock::try_take(file_);
  lock->publish_url("http://127.0.0.1:8787");
  ASSERT_TRUE(EngineLock::published_url(file_));
  chmod((folder_.path / "store.db.lock").c_str(), 0666);
  EXPECT_FALSE(EngineLock::published_url(file_));
  EXPECT_EQ(EngineLock::owner(file_), "another process");
}

TEST_F(EngineLockTest, AnotherUsersFileIsNeitherTakenNorBelieved) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  constexpr uid_t kVictim = 65534, kAttacker = 65533;
  chmod(folder_.path.c_str(), 0777);
  const std::filesystem::path lock_file = folder_.path / "store.db.lock";
  const Child attacker([&] {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    if (setuid(kAttacker) != 0) _exit(1);
    std::ofstream(lock_file) << "process " << getpid() << " on host " << host.data()
                             << "\nhttp://127.0.0.1:1";
    if (flock(open(lock_file.c_str(), O_RDWR), LOCK_EX) != 0) _exit(1);
  });
  EXPECT_FALSE(EngineLock::published_url(file_)) << "not even by root";
  Child victim([&] {
    if (setuid(kVictim) != 0 || EngineLock::published_url(file_)) _exit(1);
    if (problem_of_taking(file_).find("Permission denied") == std::string::npos) _exit(1);
  });
  chmod(lock_file.c_str(), 0666);
  Child other_victim([&] {
    if (setuid(kVictim) != 0 || EngineLock::published_url(file_)) _exit(1);
    if (problem_of_taking(file_).find("remove it") == std::string::npos) _exit(1);
  });
}

TEST_F(EngineLockTest, RootBelievesTheOwnerOfTheStore) {
  if (getuid() != 0) GTEST_SKIP() << "only root can become another user";
  constexpr uid_t kOwner = 65534;
  chmod(folder_.path.c_str(), 0777);
  Child owner([&] {
    if (setuid(kOwner) != 0) _exit(1);
    std::ofstream(file_) << "a store";
    static auto lock = EngineLock::try_take(file_);
    lock->publish_url("http://127.0.0.1:8787");
  });
  EXPECT_EQ(EngineLock::published_url(file_), "http://127.0.0.1:8787");
  ASSERT_EQ(chown(file_.c_str(), 0, 0), 0);
  EXPECT_FALSE(EngineLock::published_url(file_));
}

TEST_F(EngineLockTest, NoticesThatItsFileIsGone) {
  const auto lock = EngineLock::try_take(file_);
  EXPECT_TRUE(lock->is_in_place());
  std::filesystem::remove(folder_.path / "store.db.lock");
  EXPECT_FALSE(lock->is_in_place());
  const auto other = EngineLock::try_take(file_);
  EXPECT_TRUE(other->is_in_place());
  EXPECT_FALSE(lock->is_in_place()) << "that is another file";
}

TEST_F(EngineLockTest, ALockFileThatCannotBeCreatedIsReported) {
  try {
    EngineLock::try_take(folder_.path / "nowhere" / "store.db");
    ADD_FAILURE();
  } catch (const StoreError& error) {
    EXPECT_THAT(error.what(), HasSubstr("store.db.lock"));
  }
}

}  // namespace
}  // namespace sosw
