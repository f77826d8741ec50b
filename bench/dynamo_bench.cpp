// What an installation on AWS reaches from one process: schedule, orchestrate and archive, against a server
// in another process that answers every call after 5 ms. Prints rates, calls and processor time of each task.
// Usage: dynamo_bench [tasks]

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/parse_settings.h"
#include "essentials/orchestrator.h"
#include "essentials/scavenger.h"
#include "essentials/scheduler.h"
#include "http/client/curl_http.h"
#include "notify/log_alarm.h"
#include "runners/lambda_functions.h"
#include "store/dynamo/dynamo_event_log.h"
#include "store/dynamo/dynamo_store.h"
#include "system/system_clock.h"
#include "system/system_random.h"
#include "system/system_waiting.h"
#include "table_server.h"
#include "text/json.h"

namespace {

using namespace sosw;
using Steady = std::chrono::steady_clock;

constexpr Seconds kDelay = 0.005;

/// The server as a child process, which ends with this one.
class ServerProcess {
 public:
  ServerProcess() {
    std::array<int, 2> pipe_ends{};
    if (pipe(pipe_ends.data()) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) serve(pipe_ends[1]);
    if (read(pipe_ends[0], &port_, sizeof port_) != sizeof port_) std::abort();
  }
  ~ServerProcess() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

 private:
  [[noreturn]] static void serve(int output) {
    const auto tables = std::make_shared<bench::TableServer>(kDelay);
    web::Server server;
    const std::uint16_t port = server.listen({}, tables);
    server.every(0.0005, [&] { tables->send_due(); });
    if (write(output, &port, sizeof port) != sizeof port) std::abort();
    while (getppid() != 1) sleep(1);
    _exit(0);
  }

  pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

struct CountingHttp final : aws::Http {
  std::vector<aws::HttpAnswer> send(std::span<const aws::HttpRequest> requests) override {
    calls += static_cast<std::int64_t>(requests.size());
    return http.send(requests);
  }
  aws::CurlHttp http;
  std::atomic<std::int64_t> calls = 0;
};

double processor_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct DynamoEngine {
  explicit DynamoEngine(const std::string& url)
      : environment({{"AWS_ACCESS_KEY_ID", "AKIDBENCH"},
                     {"AWS_SECRET_ACCESS_KEY", "secret"},
                     {"AWS_REGION", "eu-west-1"},
                     {"AWS_ENDPOINT_URL", url}}) {}

  CountingHttp http;
  CountingHttp http_of_events;
  SystemClock clock;
  SystemRandom random;
  SystemWaiting waiting;
  aws::Environment environment;
  aws::Session session{environment, {http, clock, random, waiting}};
  aws::DynamoDb dynamo{session};
  aws::DynamoStore store{dynamo, random};
  aws::DynamoEventLog events{environment,
                             {http_of_events, clock, random, waiting},
                             {.author = {.function = "dynamo_bench"}, .most_waiting = 1'000'000}};
  aws::LambdaFunctions functions{session};
  LogAlarm alarm;
  Settings settings = parse_settings(Json::parse(R"({
    "labourers": {"worker": {"arn": "arn:aws:lambda:eu-west-1:111122223333:function:worker",
                             "max_simultaneous_invocations": 1000000}},
    "job_schema_variants": {"default": {"chunkable_attrs": [["item", {}]]}}})"));
  Ecology ecology{settings, {}};
  Scheduler scheduler{settings, store, events, clock, random};
  Scavenger scavenger{settings, store, events, alarm, clock, random};
  Orchestrator orchestrator{{.settings = settings,
                             .ecology = ecology,
                             .tasks = store,
                             .admin = store,
                             .functions = functions,
                             .scavenger = scavenger,
                             .events = events,
                             .alarm = alarm,
                             .clock = clock,
                             .random = random}};

  /// Runs `work`, which does so many tasks, and its events; prints a line.
  template <class Work>
  void measure(const char* name, std::int64_t tasks, double rate_to_reach, double calls_to_reach, Work work) {
    const std::int64_t calls_before = http.calls + http_of_events.calls;
    const double processor_before = processor_time();
    const auto start = Steady::now();
    work();
    events.flush(60);
    const double took = std::chrono::duration<double>(Steady::now() - start).count();
    const auto of_each = [&](double whole) { return whole / static_cast<double>(tasks); };
    fmt::print(
        "{:<11} {:>8.0f} tasks/s (to reach {:.0f})   {:.3f} calls a task (at most {})   {:.0f} us a task\n",
        name, static_cast<double>(tasks) / took, rate_to_reach,
        of_each(static_cast<double>(http.calls + http_of_events.calls - calls_before)), calls_to_reach,
        of_each((processor_time() - processor_before) * 1e6));
  }
};

std::string job_of(std::int64_t tasks) {
  std::string job =
      R"({"lambda_name": "worker", "isolate_items": true, "note": "some constant text", "items": [)";
  for (std::int64_t i = 0; i < tasks; ++i) job += (i ? "," : "") + std::to_string(1'000'000'000 + i);
  return job + "]}";
}

void complete_all(DynamoEngine& here, const std::string& job_id) {
  const auto records = here.store.list({.job_id = job_id, .at_most = 10'000'000});
  std::vector<Report> reports;
  for (const TaskRecord& record : records)
    reports.push_back({.task_id = record.task.task_id,
                       .succeeded = true,
                       .token = record.task.token,
                       .now = here.clock.now(),
                       .attempt_timeout = 1200,
                       .result = R"({"ok": true})"});
  here.store.report(reports);
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::warn);
  const std::int64_t tasks = argc > 1 ? std::atoll(argv[1]) : 20'000;
  const ServerProcess server;
  DynamoEngine here(server.url());
  std::string job_id;
  here.measure("schedule", tasks, 5000, 0.2, [&] {
    job_id = here.scheduler.accept(job_of(tasks)).front().job_id;
    while (!here.scheduler.idle()) here.scheduler.step();
  });
  here.measure("orchestrate", tasks, 4000, 2.2, [&] { here.orchestrator.run(); });
  complete_all(here, job_id);
  here.measure("archive", tasks, 4000, 0.5, [&] { here.scavenger.run(); });
  const auto job = here.store.find_job(job_id);
  if (job && job->progress.completed == tasks) return 0;
  fmt::print("not all tasks were completed: {} of {}\n", job ? job->progress.completed : 0, tasks);
  return 1;
}
