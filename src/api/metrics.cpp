#include "api/metrics.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace sosw {
namespace {

constexpr Seconds kStuck = 10;           // a loop that has not turned for this long
constexpr std::size_t kMostAsking = 16;  // clients that wait for one reading
constexpr auto kContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Seconds; workers take milliseconds or minutes.
const std::vector<double> kBuckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,   2.5,
                                      5,     10,   30,    60,   120, 300,  900, 3600};
const std::vector<double> kTurnBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

struct Counted {
  TaskAction action;
  const char* name;
  const char* help;
};
/// The counters of each labourer, by the event that increments them.
constexpr std::array kCounted = std::to_array<Counted>({
    {TaskAction::created, "sosw_tasks_scheduled_total", "Tasks that jobs were cut into."},
    {TaskAction::invoked, "sosw_invocations_total", "Invocations that were not refused at once."},
    {TaskAction::archived, "sosw_tasks_completed_total", "Tasks that were closed as completed."},
    {TaskAction::failed, "sosw_attempts_failed_total", "Attempts that ended in a failure."},
    {TaskAction::scheduled_for_retry, "sosw_retries_total", "Failed or expired attempts to be made again."},
    {TaskAction::archived_dead, "sosw_tasks_dead_total", "Tasks that were given up."},
});

struct Gauge {
  const char* name;
  const char* help;
  double (*value)(const LabourerState&);
};
constexpr std::array kGauges = std::to_array<Gauge>({
    {"sosw_tasks_queued", "Tasks that wait for a free slot.",
     [](const LabourerState& state) { return static_cast<double>(state.tasks.queued); }},
    {"sosw_tasks_running", "Tasks that were invoked and have not ended.",
     [](const LabourerState& state) { return static_cast<double>(state.tasks.running); }},
    {"sosw_tasks_waiting", "Tasks that wait for a retry or for their time.",
     [](const LabourerState& state) { return static_cast<double>(state.tasks.waiting); }},
    {"sosw_invocations_limit", "How many tasks may run at once now.",
     [](const LabourerState& state) { return static_cast<double>(state.limit); }},
    {"sosw_health", "Health of what the labourer depends on, 0 (Bad) to 4 (High).",
     [](const LabourerState& state) { return static_cast<double>(state.health); }},
});

/// A reported failure counts the same as one that the engine sees.
TaskAction as_counted(TaskAction action) {
  return action == TaskAction::marked_as_failed ? TaskAction::failed : action;
}

bool ends_a_run(TaskAction action) {
  switch (action) {
    case TaskAction::completed:
    case TaskAction::failed:
    case TaskAction::marked_as_completed:
    case TaskAction::marked_as_failed:
      return true;
    default:
      return false;
  }
}

bool forgets_a_run(TaskAction action) {
  return action == TaskAction::scheduled_for_retry || action == TaskAction::archived_dead ||
         action == TaskAction::archived;
}

std::vector<prometheus::MetricFamily> gauges_of(const std::vector<LabourerState>& states) {
  std::vector<prometheus::MetricFamily> families;
  for (const Gauge& gauge : kGauges) {
    prometheus::MetricFamily& family = families.emplace_back();
    family.name = gauge.name;
    family.help = gauge.help;
    family.type = prometheus::MetricType::Gauge;
    for (const LabourerState& state : states) {
      prometheus::ClientMetric& metric = family.metric.emplace_back();
      metric.label = {{"labourer", state.labourer_id}};
      metric.gauge.value = gauge.value(state);
    }
  }
  return families;
}

}  // namespace

struct EngineMetrics::Impl {
  struct OfLabourer {
    std::array<prometheus::Counter*, kCounted.size()> counters{};
    prometheus::Histogram* run = nullptr;
    prometheus::Histogram* wait = nullptr;
  };

  Impl(const Settings& settings, Clock& clock_, std::function<std::vector<LabourerState>()> look_)
      : clock(clock_), look(std::move(look_)), last_turn(clock.now()) {
    for (const auto& [id, labourer] : settings.labourers) of(id);
  }

  OfLabourer& of(const std::string& id) {
    const auto [found, is_new] = labourers.try_emplace(id);
    if (is_new) {
      const prometheus::Labels labels = {{"labourer", id}};
      for (std::size_t i = 0; i < kCounted.size(); ++i)
        found->second.counters[i] = &prometheus::BuildCounter()
                                         .Name(kCounted[i].name)
                                         .Help(kCounted[i].help)
                                         .Register(registry)
                                         .Add(labels);
      found->second.run =
          &histogram("sosw_run_duration_seconds", "From invocation to the end, or the report of it.")
               .Add(labels, kBuckets);
      found->second.wait =
          &histogram("sosw_wait_duration_seconds", "From a task's creation to its first invocation.")
               .Add(labels, kBuckets);
    }
    return found->second;
  }

  prometheus::Family<prometheus::Histogram>& histogram(const std::string& name, const std::string& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  prometheus::Histogram& store_call(std::string_view call) {
    auto found = store_calls.find(call);
    if (found == store_calls.end()) {
      auto& family = histogram("sosw_store_call_duration_seconds", "One call of the store for tasks.");
      found = store_calls.emplace(call, &family.Add({{"call", std::string(call)}}, kTurnBuckets)).first;
    }
    return *found->second;
  }

  void count(const TaskEvent& event) {
    OfLabourer& labourer = of(event.labourer_id);
    const TaskAction action = as_counted(event.action);
    for (std::size_t i = 0; i < kCounted.size(); ++i)
      if (kCounted[i].action == action) labourer.counters[i]->Increment();
    if (event.action == TaskAction::invoked) {
      running[event.task_id] = event.created_at;
    } else if (ends_a_run(event.action) || forgets_a_run(event.action)) {
      const auto run = running.extract(event.task_id);
      if (!run.empty() && ends_a_run(event.action))
        labourer.run->Observe(std::max(event.created_at - run.mapped(), 0.0));
    }
  }

  /// On the thread: one reading for all who wait.
  void answer_all() {
    for (;;) {
      std::vector<web::Reply> taken;
      {
        std::unique_lock lock(asking_mutex);
        changed.wait(lock, [this] { return ending || !asking.empty(); });
        if (ending) return;
        taken.swap(asking);
      }
      const web::Answer answer = page();
      for (const web::Reply& reply : taken) reply.send(answer);
    }
  }

  web::Answer page() {
    try {
      std::vector<prometheus::MetricFamily> families = gauges_of(look());
      for (prometheus::MetricFamily& family : registry.Collect()) families.push_back(std::move(family));
      return {.body = prometheus::TextSerializer().Serialize(families), .content_type = kContentType};
    } catch (const std::exception& error) {
      return web::error_answer(503, error.what());
    }
  }

  web::Answer readiness() {
    const std::lock_guard lock(mutex);
    if (!problem.empty()) return web::error_answer(503, problem);
    if (const Seconds since = clock.now() - last_turn; since > kStuck)
      return web::error_answer(503, fmt::format("the engine's loop has not turned for {:.0f} s", since));
    return {.body = R"({"status":"ready"})"};
  }

  void ask(const web::Reply& reply) {
    const std::lock_guard lock(asking_mutex);
    if (ending) return;
    if (asking.size() >= kMostAsking)
      return reply.send(web::error_answer(503, "too many look at the metrics already"));
    asking.push_back(reply);
    if (!thread.joinable()) thread = std::jthread([this] { answer_all(); });
    changed.notify_one();
  }

  Clock& clock;
  std::function<std::vector<LabourerState>()> look;
  prometheus::Registry registry;
  prometheus::Histogram& turns =
      histogram("sosw_engine_turn_duration_seconds", "One turn of the engine's loop, without its pauses.")
          .Add({}, kTurnBuckets);

  std::mutex mutex;  // of these
  std::map<std::string, OfLabourer> labourers;
  std::map<std::string, prometheus::Histogram*, std::less<>> store_calls;
  std::unordered_map<std::string, Time> running;  // when each was invoked, by task id
  Time last_turn;
  std::string problem;  // of the last turn

  std::mutex asking_mutex;  // of these
  std::condition_variable changed;
  std::vector<web::Reply> asking;
  bool ending = false;
  std::jthread thread;  // last: it ends before what it uses
};

EngineMetrics::EngineMetrics(const Settings& settings, Clock& clock,
                             std::function<std::vector<LabourerState>()> look)
    : impl_(std::make_unique<Impl>(settings, clock, std::move(look))) {}

EngineMetrics::~EngineMetrics() { close(); }

void EngineMetrics::close() {
  {
    const std::lock_guard lock(impl_->asking_mutex);
    impl_->ending = true;
  }
  impl_->changed.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
}

bool EngineMetrics::serves(const web::Request& request) {
  return request.path.size() == 1 && (request.path[0] == "metrics" || request.path[0] == "readyz");
}

void EngineMetrics::handle(web::Request request, web::Reply reply) {
  if (request.method != "GET" && request.method != "HEAD") {
    web::Answer answer = web::error_answer(405, "only GET and HEAD are served here");
    answer.headers.emplace_back("Allow", "GET, HEAD");
    return reply.send(std::move(answer));
  }
  if (request.path[0] == "readyz") return reply.send(impl_->readiness());
  impl_->ask(reply);
}

void EngineMetrics::happened(std::span<const TaskEvent> events) {
  const std::lock_guard lock(impl_->mutex);
  for (const TaskEvent& event : events) impl_->count(event);
}

void EngineMetrics::starting(std::span<const Invocation> invocations) {
  const std::lock_guard lock(impl_->mutex);
  const Time now = impl_->clock.now();
  for (const Invocation& invocation : invocations)
    if (const Task& task = invocation.task; task.attempts == 0)
      impl_->of(invocation.labourer->id).wait->Observe(std::max(now - task.created_at, 0.0));
}

void EngineMetrics::called_store(std::string_view call, Seconds took) {
  const std::lock_guard lock(impl_->mutex);
  impl_->store_call(call).Observe(took);
}

void EngineMetrics::turned(const Engine::Turn& turn) {
  const std::lock_guard lock(impl_->mutex);
  impl_->turns.Observe(turn.took);
  impl_->last_turn = impl_->clock.now();
  impl_->problem = turn.problem;
}

}  // namespace sosw
