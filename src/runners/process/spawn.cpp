#include "runners/process/spawn.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sosw {
namespace {

struct Child {
  const char* directory;
  char** argv;
  char** environment;
  std::array<int, 3> files;
  rlim_t mark;
  int failures;
  pid_t parent;
};

/// The hard limit may have been lowered: then the variable must suffice.
void bear(rlim_t mark) {
  rlimit limit{};
  getrlimit(RLIMIT_LOCKS, &limit);
  limit.rlim_cur = mark;
  setrlimit(RLIMIT_LOCKS, &limit);
}

/// Runs in the child, which shares the memory of its parent until it executes the program: nothing here may
/// change what the parent sees.
[[noreturn]] void become(const Child& child) {
  StartFailure failure{getpid(), StartStep::fork, 0};
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != child.parent) _exit(Spawner::kFailed);
  bear(child.mark);
  for (int target = 0; target < 3; ++target) dup2(child.files[static_cast<std::size_t>(target)], target);
  if (*child.directory != '\0' && chdir(child.directory) != 0) {
    failure.step = StartStep::directory;
  } else {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execvpe(child.argv[0], child.argv, child.environment);
    failure.step = StartStep::program;
  }
  failure.error = errno;
  [[maybe_unused]] const ssize_t written = write(child.failures, &failure, sizeof failure);
  _exit(Spawner::kFailed);
}

bool names_the_same(const char* variable, const char* other) {
  const std::string_view name(variable, static_cast<std::size_t>(strchrnul(variable, '=') - variable));
  return std::strncmp(other, name.data(), name.size()) == 0 && other[name.size()] == '=';
}

std::vector<char*> environment_of(std::string& mark_variable, const StartRequest& request) {
  std::vector<char*> environment{mark_variable.data()};
  environment.insert(environment.end(), request.environment.begin(), request.environment.end());
  const std::size_t own = environment.size();
  for (char** variable = environ; *variable; ++variable) {
    bool replaced = false;
    for (std::size_t i = 0; i < own && !replaced; ++i) replaced = names_the_same(*variable, environment[i]);
    if (!replaced) environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  return environment;
}

}  // namespace

Spawner::Spawner() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return;  // then a failure has no reason except its exit code
  failures_out_ = Descriptor(ends[0]);
  failures_in_ = Descriptor(ends[1]);
}

pid_t Spawner::spawn(const StartRequest& request, const WorkerMark& mark, const std::array<int, 3>& files) {
  std::vector<char*> argv = request.argv;
  argv.push_back(nullptr);
  std::string mark_variable = mark.variable();
  std::vector<char*> environment = environment_of(mark_variable, request);
  const Child child{request.directory,     argv.data(), environment.data(), files, mark.limit(),
                    failures_in_.number(), getpid()};
  const pid_t process = vfork();  // a fork would copy page tables: too slow for thousands of processes
  if (process == 0) become(child);
  return process;
}

std::vector<StartFailure> Spawner::failures() {
  std::vector<StartFailure> failures;
  StartFailure failure{};
  while (read(failures_out_.number(), &failure, sizeof failure) == sizeof failure)
    failures.push_back(failure);
  return failures;
}

}  // namespace sosw
