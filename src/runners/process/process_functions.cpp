#include "runners/process/process_functions.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runners/process/worker_process.h"
#include "runners/supervisor/supervisor.h"

namespace sosw {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using WorkerPointer = std::shared_ptr<WorkerProcess>;

constexpr milliseconds kShortagePause{250};  // before the next try when the machine has no room for a process
constexpr int kFilesOfAWorker = 2;           // while it runs: output and errors

constexpr auto kSupervisorGone = "the process that keeps the workers was killed, and all workers with it";

}  // namespace

struct ProcessFunctions::Impl {
  Impl(Outcomes& outcomes_, std::map<std::string, Command> commands_, std::shared_ptr<WorkerFiles> files_)
      : outcomes(outcomes_), commands(std::move(commands_)), files(std::move(files_)) {
    supervisor_file.assign(supervisor.descriptor());
  }

  ~Impl() {
    io.stop();
    if (thread.joinable()) thread.join();
    supervisor_file.release();
    files->give_back(static_cast<int>(in_hand) * kFilesOfAWorker);
  }

  // Called on other threads.

  std::vector<Dispatch> invoke(std::vector<Invocation> invocations) {
    std::vector<Dispatch> dispatches;
    dispatches.reserve(invocations.size());
    std::vector<WorkerPointer> workers;
    const std::lock_guard lock(mutex);
    start_thread();
    for (Invocation& invocation : invocations) {
      const auto command = commands.find(invocation.labourer->id);
      dispatches.push_back(command == commands.end()
                               ? Dispatch{Dispatch::Kind::failed,
                                          fmt::format("labourer {} has no command", invocation.labourer->id)}
                               : admission());
      if (dispatches.back().kind != Dispatch::Kind::accepted) continue;
      workers.push_back(std::make_shared<WorkerProcess>(
          io, next_id++, std::move(invocation), command->second, replies.path(),
          [this](std::uint64_t id, int number) { supervisor.signal(id, number); }));
      ++in_hand;
    }
    if (workers.empty()) return dispatches;
    asio::post(io, [this, accepted = std::move(workers)] {
      waiting.insert(waiting.end(), accepted.begin(), accepted.end());
      no_more_starts.empty() ? start_waiting() : give_up_waiting();
    });
    return dispatches;
  }

  void stop(Seconds grace) {
    std::unique_lock lock(mutex);
    refusal = "it is stopping";
    asio::post(io, [this] {
      no_more_starts = "the engine stopped before it was started";
      give_up_waiting();
    });
    const auto nothing_in_hand = [this] { return in_hand == 0; };
    if (settled.wait_for(lock, std::chrono::duration<double>(grace), nothing_in_hand)) return;
    asio::post(io, [this] {
      for (const auto& [id, worker] : running) worker->end("the engine stopped", true);
    });
    settled.wait(lock, nothing_in_hand);
  }

  /// Not before it is needed, so that other supervisors can be forked after this one. The mutex is held.
  void start_thread() {
    if (thread.joinable() || !refusal.empty()) return;
    try {
      thread = std::thread([this] { work(); });
    } catch (const std::system_error& error) {
      shortage = std::string("no thread can be started: ") + error.what();
      shortage_ends = SteadyClock::now() + kShortagePause;
    }
  }

  /// Whether one more can be accepted; reserves its files. The mutex is held.
  Dispatch admission() {
    if (!refusal.empty()) return {Dispatch::Kind::refused, refusal};
    if (SteadyClock::now() < shortage_ends) return {Dispatch::Kind::refused, shortage};
    if (!files->take(kFilesOfAWorker)) return {Dispatch::Kind::refused, files->shortage()};
    return {};
  }

  // Everything below runs on our own thread.

  void work() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
    await_events();
    io.run();
  }

  void await_events() {
    supervisor_file.async_wait(supervisor_file.wait_read, [this](const boost::system::error_code& error) {
      if (error) return;
      const auto process_events = supervisor.take_events();
      if (!process_events) return lose_supervisor();
      for (const ProcessEvent& one : *process_events) take(one);
      await_events();
    });
  }

  void start_waiting() {
    while (!waiting.empty() && !supervisor_is_busy && !shortage_timer_runs) {
      const WorkerPointer worker = waiting.front();
      if (!start(*worker)) return;
      waiting.pop_front();
      running.emplace(worker->id(), worker);
      worker->started();
    }
  }

  /// Returns whether it was started; if not, the next try is scheduled.
  bool start(WorkerProcess& worker) {
    std::error_code error;
    try {
      error = supervisor.start(worker.id(), worker.plan());
    } catch (const std::system_error& no_files) {
      error = no_files.code();
    }
    if (!error) return true;
    if (error == std::errc::resource_unavailable_try_again)
      await_room();
    else if (error == std::errc::argument_list_too_long) {
      waiting.pop_front();
      settle(worker.failed("can't be started: its command is too long"));
      start_waiting();
    } else
      pause("no process can be started: " + error.message());
    return false;
  }

  void await_room() {
    supervisor_is_busy = true;
    supervisor_file.async_wait(supervisor_file.wait_write, [this](const boost::system::error_code& error) {
      if (error) return;
      supervisor_is_busy = false;
      start_waiting();
    });
  }

  /// The machine currently lacks resources for another process. Accepted invocations wait, more are refused.
  void pause(const std::string& problem) {
    {
      const std::lock_guard lock(mutex);
      shortage = problem;
      shortage_ends = SteadyClock::now() + kShortagePause * 2;
    }
    if (std::exchange(shortage_timer_runs, true)) return;
    shortage_timer.expires_after(kShortagePause);
    shortage_timer.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      shortage_timer_runs = false;
      give_up_those_who_waited_too_long();
      start_waiting();
    });
  }

  void take(const ProcessEvent& event) {
    const auto found = running.find(event.id);
    if (found == running.end()) return;
    const WorkerPointer worker = found->second;
    running.erase(found);
    if (event.kind == ProcessEvent::Kind::ended) return settle(worker->ended(event.status));
    if (event.kind == ProcessEvent::Kind::unstartable) return settle(worker->unstartable(event.problem));
    worker->not_started();
    waiting.push_back(worker);
    if (!no_more_starts.empty()) return give_up_waiting();
    pause("no process can be started: " + event.problem);
  }

  /// Files are returned before the outcome is visible, so that its receiver finds room for the next one.
  void settle(Outcome outcome) {
    files->give_back(kFilesOfAWorker);
    outcomes.put(std::move(outcome));
    const std::lock_guard lock(mutex);
    if (--in_hand == 0) settled.notify_all();
  }

  void give_up_waiting() {
    for (const WorkerPointer& worker : std::exchange(waiting, {}))
      settle(worker->failed(no_more_starts, true));
  }

  void give_up_those_who_waited_too_long() {
    std::erase_if(waiting, [this](const WorkerPointer& worker) {
      if (!worker->waited_too_long()) return false;
      settle(worker->failed("could not be started in time: " + shortage));
      return true;
    });
  }

  void lose_supervisor() {
    {
      const std::lock_guard lock(mutex);
      refusal = fmt::format("{}: start the engine again", kSupervisorGone);
    }
    spdlog::error("{}", kSupervisorGone);
    no_more_starts = kSupervisorGone;
    for (const auto& [id, worker] : std::exchange(running, {})) settle(worker->failed(kSupervisorGone, true));
    give_up_waiting();
  }

  Outcomes& outcomes;
  const std::map<std::string, Command> commands;
  const std::shared_ptr<WorkerFiles> files;
  ReplyFolder replies;  // outlives the workers, which end with the supervisor
  Supervisor supervisor;

  std::mutex mutex;
  std::condition_variable settled;
  std::string refusal;  // why nothing is accepted any more
  std::string shortage;
  SteadyClock::time_point shortage_ends;
  std::size_t in_hand = 0;  // accepted, without an outcome yet
  std::uint64_t next_id = 1;

  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> stay = asio::make_work_guard(io);
  asio::posix::stream_descriptor supervisor_file{io};
  asio::steady_timer shortage_timer{io};
  bool shortage_timer_runs = false;
  std::string no_more_starts;  // why not; empty while there are
  bool supervisor_is_busy = false;
  std::deque<WorkerPointer> waiting;
  std::unordered_map<std::uint64_t, WorkerPointer> running;
  std::thread thread;
};

ProcessFunctions::ProcessFunctions(Outcomes& outcomes, std::map<std::string, Command> commands,
                                   std::shared_ptr<WorkerFiles> files)
    : impl_(std::make_unique<Impl>(outcomes, std::move(commands), std::move(files))) {}

ProcessFunctions::~ProcessFunctions() = default;

std::vector<Dispatch> ProcessFunctions::invoke(std::vector<Invocation> invocations) {
  return impl_->invoke(std::move(invocations));
}

std::int64_t ProcessFunctions::room(const Labourer&) {
  return impl_->files->room_for_workers(kFilesOfAWorker);
}

void ProcessFunctions::stop(Seconds grace) { impl_->stop(grace); }

bool ProcessFunctions::has_lost_its_supervisor() const { return impl_->supervisor.is_gone(); }

}  // namespace sosw
