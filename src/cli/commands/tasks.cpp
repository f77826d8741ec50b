#include <array>
#include <set>

#include <fmt/format.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"
#include "sosw/system/system_clock.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/task_view.h"

namespace sosw {
namespace {

struct TasksOptions {
  Location location;
  TaskFilter filter;
  std::string state;
  bool json = false;
};

struct TaskOptions {
  Location location;
  std::string task_id;
  bool json = false;
};

constexpr std::array<std::string_view, 6> kStates = {"queued",    "running", "retrying",
                                                     "completed", "dead",    "cancelled"};

const Settings* settings_of(const std::optional<Config>& config) {
  return config ? &config->settings : nullptr;
}

bool matches(const TaskFilter& filter, const Task& task) {
  return (filter.labourer_id.empty() || task.labourer_id == filter.labourer_id) &&
         (filter.job_id.empty() || job_id_of(task.task_id) == filter.job_id);
}

/// Tasks that were invoked and are not closed; they are few beside the queued ones, whose table they share.
std::vector<TaskRecord> invoked_tasks(SqliteStore& store, const TaskFilter& filter, Time now) {
  std::vector<TaskRecord> invoked;
  for (const std::string& id : store.labourer_ids())
    for (Task& task : store.expired(id, now, 0, std::numeric_limits<std::int32_t>::max()))
      if (matches(filter, task)) invoked.push_back({.task = std::move(task)});
  return invoked;
}

std::vector<TaskRecord> queued_tasks(SqliteStore& store, TaskFilter filter, Time now, std::size_t at_most) {
  filter.table = TaskRecord::Table::queue;
  filter.at_most = at_most;
  for (const std::string& id : store.labourer_ids()) {
    const TaskCounts counts = store.count(id, now, 0);
    filter.at_most += static_cast<std::size_t>(counts.running + counts.expired + counts.completed);
  }
  std::vector<TaskRecord> records = store.list(filter);
  std::erase_if(records,
                [&](const TaskRecord& record) { return view_of(record, now, nullptr) != TaskView::queued; });
  return records;
}

std::vector<TaskRecord> list_tasks(SqliteStore& store, const TasksOptions& options, Time now) {
  TaskFilter filter = options.filter;
  std::vector<TaskRecord> records;
  if (options.state == "running") {
    records = invoked_tasks(store, filter, now);
  } else if (options.state == "queued") {
    records = queued_tasks(store, filter, now, filter.at_most);
  } else {
    if (options.state == "retrying") filter.table = TaskRecord::Table::retry;
    if (options.state == "completed") filter.closed = TaskRecord::Closed::completed;
    if (options.state == "dead") filter.closed = TaskRecord::Closed::dead;
    if (options.state == "cancelled") filter.closed = TaskRecord::Closed::cancelled;
    if (filter.closed) filter.table = TaskRecord::Table::closed;
    records = store.list(filter);
  }
  if (records.size() > filter.at_most) records.resize(filter.at_most);
  return records;
}

void print_table(const std::vector<TaskRecord>& records, const Settings* settings, Time now) {
  std::set<std::string> labourers;
  for (const TaskRecord& record : records) labourers.insert(record.task.labourer_id);
  const bool mixed = labourers.size() > 1;
  std::vector<Table::Column> columns = {
      {"task"}, {"state"}, {"attempts", Table::Side::right}, {"when"}, {"reason"}};
  if (mixed) columns.insert(columns.begin() + 1, {"labourer"});
  Table table(std::move(columns));
  for (const TaskRecord& record : records) {
    const TaskView view = view_of(record, now, settings);
    std::vector<Table::Cell> row = {record.task.task_id,
                                    {std::string(to_string(view)), colour_of(view)},
                                    number_cell(record.task.attempts),
                                    distance(since(record), now),
                                    record.task.reason};
    if (mixed) row.insert(row.begin() + 1, record.task.labourer_id);
    table.add(std::move(row));
  }
  print(table.empty() ? "no such tasks\n" : table.render(output()));
}

int tasks(const TasksOptions& options) {
  if (!options.state.empty() && std::ranges::find(kStates, options.state) == kStates.end())
    throw Error(fmt::format("--state {}: must be one of {}{}", options.state, fmt::join(kStates, ", "),
                            did_you_mean(options.state, kStates)));
  const auto config = find_config(options.location);
  const auto store = open_existing_store(options.location, SqliteStore::Open::read_only);
  const Time now = SystemClock().now();
  const std::vector<TaskRecord> records = list_tasks(*store, options, now);
  if (!options.json) {
    print_table(records, settings_of(config), now);
    return 0;
  }
  std::vector<std::string> objects;
  for (const TaskRecord& record : records)
    objects.push_back(json_of(record, view_of(record, now, settings_of(config))));
  print(fmt::format("[{}]\n", fmt::join(objects, ",\n")));
  return 0;
}

std::string fact(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("{:<10} {}\n", name, printable(value));
}

void print_task(const TaskRecord& record, const std::vector<TaskEvent>& history, const Settings* settings,
                Time now) {
  const Task& task = record.task;
  const TaskView view = view_of(record, now, settings);
  const auto at = [&](const std::optional<Time>& time) { return time ? moment(*time, now) : ""; };
  std::string text = fact("task", task.task_id) + fact("labourer", task.labourer_id) +
                     fact("job", job_id_of(task.task_id).value_or("")) +
                     fmt::format("{:<10} {}\n", "state", output().paint(to_string(view), colour_of(view))) +
                     fact("attempts", std::to_string(task.attempts)) + fact("created", at(task.created_at)) +
                     fact("invoked", at(task.invoked_at)) + fact("due", at(record.due)) +
                     fact("completed", at(task.completed_at)) + fact("closed", at(record.closed_at)) +
                     fact("reason", task.reason) + fact("payload", task.payload) + fact("stats", task.stats) +
                     fact("result", task.result);
  Table table({{"when"}, {"event"}, {"details"}});
  for (const TaskEvent& event : history)
    table.add({moment(event.created_at, now), std::string(to_string(event.action)), event.details});
  print(text);
  if (!table.empty()) print('\n' + table.render(output()));
}

int task(const TaskOptions& options) {
  if (!is_task_id(options.task_id))
    throw Error(
        fmt::format("{}: a task id is 32 lower-case hex digits; `sosw tasks` lists them", options.task_id));
  const auto config = find_config(options.location);
  const auto store = open_existing_store(options.location, SqliteStore::Open::read_only);
  const auto record = store->find(options.task_id);
  if (!record)
    throw Error(
        fmt::format("there is no task {} in {}", options.task_id, store_file(options.location).string()));
  const Time now = SystemClock().now();
  const std::vector<TaskEvent> history = store->history(options.task_id);
  if (options.json)
    print(json_of(*record, view_of(*record, now, settings_of(config)), &history) + '\n');
  else
    print_task(*record, history, settings_of(config), now);
  return 0;
}

}  // namespace

void add_tasks(CLI::App& app, Action& action) {
  auto many = std::make_shared<TasksOptions>();
  CLI::App* list = app.add_subcommand("tasks", "List tasks");
  list->add_option("--labourer", many->filter.labourer_id, "Only those of this labourer")->type_name("NAME");
  list->add_option("--job", many->filter.job_id, "Only those of this job")->type_name("ID");
  list->add_option("--state", many->state, fmt::format("Only those that are {}", fmt::join(kStates, ", ")))
      ->type_name("STATE");
  list->add_option("--limit", many->filter.at_most, "At most this many (default: 50)")->type_name("N");
  add_location(*list, many->location);
  add_json(*list, many->json);
  list->footer("Example: sosw tasks --labourer word_count --state dead");
  list->callback([many, &action] { action = [many] { return tasks(*many); }; });

  auto one = std::make_shared<TaskOptions>();
  CLI::App* show =
      app.add_subcommand("task", "Show one task: its payload, its result and what happened to it");
  show->add_option("id", one->task_id, "The task")->type_name("ID")->required();
  add_location(*show, one->location);
  add_json(*show, one->json);
  show->footer("Example: sosw task 0b5f8c9e2d7a41d00000000000000003");
  show->callback([one, &action] { action = [one] { return task(*one); }; });
}

}  // namespace sosw
