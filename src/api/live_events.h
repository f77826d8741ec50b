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

/// What happens, told at once to those who watch, as server-sent events:
///
///     event    data
///     tasks    {"action", "created_at", "labourer_id", "details", "task_ids"}: the same happened to each
///     status   as GET /api/v1/status, when it has changed
///     reset    {}: something was missed; whoever keeps a picture of his own fetches it anew
///
/// Whoever only wants the status gets neither of the others, and costs next to nothing while tasks run by the
/// thousands.
///
/// The last events are kept, up to a thousand or 512 KiB, so that a client that comes back with the
/// Last-Event-ID it saw misses nothing. Nothing is kept, and telling costs next to nothing, when nobody has
/// watched for a while. A client that does not read is cut off by the server; more than 64 are refused. Safe
/// from any thread.
class LiveEvents {
 public:
  /// `run` tells this stream's ids from those of earlier engines: letters and digits that were never used.
  explicit LiveEvents(std::string run) : run_(std::move(run)) {}

  enum class Kinds { all, status };

  /// Answers with the stream, from behind `last_event_id` on, if any; of the status always the last.
  void watch(const web::Reply&, std::string_view last_event_id, Kinds = Kinds::all);
  bool is_watched() const;

  void tell(std::span<const TaskEvent>);
  void tell_status(const std::string& status);  ///< when it is another one than the last

  /// To be called every 15 s: shows clients, and what lies between, that the stream lives.
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

/// Writes events where they are kept, then tells those who watch.
class LiveEventLog final : public EventLog {
 public:
  LiveEventLog(EventLog& kept, LiveEvents* live) : kept_(kept), live_(live) {}  ///< null: nobody can watch

  void record(std::span<const TaskEvent> events) override {
    kept_.record(events);
    if (live_) live_->tell(events);
  }

 private:
  EventLog& kept_;
  LiveEvents* live_;
};

}  // namespace sosw
