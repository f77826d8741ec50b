#include "store/sqlite/store_work.h"

#include <array>
#include <limits>
#include <sstream>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sosw/model/greenfield.h"
#include "sosw/model/task_id.h"

#include "ports/soundness.h"

namespace sosw {
namespace {

constexpr Seconds kWorkTimeout = 1200;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
const std::array kLabourers = {"worker", "other"};

/// Closes whatever is open, as an engine would that is alone.
void finish(SqliteStore& store) {
  const Time now{2'000'000'000};
  for (const Job& job : store.unfinished()) store.append(job, job.progress.scheduled, {}, true, now);
  for (const char* labourer : kLabourers) {
    std::vector<Settlement> ends;
    for (const Task& task : store.expired(labourer, now, 0, kAll))
      ends.push_back({.task_id = task.task_id,
                      .to = Settlement::To::dead,
                      .seen = Settlement::Seen{task.greenfield, task.token},
                      .now = now});
    store.requeue_due(labourer, now, kAll);
    for (const Task& task : store.claim({labourer, 1'000'000, 1'000'000, now, kWorkTimeout, "last"}))
      ends.push_back({.task_id = task.task_id, .now = now});
    for (const Task& task : store.completed(labourer, kAll))
      ends.push_back({.task_id = task.task_id, .now = now});
    for (const bool moved : store.settle(ends)) EXPECT_TRUE(moved);
  }
  for (const Job& job : store.list_jobs(kAll)) EXPECT_TRUE(job.progress.finished()) << job.job_id;
  expect_sound(store, store);
}

}  // namespace

void Ledger::note(const std::string& line) {
  std::istringstream fields(line);
  std::string what, id;
  std::int64_t number = 0;
  fields >> what >> id >> number;
  if (what == "job") jobs_[id];
  if (what == "cursor") jobs_[id].scheduled = number;
  if (what == "total") jobs_[id].total = number;
  if (what == "stopped") jobs_[id].cancelled = number;
  if (what == "closed") closed_[id] = static_cast<int>(number);
  if (what == "open") closed_.erase(id);
}

void Ledger::expect_jobs(SqliteStore& store) const {
  for (const auto& [id, entry] : jobs_) {
    const auto job = store.find_job(id);
    ASSERT_TRUE(job) << id << " was accepted";
    EXPECT_GE(job->progress.scheduled, entry.scheduled) << id;
    EXPECT_TRUE(!entry.total || job->progress.total == entry.total) << id;
    if (!entry.cancelled) continue;
    EXPECT_TRUE(job->progress.total) << id << " was cancelled";
    EXPECT_GE(job->progress.cancelled, *entry.cancelled) << id;
  }
}

void Ledger::expect_closed(SqliteStore& store) const {
  for (const auto& [id, how] : closed_) {
    const auto record = store.find(id);
    ASSERT_TRUE(record) << id << " was closed";
    EXPECT_EQ(record->table, TaskRecord::Table::closed) << id;
    EXPECT_EQ(static_cast<int>(record->closed), how) << id;
  }
}

void Ledger::expect_kept(const std::filesystem::path& file, Keeps keeps) const {
  ASSERT_TRUE(empty() || std::filesystem::exists(file));
  SqliteStore store(file, SqliteStore::Open::create);
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE, 5000);
  EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
  expect_jobs(store);
  if (keeps == Keeps::everything) expect_closed(store);
  for (const TaskRecord& one : store.list({.at_most = kAll})) {
    const std::string job_id = one.task.task_id.substr(0, 16);
    const std::int64_t index = std::stoll(one.task.task_id.substr(16), nullptr, 16);
    EXPECT_EQ(one.task.payload, StoreWork::payload_of(job_id, index));
  }
  expect_sound(store, store);
  finish(store);
}

std::string StoreWork::payload_of(const std::string& job_id, std::int64_t index) {
  const auto size = static_cast<std::size_t>(index % 7 == 0 ? 3000 : index % 50);
  return fmt::format("{{\"job\": \"{}\", \"at\": {}, \"text\": \"\xF0\x9F\x9A\x80 \\u0000 {}\"}}", job_id,
                     index, std::string(size, 'x'));
}

void StoreWork::step(SqliteStore& store) {
  now_ += 1;
  switch (up_to(9)) {
    case 0:
      return accept(store);
    case 1:
    case 2:
    case 3:
      return append(store);
    case 4:
    case 5:
      return run_tasks(store);
    case 6:
      return report(store);
    case 7:
      return recover(store);
    case 8:
      return act(store);
    default:
      return up_to(3) == 0 ? cancel_job(store) : notify(store);
  }
}

void StoreWork::accept(SqliteStore& store) {
  Job job;
  job.job_id = job_id_from(random_());
  job.labourer_id = kLabourers.at(static_cast<std::size_t>(up_to(1)));
  job.document = "{}";
  job.schema = "[]";
  job.today = "2026-11-24";
  job.priority = static_cast<Priority>(up_to(2));
  if (up_to(3) == 0) job.run_at = now_ + 10;
  if (up_to(1) == 0) job.on_complete = R"({"topic": "done"})";
  job.created_at = now_;
  if (up_to(1) == 0) {
    store.accept(job);
    return note_("job " + job.job_id);
  }
  const std::vector<std::string> payloads = next_payloads(job);
  const bool last = up_to(3) == 0;
  store.accept_with_tasks(job, payloads, last, now_);
  note_("job " + job.job_id);
  note_written(job, std::ssize(payloads), last);
}

std::vector<std::string> StoreWork::next_payloads(const Job& job) {
  std::vector<std::string> payloads(static_cast<std::size_t>(up_to(40)));
  for (std::size_t i = 0; i < payloads.size(); ++i)
    payloads[i] = payload_of(job.job_id, job.progress.scheduled + static_cast<std::int64_t>(i));
  return payloads;
}

void StoreWork::note_written(const Job& job, std::int64_t cursor, bool last) {
  note_(fmt::format("cursor {} {}", job.job_id, cursor));
  if (last) note_(fmt::format("total {} {}", job.job_id, cursor));
}

void StoreWork::append(SqliteStore& store) {
  const std::vector<Job> jobs = store.unfinished();
  if (jobs.empty()) return accept(store);
  const Job& job = jobs.at(static_cast<std::size_t>(up_to(static_cast<std::int64_t>(jobs.size()) - 1)));
  const std::vector<std::string> payloads = next_payloads(job);
  const bool last = up_to(3) == 0;
  note_written(job, store.append(job, job.progress.scheduled, payloads, last, now_), last);
}

void StoreWork::run_tasks(SqliteStore& store) {
  const std::string labourer = kLabourers.at(static_cast<std::size_t>(up_to(1)));
  store.requeue_due(labourer, now_, 100);
  const std::string token = fmt::format("{:x}", random_());
  const std::vector<Task> claimed = store.claim({labourer, up_to(30), 1000, now_, kWorkTimeout, token});
  if (claimed.empty()) return;
  std::vector<TaskEvent> events;
  for (const Task& task : claimed) events.push_back({task.task_id, labourer, TaskAction::invoked, now_, ""});
  SqliteEventLog(store, "work").record(events);

  const auto half = static_cast<std::size_t>(up_to(static_cast<std::int64_t>(claimed.size())));
  std::vector<Settlement> ends;
  for (std::size_t i = 0; i < half; ++i)
    ends.push_back({.task_id = claimed[i].task_id,
                    .to = static_cast<Settlement::To>(up_to(2)),
                    .seen = Settlement::Seen{invoked_greenfield(now_), token},
                    .now = now_,
                    .due = now_ + 3});
  settle(store, ends);
  if (up_to(3) == 0) store.release(std::span(claimed).subspan(half));
}

void StoreWork::report(SqliteStore& store) {
  std::vector<Report> reports;
  for (const char* labourer : kLabourers)
    for (const Task& task : store.expired(labourer, now_, 0, 20))
      reports.push_back({.task_id = task.task_id,
                         .succeeded = up_to(1) == 0,
                         .token = task.token,
                         .now = now_,
                         .attempt_timeout = kWorkTimeout,
                         .result = R"({"ok": 1})"});
  store.report(reports);
}

void StoreWork::recover(SqliteStore& store) {
  for (const char* labourer : kLabourers) {
    std::vector<Settlement> ends;
    for (const Task& task : store.completed(labourer, 20))
      ends.push_back({.task_id = task.task_id, .now = now_});
    for (const Task& task : store.expired(labourer, now_, kWorkTimeout, 20))
      ends.push_back({.task_id = task.task_id,
                      .to = up_to(1) == 0 ? Settlement::To::retry : Settlement::To::dead,
                      .seen = Settlement::Seen{task.greenfield, task.token},
                      .now = now_,
                      .due = now_ + 2});
    settle(store, ends);
  }
}

void StoreWork::settle(SqliteStore& store, const std::vector<Settlement>& ends) {
  const std::vector<bool> moved = store.settle(ends);
  for (std::size_t i = 0; i < ends.size(); ++i)
    if (moved[i] && ends[i].to != Settlement::To::retry)
      note_(fmt::format("closed {} {}", ends[i].task_id, ends[i].to == Settlement::To::completed ? 0 : 1));
}

void StoreWork::act(SqliteStore& store) {
  std::vector<std::string> dead, queued;
  for (const auto& one : store.list({.closed = TaskRecord::Closed::dead, .at_most = 2}))
    dead.push_back(one.task.task_id);
  for (const auto& one : store.list({.table = TaskRecord::Table::queue, .at_most = 2}))
    queued.push_back(one.task.task_id);
  for (const std::string& id : dead) note_("open " + id);  // before: it may be open when this is cut short
  store.revive(dead, now_);
  const std::vector<bool> cancelled = store.cancel(queued, now_);
  for (std::size_t i = 0; i < queued.size(); ++i)
    if (cancelled[i]) note_(fmt::format("closed {} 2", queued[i]));
  store.set_control("worker", {.paused = up_to(1) == 0});
}

void StoreWork::cancel_job(SqliteStore& store) {
  const std::vector<Job> jobs = store.list_jobs(3);
  if (jobs.empty()) return;
  const std::string& id = jobs.back().job_id;
  if (const auto cancelled = store.cancel_job(id, now_)) note_(fmt::format("stopped {} {}", id, *cancelled));
}

void StoreWork::notify(SqliteStore& store) {
  for (const Job& job : store.claim_notifications(now_, now_ + 60, 10))
    if (up_to(1) == 0) store.notified(job.job_id);
}

}  // namespace sosw
