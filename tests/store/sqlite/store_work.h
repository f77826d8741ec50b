#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/sqlite/sqlite_event_log.h"
#include "store/sqlite/sqlite_store.h"

namespace sosw {

/// What a store has acknowledged, as lines of text, so that it can also come out of a process that is killed.
class Ledger {
 public:
  /// "job J", "cursor J 12", "total J 12", "stopped J 3", "closed T 0", "open T"
  void note(const std::string& line);

  enum class Keeps {
    everything,   ///< the process died, or a call failed
    what_synced,  ///< the power was cut: accept, append and cancel_job hold, others may be undone
  };

  /// The file opens, is no ruin, keeps the promises I1, I2, I7, I9 and all that was acknowledged, and the
  /// work in it can be finished.
  void expect_kept(const std::filesystem::path& file, Keeps) const;

  bool empty() const { return jobs_.empty(); }

 private:
  struct Entry {
    std::int64_t scheduled = 0;
    std::optional<std::int64_t> total;
    std::optional<std::int64_t> cancelled;
  };
  void expect_jobs(SqliteStore&) const;
  void expect_closed(SqliteStore&) const;

  std::map<std::string, Entry> jobs_;
  std::map<std::string, int> closed_;
};

/// Does a bit of everything with a store, at random from a seed, and notes what was acknowledged.
class StoreWork {
 public:
  using Note = std::function<void(const std::string& line)>;

  StoreWork(std::uint64_t seed, Time start, Note note) : random_(seed), now_(start), note_(std::move(note)) {}

  /// Throws StoreError when the store does.
  void step(SqliteStore&);

  static std::string payload_of(const std::string& job_id, std::int64_t index);

 private:
  std::int64_t up_to(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
  }
  void accept(SqliteStore&);
  void append(SqliteStore&);
  std::vector<std::string> next_payloads(const Job&);
  void note_written(const Job&, std::int64_t cursor, bool last);
  void run_tasks(SqliteStore&);
  void report(SqliteStore&);
  void recover(SqliteStore&);
  void settle(SqliteStore&, const std::vector<Settlement>&);
  void act(SqliteStore&);
  void cancel_job(SqliteStore&);
  void notify(SqliteStore&);

  std::mt19937_64 random_;
  Time now_;
  Note note_;
};

}  // namespace sosw
