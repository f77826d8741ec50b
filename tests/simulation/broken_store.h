#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "simulation/store/true_store.h"

namespace sosw::simulation {

/// A store with one fault, to verify that the simulation detects it.
class BrokenStore final : public TrueStore, private TaskStore, private JobStore {
 public:
  enum class Fault {
    loses_a_task,
    closes_twice,
    claims_twice,
    forgets_the_limit,
    changes_a_byte,
    skips_an_index,
  };
  BrokenStore(std::unique_ptr<TrueStore> sound, Fault fault) : sound_(std::move(sound)), fault_(fault) {}

  TaskStore& tasks() override { return *this; }
  JobStore& jobs() override { return *this; }
  AdminStore& admin() override { return sound_->admin(); }
  EventLog& events() override { return sound_->events(); }
  std::vector<TaskRecord> list(const TaskFilter& filter) override {
    std::vector<TaskRecord> records = sound_->list(filter);
    // Only a check of everything shows it: no call touches a lost task.
    if (fault_ == Fault::loses_a_task && !records.empty()) records.pop_back();
    return records;
  }

 private:
  std::vector<Task> claim(const Claim& asked) override {
    Claim claim = asked;
    if (fault_ == Fault::forgets_the_limit && claim.limit > 0) claim.limit += 1;
    std::vector<Task> claimed = sound_->tasks().claim(claim);
    if (fault_ == Fault::claims_twice && claimed.empty()) return std::exchange(last_claimed_, {});
    if (!claimed.empty()) last_claimed_ = claimed;
    return claimed;
  }
  std::vector<bool> settle(std::span<const Settlement> moves) override {
    std::vector<bool> moved = sound_->tasks().settle(moves);
    if (fault_ == Fault::closes_twice) moved.assign(moved.size(), true);
    return moved;
  }
  void release(std::span<const Task> tasks) override { sound_->tasks().release(tasks); }
  std::vector<ReportAnswer> report(std::span<const Report> reports) override {
    return sound_->tasks().report(reports);
  }
  std::vector<Task> completed(const std::string& id, std::size_t at_most) override {
    return sound_->tasks().completed(id, at_most);
  }
  std::vector<Task> expired(const std::string& id, Time now, Seconds attempt_timeout,
                            std::size_t at_most) override {
    return sound_->tasks().expired(id, now, attempt_timeout, at_most);
  }
  std::vector<Task> requeue_due(const std::string& id, Time now, std::size_t at_most) override {
    return sound_->tasks().requeue_due(id, now, at_most);
  }
  std::optional<Time> next_due() override { return sound_->tasks().next_due(); }
  TaskCounts count(const std::string& id, Time now, Seconds attempt_timeout) override {
    return sound_->tasks().count(id, now, attempt_timeout);
  }
  std::vector<Task> find_open(std::span<const std::string> ids) override {
    return sound_->tasks().find_open(ids);
  }

  std::int64_t append(const Job& job, std::int64_t first_index, std::span<const std::string> payloads,
                      bool last, Time now) override {
    std::vector<std::string> written(payloads.begin(), payloads.end());
    if (fault_ == Fault::skips_an_index && written.size() > 1) written.pop_back();
    if (fault_ == Fault::changes_a_byte && !written.empty()) written.back() += ' ';
    return sound_->jobs().append(job, first_index, written, last, now);
  }
  Job accept(const Job& job) override { return sound_->jobs().accept(job); }
  std::vector<Job> unfinished() override { return sound_->jobs().unfinished(); }
  std::optional<Job> find_job(const std::string& id) override { return sound_->jobs().find_job(id); }
  std::vector<Job> list_jobs(std::size_t at_most) override { return sound_->jobs().list_jobs(at_most); }
  std::optional<std::int64_t> cancel_job(const std::string& id, Time now) override {
    return sound_->jobs().cancel_job(id, now);
  }
  std::vector<Job> claim_notifications(Time now, Time until, std::size_t at_most) override {
    return sound_->jobs().claim_notifications(now, until, at_most);
  }
  void notified(const std::string& id) override { sound_->jobs().notified(id); }

  std::unique_ptr<TrueStore> sound_;
  Fault fault_;
  std::vector<Task> last_claimed_;
};

}  // namespace sosw::simulation
