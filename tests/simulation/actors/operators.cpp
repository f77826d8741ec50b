#include "simulation/actors/operators.h"

namespace sosw::simulation {
namespace {

/// One life of whoever sits at the admin service.
class SimulatedOperator {
 public:
  SimulatedOperator(ActorContext& context, Actor& actor)
      : context_(context),
        actor_(actor),
        watch_(context.settings, context.ledger, context.world),
        admin_(actor, context.truth, context.conditions, context.ledger, watch_) {}

  void act() {
    const OperatorPlan& may = context_.plan.operators;
    switch (chance().between(0, 6)) {
      case 0:
        if (may.pause) control({.paused = chance().happens(0.6)});
        break;
      case 1:
        if (may.limit) control({.limit = static_cast<int>(chance().between(0, 8))});
        break;
      case 2:
        control({});
        break;
      case 3:
        if (may.cancel) admin_.cancel(some_tasks({.labourer_id = labourer(), .at_most = 4}), actor_.now());
        break;
      case 4:
        if (may.revive) revive();
        break;
      case 5:
        if (may.cancel_jobs) cancel_a_job();
        break;
      default:
        look();
    }
  }

  void let_all_go_on() {
    for (const auto& [id, labourer] : context_.settings.labourers) admin_.set_control(id, {});
  }

  void look() {
    const auto tasks = admin_.list({.at_most = 5});
    if (!tasks.empty()) admin_.history(tasks[chance().index(tasks.size())].task.task_id);
    admin_.count_closed(labourer());
    admin_.count(labourer(), actor_.now(), 10);
    admin_.labourer_ids();
    admin_.next_due();
    admin_.list_jobs(3);
  }

 private:
  Chance& chance() { return context_.world.chance(); }
  std::string labourer() { return labourer_name(chance().index(context_.plan.labourers.size())); }
  void control(const LabourerControl& control) { admin_.set_control(labourer(), control); }

  /// Some of those that the admin service lists; each once.
  std::vector<std::string> some_tasks(const TaskFilter& filter) {
    std::vector<std::string> ids;
    for (const TaskRecord& record : admin_.list(filter))
      if (chance().happens(0.6)) ids.push_back(record.task.task_id);
    return ids;
  }

  void revive() {
    const TaskFilter dead = {.closed = TaskRecord::Closed::dead, .at_most = 5};
    const TaskFilter waiting = {.table = TaskRecord::Table::retry, .at_most = 5};
    admin_.revive(some_tasks(chance().happens(0.7) ? dead : waiting), actor_.now());
  }

  void cancel_a_job() {
    const auto jobs = admin_.list_jobs(5);
    if (!jobs.empty()) admin_.cancel_job(jobs[chance().index(jobs.size())].job_id, actor_.now());
  }

  ActorContext& context_;
  Actor& actor_;
  RunWatch watch_;
  FaultyStore admin_;
};

/// Bytes that must come out as they went in: escapes, UTF-8, numbers that a double would change.
constexpr auto kBaggage =
    R"("text": "\u00e9 é \"q\" \\", "big": 9007199254740993, "time": 1795490346.8965256)";

std::string text_of(const JobPlan& job, std::size_t number) {
  std::string text = fmt::format(R"({{"lambda_name": "{}", "isolate_items": true, {}, "priority": "{}")",
                                 labourer_name(job.labourer), kBaggage, to_string(job.priority));
  if (job.delay) text += fmt::format(R"(, "delay_seconds": {:.3f})", *job.delay);
  if (job.keyed) text += fmt::format(R"(, "idempotency_key": "job {}")", number);
  if (job.on_complete == JobPlan::OnComplete::webhook)
    text += R"(, "on_complete": {"webhook": "http://example.test/"})";
  if (job.on_complete == JobPlan::OnComplete::labourer) text += R"(, "on_complete": {"labourer": "L0"})";
  text += R"(, "items": [)";
  for (int i = 0; i < job.tasks; ++i) text += fmt::format("{}\"{}\"", i ? "," : "", i);
  return text + "]}";
}

std::string garbage(Chance& chance) {
  static constexpr std::array kTexts = {
      "",
      "no JSON",
      "[]",
      "{}",
      R"({"action":"mark_task_as_lost","task_id":"x"})",
      R"({"task_id": 17, "action": "mark_task_as_completed"})",
      R"({"action":"mark_task_as_completed"})",
      R"({"action": "mark_task_as_completed", "task_id": "00000000000000000000000000000000"})",
      R"({"action": "mark_task_as_failed", "task_id": "so it goes", "sosw": {"token": "x"}})"};
  return kTexts[chance.index(kTexts.size())];
}

}  // namespace

void act_as_operators(ActorContext& context, Actor& actor) {
  SimulatedOperator simulated(context, actor);
  for (;;) {
    actor.pause(context.world.chance().within(0, context.plan.operators.period));
    try {
      if (!context.conditions.faults_ended) {
        simulated.act();
      } else if (!context.operators_are_done) {
        simulated.let_all_go_on();
        context.operators_are_done = true;
      } else {
        simulated.look();
      }
    } catch (const StoreError&) {
      continue;
    }
  }
}

void plan_requests(ActorContext& context) {
  for (std::size_t i = 0; i < context.plan.jobs.size(); ++i) {
    const JobPlan& job = context.plan.jobs[i];
    for (int copy = 0; copy < job.submissions; ++copy) {
      if (copy > 0) context.world.coverage().note(Happened::request_repeated);
      context.requests.send(job.at + copy * context.world.chance().within(0, 20), text_of(job, i));
    }
  }
  if (context.plan.report_channel.garbage == 0) return;
  const auto pieces = static_cast<int>(context.plan.report_channel.garbage * 100);
  for (int i = 0; i < pieces; ++i) {
    context.world.coverage().note(Happened::report_garbage);
    context.reports.send(context.world.chance().within(0, context.plan.fault_period),
                         garbage(context.world.chance()));
  }
}

}  // namespace sosw::simulation
