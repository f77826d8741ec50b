#include "config/config.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <sstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "sosw/model/errors.h"

#include "config/config_layers.h"
#include "config/config_source_settings.h"
#include "config/dynamo_settings.h"
#include "config/labourer_settings.h"
#include "config/parse_settings.h"
#include "config/rule_settings.h"
#include "essentials/ecology.h"
#include "health/metric_sources.h"
#include "http/client/requests.h"
#include "model/function_arn.h"
#include "system/zone_database.h"
#include "text/known_keys.h"
#include "text/mistakes.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kTopKeys = {"alarm", "aws", "dynamodb", "essentials", "rules"};
constexpr std::array<std::string_view, 4> kEssentialKeys = {"scheduler", "worker_assistant", "orchestrator",
                                                            "scavenger"};
constexpr std::array<std::string_view, 3> kRunnerKeys = {"command", "bootstrap", "url"};
constexpr std::array<std::string_view, 3> kAlarmKeys = {"webhook", "topic", "function"};
constexpr std::array<std::string_view, 4> kWaysToRun = {"command", "bootstrap", "url", "arn"};
constexpr auto kSayCommand = "say how to run it: command: [program, argument]";
constexpr auto kOneOnly =
    "give one of command (a process per task), bootstrap (warm processes), url (a POST per task) and arn (a "
    "function on AWS Lambda)";

/// Keys of the full configuration that this version does not support yet.
constexpr std::array<std::string_view, 1> kLaterTopKeys = {"resources"};
constexpr std::array<std::string_view, 1> kLaterLabourerKeys = {"uses"};

void refuse_later_keys(const Json& object, const std::string& where, std::span<const std::string_view> later,
                       std::string_view instead) {
  for (const std::string_view key : later)
    if (object.contains(key))
      throw InvalidConfig(where + std::string(key),
                          fmt::format("is not available in this version yet{}", instead));
}

void refuse_what_comes_later(const Json& document) {
  refuse_later_keys(document, "", kLaterTopKeys, "");
  const auto labourers = document.find("labourers");
  if (labourers == document.end() || !labourers->is_object()) return;
  for (const auto& [id, labourer] : labourers->items())
    refuse_later_keys(labourer, fmt::format("labourers.{}.", id), kLaterLabourerKeys,
                      fmt::format("; {}", kSayCommand));
}

/// A list of texts whose first is a program; a path in it is relative to the configuration.
std::vector<std::string> parse_program(const Json& argument_list, const std::string& at,
                                       const fs::path& directory) {
  if (!argument_list.is_array() || argument_list.empty())
    throw InvalidConfig(at, "must be a list of texts that is not empty, such as [python3, worker.py]");
  std::vector<std::string> argv;
  for (const Json& argument : argument_list) {
    if (!argument.is_string())
      throw InvalidConfig(at,
                          fmt::format("{} is no text; quote it: \"{}\"", argument.dump(), argument.dump()));
    argv.push_back(argument.get<std::string>());
  }
  if (argv.front().empty()) throw InvalidConfig(at, "the program's name is empty");
  if (argv.front().find('/') != std::string::npos) argv.front() = (directory / argv.front()).string();
  return argv;
}

std::string parse_url(const Json& url, const std::string& at) {
  if (!url.is_string() || !is_http_url(url.get<std::string>()))
    throw InvalidConfig(at, "must be an http or https URL");
  return url.get<std::string>();
}

void require_function_arn(const std::string& arn, const std::string& at) {
  if (const auto parts = parse_function_arn(arn); !parts || parts->partition.empty())
    throw InvalidConfig(at,
                        "must be the ARN of a function such as "
                        "arn:aws:lambda:eu-west-1:123456789012:function:resize");
}

/// Removes values of the other sources that the file's own exclude.
void make_room(Json& others, const Json& file) {
  if (file.contains("alarm")) others.erase("alarm");
  if (file.contains("job_schema") && others.contains("job_schema_variants"))
    others["job_schema_variants"].erase("default");
  const auto labourers = file.find("labourers");
  if (labourers == file.end() || !labourers->is_object() || !others.contains("labourers")) return;
  for (const auto& entry : labourers->items())
    if (others["labourers"].contains(entry.key()) &&
        std::ranges::any_of(kRunnerKeys,
                            [&](std::string_view way) { return entry.value().contains(std::string(way)); }))
      others["labourers"][entry.key()].erase("arn");
}

/// Layers the document over the other sources. Objects are merged; all else of the document replaces.
void lay_over(Document& document, InstalledConfig others) {
  make_room(others.content, document.content);
  document.content = layered(std::move(others.content), document.content, Lists::replaced);
  document.origins = std::move(others.origins);
}

/// A bootstrap may be given as one text, the program.
void parse_how_to_run(const std::string& id, const Json& labourer, const fs::path& directory, bool run_here,
                      Config& config) {
  const std::string where = "labourers." + id;
  const auto ways = std::ranges::count_if(
      kWaysToRun, [&](std::string_view way) { return labourer.contains(std::string(way)); });
  if (run_here) {
    if (ways > 0) throw InvalidConfig(where, "says how to run it, but this program has a function for it");
    return;
  }
  if (ways == 0) throw InvalidConfig(where, kSayCommand);
  if (ways > 1) throw InvalidConfig(where, kOneOnly);
  if (const auto command = labourer.find("command"); command != labourer.end()) {
    config.commands.emplace(id, Command{parse_program(*command, where + ".command", directory), directory});
  } else if (const auto bootstrap = labourer.find("bootstrap"); bootstrap != labourer.end()) {
    config.bootstraps.emplace(
        id, Bootstrap{parse_program(bootstrap->is_string() ? Json::array({*bootstrap}) : *bootstrap,
                                    where + ".bootstrap", directory),
                      directory, id});
  } else if (const auto url = labourer.find("url"); url != labourer.end()) {
    config.urls.emplace(id, parse_url(*url, where + ".url"));
    config.settings.labourers.at(id).remote = true;
  } else {
    require_function_arn(config.settings.labourers.at(id).arn, where + ".arn");
    config.on_aws.push_back(id);
    config.settings.labourers.at(id).remote = true;
  }
}

AlarmAddress parse_alarm(const Json& document) {
  const auto alarm = document.find("alarm");
  if (alarm == document.end()) return {};
  if (!alarm->is_object() || alarm->size() != 1)
    throw InvalidConfig("alarm", "must be one of {webhook: URL}, {topic: ARN} and {function: ARN}");
  require_known_keys(*alarm, "alarm", kAlarmKeys);
  const std::string& key = alarm->begin().key();
  const Json& value = alarm->begin().value();
  const std::string where = "alarm." + key;
  const std::string address = value.is_string() ? value.get<std::string>() : "";
  if (key == "webhook") {
    if (!address.starts_with("http")) throw InvalidConfig(where, "must be an http or https URL");
    return {.kind = AlarmAddress::Kind::webhook, .text = address};
  }
  if (key == "topic" && (!address.starts_with("arn:") || address.find(":sns:") == std::string::npos))
    throw InvalidConfig(where, "must be the ARN of a topic of SNS");
  if (key == "function") require_function_arn(address, where);
  return {.kind = AlarmAddress::Kind::aws, .text = address};
}

bool is_function_name(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(letters) == std::string_view::npos;
}

std::array<std::string*, 4> in_order(EssentialNames& names) {
  return {&names.scheduler, &names.worker_assistant, &names.orchestrator, &names.scavenger};
}

void require_distinct(std::span<std::string* const> names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (*names[i] == *names[k])
        throw InvalidConfig(fmt::format("essentials.{}", kEssentialKeys[i]),
                            fmt::format("{} is the {} already", *names[i], kEssentialKeys[k]));
}

void require_no_labourer(EssentialNames& essentials, const Json& labourers) {
  for (std::size_t i = 0; const std::string* name : in_order(essentials)) {
    const std::string_view key = kEssentialKeys[i++];
    if (labourers.contains(*name))
      throw InvalidConfig(fmt::format("essentials.{}", key),
                          fmt::format("{} is a labourer; give one of both another name", *name));
  }
}

EssentialNames parse_essentials(const Json& document) {
  EssentialNames names;
  const auto essentials = document.find("essentials");
  if (essentials == document.end()) return names;
  if (!essentials->is_object())
    throw InvalidConfig("essentials", "must be an object such as {scheduler: my_scheduler}");
  require_known_keys(*essentials, "essentials", kEssentialKeys);
  const auto fields = in_order(names);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto name = essentials->find(kEssentialKeys[i]);
    if (name == essentials->end()) continue;
    if (!name->is_string() || !is_function_name(name->get_ref<const std::string&>()))
      throw InvalidConfig(fmt::format("essentials.{}", kEssentialKeys[i]),
                          "must be the name of a function: up to 64 letters, digits, - and _");
    *fields[i] = name->get<std::string>();
  }
  require_distinct(fields);
  return names;
}

/// Mistakes that `read` finds are reported with the lines of the document.
template <class Read>
void with_places(const Document& document, const Read& read) {
  try {
    read();
  } catch (const InvalidConfig& error) {
    throw_with_places(document, error);
  }
}

bool is_program(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0;
}

/// Empty when the program can be run.
std::string problem_with(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    if (is_program(program)) return "";
    std::error_code error;
    if (!fs::exists(program, error)) return fmt::format("there is no program {}", program);
    return fmt::format("{} is not executable (chmod +x {})", program, program);
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (is_program(fs::path(folder) / program)) return "";
  return fmt::format("there is no program '{}' on the PATH", program);
}

void read_labourers(const fs::path& directory, const std::set<std::string>& run_here, Config& config,
                    Mistakes& mistakes) {
  const auto labourers = config.document.content.find("labourers");
  if (labourers == config.document.content.end() || !labourers->is_object() || labourers->empty()) {
    if (!mistakes.none()) return;  // it may follow from a mistake already noted
    throw InvalidConfig("labourers", fmt::format("names no labourer; give at least one and {}", kSayCommand));
  }
  for (const auto& entry : labourers->items()) {
    if (!entry.value().is_object()) continue;
    mistakes.read([&] { require_usable(config.settings.labourers.at(entry.key())); });
    mistakes.read([&] {
      parse_how_to_run(entry.key(), entry.value(), directory, run_here.contains(entry.key()), config);
    });
  }
  config.essentials = parse_essentials(config.document.content);
  require_no_labourer(config.essentials, *labourers);
}

/// Notes mistakes and continues. Paths are relative to the directory.
void understand(Config& config, const fs::path& directory, const std::set<std::string>& run_here,
                Mistakes& mistakes) {
  const Json& content = config.document.content;
  config.settings = read_settings(content, {kTopKeys, kRunnerKeys}, mistakes);
  mistakes.read([&] { read_labourers(directory, run_here, config, mistakes); });
  mistakes.read([&] { config.alarm = parse_alarm(content); });
  mistakes.read([&] { config.tables = parse_dynamodb(content); });
  mistakes.read([&] {
    MetricSources metrics;
    const Ecology every_metric_has_a_source(config.settings, metrics.sources());
  });
  const std::string_view text = config.document.text;
  const std::string_view rules = is_object(text) ? find_member(text, "rules") : std::string_view();
  if (!rules.empty())
    mistakes.read([&] {
      ZoneDatabase zones;
      config.settings.rules = parse_rules(rules, config.settings, zones);
    });
}

Config understood(Document document, const fs::path& directory, const std::set<std::string>& run_here) {
  Config config{.document = std::move(document)};
  with_places(config.document, [&] {
    refuse_what_comes_later(config.document.content);
    Mistakes mistakes;
    understand(config, directory, run_here, mistakes);
    mistakes.throw_if_any();
  });
  return config;
}

}  // namespace

InvalidConfig with_location(const Document& document, const InvalidConfig& error) {
  std::string_view what = error.what();
  if (!error.where.empty()) what.remove_prefix(error.where.size() + 2);  // "where: "
  return {document.location_of(error.where), std::string(what)};
}

void throw_with_places(const Document& document, const InvalidConfig& error) {
  const auto* several = dynamic_cast<const InvalidConfigs*>(&error);
  if (!several) throw with_location(document, error);
  std::vector<InvalidConfig> placed;
  for (const InvalidConfig& one : several->all) placed.push_back(with_location(document, one));
  throw InvalidConfigs(std::move(placed));
}

Config read_config(const std::string& file, const std::set<std::string>& run_here) {
  Document document = read_document(file);
  ConfigSourceSettings source_settings;
  EssentialNames names;
  with_places(document, [&] {
    source_settings = parse_config_sources(document.content);
    names = parse_essentials(document.content);
  });
  if (!source_settings.in_order.empty()) {
    InstalledConfig installed = ask(source_settings, names);
    if (installed.found.empty())
      spdlog::warn("{}: no configuration of an essential could be read there",
                   document.location_of("aws.config"));
    lay_over(document, std::move(installed));
  }
  return understood(std::move(document), fs::absolute(fs::path(file)).parent_path(), run_here);
}

std::optional<Config> read_config_of_installation() {
  InstalledConfig installed = ask({.in_order = {ConfigSourceSettings::Kind::table}}, {});
  if (installed.found.empty()) return std::nullopt;
  Document document{.content = Json::object()};
  lay_over(document, std::move(installed));
  return understood(std::move(document), fs::current_path(), {});
}

std::map<std::string, std::string> missing_programs(const Config& config) {
  std::map<std::string, std::string> missing;
  const auto look_at = [&](const std::string& id, const std::string& program) {
    if (std::string problem = problem_with(program); !problem.empty()) missing.emplace(id, problem);
  };
  for (const auto& [id, command] : config.commands) look_at(id, command.argv.front());
  for (const auto& [id, bootstrap] : config.bootstraps) look_at(id, bootstrap.argv.front());
  return missing;
}

}  // namespace sosw
