#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"
#include "system/system_clock.h"
#include "text/mistakes.h"

namespace sosw {
namespace {

struct CheckOptions {
  Location location;
  bool json = false;
};

/// The sources of the keys there, each once, in a short form.
void add_origins(const Document& document, const Json& value, const std::string& path,
                 std::vector<std::string>& origins) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, below] : value.items()) add_origins(document, below, path + '.' + key, origins);
    return;
  }
  std::string origin = document.origin_of(path);
  if (!document.file.empty() && origin.starts_with(document.file + ':')) origin = document.file;
  if (std::ranges::find(origins, origin) == origins.end()) origins.push_back(std::move(origin));
}

/// Every top-level key, and every labourer, with its sources.
std::map<std::string, std::vector<std::string>> origins_of_parts(const Document& document) {
  std::map<std::string, std::vector<std::string>> parts;
  for (const auto& [key, value] : document.content.items()) {
    if (key != "labourers") {
      add_origins(document, value, key, parts[key]);
      continue;
    }
    for (const auto& [id, labourer] : value.items())
      add_origins(document, labourer, "labourers." + id, parts["labourers." + id]);
  }
  return parts;
}

std::string origins_table(const std::map<std::string, std::vector<std::string>>& parts) {
  Table table({{"part"}, {"from"}});
  for (const auto& [part, origins] : parts) table.add({part, fmt::format("{}", fmt::join(origins, ", "))});
  return table.render(output());
}

/// Rules that will never be due again; this is no error for those with a single time.
std::vector<std::string> rules_without_a_time(const Settings& settings) {
  const Time now = SystemClock().now();
  std::vector<std::string> notes;
  for (const Rule& rule : settings.rules)
    if (rule.enabled && !rule.schedule.next_after(now, now))
      notes.push_back(fmt::format("the rule {} does not fire any more: {}", rule.name, rule.timing));
  return notes;
}

void require_programs(const Config& config) {
  Mistakes mistakes;
  for (const auto& entry : missing_programs(config))
    mistakes.read([&] {
      throw InvalidConfig(fmt::format("labourers.{}.{}", entry.first,
                                      config.commands.contains(entry.first) ? "command" : "bootstrap"),
                          entry.second);
    });
  try {
    mistakes.throw_if_any();
  } catch (const InvalidConfig& error) {
    throw_with_places(config.document, error);
  }
}

int check(const CheckOptions& options) {
  const Config config = require_config(options.location);
  const Settings& settings = config.settings;
  std::size_t metric_count = 0;
  require_programs(config);
  for (const auto& [id, labourer] : settings.labourers) metric_count += labourer.health_metrics.size();
  const auto count = [](std::size_t size, std::string_view noun) {
    return counted(static_cast<std::int64_t>(size), noun);
  };
  const auto parts = origins_of_parts(config.document);
  const std::vector<std::string> notes = rules_without_a_time(settings);
  if (options.json)
    print_json({{"config", config.document.name()},
                {"labourers", settings.labourers.size()},
                {"job_schema_variants", settings.job_schema_variants.size()},
                {"health_metrics", metric_count},
                {"rules", settings.rules.size()},
                {"notes", notes},
                {"from", parts}});
  else
    print(fmt::format("{} is fine: {}, {}, {}, {}\n", config.document.name(),
                      count(settings.labourers.size(), "labourer"),
                      count(settings.job_schema_variants.size(), "job schema variant"),
                      count(metric_count, "health metric"), count(settings.rules.size(), "rule")));
  for (const std::string& note : notes)
    if (!options.json) print(note + '\n');
  if (!options.json && !config.document.origins.empty()) print('\n' + origins_table(parts));
  return 0;
}

}  // namespace

void add_config_check(CLI::App& app, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* config = app.add_subcommand("config", "Look at the configuration");
  config->require_subcommand(1);
  CLI::App* command = config->add_subcommand("check", "Say what is wrong with the configuration");
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer("Example: sosw config check -c sosw.yaml");
  command->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace sosw
