#pragma once

#include <functional>
#include <string>
#include <type_traits>

#include "store/sqlite/sqlite_store.h"

namespace sosw {

/// The death of the process in the middle of it. No std::exception, so that nobody takes it for an error.
struct Crash {};

/// A store that calls `before` and `after` each call, with its name and whom it is about; either may throw.
class TroubledStore final : public TaskStore, public JobStore, public AdminStore {
 public:
  explicit TroubledStore(SqliteStore& store) : store_(store) {}

  using Hook = std::function<void(const std::string& call, const std::string& labourer_id)>;
  Hook before;
  Hook after;
  bool writes_tasks_with_jobs = true;  ///< stores differ in that

  // TaskStore
  std::vector<Task> claim(const Claim& claim) override {
    return call("claim", claim.labourer_id, [&] { return store_.claim(claim); });
  }
  void release(std::span<const Task> tasks) override {
    call("release", tasks.empty() ? "" : tasks[0].labourer_id, [&] { store_.release(tasks); });
  }
  std::vector<ReportAnswer> report(std::span<const Report> reports) override {
    return call("report", "", [&] { return store_.report(reports); });
  }
  std::vector<Task> completed(const std::string& id, std::size_t at_most) override {
    return call("completed", id, [&] { return store_.completed(id, at_most); });
  }
  std::vector<Task> expired(const std::string& id, Time now, Seconds attempt_timeout,
                            std::size_t at_most) override {
    return call("expired", id, [&] { return store_.expired(id, now, attempt_timeout, at_most); });
  }
  std::vector<bool> settle(std::span<const Settlement> moves) override {
    return call("settle", "", [&] { return store_.settle(moves); });
  }
  std::vector<Task> requeue_due(const std::string& id, Time now, std::size_t at_most) override {
    return call("requeue_due", id, [&] { return store_.requeue_due(id, now, at_most); });
  }
  std::optional<Time> next_due() override {
    return call("next_due", "", [&] { return store_.next_due(); });
  }
  TaskCounts count(const std::string& id, Time now, Seconds attempt_timeout) override {
    return call("count", id, [&] { return store_.count(id, now, attempt_timeout); });
  }
  std::vector<Task> find_open(std::span<const std::string> ids) override {
    return call("find_open", "", [&] { return store_.find_open(ids); });
  }

  // JobStore
  Job accept(const Job& job) override {
    return call("accept", job.labourer_id, [&] { return store_.accept(job); });
  }
  AcceptedJob accept_with_tasks(const Job& job, std::span<const std::string> payloads, bool last,
                                Time now) override {
    if (!writes_tasks_with_jobs) return {accept(job)};
    return call("accept", job.labourer_id,
                [&] { return store_.accept_with_tasks(job, payloads, last, now); });
  }
  std::int64_t append(const Job& job, std::int64_t first, std::span<const std::string> payloads, bool last,
                      Time now) override {
    return call("append", job.labourer_id, [&] { return store_.append(job, first, payloads, last, now); });
  }
  std::vector<Job> unfinished() override {
    return call("unfinished", "", [&] { return store_.unfinished(); });
  }
  std::optional<Job> find_job(const std::string& id) override {
    return call("find_job", "", [&] { return store_.find_job(id); });
  }
  std::vector<Job> list_jobs(std::size_t at_most) override { return store_.list_jobs(at_most); }
  std::optional<std::int64_t> cancel_job(const std::string& id, Time now) override {
    return store_.cancel_job(id, now);
  }
  std::vector<Job> claim_notifications(Time now, Time until, std::size_t at_most) override {
    return call("take_announcements", "", [&] { return store_.claim_notifications(now, until, at_most); });
  }
  void notified(const std::string& id) override {
    call("announced", "", [&] { store_.notified(id); });
  }

  // AdminStore
  std::optional<TaskRecord> find(const std::string& id) override { return store_.find(id); }
  std::vector<TaskRecord> list(const TaskFilter& filter) override { return store_.list(filter); }
  std::vector<TaskEvent> history(const std::string& id) override { return store_.history(id); }
  Closed count_closed(const std::string& id) override { return store_.count_closed(id); }
  std::vector<std::string> labourer_ids() override { return store_.labourer_ids(); }
  std::map<std::string, LabourerControl> controls() override {
    return call("controls", "", [&] { return store_.controls(); });
  }
  void set_control(const std::string& id, const LabourerControl& control) override {
    store_.set_control(id, control);
  }
  std::vector<bool> revive(std::span<const std::string> ids, Time now) override {
    return store_.revive(ids, now);
  }
  std::vector<bool> cancel(std::span<const std::string> ids, Time now) override {
    return store_.cancel(ids, now);
  }

 private:
  template <typename Work>
  std::invoke_result_t<Work> call(const std::string& name, const std::string& labourer_id, const Work& work) {
    if (before) before(name, labourer_id);
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      if (after) after(name, labourer_id);
    } else {
      auto result = work();
      if (after) after(name, labourer_id);
      return result;
    }
  }

  SqliteStore& store_;
};

}  // namespace sosw
