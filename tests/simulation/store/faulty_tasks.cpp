// FaultyStore: TaskStore and JobStore.

#include <algorithm>

#include "simulation/store/faulty_store.h"

namespace sosw::simulation {
namespace {

constexpr double kWritesTasksLater = 0.5;  // of jobs: stores differ in whether they can write both at once

std::size_t half_of(std::size_t items, bool half) { return half ? (items + 1) / 2 : items; }

/// "0123..0003" for people.
std::string short_id(const std::string& task_id) {
  return task_id.size() < 32 ? task_id : task_id.substr(0, 4) + ".." + task_id.substr(28);
}

template <typename Items, typename Describe>
std::string listed(const Items& items, Describe describe) {
  std::string text;
  for (const auto& item : items) {
    if (text.size() > 60) return text + " ...";
    text += (text.empty() ? "" : ", ") + describe(item);
  }
  return text.empty() ? "none" : text;
}

std::string ids_of(std::span<const Task> tasks) {
  return listed(tasks, [](const Task& task) { return short_id(task.task_id); });
}

std::string text_for(const Report& report, ReportOutcome outcome) {
  static constexpr std::array kOutcomes = {"recorded", "repeated", "stale", "closed", "unknown"};
  return fmt::format("{} {}{}: {}", short_id(report.task_id), report.succeeded ? "completed" : "failed",
                     report.token ? "" : " (no token)", kOutcomes.at(static_cast<std::size_t>(outcome)));
}

std::string text_for(const Settlement& move, bool moved) {
  static constexpr std::array kTo = {"completed", "dead", "retry"};
  return fmt::format("{} {}{}", short_id(move.task_id), kTo.at(static_cast<std::size_t>(move.to)),
                     moved ? "" : " (too late)");
}

std::string text_for(std::span<const Settlement> moves, const std::vector<bool>& moved) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < moves.size() && i < 10; ++i) texts.push_back(text_for(moves[i], moved[i]));
  return listed(texts, [](const std::string& text) { return text; });
}

}  // namespace

std::vector<Task> FaultyStore::claim(const Claim& claim) {
  return perform(Call::claim, claim.labourer_id, 2, [&](const Caller& who, bool half) {
    Claim made = claim;
    if (half) made.at_most = world().chance().between(1, 3);
    std::vector<Task> tasks = truth_.tasks().claim(made);
    note(Call::claim, tasks.size(),
         [&] { return fmt::format("{} within {}: {}", claim.labourer_id, claim.limit, ids_of(tasks)); });
    watch_.claimed(tasks);
    ledger_.claimed(who, made, tasks);
    return tasks;
  });
}

void FaultyStore::release(std::span<const Task> tasks) {
  const std::string labourer_id = tasks.empty() ? "" : tasks.front().labourer_id;
  perform(Call::release, labourer_id, tasks.size(), [&](const Caller&, bool half) {
    const auto put_back = tasks.first(half_of(tasks.size(), half));
    truth_.tasks().release(put_back);
    note(Call::release, put_back.size(), [&] { return ids_of(put_back); });
    ledger_.released(put_back);
    return true;
  });
}

std::vector<ReportAnswer> FaultyStore::report(std::span<const Report> reports) {
  const std::string labourer_id = reports.empty() ? "" : labourer_of(reports.front().task_id);
  return perform(Call::report, labourer_id, reports.size(), [&](const Caller&, bool half) {
    const auto told = reports.first(half_of(reports.size(), half));
    std::vector<ReportAnswer> answers = truth_.tasks().report(told);
    note(Call::report, told.size(), [&] { return text_for(told.front(), answers.front().outcome); });
    ledger_.reported(told, answers);
    return answers;
  });
}

std::vector<Task> FaultyStore::completed(const std::string& labourer_id, std::size_t at_most) {
  return look(Call::completed, labourer_id, [&] { return truth_.tasks().completed(labourer_id, at_most); });
}

std::vector<Task> FaultyStore::expired(const std::string& labourer_id, Time now, Seconds attempt_timeout,
                                       std::size_t at_most) {
  return look(Call::expired, labourer_id,
              [&] { return truth_.tasks().expired(labourer_id, now, attempt_timeout, at_most); });
}

std::vector<bool> FaultyStore::settle(std::span<const Settlement> moves) {
  const std::string labourer_id = moves.empty() ? "" : labourer_of(moves.front().task_id);
  return perform(Call::settle, labourer_id, moves.size(), [&](const Caller& who, bool half) {
    const auto made = moves.first(half_of(moves.size(), half));
    std::vector<bool> moved = truth_.tasks().settle(made);
    note(Call::settle, made.size(), [&] { return text_for(made, moved); });
    ledger_.settled(who, made, moved);
    return moved;
  });
}

std::vector<Task> FaultyStore::requeue_due(const std::string& labourer_id, Time now, std::size_t at_most) {
  return perform(Call::requeue_due, labourer_id, 2, [&](const Caller&, bool half) {
    const std::size_t most = half ? static_cast<std::size_t>(world().chance().between(1, 3)) : at_most;
    std::vector<Task> tasks = truth_.tasks().requeue_due(labourer_id, now, most);
    if (!tasks.empty()) note(Call::requeue_due, tasks.size(), [&] { return ids_of(tasks); });
    ledger_.requeued(labourer_id, now, tasks);
    return tasks;
  });
}

std::optional<Time> FaultyStore::next_due() {
  return look(Call::next_due, "", [&] { return truth_.tasks().next_due(); });
}

TaskCounts FaultyStore::count(const std::string& labourer_id, Time now, Seconds attempt_timeout) {
  return look(Call::count, labourer_id,
              [&] { return truth_.tasks().count(labourer_id, now, attempt_timeout); });
}

std::vector<Task> FaultyStore::find_open(std::span<const std::string> task_ids) {
  return look(Call::find_open, "", [&] { return truth_.tasks().find_open(task_ids); });
}

Job FaultyStore::accept(const Job& job) {
  return perform(Call::accept, job.labourer_id, 1, [&](const Caller&, bool) {
    Job stored = truth_.jobs().accept(job);
    note(Call::accept, 1, [&] { return fmt::format("job {} for {}", stored.job_id, stored.labourer_id); });
    ledger_.accepted(job, stored);
    return stored;
  });
}

AcceptedJob FaultyStore::accept_with_tasks(const Job& job, std::span<const std::string> payloads, bool last,
                                           Time now) {
  if (world().chance().happens(kWritesTasksLater)) return {accept(job)};
  return perform(Call::accept, job.labourer_id, 1, [&](const Caller&, bool) {
    AcceptedJob stored = truth_.jobs().accept_with_tasks(job, payloads, last, now);
    note(Call::accept, 1 + payloads.size(), [&] {
      return fmt::format("job {} for {}{}", stored.job_id, stored.labourer_id,
                         stored.with_tasks ? fmt::format(" with {} tasks", stored.progress.scheduled) : "");
    });
    ledger_.accepted(job, stored);
    if (stored.with_tasks) ledger_.appended(job, 0, payloads.size(), stored.progress.scheduled, now);
    return stored;
  });
}

std::int64_t FaultyStore::append(const Job& job, std::int64_t first_index,
                                 std::span<const std::string> payloads, bool last, Time now) {
  return perform(Call::append, job.labourer_id, payloads.size(), [&](const Caller&, bool half) {
    const auto written = payloads.first(half_of(payloads.size(), half));
    const std::int64_t cursor = truth_.jobs().append(job, first_index, written, last && !half, now);
    note(Call::append, written.size(), [&] {
      return fmt::format("{} tasks at {} of job {}{}: cursor {}", written.size(), first_index, job.job_id,
                         last && !half ? ", the last" : "", cursor);
    });
    ledger_.appended(job, first_index, written.size(), cursor, now);
    return cursor;
  });
}

std::vector<Job> FaultyStore::unfinished() {
  return look(Call::unfinished, "", [&] { return truth_.jobs().unfinished(); });
}

std::optional<Job> FaultyStore::find_job(const std::string& job_id) {
  return look(Call::find_job, "", [&] { return truth_.jobs().find_job(job_id); });
}

std::vector<Job> FaultyStore::list_jobs(std::size_t at_most) {
  return look(Call::list_jobs, "", [&] { return truth_.jobs().list_jobs(at_most); });
}

std::optional<std::int64_t> FaultyStore::cancel_job(const std::string& job_id, Time now) {
  return perform(Call::cancel_job, "", 1, [&](const Caller&, bool) {
    const auto cancelled = truth_.jobs().cancel_job(job_id, now);
    note(Call::cancel_job, 1, [&] { return fmt::format("{}: {} tasks", job_id, cancelled.value_or(-1)); });
    ledger_.job_cancelled(job_id, cancelled, now);
    return cancelled;
  });
}

std::vector<Job> FaultyStore::claim_notifications(Time now, Time until, std::size_t at_most) {
  return perform(Call::claim_notifications, "", 1, [&](const Caller&, bool) {
    std::vector<Job> jobs = truth_.jobs().claim_notifications(now, until, at_most);
    if (!jobs.empty())
      note(Call::claim_notifications, jobs.size(),
           [&] { return listed(jobs, [](const Job& job) { return job.job_id; }); });
    ledger_.notifications_claimed(jobs, now, until);
    return jobs;
  });
}

void FaultyStore::notified(const std::string& job_id) {
  perform(Call::notified, "", 1, [&](const Caller&, bool) {
    truth_.jobs().notified(job_id);
    note(Call::notified, 1, [&] { return job_id; });
    ledger_.notified(job_id);
    return true;
  });
}

}  // namespace sosw::simulation
