#include "cli/config.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "sosw/essentials/ecology.h"
#include "sosw/essentials/rule_settings.h"
#include "sosw/model/errors.h"
#include "sosw/system/zone_database.h"

#include "cli/metrics.h"

namespace sosw {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 2> kTopKeys = {"alarm", "rules"};
constexpr std::array<std::string_view, 1> kLabourerKeys = {"command"};
constexpr std::array<std::string_view, 1> kAlarmKeys = {"webhook"};
constexpr auto kSayCommand = "say how to run it: command: [program, argument]";

/// Words of the full configuration that this version can't serve yet.
constexpr std::array<std::string_view, 1> kLaterTopKeys = {"resources"};
constexpr std::array<std::string_view, 4> kLaterLabourerKeys = {"bootstrap", "url", "arn", "uses"};

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

/// Times are whole seconds in greenfield, and a worker that ran out of time gets half of the cooldown to end:
/// with less, its next attempt could begin before it is gone.
constexpr Seconds kLeastCooldown = 5;

void require_cooldown(const Settings& settings) {
  for (const auto& [id, labourer] : settings.labourers)
    if (labourer.cooldown < kLeastCooldown)
      throw InvalidConfig(
          fmt::format("labourers.{}.cooldown", id),
          fmt::format("must be at least {}: a worker that ran out of time needs a moment to end",
                      kLeastCooldown));
}

Command parse_command(const Json& labourer, const std::string& where, const fs::path& directory) {
  const auto command = labourer.find("command");
  if (command == labourer.end()) throw InvalidConfig(where, kSayCommand);
  const std::string at = where + ".command";
  if (!command->is_array() || command->empty())
    throw InvalidConfig(at, "must be a list of texts that is not empty, such as [python3, worker.py]");
  std::vector<std::string> argv;
  for (const Json& word : *command) {
    if (!word.is_string())
      throw InvalidConfig(at, fmt::format("{} is no text; quote it: \"{}\"", word.dump(), word.dump()));
    argv.push_back(word.get<std::string>());
  }
  if (argv.front().empty()) throw InvalidConfig(at, "the program's name is empty");
  if (argv.front().find('/') != std::string::npos) argv.front() = (directory / argv.front()).string();
  return {std::move(argv), directory};
}

std::string parse_alarm(const Json& document) {
  const auto alarm = document.find("alarm");
  if (alarm == document.end()) return "";
  if (!alarm->is_object()) throw InvalidConfig("alarm", "must be an object such as {webhook: URL}");
  require_known_keys(*alarm, "alarm", kAlarmKeys);
  const Json webhook = alarm->value("webhook", Json());
  if (!webhook.is_string() || !webhook.get<std::string>().starts_with("http"))
    throw InvalidConfig("alarm.webhook", "must be an http or https URL");
  return webhook.get<std::string>();
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

}  // namespace

InvalidConfig with_place(const Document& document, const InvalidConfig& error) {
  std::string_view what = error.what();
  if (!error.where.empty()) what.remove_prefix(error.where.size() + 2);  // "where: "
  return {document.place_of(error.where), std::string(what)};
}

Config read_config(const std::string& file) {
  Config config{read_document(file), {}, {}, {}};
  const Json& content = config.document.content;
  try {
    refuse_what_comes_later(content);
    config.settings = parse_settings(content, {kTopKeys, kLabourerKeys});
    if (config.settings.labourers.empty())
      throw InvalidConfig("labourers",
                          fmt::format("names no labourer; give at least one and {}", kSayCommand));
    require_cooldown(config.settings);
    const fs::path directory = fs::absolute(fs::path(file)).parent_path();
    for (const auto& [id, labourer] : content.at("labourers").items())
      config.commands.emplace(id, parse_command(labourer, "labourers." + id, directory));
    config.alarm_webhook = parse_alarm(content);
    Metrics metrics;
    const Ecology every_metric_has_a_source(config.settings, metrics.sources());
    if (const auto rules = content.find("rules"); rules != content.end()) {
      ZoneDatabase zones;
      config.settings.rules = parse_rules(*rules, config.settings, zones);
    }
  } catch (const InvalidConfig& error) {
    throw with_place(config.document, error);
  }
  return config;
}

std::map<std::string, std::string> missing_programs(const Config& config) {
  std::map<std::string, std::string> missing;
  for (const auto& [id, command] : config.commands)
    if (std::string problem = problem_with(command.argv.front()); !problem.empty())
      missing.emplace(id, problem);
  return missing;
}

}  // namespace sosw
