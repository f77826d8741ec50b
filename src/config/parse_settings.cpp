#include "config/parse_settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "config/labourer_settings.h"
#include "text/known_keys.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 6> kTopKeys = {
    "labourers",  "max_attempts",        "max_simultaneous_invocations",
    "job_schema", "job_schema_variants", "invocation_number_coefficient"};

/// Keys of the Python system's configuration that this program ignores: names of its tables, topics and
/// functions, and its timing (SPEC 11).
constexpr std::array kKeysOfPython = std::to_array<std::string_view>({
    "custom_period_patterns",
    "dead_sns_topic",
    "dynamo_db_config",
    "ecology_config",
    "greenfield_invocation_delta",
    "greenfield_task_step",
    "init_clients",
    "lifetime_stats_params",
    "max_closed_to_analyse_for_duration",
    "meta_handler_config",
    "queue_bucket",
    "queue_file",
    "retry_tasks_limit",
    "rows_to_process",
    "s3_prefix",
    "shutdown_period",
    "sns_config",
    "sosw_closed_tasks_labourer_status_index",
    "sosw_closed_tasks_table",
    "sosw_retry_tasks_greenfield_index",
    "sosw_retry_tasks_table",
    "sosw_worker_assistant_lambda",
    "task_operational_overhead_for_ddb",
});
constexpr std::string_view kMaxAttemptsOf = "max_attempts_";  // followed by a labourer's id

JobSchema parse_schema(const Json& schema, const std::string& where) {
  if (!schema.is_object())
    throw InvalidConfig(where, "must be an object such as {chunkable_attrs: [[section, {}]]}");
  constexpr std::array<std::string_view, 1> known = {"chunkable_attrs"};
  require_known_keys(schema, where, known);
  const std::string attributes_at = where + ".chunkable_attrs";
  const Json attributes = schema.value("chunkable_attrs", Json::array());
  if (!attributes.is_array()) throw InvalidConfig(attributes_at, "must be a list of [name, {}] pairs");
  std::vector<std::string> names;
  for (const Json& attribute : attributes) {
    const Json& name = attribute.is_array() && !attribute.empty() ? attribute.front() : attribute;
    if (!name.is_string())
      throw InvalidConfig(attributes_at, "each entry must be [name, {}], such as [section, {}]");
    names.push_back(name.get<std::string>());
  }
  try {
    return JobSchema(std::move(names));
  } catch (const InvalidConfig& error) {
    throw InvalidConfig(attributes_at, error.what());
  }
}

/// One that can't be parsed is present, but empty.
void read_variant(const std::string& name, const Json& schema, const std::string& where, Mistakes& mistakes,
                  std::map<std::string, JobSchema>& variants) {
  JobSchema& variant = variants.insert_or_assign(name, JobSchema()).first->second;
  mistakes.read([&] { variant = parse_schema(schema, where); });
}

std::map<std::string, JobSchema> read_variants(const Json& document, Mistakes& mistakes) {
  std::map<std::string, JobSchema> variants;
  if (const auto schema = document.find("job_schema"); schema != document.end() && !schema->empty())
    read_variant("default", *schema, "job_schema", mistakes, variants);
  if (const auto all = document.find("job_schema_variants"); all != document.end())
    mistakes.read([&] {
      if (!all->is_object()) throw InvalidConfig("job_schema_variants", "must be an object of name: schema");
      for (const auto& [name, schema] : all->items())
        read_variant(name, schema, "job_schema_variants." + name, mistakes, variants);
    });
  variants.try_emplace("default");
  return variants;
}

/// Keys are integers, as text when they come from JSON (SPEC 13.13).
Coefficients parse_coefficients(const Json& coefficients) {
  constexpr std::string_view where = "invocation_number_coefficient";
  Coefficients parsed = kDefaultCoefficients;
  if (!coefficients.is_object())
    throw InvalidConfig(std::string(where), "must be an object of health (0 to 4): share");
  for (const auto& [status, share] : coefficients.items()) {
    if (status.size() != 1 || status[0] < '0' || status[0] > '4')
      throw InvalidConfig(fmt::format("{}.{}", where, status), "is no health; they are 0 (Bad) to 4 (High)");
    if (!share.is_number() || share.get<double>() < 0 || share.get<double>() > 1)
      throw InvalidConfig(fmt::format("{}.{}", where, status), "must be a number from 0 to 1");
    parsed[static_cast<std::size_t>(status[0] - '0')] = share.get<double>();
  }
  return parsed;
}

/// Keys of the Python system are ignored, with one line of the log.
void require_known_top_keys(const Json& document, std::span<const std::string_view> known) {
  std::vector<std::string_view> ignored;
  Mistakes mistakes;
  for (const auto& entry : document.items()) {
    const auto of_python = std::ranges::find(kKeysOfPython, entry.key());
    if (of_python == kKeysOfPython.end())
      mistakes.read([&] { require_known_key(entry.key(), "", known); });
    else
      ignored.push_back(*of_python);
  }
  mistakes.throw_if_any();
  if (!ignored.empty())
    spdlog::info("the configuration has keys that are ignored here: {}", fmt::join(ignored, ", "));
}

/// Returns the keys of the form max_attempts_<labourer>. A labourer that can't be parsed is present, with
/// defaults.
std::vector<std::string> read_labourers(const Json& document, const OtherKeys& other,
                                        const LabourerDefaults& defaults, Mistakes& mistakes,
                                        Settings& settings) {
  std::vector<std::string> attempts_keys;
  const auto labourers = document.find("labourers");
  if (labourers == document.end()) return attempts_keys;
  if (!labourers->is_object()) throw InvalidConfig("labourers", "must be an object of name: settings");
  for (const auto& entry : labourers->items()) {
    const std::string& id = entry.key();
    LabourerDefaults own = defaults;
    attempts_keys.push_back(std::string(kMaxAttemptsOf) + id);
    mistakes.read([&] {
      own.max_attempts = whole_number(document, attempts_keys.back(), "", 1).value_or(defaults.max_attempts);
    });
    Labourer& labourer = settings.labourers.emplace(id, Labourer{.id = id}).first->second;
    mistakes.read([&] { labourer = parse_labourer(id, entry.value(), own, other.labourer); });
  }
  return attempts_keys;
}

}  // namespace

Settings parse_settings(const Json& document, const OtherKeys& other) {
  Mistakes mistakes;
  Settings settings = read_settings(document, other, mistakes);
  mistakes.throw_if_any();
  return settings;
}

Settings read_settings(const Json& document, const OtherKeys& other, Mistakes& mistakes) {
  if (!document.is_object())
    throw InvalidConfig("", "the configuration must be an object with the key labourers");
  Settings settings;
  LabourerDefaults defaults;
  mistakes.read([&] {
    defaults.max_simultaneous_invocations =
        whole_number(document, "max_simultaneous_invocations", "", 0).value_or(1);
  });
  mistakes.read([&] { defaults.max_attempts = whole_number(document, "max_attempts", "", 1).value_or(3); });
  std::vector<std::string> attempts_keys;
  mistakes.read([&] { attempts_keys = read_labourers(document, other, defaults, mistakes, settings); });

  std::vector<std::string_view> known(kTopKeys.begin(), kTopKeys.end());
  known.insert(known.end(), other.top.begin(), other.top.end());
  known.insert(known.end(), attempts_keys.begin(), attempts_keys.end());
  mistakes.read([&] { require_known_top_keys(document, known); });

  settings.job_schema_variants = read_variants(document, mistakes);
  if (const auto coefficients = document.find("invocation_number_coefficient");
      coefficients != document.end())
    mistakes.read([&] { settings.coefficients = parse_coefficients(*coefficients); });
  return settings;
}

}  // namespace sosw
