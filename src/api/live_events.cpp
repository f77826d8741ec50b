#include "api/live_events.h"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/api_answers.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

constexpr std::size_t kWatchers = 64;
constexpr std::size_t kKept = 1000;
constexpr std::size_t kKeptBytes = 512 << 10;
constexpr int kBeatsUntilSleep = 4;
constexpr std::string_view kBeat = ":\n\n";
constexpr std::string_view kReset = "event: reset\ndata: {}\n\n";
constexpr std::string_view kGreeting = "retry: 2000\n\n";  // ms, until a client reconnects

/// Events that differ only in the task.
struct Group {
  const TaskEvent* like;
  Json task_ids;
};

bool alike(const TaskEvent& a, const TaskEvent& b) {
  return a.action == b.action && a.created_at == b.created_at && a.labourer_id == b.labourer_id &&
         a.details == b.details;
}

/// Tasks often come with two events each, one after the other: looking at the last few groups is enough.
Group& group_for(std::vector<Group>& groups, const TaskEvent& event) {
  constexpr std::size_t kLookedAt = 4;
  for (std::size_t i = groups.size(); i-- > 0 && groups.size() - i <= kLookedAt;)
    if (alike(*groups[i].like, event)) return groups[i];
  return groups.emplace_back(Group{&event, Json::array()});
}

std::string data_of(Group group) {
  Json data = {{"action", to_string(group.like->action)},
               {"created_at", group.like->created_at.since_epoch()},
               {"labourer_id", group.like->labourer_id}};
  if (!group.like->details.empty()) data["details"] = json_or_discarded(group.like->details);
  data["task_ids"] = std::move(group.task_ids);
  return to_text(data);
}

}  // namespace

void LiveEvents::watch(const web::Reply& reply, std::string_view last_event_id, Kinds kinds) {
  const std::lock_guard lock(mutex_);
  if (count() >= kWatchers) beat_all();  // to detect who has left
  if (count() >= kWatchers)
    return reply.send(api_error(503, fmt::format("{} clients watch already; try again later", kWatchers)));
  std::string begin(kGreeting);
  std::uint64_t seen = 0;
  if (kinds == Kinds::status) {
    if (!status_.empty()) begin += web::server_sent_event(status_, "status");
  } else if (can_resume(last_event_id, seen)) {
    for (const Event& event : recent_)
      if (event.number > seen) begin += event.bytes;
  } else {
    if (!last_event_id.empty()) begin += kReset;
    if (!status_.empty())
      begin += web::server_sent_event(status_, "status", fmt::format("{}-{}", run_, last_));
  }
  if (kinds == Kinds::all) awake_ = true;
  (kinds == Kinds::all ? watchers_ : status_watchers_)
      .push_back(reply.stream(
          {.body = begin, .content_type = "text/event-stream", .headers = {{"Cache-Control", "no-store"}}}));
}

bool LiveEvents::is_watched() const {
  const std::lock_guard lock(mutex_);
  return count() > 0;
}

std::size_t LiveEvents::count() const { return watchers_.size() + status_watchers_.size(); }

void LiveEvents::beat_all() {
  send(watchers_, kBeat);
  send(status_watchers_, kBeat);
}

/// Whether every event after that one is still kept.
bool LiveEvents::can_resume(std::string_view last_event_id, std::uint64_t& number) const {
  const std::size_t dash = last_event_id.find('-');
  if (dash == std::string_view::npos || last_event_id.substr(0, dash) != run_) return false;
  const char* end = last_event_id.data() + last_event_id.size();
  const auto read = std::from_chars(last_event_id.data() + dash + 1, end, number);
  if (read.ec != std::errc() || read.ptr != end || number > last_) return false;
  return recent_.empty() ? number == last_ : number + 1 >= recent_.front().number;
}

void LiveEvents::tell(std::span<const TaskEvent> events) {
  const std::lock_guard lock(mutex_);
  if (!awake_) return;
  std::vector<Group> groups;
  for (const TaskEvent& event : events) group_for(groups, event).task_ids.push_back(event.task_id);
  for (Group& group : groups) tell("tasks", data_of(std::move(group)));
}

void LiveEvents::tell_status(const std::string& status) {
  const std::lock_guard lock(mutex_);
  if (status == status_) return;
  status_ = status;
  if (awake_) tell("status", status);
  if (!status_watchers_.empty()) send(status_watchers_, web::server_sent_event(status, "status"));
}

void LiveEvents::tell(std::string_view name, const std::string& data) {
  Event event{++last_, ""};
  event.bytes = web::server_sent_event(data, name, fmt::format("{}-{}", run_, event.number));
  send(watchers_, event.bytes);
  recent_bytes_ += event.bytes.size();
  recent_.push_back(std::move(event));
  while (recent_.size() > kKept || recent_bytes_ > kKeptBytes) {
    recent_bytes_ -= recent_.front().bytes.size();
    recent_.pop_front();
  }
}

void LiveEvents::send(std::vector<web::Stream>& watchers, std::string_view bytes) {
  std::erase_if(watchers, [&](const web::Stream& watcher) { return !watcher.write(std::string(bytes)); });
}

void LiveEvents::beat() {
  const std::lock_guard lock(mutex_);
  beat_all();
  beats_alone_ = watchers_.empty() ? beats_alone_ + 1 : 0;
  if (awake_ && beats_alone_ >= kBeatsUntilSleep) forget();
  if (count() == 0 && !awake_) status_.clear();
}

/// Events from now on are not kept, so no client can resume from here.
void LiveEvents::forget() {
  awake_ = false;
  ++last_;
  recent_.clear();
  recent_bytes_ = 0;
  status_.clear();
}

}  // namespace sosw
