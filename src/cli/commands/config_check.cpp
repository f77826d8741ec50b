#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"

namespace sosw {
namespace {

struct CheckOptions {
  Location location;
  bool json = false;
};

int check(const CheckOptions& options) {
  const Config config = require_config(options.location);
  const Settings& settings = config.settings;
  std::size_t metric_count = 0;
  try {
    for (const auto& [id, problem] : missing_programs(config))
      throw InvalidConfig(
          fmt::format("labourers.{}.{}", id, config.commands.contains(id) ? "command" : "bootstrap"),
          problem);
  } catch (const InvalidConfig& error) {
    throw with_place(config.document, error);
  }
  for (const auto& [id, labourer] : settings.labourers) metric_count += labourer.health_metrics.size();
  const auto count = [](std::size_t size, std::string_view noun) {
    return counted(static_cast<std::int64_t>(size), noun);
  };
  if (options.json)
    print_json({{"config", config.document.file},
                {"labourers", settings.labourers.size()},
                {"job_schema_variants", settings.job_schema_variants.size()},
                {"health_metrics", metric_count},
                {"rules", settings.rules.size()}});
  else
    print(fmt::format("{} is fine: {}, {}, {}, {}\n", config.document.file,
                      count(settings.labourers.size(), "labourer"),
                      count(settings.job_schema_variants.size(), "job schema variant"),
                      count(metric_count, "health metric"), count(settings.rules.size(), "rule")));
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
