#include <fmt/format.h>

#include "sosw/model/errors.h"
#include "sosw/model/task_id.h"
#include "sosw/system/system_clock.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/job_view.h"
#include "cli/labourer_names.h"
#include "cli/output.h"

namespace sosw {
namespace {

constexpr std::size_t kBatch =
    1000;  // tasks in one small transaction, so that a running engine is not held up

struct ActOptions {
  Location location;
  std::vector<std::string> task_ids;
  std::string all_of;  ///< retry: the dead tasks of this labourer; cancel: the open tasks of this job
  bool json = false;
};

void require_tasks(TaskDesk& desk, const std::vector<std::string>& task_ids,
                   const std::filesystem::path& file) {
  for (const std::string& id : task_ids) {
    if (!is_task_id(id))
      throw Error(fmt::format("{}: a task id is 32 lower-case hex digits; `sosw tasks` lists them", id));
    if (!desk.find(id)) throw Error(fmt::format("there is no task {} in {}", id, file.string()));
  }
}

void require_one_of(const ActOptions& options, std::string_view flag) {
  if (options.task_ids.empty() == options.all_of.empty())
    throw Error(fmt::format("name either tasks or {}", flag));
}

/// What became of each task that was named.
int report_each(const ActOptions& options, const std::vector<bool>& done, std::string_view did,
                std::string_view did_not) {
  Json json = Json::array();
  for (std::size_t i = 0; i < done.size(); ++i) {
    json.push_back({{"task_id", options.task_ids[i]}, {"done", static_cast<bool>(done[i])}});
    if (!options.json) print(fmt::format("{} {}\n", options.task_ids[i], done[i] ? did : did_not));
  }
  if (options.json) print_json(json);
  return 0;
}

/// Those dead at the start: one that dies again meanwhile is not brought back twice.
std::int64_t revive_dead(SqliteStore& store, const std::string& labourer, Time now) {
  std::int64_t left = store.count_closed(labourer).dead, revived = 0;
  while (left > 0) {
    const auto dead = store.list({.labourer_id = labourer,
                                  .table = TaskRecord::Table::closed,
                                  .closed = TaskRecord::Closed::dead,
                                  .at_most = kBatch});
    std::vector<std::string> ids;
    for (const TaskRecord& record : dead) ids.push_back(record.task.task_id);
    const auto done = std::ranges::count(store.revive(ids, now), true);
    if (done == 0) break;
    revived += done;
    left -= done;
  }
  return revived;
}

int retry(const ActOptions& options) {
  require_one_of(options, "--dead LABOURER");
  const auto config = find_config(options.location);
  const auto store = open_existing_store(options.location, SqliteStore::Open::existing);
  const Time now = SystemClock().now();
  if (options.all_of.empty()) {
    require_tasks(*store, options.task_ids, store_file(options.location));
    return report_each(options, store->revive(options.task_ids, now), "goes to the front of the queue",
                       "stays: it is neither dead nor waiting");
  }
  require_labourer(options.all_of, *store, config ? &config->settings : nullptr);
  const std::int64_t revived = revive_dead(*store, options.all_of, now);
  if (options.json)
    print_json({{"labourer_id", options.all_of}, {"revived", revived}});
  else
    print(fmt::format("{} of {} back in the queue\n", counted(revived, "dead task"), options.all_of));
  return 0;
}

int cancel(const ActOptions& options) {
  require_one_of(options, "--job ID");
  const auto store = open_existing_store(options.location, SqliteStore::Open::existing);
  const Time now = SystemClock().now();
  if (options.all_of.empty()) {
    require_tasks(*store, options.task_ids, store_file(options.location));
    return report_each(options, store->cancel(options.task_ids, now), "is cancelled",
                       "stays: it is running or closed");
  }
  const Job job = find_job(*store, options.all_of);
  const std::int64_t cancelled = store->cancel_job(job.job_id, now).value_or(0);
  if (options.json)
    print_json({{"job_id", job.job_id}, {"cancelled", cancelled}});
  else
    print(fmt::format("job {}: {} cancelled; what runs ends as it ends\n", job.job_id,
                      counted(cancelled, "task")));
  return 0;
}

void add_act(CLI::App& app, Action& action, const std::string& name, const std::string& description,
             const std::string& flag, const std::string& flag_description, const std::string& flag_type,
             const std::string& example, int (*body)(const ActOptions&)) {
  auto options = std::make_shared<ActOptions>();
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("ids", options->task_ids, "The tasks")->type_name("ID");
  command->add_option(flag, options->all_of, flag_description)->type_name(flag_type);
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer(example);
  command->callback([options, &action, body] { action = [options, body] { return body(*options); }; });
}

}  // namespace

void add_retry(CLI::App& app, Action& action) {
  add_act(app, action, "retry", "Bring dead tasks back, and waiting ones at once", "--dead",
          "All dead tasks of this labourer", "LABOURER", "Example: sosw retry --dead word_count", retry);
  add_act(app, action, "cancel", "Close queued and waiting tasks without running them", "--job",
          "All tasks of this job", "ID", "Example: sosw cancel --job 0b5f8c9e2d7a41d0", cancel);
}

}  // namespace sosw
