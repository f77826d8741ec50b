#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/output.h"
#include "cli/table.h"
#include "local/completion_notifier_thread.h"
#include "local/local_engine.h"
#include "system/stop_signals.h"

namespace sosw {
namespace {

constexpr Seconds kPollInterval = 1;  // between polls for outcomes; each outcome wakes the waiting thread

struct EssentialOptions {
  Location location;
  bool json = false;
};

/// The parts of an installation that one run of an essential needs.
struct EngineContext {
  explicit EngineContext(const EssentialOptions& options)
      : config(require_config(options.location)), here(config, locate_store(options.location, config)) {
    if (!here.is_alone()) return;
    // We hold the engine lock: nothing that an earlier engine started still runs.
    for (const auto& [id, labourer] : config.settings.labourers) scavenger.recover(labourer);
  }

  Config config;
  HeldSignals held_signals;
  LocalEngine here;
  Scavenger scavenger{here.settings, here.tasks, here.events, *here.alarm, here.clock, here.random};
};

/// Waits for the end of every started worker.
std::map<std::string, Scavenger::Summary> see_to_their_end(EngineContext& context, Orchestrator& orchestrator,
                                                           std::int64_t started) {
  std::map<std::string, Scavenger::Summary> ended;
  if (context.here.on_aws) context.here.on_aws->functions().stop();
  do {
    if (started > 0) context.here.outcomes.wait_for(kPollInterval);
    for (const Outcome& outcome : context.here.outcomes.take()) {
      if (context.here.settings.labourers.at(outcome.task.labourer_id).arn.empty()) --started;
      if (outcome.refused) {
        orchestrator.take_back({&outcome, 1});
        continue;
      }
      const Scavenger::Summary one = context.scavenger.settle({&outcome, 1});
      Scavenger::Summary& sum = ended[outcome.task.labourer_id];
      sum.archived += one.archived;
      sum.retried += one.retried;
      sum.dead += one.dead;
    }
  } while (started > 0);
  return ended;
}

int orchestrate(const EssentialOptions& options) {
  EngineContext context(options);
  LocalEngine& here = context.here;
  here.ecology.refresh();
  Orchestrator orchestrator({.settings = here.settings,
                             .ecology = here.ecology,
                             .tasks = here.tasks,
                             .admin = here.admin,
                             .functions = here.functions,
                             .scavenger = context.scavenger,
                             .events = here.events,
                             .alarm = *here.alarm,
                             .clock = here.clock,
                             .random = here.random});
  const auto summaries = orchestrator.run();
  std::int64_t started = 0;
  for (const auto& [id, summary] : summaries)
    if (here.settings.labourers.at(id).arn.empty()) started += summary.invoked;  // the others report
  auto ended = see_to_their_end(context, orchestrator, started);
  here.alarm->send();

  using enum Table::Side;
  Table table({{"labourer"},
               {"limit", right},
               {"invoked", right},
               {"refused", right},
               {"completed", right},
               {"retrying", right},
               {"dead", right},
               {"because"}});
  Json json = Json::object();
  for (const auto& [id, summary] : summaries) {
    const Scavenger::Summary& end = ended[id];
    table.add({id, with_thousands(summary.allowance.limit), number_cell(summary.invoked),
               number_cell(summary.refused, Colour::yellow), number_cell(end.archived, Colour::green),
               number_cell(end.retried, Colour::yellow), number_cell(end.dead, Colour::red),
               summary.allowance.reason});
    json[id] = {{"limit", summary.allowance.limit}, {"because", summary.allowance.reason},
                {"invoked", summary.invoked},       {"refused", summary.refused},
                {"failed", summary.failed},         {"completed", end.archived},
                {"retrying", end.retried},          {"dead", end.dead}};
  }
  options.json ? print_json(json) : print(table.render(output()));
  return 0;
}

int scavenge(const EssentialOptions& options) {
  EngineContext context(options);
  using enum Table::Side;
  Table table({{"labourer"}, {"archived", right}, {"retrying", right}, {"dead", right}, {"requeued", right}});
  Json json = Json::object();
  for (const auto& [id, summary] : context.scavenger.run()) {
    table.add({id, number_cell(summary.archived, Colour::green), number_cell(summary.retried, Colour::yellow),
               number_cell(summary.dead, Colour::red), number_cell(summary.requeued)});
    json[id] = {{"archived", summary.archived},
                {"retrying", summary.retried},
                {"dead", summary.dead},
                {"requeued", summary.requeued}};
  }
  ConnectedCompletionNotifier(locate_store(options.location, context.config), context.here.settings).run();
  options.json ? print_json(json) : print(table.render(output()));
  return 0;
}

void add_essential(CLI::App& app, Action& action, const std::string& name, const std::string& description,
                   int (*body)(const EssentialOptions&)) {
  auto options = std::make_shared<EssentialOptions>();
  CLI::App* command = app.add_subcommand(name, description);
  add_location(*command, options->location);
  add_json(*command, options->json);
  command->footer(fmt::format("Example: sosw {} -c sosw.yaml", name));
  command->callback([options, &action, body] { action = [options, body] { return body(*options); }; });
}

}  // namespace

void add_essentials(CLI::App& app, Action& action) {
  add_essential(app, action, "orchestrate",
                "Start as many queued tasks as limits and health allow, once, and see them to their end",
                orchestrate);
  add_essential(app, action, "scavenge",
                "Archive, retry, bury and re-queue, once, and announce finished jobs", scavenge);
}

}  // namespace sosw
