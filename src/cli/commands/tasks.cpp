#include <set>

#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"
#include "system/system_clock.h"
#include "text/json_text.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct TasksOptions {
  Location location;
  TaskQuery query;
  bool json = false;
};

struct TaskOptions {
  Location location;
  std::string task_id;
  bool json = false;
};

Colour colour_of(const std::string& state) {
  if (state == "completed") return Colour::green;
  if (state == "dead") return Colour::red;
  if (state == "overdue" || state == "retrying" || state == "cancelled") return Colour::yellow;
  return Colour::none;
}

void print_table(const Json& tasks, Time now) {
  std::set<std::string> labourers;
  for (const Json& task : tasks) labourers.insert(task["labourer_id"]);
  const bool mixed = labourers.size() > 1;
  std::vector<Table::Column> columns = {
      {"task"}, {"state"}, {"attempts", Table::Side::right}, {"when"}, {"reason"}};
  if (mixed) columns.insert(columns.begin() + 1, {"labourer"});
  Table table(std::move(columns));
  for (const Json& task : tasks) {
    const std::string state = task["state"];
    std::vector<Table::Cell> row = {task["task_id"].get<std::string>(),
                                    {state, colour_of(state)},
                                    number_cell(task["attempts"]),
                                    distance(task["since"], now),
                                    task["reason"].get<std::string>()};
    if (mixed) row.insert(row.begin() + 1, task["labourer_id"].get<std::string>());
    table.add(std::move(row));
  }
  print(table.empty() ? "no such tasks\n" : table.render(output()));
}

int tasks(const TasksOptions& options) {
  if (!options.query.state.empty()) require_task_state(options.query.state, "--state");
  const std::string listed = open_admin_service(options.location, AdminAccess::read)->tasks(options.query);
  if (options.json)
    print(listed + '\n');
  else
    print_table(parse_json(listed, kDeepestJsonOfEngine), SystemClock().now());
  return 0;
}

std::string fact(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("{:<10} {}\n", name, printable(value));
}

void print_log(const Json& log, Time now) {
  for (const Json& attempt : log) {
    print(fmt::format("\nlog of attempt {}, which ended {}\n", attempt["attempt"].get<int>(),
                      moment(attempt["ended_at"], now)));
    for (const Json& line : attempt["lines"])
      print(fmt::format("  {}\n", printable(line.get_ref<const std::string&>())));
  }
}

/// `text` is the task as the admin service describes it; input and output of workers are shown byte for byte.
void print_task(const std::string& text, Time now) {
  const Json task = parse_json(text, kDeepestJsonOfEngine);
  const auto field = [&](const char* key) { return task[key].is_null() ? "" : task[key].get<std::string>(); };
  const auto at = [&](const char* key) { return task[key].is_null() ? "" : moment(task[key], now); };
  const JsonText compact(text, kDeepestJsonOfEngine);
  const auto bytes = [&](const char* key) { return find_member(compact, key); };
  std::string facts =
      fact("task", field("task_id")) + fact("labourer", field("labourer_id")) + fact("job", field("job_id")) +
      fmt::format("{:<10} {}\n", "state", output().paint(field("state"), colour_of(field("state")))) +
      fact("attempts", task["attempts"].dump()) + fact("created", at("created_at")) +
      fact("invoked", at("invoked_at")) + fact("due", at("due")) + fact("completed", at("completed_at")) +
      fact("closed", at("closed_at")) + fact("reason", field("reason")) + fact("payload", bytes("payload")) +
      fact("stats", bytes("stats")) + fact("result", bytes("result"));
  Table table({{"when"}, {"event"}, {"details"}});
  for (const Json& event : task["history"])
    table.add({moment(event["created_at"], now), event["action"].get<std::string>(),
               event.contains("details") ? to_text(event["details"]) : ""});
  print(facts);
  if (!table.empty()) print('\n' + table.render(output()));
  print_log(task.value("log", Json::array()), now);
}

int task(const TaskOptions& options) {
  const std::string found = open_admin_service(options.location, AdminAccess::read)->task(options.task_id);
  if (options.json)
    print(found + '\n');
  else
    print_task(found, SystemClock().now());
  return 0;
}

}  // namespace

void add_tasks(CLI::App& app, Action& action) {
  auto many = std::make_shared<TasksOptions>();
  CLI::App* list = app.add_subcommand("tasks", "List tasks");
  list->add_option("--labourer", many->query.labourer_id, "Only those of this labourer")->type_name("NAME");
  list->add_option("--job", many->query.job_id, "Only those of this job")->type_name("ID");
  list->add_option("--state", many->query.state,
                   fmt::format("Only those that are {}", fmt::join(kTaskStates, ", ")))
      ->type_name("STATE");
  list->add_option("--limit", many->query.at_most, "At most this many (default: 50)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  list->add_option("--after", many->query.after, "With --state: go on behind this task")->type_name("ID");
  add_location(*list, many->location);
  add_json(*list, many->json);
  list->footer("Example: sosw tasks --labourer word_count --state dead");
  list->callback([many, &action] { action = [many] { return tasks(*many); }; });

  auto one = std::make_shared<TaskOptions>();
  CLI::App* show = app.add_subcommand(
      "task", "Show one task: its payload, its result, what happened to it and what its worker wrote");
  show->add_option("id", one->task_id, "The task")->type_name("ID")->required();
  add_location(*show, one->location);
  add_json(*show, one->json);
  show->footer("Example: sosw task 0b5f8c9e2d7a41d00000000000000003");
  show->callback([one, &action] { action = [one] { return task(*one); }; });
}

}  // namespace sosw
