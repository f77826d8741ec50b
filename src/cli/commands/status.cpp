#include <set>

#include <fmt/format.h>

#include "sosw/essentials/ecology.h"
#include "sosw/model/decision.h"
#include "sosw/sqlite/engine_lock.h"
#include "sosw/system/system_clock.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/job_view.h"
#include "cli/metrics.h"
#include "cli/output.h"
#include "cli/table.h"

namespace sosw {
namespace {

constexpr std::size_t kJobsSearched = 1000;
constexpr std::size_t kFinishedJobsShown = 5;

struct StatusOptions {
  Location location;
  bool json = false;
};

struct LabourerStatus {
  std::string id;
  bool configured = false;
  TaskCounts counts;
  TaskDesk::Closed closed;
  bool paused = false;
  Allowance allowance;
  Condition condition;
};

std::vector<LabourerStatus> labourers_of(SqliteStore& store, const Config* config, Time now) {
  const Settings settings = config ? config->settings : Settings{};
  Metrics metrics;
  Ecology ecology(settings, metrics.sources());
  ecology.refresh();
  std::set<std::string> ids;
  for (const std::string& id : store.labourer_ids()) ids.insert(id);
  for (const auto& [id, labourer] : settings.labourers) ids.insert(id);
  const auto controls = store.controls();

  std::vector<LabourerStatus> labourers;
  for (const std::string& id : ids) {
    const auto known = settings.labourers.find(id);
    const auto control = controls.find(id);
    const Labourer labourer = known == settings.labourers.end() ? Labourer{.id = id} : known->second;
    LabourerStatus status{.id = id, .configured = known != settings.labourers.end()};
    status.counts = store.count(id, now, labourer.lapse());
    status.closed = store.count_closed(id);
    status.condition = ecology.condition(labourer);
    const LabourerControl control_now = control == controls.end() ? LabourerControl{} : control->second;
    status.paused = control_now.paused;
    status.allowance = allowance(labourer, control_now, status.condition, settings.coefficients);
    labourers.push_back(std::move(status));
  }
  return labourers;
}

std::vector<Job> jobs_worth_showing(SqliteStore& store) {
  std::vector<Job> jobs;
  std::size_t finished = 0;
  for (Job& job : store.list_jobs(kJobsSearched))
    if (!job.progress.finished() || finished++ < kFinishedJobsShown) jobs.push_back(std::move(job));
  return jobs;
}

Table::Cell remark_on(const LabourerStatus& status, bool have_config) {
  if (status.paused) return {"paused", Colour::yellow};
  if (have_config && !status.configured) return {"not configured", Colour::yellow};
  if (status.condition.health != Health::high)
    return {fmt::format("{}: {}", to_string(status.condition.health), status.condition.because),
            status.condition.health <= Health::poor ? Colour::red : Colour::yellow};
  return have_config ? Table::Cell("fine") : Table::Cell("");
}

std::string text_of(const std::vector<LabourerStatus>& labourers, bool have_config) {
  using enum Table::Side;
  Table table({{"labourer"},
               {"queued", right},
               {"running", right},
               {"waiting", right},
               {"completed", right},
               {"dead", right},
               {"limit", right},
               {"health"}});
  for (const LabourerStatus& status : labourers)
    table.add({status.id, number_cell(status.counts.queued),
               number_cell(status.counts.running + status.counts.expired), number_cell(status.counts.waiting),
               number_cell(status.closed.completed + status.counts.completed, Colour::green),
               number_cell(status.closed.dead, Colour::red),
               status.configured ? with_thousands(status.allowance.limit) : "-",
               remark_on(status, have_config)});
  return table.empty() ? "no labourers and no tasks yet\n" : table.render(output());
}

Json json_of(const LabourerStatus& status) {
  return {{"labourer_id", status.id},
          {"configured", status.configured},
          {"queued", status.counts.queued},
          {"running", status.counts.running},
          {"overdue", status.counts.expired},
          {"waiting", status.counts.waiting},
          {"completed", status.closed.completed + status.counts.completed},
          {"dead", status.closed.dead},
          {"cancelled", status.closed.cancelled},
          {"limit", status.configured ? Json(status.allowance.limit) : Json(nullptr)},
          {"because", status.allowance.because},
          {"health", static_cast<int>(status.condition.health)},
          {"health_reason", status.condition.because},
          {"paused", status.paused}};
}

int status(const StatusOptions& options) {
  const auto config = find_config(options.location);
  const auto store = open_existing_store(options.location, SqliteStore::Open::read_only);
  const Time now = SystemClock().now();
  const auto labourers = labourers_of(*store, config ? &*config : nullptr, now);
  const auto jobs = jobs_worth_showing(*store);
  const auto next_due = store->next_due();
  const auto engine = EngineLock::holder(store_file(options.location));
  if (options.json) {
    Json json = {{"engine", engine ? Json(*engine) : Json(nullptr)},
                 {"next_due", next_due ? Json(*next_due) : Json(nullptr)},
                 {"labourers", Json::array()},
                 {"jobs", Json::array()}};
    for (const LabourerStatus& one : labourers) json["labourers"].push_back(json_of(one));
    for (const Job& job : jobs) json["jobs"].push_back(json_of(job));
    print_json(json);
    return 0;
  }
  std::string text = text_of(labourers, config.has_value());
  if (next_due) text += fmt::format("The next waiting task is due {}.\n", distance(*next_due, now));
  if (!jobs.empty()) text += '\n' + table_of(jobs, now);
  text += engine ? fmt::format("\nAn engine is running: {}.\n", *engine)
                 : "\nNo engine is running; `sosw run` works on what is open.\n";
  print(text);
  return 0;
}

}  // namespace

void add_status(CLI::App& app, Action& action) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command = app.add_subcommand("status", "What is going on, by labourer and job");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw status");
  command->callback([options, &action] { action = [options] { return status(*options); }; });
}

}  // namespace sosw
