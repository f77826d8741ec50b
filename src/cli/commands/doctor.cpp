#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"
#include "health/metric_sources.h"
#include "http/client/requests.h"
#include "store/aws_store.h"
#include "store/sqlite/engine_lock.h"
#include "system/system_clock.h"
#include "text/mistakes.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr Seconds kConnectTimeout = 5;
constexpr double kManyDead = 0.1;  // share of the closed tasks of a labourer

struct DoctorOptions {
  Location location;
  bool json = false;
};

struct Finding {
  enum class Kind { ok, note, bad };
  Kind kind;
  std::string about;
  std::string text;
};
using Findings = std::vector<Finding>;
using enum Finding::Kind;

std::optional<Config> look_at_config(const Location& location, Findings& findings) {
  try {
    Config config = require_config(location);
    findings.push_back(
        {ok, "config",
         fmt::format("{}: {}", config.document.name(),
                     counted(static_cast<std::int64_t>(config.settings.labourers.size()), "labourer"))});
    for (const auto& [id, problem] : missing_programs(config)) findings.push_back({bad, id, problem});
    return config;
  } catch (const InvalidConfigs& errors) {
    for (const InvalidConfig& error : errors.all) findings.push_back({bad, "config", error.what()});
    return std::nullopt;
  } catch (const Error& error) {
    findings.push_back({bad, "config", error.what()});
    return std::nullopt;
  }
}

/// Whether the port accepts connections; no worker is called.
void look_at_urls(const Config& config, Findings& findings) {
  for (const auto& [id, url] : config.urls) {
    const std::string problem = connection_problem(url, kConnectTimeout);
    findings.push_back(
        {problem.empty() ? ok : bad, id,
         fmt::format("{}: {}", public_url(url), problem.empty() ? "can be reached" : problem)});
  }
}

void look_at_metrics(const Config& config, Findings& findings) {
  MetricSources metrics;
  for (const auto& [id, labourer] : config.settings.labourers)
    for (const HealthMetric& metric : labourer.health_metrics) {
      const auto sources = metrics.sources();
      const auto source = std::ranges::find_if(  // the configuration has one for each metric
          sources, [&](const MetricSource* candidate) { return candidate->accepts(metric.details); });
      const MetricSource::Reading reading = (*source)->read(std::span(&metric.details, 1)).at(0);
      const std::string about = fmt::format("{}, metric {}", id, metric.name);
      if (reading.value)
        findings.push_back(
            {ok, about,
             fmt::format("{}: feels {}", *reading.value, to_string(metric.feelings.judge(*reading.value)))});
      else
        findings.push_back(
            {bad, about, "gives no data" + (reading.problem.empty() ? "" : ": " + reading.problem)});
    }
}

void look_at_labourer(const std::string& id, Store& store, const Config* config, Findings& findings) {
  const TaskCounts counts = store.tasks().count(id, SystemClock().now(), Labourer{}.attempt_timeout());
  const std::int64_t open = counts.queued + counts.running + counts.expired + counts.waiting;
  if (config && !config->settings.labourers.contains(id) && open > 0)
    findings.push_back(
        {bad, id, fmt::format("{} wait for it, but it is not configured", counted(open, "task"))});
  const AdminStore::Closed closed = store.admin().count_closed(id);
  const auto all = static_cast<double>(closed.completed + closed.dead + closed.cancelled);
  if (closed.dead > 0)
    findings.push_back({static_cast<double>(closed.dead) >= kManyDead * all ? bad : note, id,
                        fmt::format("{}: `sosw tasks --state dead --labourer {}` says why",
                                    counted(closed.dead, "dead task"), id)});
}

/// Whether there is a file to check.
bool look_at_file(const fs::path& file, Findings& findings) {
  const fs::path folder = fs::absolute(file).parent_path();
  if (access(folder.c_str(), W_OK) != 0)
    findings.push_back({bad, "store", fmt::format("the folder {} is not writable", folder.string())});
  if (!fs::exists(file)) {
    findings.push_back(
        {note, "store", fmt::format("no store at {} yet; the first run makes it", file.string())});
    return false;
  }
  const bool writable = access(file.c_str(), W_OK) == 0;
  findings.push_back({writable ? ok : bad, "store", file.string() + (writable ? "" : " is not writable")});
  const auto engine = EngineLock::holder(file);
  findings.push_back({ok, "engine", engine ? "running: " + *engine : "none is running"});
  return true;
}

/// Whether there are tables to check.
bool look_at_tables(const aws::DynamoTables& tables, Findings& findings) {
  AwsStore store(tables);
  const auto faults = store.faults_of_its_tables();
  for (const std::string& fault : faults) findings.push_back({bad, "store", fault});
  if (faults.empty())
    findings.push_back({ok, "store", fmt::format("the tables on DynamoDB in {}", store.region())});
  return faults.empty();
}

void look_at_store(const Location& location, const Config* config, Findings& findings) {
  try {
    const StoreLocation store_location = config ? locate_store(location, *config) : locate_store(location);
    if (store_location.is_file() ? !look_at_file(store_location.file, findings)
                                 : !look_at_tables(store_location.tables, findings))
      return;
    const auto store = open_store(store_location, StoreAccess::read);
    for (const std::string& id : store->admin().labourer_ids())
      look_at_labourer(id, *store, config, findings);
    for (const auto& [id, control] : store->admin().controls())
      if (control.paused)
        findings.push_back({note, id, fmt::format("is paused; `sosw resume {}` lets it go on", id)});
  } catch (const Error& error) {
    findings.push_back({bad, "store", error.what()});
  }
}

int doctor(const DoctorOptions& options) {
  Findings findings;
  const auto config = look_at_config(options.location, findings);
  if (config) look_at_urls(*config, findings);
  if (config) look_at_metrics(*config, findings);
  look_at_store(options.location, config ? &*config : nullptr, findings);

  constexpr std::array<std::string_view, 3> labels = {"ok", "note", "bad"};
  constexpr std::array<Colour, 3> colours = {Colour::green, Colour::yellow, Colour::red};
  Table table({{""}, {"about"}, {"finding"}});
  Json json = Json::array();
  bool all_fine = true;
  for (const Finding& finding : findings) {
    const auto kind = static_cast<std::size_t>(finding.kind);
    table.add({{std::string(labels[kind]), colours[kind]}, finding.about, finding.text});
    json.push_back({{"kind", labels[kind]}, {"about", finding.about}, {"finding", finding.text}});
    all_fine = all_fine && finding.kind != bad;
  }
  options.json ? print_json(json) : print(table.render(output()));
  return all_fine ? 0 : 1;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* command = app.add_subcommand("doctor", "Say in words what is wrong with this installation");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Ends with 0 when nothing is bad, else 1.\n\nExample: sosw doctor");
  command->callback([options, &action] { action = [options] { return doctor(*options); }; });
}

}  // namespace sosw
