#include "runners/runtime/runtime_functions.h"

#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runners/runtime/runtime_pool.h"
#include "runners/supervisor/supervisor.h"

namespace sosw {
namespace {

constexpr Seconds kLimitPeriod = 0.05;  // at time limits
constexpr int kFilesOfAProcess = 3;     // its output, its address, and its connection
constexpr auto kSupervisorKilled = "the process that keeps the workers was killed, and all workers with it";

/// Work may take long; a worker may be idle, or stopped in a debugger, for hours.
constexpr Seconds kDay = 86400;
constexpr web::Limits kLimits = {
    .connections = 1'000'000, .body_bytes = std::numeric_limits<std::uint64_t>::max(), .idle_timeout = kDay};

}  // namespace

struct RuntimeFunctions::Impl {
  Impl(Outcomes& outcomes_, Clock& clock_, std::map<std::string, Bootstrap> bootstraps_,
       RuntimeOptions options_, std::shared_ptr<WorkerFiles> files_)
      : outcomes(outcomes_),
        clock(clock_),
        bootstraps(std::move(bootstraps_)),
        options(std::move(options_)),
        files(std::move(files_)) {}

  /// The parts that belong to the thread of the server.
  struct Life {
    explicit Life(Impl& owner)
        : server(kLimits),
          host{server, owner.supervisor, owner.clock, owner.options},
          supervisor_file(server.io()) {
      supervisor_file.assign(owner.supervisor.descriptor());
      for (const auto& [id, bootstrap] : owner.bootstraps)
        pools.try_emplace(id, host, id, bootstrap, owner.events());
    }

    web::Server server;
    const RuntimeHost host;
    std::map<std::string, RuntimePool> pools;
    std::unordered_map<std::uint64_t, RuntimePool*> pool_of_process;
    boost::asio::posix::stream_descriptor supervisor_file;
  };

  ~Impl();
  std::vector<Dispatch> invoke(std::vector<Invocation>);
  void stop(Seconds grace);
  std::string begin();
  RuntimePool::Events events();
  void await_events();
  void take(const ProcessEvent&);
  void lose_supervisor();
  void count(std::size_t& counter, int change);

  Outcomes& outcomes;
  Clock& clock;
  const std::map<std::string, Bootstrap> bootstraps;
  const RuntimeOptions options;
  const std::shared_ptr<WorkerFiles> files;
  Supervisor supervisor;

  std::mutex mutex;
  std::condition_variable less;
  std::string refusal;      // why nothing is accepted any more
  std::size_t in_hand = 0;  // accepted, without an outcome yet
  std::size_t processes = 0;
  std::uint64_t next_work = 1;
  std::uint64_t next_process = 1;

  std::optional<Life> life;  // since the first invocation
};

RuntimeFunctions::Impl::~Impl() {
  if (!life) return;
  life->server.post([this] {
    life->pools.clear();
    life->supervisor_file.release();
  });
  life->server.stop(0);
  files->give_back(static_cast<int>(in_hand) * kFilesOfAProcess);
}

std::vector<Dispatch> RuntimeFunctions::Impl::invoke(std::vector<Invocation> invocations) {
  std::vector<Dispatch> dispatches;
  dispatches.reserve(invocations.size());
  std::vector<RuntimeWork> works;
  const std::lock_guard lock(mutex);
  for (Invocation& invocation : invocations) {
    if (!bootstraps.contains(invocation.labourer->id)) {
      dispatches.push_back(
          {Dispatch::Kind::failed,
           fmt::format("labourer {} has no program for the Runtime API", invocation.labourer->id)});
    } else if (std::string problem = refusal.empty() ? begin() : refusal; !problem.empty()) {
      dispatches.push_back({Dispatch::Kind::refused, std::move(problem)});
    } else if (!files->take(kFilesOfAProcess)) {
      dispatches.push_back({Dispatch::Kind::refused, files->shortage()});
    } else {
      dispatches.emplace_back();
      works.emplace_back(std::move(invocation), next_work++, options);
    }
  }
  in_hand += works.size();
  if (!works.empty())
    life->server.post([this, accepted = std::make_shared<std::vector<RuntimeWork>>(std::move(works))] {
      for (RuntimeWork& work : *accepted) {
        RuntimePool& pool = life->pools.at(work.task.labourer_id);
        pool.accept(std::move(work));
      }
    });
  return dispatches;
}

/// Why the life can't begin now, such as too few open files; empty when it has begun.
std::string RuntimeFunctions::Impl::begin() {
  if (life) return "";
  try {
    life.emplace(*this);
  } catch (const std::exception& error) {
    return fmt::format("no worker can be started: {}", error.what());
  }
  life->server.post([this] { await_events(); });
  life->server.every(kLimitPeriod, [this] {
    const auto now = RuntimeWork::Clock::now();
    for (auto& [id, pool] : life->pools) pool.check_time(now);
  });
  return "";
}

RuntimePool::Events RuntimeFunctions::Impl::events() {
  return {.settled =
              [this](Outcome outcome) {
                files->give_back(kFilesOfAProcess);  // first: makes room for the next
                outcomes.put(std::move(outcome));
                count(in_hand, -1);
              },
          .new_process =
              [this](RuntimePool& pool) {
                count(processes, +1);
                life->pool_of_process.emplace(next_process, &pool);
                return next_process++;
              },
          .process_gone = [this] { count(processes, -1); }};
}

void RuntimeFunctions::Impl::count(std::size_t& counter, int change) {
  const std::lock_guard lock(mutex);
  counter += static_cast<std::size_t>(change);
  if (counter == 0) less.notify_all();
}

void RuntimeFunctions::Impl::await_events() {
  life->supervisor_file.async_wait(life->supervisor_file.wait_read,
                                   [this](const boost::system::error_code& error) {
                                     if (error) return;
                                     const auto process_events = supervisor.take_events();
                                     if (!process_events) return lose_supervisor();
                                     for (const ProcessEvent& one : *process_events) take(one);
                                     await_events();
                                   });
}

void RuntimeFunctions::Impl::take(const ProcessEvent& event) {
  const auto found = life->pool_of_process.find(event.id);
  if (found == life->pool_of_process.end()) return;
  RuntimePool& pool = *found->second;
  life->pool_of_process.erase(found);
  pool.take(event);
}

void RuntimeFunctions::Impl::lose_supervisor() {
  {
    const std::lock_guard lock(mutex);
    refusal = fmt::format("{}: start the engine again", kSupervisorKilled);
  }
  spdlog::error("{}", kSupervisorKilled);
  for (auto& [id, pool] : life->pools) pool.lose_all(kSupervisorKilled);
}

void RuntimeFunctions::Impl::stop(Seconds grace) {
  std::unique_lock lock(mutex);
  if (refusal.empty()) refusal = "it is stopping";
  if (!life) return;
  life->server.post([this] {
    for (auto& [id, pool] : life->pools) pool.wind_down();
  });
  if (!less.wait_for(lock, std::chrono::duration<double>(grace), [this] { return in_hand == 0; }))
    life->server.post([this] {
      for (auto& [id, pool] : life->pools) pool.interrupt("the engine stopped", RuntimeWork::Clock::now());
    });
  less.wait(lock, [this] { return in_hand == 0 && processes == 0; });
}

RuntimeFunctions::RuntimeFunctions(Outcomes& outcomes, Clock& clock,
                                   std::map<std::string, Bootstrap> bootstraps, RuntimeOptions options,
                                   std::shared_ptr<WorkerFiles> files)
    : impl_(std::make_unique<Impl>(outcomes, clock, std::move(bootstraps), std::move(options),
                                   std::move(files))) {}

RuntimeFunctions::~RuntimeFunctions() = default;

std::vector<Dispatch> RuntimeFunctions::invoke(std::vector<Invocation> invocations) {
  return impl_->invoke(std::move(invocations));
}

std::int64_t RuntimeFunctions::room(const Labourer&) {
  return impl_->files->room_for_workers(kFilesOfAProcess);
}

void RuntimeFunctions::stop(Seconds grace) { impl_->stop(grace); }

bool RuntimeFunctions::has_lost_its_supervisor() const { return impl_->supervisor.is_gone(); }

}  // namespace sosw
