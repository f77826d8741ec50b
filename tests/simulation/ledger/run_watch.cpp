#include "simulation/ledger/run_watch.h"

#include <array>

namespace sosw::simulation {
namespace {

constexpr std::array<std::string_view, 28> kCalls = {"claim",
                                                     "release",
                                                     "report",
                                                     "completed",
                                                     "expired",
                                                     "settle",
                                                     "requeue_due",
                                                     "next_due",
                                                     "count",
                                                     "find_open",
                                                     "accept",
                                                     "append",
                                                     "unfinished",
                                                     "find_job",
                                                     "list_jobs",
                                                     "cancel_job",
                                                     "take_announcements",
                                                     "announced",
                                                     "find",
                                                     "list",
                                                     "history",
                                                     "count_closed",
                                                     "labourer_ids",
                                                     "controls",
                                                     "set_control",
                                                     "revive",
                                                     "cancel",
                                                     "record"};

// An orchestrator may leave a labourer that refused in peace for as long as this: a minute from when it has
// put the refused tasks back, before which it may stall twice for a minute.
constexpr Seconds kLongestPause = 181;

}  // namespace

std::string_view to_string(Call call) { return kCalls[static_cast<std::size_t>(call)]; }

void RunWatch::begin(Time clock) {
  began_ = clock;
  calls_.clear();
  failed_.clear();
  not_allowed_.clear();
  errors_ = controls_errors_ = 0;
  claims_.clear();
  dispatches_.clear();
}

void RunWatch::failed(Call call, const std::string& labourer_id) {
  if (call == Call::record) return;  // a lost event fails nothing
  ++errors_;
  controls_errors_ += call == Call::controls;
  failed_.insert(labourer_id);
}

void RunWatch::read_controls(const Caller& caller) {
  for (const auto& [id, labourer] : settings_.labourers)
    if (ledger_.allowed(caller, id).value_or(0) == 0) not_allowed_.insert(id);
}

void RunWatch::claimed(const std::vector<Task>& tasks) {
  for (const Task& task : tasks) claims_.emplace_back(task.task_id, task.token);
}

void RunWatch::dispatched(const Task& claimed, Dispatch::Kind kind, Time clock) {
  dispatches_[claimed.task_id] = kind;
  if (kind == Dispatch::Kind::refused) refused_at_[claimed.labourer_id] = clock;
}

void RunWatch::end_of_orchestrator(const Caller& caller) {
  int not_served = 0;
  std::string who;
  for (const auto& [id, labourer] : settings_.labourers) {
    const auto refused = refused_at_.find(id);
    const bool in_peace = refused != refused_at_.end() && caller.call_began < refused->second + kLongestPause;
    if (was_called(Call::claim, id) || failed_.contains(id) || not_allowed_.contains(id) || in_peace)
      continue;
    ++not_served;
    who = id;
  }
  if (not_served > controls_errors_)
    broken(Promise::I6, who + " was not orchestrated, though none of its own calls failed");
  if (errors_ > 0) {
    world_.coverage().note(Happened::one_labourer_failed);
    return;
  }
  for (const auto& [id, token] : claims_) {
    if (!ledger_.holds(id, token)) continue;
    const auto dispatch = dispatches_.find(id);
    if (dispatch == dispatches_.end()) broken(Promise::I6, "task " + id + " was claimed, but never invoked");
    if (dispatch->second == Dispatch::Kind::refused)
      broken(Promise::I5, "task " + id + " was refused, but the attempt counts");
    if (dispatch->second == Dispatch::Kind::failed)
      broken(Promise::I6, "task " + id + " can't be run, but counts as running");
  }
}

void RunWatch::end_of_scavenger() const {
  if (errors_ > 0) world_.coverage().note(Happened::one_labourer_failed);
  for (const auto& [id, labourer] : settings_.labourers) {
    const bool begun = was_called(Call::completed, id);
    const bool ended = was_called(Call::expired, id) && was_called(Call::requeue_due, id);
    if (!begun || (!ended && !failed_.contains(id)))
      broken(Promise::I6, id + " was not scavenged, though none of its own calls failed");
  }
}

}  // namespace sosw::simulation
