// A worker that proves its own story: it locks a file named after its task, so that two that run at the same
// time for one task are found out, and notes that it began and that it ended. It works in the folder that
// MARKS names, as a process per task or, where the Lambda Runtime API is, as a warm one.

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "sosw/worker/runtime_client.h"

namespace {

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}

  void mark(const std::string& task_id) const {
    const int lock = open((path_ + "/lock." + task_id).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0) throw std::runtime_error("no lock");
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
      note("overlap", 'x');
      throw std::runtime_error("another worker has this task");
    }
    note("marks." + task_id, 'b');
    usleep(500);
    note("marks." + task_id, 'e');
    close(lock);
  }

 private:
  void note(const std::string& name, char mark) const {
    const int fd = open((path_ + '/' + name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, &mark, 1) != 1) throw std::runtime_error("no mark");
    close(fd);
  }

  std::string path_;
};

}  // namespace

int main() {
  const char* path = std::getenv("MARKS");
  if (!path) return 2;
  const Folder folder(path);
  if (std::getenv("AWS_LAMBDA_RUNTIME_API"))
    return sosw::run_worker([&](const sosw::WorkerEvent& event) {
      folder.mark(nlohmann::json::parse(event.json).at("task_id").get<std::string>());
      return std::string();
    });
  const char* id = std::getenv("SOSW_TASK_ID");
  if (!id) return 2;
  try {
    folder.mark(id);
  } catch (const std::exception&) {
    return 3;
  }
  return 0;
}
