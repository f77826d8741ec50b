// A worker that proves its own story: it locks a file named after its task, so that two that run at the same
// time for one task are found out, and notes that it began and that it ended. Usage: marking_worker FOLDER
// (event on standard input)

#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace {

void note(const std::string& file, char mark) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0 || write(fd, &mark, 1) != 1) _exit(3);
  close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  const char* id = std::getenv("SOSW_TASK_ID");
  if (argc != 2 || !id) return 2;
  const std::string folder = argv[1];
  const int lock = open((folder + "/lock." + id).c_str(), O_RDWR | O_CREAT, 0644);
  if (lock < 0) return 3;
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    note(folder + "/overlap", 'x');
    return 4;
  }
  note(folder + "/marks." + id, 'b');
  usleep(500);
  note(folder + "/marks." + id, 'e');
  return 0;
}
