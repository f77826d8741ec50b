#include "config/installed_config.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "config/config_layers.h"

namespace sosw {
namespace {

constexpr auto kEssentialConfig = "sosw_essential_config";
constexpr auto kLabourers = "labourers";
constexpr auto kLabourerOptions = "labourer_options";
constexpr auto kTaskConfig = "task_config";  // the Python essentials' configuration of their task client

/// From a key's path in an essential's configuration to its path in sosw.yaml.
struct Move {
  const char* from;
  const char* to;
};

constexpr auto kOfScheduler = std::to_array<Move>({
    {"/job_schema", "/job_schema"},
    {"/job_schema_variants", "/job_schema_variants"},
});
constexpr auto kOfOrchestrator = std::to_array<Move>({
    {"/max_simultaneous_invocations", "/max_simultaneous_invocations"},
    {"/invocation_number_coefficient", "/invocation_number_coefficient"},
    {"/dynamo_db_config/table_name", "/dynamodb/tables/tasks"},
    {"/dynamo_db_config/index_greenfield", "/dynamodb/indexes/tasks_by_greenfield"},
    {"/dynamo_db_config/field_names", "/dynamodb/field_names"},
    {"/sosw_retry_tasks_table", "/dynamodb/tables/retry"},
    {"/sosw_retry_tasks_greenfield_index", "/dynamodb/indexes/retry_by_due"},
    {"/sosw_closed_tasks_table", "/dynamodb/tables/closed"},
    {"/sosw_closed_tasks_labourer_status_index", "/dynamodb/indexes/closed_by_status"},
});
constexpr auto kOfScavenger = std::to_array<Move>({
    {"/max_attempts", "/max_attempts"},
    {"/sns_config/recipient", "/alarm/topic"},
});
constexpr std::string_view kMaxAttemptsOf = "max_attempts_";  // followed by a labourer's id

constexpr std::array<std::string_view, 3> kLabourerOfOrchestrator = {"arn", "max_simultaneous_invocations",
                                                                     "health_metrics"};
constexpr std::array<std::string_view, 1> kLabourerOfScavenger = {"max_attempts"};
constexpr std::array<std::string_view, 3> kOptions = {"duration", "cooldown", "retry"};  // labourer_options

/// The keys that one essential uses.
struct Part {
  std::string config;
  std::span<const Move> moves;
  std::span<const std::string_view> labourer = {};  ///< keys of a labourer
  std::span<const std::string_view> options = {};   ///< keys of a labourer's options
  bool knows_labourers = false;                     ///< has them for all
  bool attempts_of_labourers = false;               ///< max_attempts_<labourer> too
};

std::vector<Part> parts_of(const EssentialNames& names) {
  return {{names.scheduler + "_config", kOfScheduler},
          {names.orchestrator + "_config", kOfOrchestrator, kLabourerOfOrchestrator, kOptions, true},
          {names.scavenger + "_config", kOfScavenger, kLabourerOfScavenger, kOptions, false, true}};
}

bool is_among(std::span<const std::string_view> keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

std::string origin_of(const ConfigLayer& layer) { return layer.name + " in " + layer.source; }

const Json& object_in(const ConfigLayer& layer, const Json& value, const std::string& where) {
  if (!value.is_object()) throw InvalidConfig(origin_of(layer), where + ": must be an object");
  return value;
}

/// The keys of `task_config` count as those beside it, and override them.
void flatten(ConfigLayer& layer) {
  const auto inner = layer.content.find(kTaskConfig);
  if (inner == layer.content.end()) return;
  const Json task_config = object_in(layer, *inner, kTaskConfig);
  layer.content.erase(kTaskConfig);
  layer.content = layered(std::move(layer.content), task_config, Lists::replaced);
}

void take_labourers(const ConfigLayer& layer, const char* where, std::span<const std::string_view> keys,
                    Json& content) {
  const auto labourers = layer.content.find(where);
  if (keys.empty() || labourers == layer.content.end()) return;
  for (const auto& [id, labourer] : object_in(layer, *labourers, where).items()) {
    Json& taken = content[kLabourers].emplace(id, Json::object()).first.value();
    for (const auto& [key, value] : object_in(layer, labourer, fmt::format("{}.{}", where, id)).items())
      if (is_among(keys, key)) taken[key] = value;
  }
}

/// Without keys of unknown labourers.
Json about_known(const Json& said, const Json& labourers) {
  Json content = Json::object();
  for (const auto& [key, value] : said.items()) {
    if (key == kLabourers) {
      for (const auto& [id, labourer] : value.items())
        if (labourers.contains(id)) content[kLabourers][id] = labourer;
    } else if (!key.starts_with(kMaxAttemptsOf) || labourers.contains(key.substr(kMaxAttemptsOf.size()))) {
      content[key] = value;
    }
  }
  return content;
}

/// One part of a layer, translated to the keys of sosw.yaml.
Json translated(const ConfigLayer& layer, const Part& part) {
  Json content = Json::object();
  for (const Move& move : part.moves) {
    const Json::json_pointer from(move.from);
    if (layer.content.contains(from) && !layer.content.at(from).is_null())
      content[Json::json_pointer(move.to)] = layer.content.at(from);
  }
  take_labourers(layer, kLabourers, part.labourer, content);
  take_labourers(layer, kLabourerOptions, part.options, content);
  if (part.attempts_of_labourers)
    for (const auto& [key, value] : layer.content.items())
      if (key.starts_with(kMaxAttemptsOf)) content[key] = value;
  return content;
}

void note_origins(const Json& content, const std::string& where, const std::string& origin,
                  InstalledConfig& config) {
  for (const auto& [key, value] : content.items()) {
    const std::string path = where.empty() ? key : where + '.' + key;
    config.origins[path] = origin;
    if (value.is_object()) note_origins(value, path, origin, config);
  }
}

/// Keys of a layer that no part uses.
void add_ignored(const ConfigLayer& layer, std::span<const Part> parts, std::set<std::string>& ignored) {
  for (const auto& [key, value] : layer.content.items()) {
    const std::string begin = '/' + key;
    const auto is_used = [&](const Part& part) {
      return std::ranges::any_of(part.moves, [&](const Move& move) {
        return std::string_view(move.from) == begin || std::string_view(move.from).starts_with(begin + '/');
      });
    };
    if (key != kLabourers && key != kLabourerOptions && !key.starts_with(kMaxAttemptsOf) &&
        std::ranges::none_of(parts, is_used))
      ignored.insert(key);
  }
}

}  // namespace

InstalledConfig read_installed_config(const EssentialNames& names, std::span<ConfigSource* const> sources) {
  const std::vector<Part> parts = parts_of(names);
  std::vector<std::string> wanted = {kEssentialConfig};
  for (const Part& part : parts) wanted.push_back(part.config);

  InstalledConfig installed;
  std::set<std::string> ignored;
  std::vector<ConfigLayer> layers = config_layers(wanted, sources);
  for (ConfigLayer& layer : layers) {
    flatten(layer);
    add_ignored(layer, parts, ignored);
    installed.found.push_back(origin_of(layer));
  }
  if (!ignored.empty())
    spdlog::info("the configurations of this installation have keys that are ignored here: {}",
                 fmt::join(ignored, ", "));

  for (const Part& part : parts) {
    Json own = Json::object();
    for (const ConfigLayer& layer : layers) {
      if (layer.name != kEssentialConfig && layer.name != part.config) continue;
      Json said = translated(layer, part);
      if (!part.knows_labourers)
        said = about_known(said, installed.content.value(kLabourers, Json::object()));
      note_origins(said, "", origin_of(layer), installed);
      own = layered(std::move(own), said);
    }
    installed.content = layered(std::move(installed.content), own, Lists::replaced);
  }
  return installed;
}

}  // namespace sosw
