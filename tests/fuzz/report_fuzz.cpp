// Reports of workers, to a store that holds one running task: whatever comes is taken, or refused as
// InvalidReport, and the task stays where it can be found.

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <unistd.h>

#include "essentials/worker_assistant.h"
#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"

namespace {

using namespace sosw;

struct StandingClock final : Clock {
  Time now() override { return Time(1'795'490'346.5); }
  MonotonicTime monotonic() override { return {}; }
};

class Installation {
 public:
  Installation() {
    Job job{.job_id = "0123456789abcdef", .labourer_id = "worker", .document = "{}"};
    job.created_at = clock_.now();
    const std::string payload = "{}";
    store_.append(store_.accept(job), 0, {&payload, 1}, true, clock_.now());
    const std::vector<Task> claimed = store_.claim({.labourer_id = "worker",
                                                    .at_most = 1,
                                                    .limit = 1,
                                                    .now = clock_.now(),
                                                    .attempt_timeout = Labourer{}.attempt_timeout(),
                                                    .token = "token"});
    if (claimed.size() != 1) std::abort();
    task_id_ = claimed.front().task_id;
  }
  ~Installation() { std::filesystem::remove_all(folder_); }

  void report(std::string event) {
    for (std::size_t at = 0; (at = event.find("TASK", at)) != std::string::npos;)
      event.replace(at, 4, task_id_);
    try {
      assistant_.handle(event);
    } catch (const InvalidReport&) {
    }
    if (!store_.find(task_id_)) std::abort();
  }

 private:
  static std::filesystem::path new_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sosw_fuzz_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return name;
  }

  StandingClock clock_;
  std::filesystem::path folder_ = new_folder();
  SqliteStore store_{folder_ / "sosw.db", SqliteStore::Open::create};
  SqliteEventLog events_{store_, "fuzz"};
  Settings settings_;
  WorkerAssistant assistant_{settings_, store_, events_, clock_};
  std::string task_id_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Installation installation;
  installation.report(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
