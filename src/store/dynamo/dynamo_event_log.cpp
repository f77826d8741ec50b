#include "store/dynamo/dynamo_event_log.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "aws/clients/dynamo_db.h"
#include "store/dynamo/dynamo_rows.h"
#include "store/dynamo/event_rows.h"

namespace sosw::aws {
namespace {

constexpr std::size_t kRowsInBatch = 25;
constexpr std::size_t kMostBatches = 16;  // under way at once
constexpr std::size_t kMostRemembered = 100'000;
constexpr Seconds kSilence = 60;         // between two messages about lost events
constexpr Seconds kStep = 1e-6;          // between events of one task
constexpr Seconds kPollInterval = 0.05;  // how often a wait checks whether it is still wanted
constexpr int kAttempts = 4;
constexpr Seconds kFirstDelay = 0.025;

std::chrono::duration<Seconds> duration_of(Seconds seconds) {
  return std::chrono::duration<Seconds>(seconds);
}

struct Ended {};

/// A wait that ends, by an exception, when it is no longer needed.
class EndableWaiting final : public Waiting {
 public:
  EndableWaiting(Waiting& waiting, std::stop_token stop) : waiting_(waiting), stop_(std::move(stop)) {}

  void wait(Seconds seconds) override {
    for (; seconds > 0; seconds -= kPollInterval) {
      if (stop_.stop_requested()) throw Ended();
      waiting_.wait(std::min(seconds, kPollInterval));
    }
  }

 private:
  Waiting& waiting_;
  std::stop_token stop_;
};

}  // namespace

class DynamoEventLog::Writer {
 public:
  Writer(Environment environment, Machine machine, Options options)
      : options_(std::move(options)),
        clock_(machine.clock),
        waiting_time_(machine.waiting, stop_.get_token()),
        session_(std::move(environment), {machine.http, machine.clock, machine.random, waiting_time_}),
        author_(std::make_shared<EventAuthor>(options_.author)),
        thread_([this] { run(); }) {}

  ~Writer() {
    flush(options_.last_wait);
    stop_.request_stop();
    thread_.join();
    lost_ += waiting_.size();
    if (lost_ > told_) tell();
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void take(std::span<const TaskEvent> events) {
    const std::lock_guard lock(mutex_);
    const std::size_t kept = std::min(events.size(), options_.most_waiting - waiting_.size());
    for (const TaskEvent& event : events.first(kept)) waiting_.push_back({event, author_});
    if (kept < events.size()) lose(events.size() - kept, "they come faster than the table takes them");
    work_.notify_one();
  }

  void set_author(EventAuthor author) {
    const std::lock_guard lock(mutex_);
    author_ = std::make_shared<EventAuthor>(std::move(author));
  }

  bool flush(Seconds at_most) {
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, duration_of(at_most), [this] { return waiting_.empty() && !writing_; });
  }

  std::size_t lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  struct Entry {
    TaskEvent event;
    std::shared_ptr<const EventAuthor> author;
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (work_.wait(lock, stop_.get_token(), [this] { return !waiting_.empty(); }) &&
           !stop_.stop_requested()) {
      writing_ = true;
      const std::vector<Entry> entries = next();
      lock.unlock();
      const auto [lost, why] = write(entries);
      const Time now = clock_.now();
      lock.lock();
      if (lost > 0) lose(lost, why);
      if (lost_ > told_ && now >= tell_at_) {
        tell();
        tell_at_ = now + kSilence;
      }
      writing_ = false;
      idle_.notify_all();
    }
  }

  std::vector<Entry> next() {
    const auto end =
        waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), batches_ * kRowsInBatch));
    std::vector<Entry> entries(std::move_iterator(waiting_.begin()), std::move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return entries;
  }

  /// How many of them are lost, and why.
  std::pair<std::size_t, std::string> write(const std::vector<Entry>& entries) {
    std::size_t written = 0;
    std::string why = "the process ended";
    try {
      BatchWrite batch{.table = options_.table, .key_names = {field::task_id, field::created_at}};
      batch.puts = rows_of(entries);
      if (batch.puts.size() < entries.size()) why = "they have no task or no time";
      if (!db_) db_.emplace(session_.caller(kDynamoDb, kAttempts, kFirstDelay));
      const BatchWriteResult result = db_->write_all(batch);
      written = static_cast<std::size_t>(std::ranges::count(result.puts, BatchWriteResult::State::done));
      if (result.error) why = result.error->what();
      const bool throttled = result.error && result.error->throttled;
      batches_ = std::clamp<std::size_t>(throttled ? batches_ / 2 : batches_ * 2, 1, kMostBatches);
    } catch (const Ended&) {
    } catch (const std::exception& error) {
      why = error.what();
    }
    return {entries.size() - written, why};
  }

  std::vector<Item> rows_of(const std::vector<Entry>& entries) {
    if (times_.size() > kMostRemembered) times_.clear();
    std::vector<Item> rows;
    rows.reserve(entries.size());
    for (const Entry& entry : entries) {
      TaskEvent event = entry.event;
      if (event.task_id.empty() || !std::isfinite(event.created_at.since_epoch())) continue;
      while (!times_.emplace(event.task_id, event.created_at).second) event.created_at += kStep;
      rows.push_back(event_row(event, *entry.author));
    }
    return rows;
  }

  void lose(std::size_t count, const std::string& why) {
    lost_ += count;
    why_lost_ = why;
  }

  void tell() {
    spdlog::warn("{} task events are lost: {}", lost_ - told_, why_lost_);
    told_ = lost_;
  }

  const Options options_;
  Clock& clock_;
  std::stop_source stop_;
  EndableWaiting waiting_time_;

  // Used by the thread only.
  Session session_;
  std::optional<DynamoDb> db_;
  std::size_t batches_ = kMostBatches;
  std::set<std::pair<std::string, Time>> times_;  ///< of the latest events by task

  mutable std::mutex mutex_;  ///< guards the members below
  std::condition_variable_any work_;
  std::condition_variable idle_;
  std::shared_ptr<const EventAuthor> author_;
  std::deque<Entry> waiting_;
  bool writing_ = false;
  std::size_t lost_ = 0;
  std::size_t told_ = 0;
  std::string why_lost_ = "the process ended";
  Time tell_at_;

  std::thread thread_;
};

DynamoEventLog::DynamoEventLog(Environment environment, Machine machine, Options options)
    : writer_(std::make_unique<Writer>(std::move(environment), machine, std::move(options))) {}

DynamoEventLog::~DynamoEventLog() = default;

void DynamoEventLog::record(std::span<const TaskEvent> events) { writer_->take(events); }

void DynamoEventLog::set_author(EventAuthor author) { writer_->set_author(std::move(author)); }

bool DynamoEventLog::flush(Seconds at_most) { return writer_->flush(at_most); }

std::size_t DynamoEventLog::lost() const { return writer_->lost(); }

}  // namespace sosw::aws
