// FaultyStore: AdminStore and EventLog.

#include "simulation/store/faulty_store.h"

namespace sosw::simulation {
namespace {

template <typename Items>
auto part_of(const Items& items, bool half) {
  return items.first(half ? (items.size() + 1) / 2 : items.size());
}

std::string text_for(std::span<const std::string> task_ids, const std::vector<bool>& answers) {
  std::string text;
  for (std::size_t i = 0; i < task_ids.size(); ++i)
    text += fmt::format("{}{}..{}{}", i ? ", " : "", task_ids[i].substr(0, 4), task_ids[i].substr(28),
                        answers[i] ? "" : " (no)");
  return text;
}

}  // namespace

std::optional<TaskRecord> FaultyStore::find(const std::string& task_id) {
  return look(Call::find, "", [&] { return truth_.admin().find(task_id); });
}

std::vector<TaskRecord> FaultyStore::list(const TaskFilter& filter) {
  return look(Call::list, filter.labourer_id, [&] { return truth_.admin().list(filter); });
}

std::vector<TaskEvent> FaultyStore::history(const std::string& task_id) {
  return look(Call::history, "", [&] { return truth_.admin().history(task_id); });
}

AdminStore::Closed FaultyStore::count_closed(const std::string& labourer_id) {
  return look(Call::count_closed, labourer_id, [&] { return truth_.admin().count_closed(labourer_id); });
}

std::vector<std::string> FaultyStore::labourer_ids() {
  return look(Call::labourer_ids, "", [&] { return truth_.admin().labourer_ids(); });
}

std::map<std::string, LabourerControl> FaultyStore::controls() {
  return perform(Call::controls, "", 1, [&](const Caller& who, bool) {
    auto controls = truth_.admin().controls();
    ledger_.controls_read(who, controls);
    watch_.read_controls(who);
    return controls;
  });
}

void FaultyStore::set_control(const std::string& labourer_id, const LabourerControl& control) {
  perform(Call::set_control, labourer_id, 1, [&](const Caller&, bool) {
    truth_.admin().set_control(labourer_id, control);
    note(Call::set_control, 1, [&] {
      return fmt::format("{}: {}", labourer_id,
                         control.paused  ? std::string("paused")
                         : control.limit ? fmt::format("limit {}", *control.limit)
                                         : "as configured");
    });
    ledger_.control_set(labourer_id, control);
    return true;
  });
}

std::vector<bool> FaultyStore::revive(std::span<const std::string> task_ids, Time now) {
  return perform(Call::revive, "", task_ids.size(), [&](const Caller&, bool half) {
    const auto part = part_of(task_ids, half);
    std::vector<bool> answers = truth_.admin().revive(part, now);
    note(Call::revive, part.size(), [&] { return text_for(part, answers); });
    ledger_.revived(part, answers, now);
    return answers;
  });
}

std::vector<bool> FaultyStore::cancel(std::span<const std::string> task_ids, Time now) {
  return perform(Call::cancel, "", task_ids.size(), [&](const Caller&, bool half) {
    const auto part = part_of(task_ids, half);
    std::vector<bool> answers = truth_.admin().cancel(part, now);
    note(Call::cancel, part.size(), [&] { return text_for(part, answers); });
    ledger_.cancelled(part, answers, now);
    return answers;
  });
}

void FaultyStore::record(std::span<const TaskEvent> events) {
  try {
    perform(Call::record, "", 1, [&](const Caller&, bool) {
      if (world().chance().happens(conditions_.faults.lost_events)) {
        world().coverage().note(Happened::events_lost);
      } else {
        truth_.events().record(events);
        ledger_.recorded(events);
      }
      return true;
    });
  } catch (const StoreError&) {
    world().coverage().note(Happened::events_lost);
  }
}

}  // namespace sosw::simulation
