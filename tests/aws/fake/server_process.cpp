#include "aws/fake/server_process.h"

#include <array>
#include <cstdio>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sosw::aws {

ServerProcess::ServerProcess(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::array<int, 2> to_child{};
  std::array<int, 2> from_child{};
  if (pipe2(to_child.data(), O_CLOEXEC) != 0 || pipe2(from_child.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) {
    dup2(to_child[0], 0);
    dup2(from_child[1], 1);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(to_child[0]);
  close(from_child[1]);
  input_ = to_child[1];
  FILE* output = fdopen(from_child[0], "r");
  const int read = fscanf(output, "%d", &port_);
  fclose(output);
  if (read == 1) return;
  close(input_);
  waitpid(process_, nullptr, 0);
  throw std::runtime_error(command[0] + " did not start a server");
}

ServerProcess::~ServerProcess() {
  close(input_);
  waitpid(process_, nullptr, 0);
}

}  // namespace sosw::aws
