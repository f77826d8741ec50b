#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sosw/ports/event_log.h"

#include "http/server/handler.h"

namespace sosw {

/// Events pushed to the watching clients, as server-sent events:
///
///     event    data
///     tasks    {"action", "created_at", "labourer_id", "details", "task_ids"}: the same happened to each
///     status   as GET /api/v1/status, when it has changed
/// reset    {}: events were missed; a client that keeps state must fetch it again
///
/// A client that subscribes only to the status gets neither of the others, and costs almost nothing while
/// thousands of tasks run.
///
/// The last events are kept, up to a thousand or 512 KiB, so that a client that reconnects with its last
/// Last-Event-ID misses nothing. Nothing is kept, and events cost almost nothing, when nobody has watched for
/// a while. The server disconnects a client that does not read; more than 64 are refused. Safe from any
/// thread.
class LiveEvents {
 public:
  /// `run` separates this stream's ids from those of earlier engines: letters and digits never used before.
  explicit LiveEvents(std::string run) : run_(std::move(run)) {}

  enum class Kinds { all, status };

  /// Answers with the stream, after `last_event_id` if given; of the status always the latest.
  void watch(const web::Reply&, std::string_view last_event_id, Kinds = Kinds::all);
  bool is_watched() const;

  void tell(std::span<const TaskEvent>);
  void tell_status(const std::string& status);  ///< if it differs from the last one

  /// Must be called every 15 s: shows clients and proxies that the stream is alive.
  void beat();

 private:
  struct Event {
    std::uint64_t number;
    std::string bytes;
  };

  void tell(std::string_view name, const std::string& data);
  std::size_t count() const;
  void beat_all();
  static void send(std::vector<web::Stream>&, std::string_view bytes);
  bool can_resume(std::string_view last_event_id, std::uint64_t& number) const;
  void forget();

  const std::string run_;
  mutable std::mutex mutex_;
  std::vector<web::Stream> watchers_;
  std::vector<web::Stream> status_watchers_;
  int beats_alone_ = 0;
  bool awake_ = false;
  std::uint64_t last_ = 0;  ///< number of the newest event
  std::deque<Event> recent_;
  std::size_t recent_bytes_ = 0;
  std::string status_;
};

/// Forwards events to their log, then to the watching clients.
class LiveEventLog final : public EventLog {
 public:
  LiveEventLog(EventLog& kept, LiveEvents* live) : kept_(kept), live_(live) {}  ///< null: no clients

  void record(std::span<const TaskEvent> events) override {
    kept_.record(events);
    if (live_) live_->tell(events);
  }

 private:
  EventLog& kept_;
  LiveEvents* live_;
};

}  // namespace sosw
