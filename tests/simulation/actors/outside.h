#pragma once

#include "sosw/ports/alarm.h"
#include "sosw/ports/messenger.h"
#include "sosw/ports/metric_source.h"

#include "simulation/actors/actor_context.h"
#include "text/json.h"

namespace sosw::simulation {

/// The health of each labourer, random at each reading: the value is the health, and sometimes there is none.
/// Always high once the faults are over.
class DrawnMetric final : public MetricSource {
 public:
  DrawnMetric(ActorContext& context, FaultyStore& store) : context_(context), store_(store) {}

  bool accepts(const std::string&) const override { return true; }

  std::vector<Reading> read(std::span<const std::string> details) override {
    std::vector<Reading> readings;
    for (const std::string& labourer_id : details) {
      Chance& chance = context_.world.chance();
      Reading reading;
      if (context_.conditions.faults_ended || chance.happens(0.3))
        reading.value = 4;
      else if (chance.happens(0.9))
        reading.value = static_cast<double>(chance.between(0, 4));
      context_.ledger.health_read(store_.caller(), labourer_id, reading.value);
      readings.push_back(reading);
    }
    return readings;
  }

 private:
  ActorContext& context_;
  FaultyStore& store_;
};

class NotedAlarm final : public Alarm {
 public:
  explicit NotedAlarm(Ledger& ledger) : ledger_(ledger) {}
  void raise(const std::string&, const std::string& message) override { ledger_.alarm_raised(message); }
  void send() override {}

 private:
  Ledger& ledger_;
};

/// Delivers, fails, or crashes the waiting caller.
class DrawnMessenger final : public Messenger {
 public:
  DrawnMessenger(ActorContext& context, Actor& actor) : context_(context), actor_(actor) {}

  std::vector<std::string> deliver(std::span<const Message> messages) override {
    std::vector<std::string> problems;
    for (const Message& message : messages) problems.push_back(deliver(message.json));
    return problems;
  }

 private:
  std::string deliver(const std::string& json) {
    wait();
    if (!context_.conditions.faults_ended && context_.world.chance().happens(0.2)) {
      context_.world.coverage().note(Happened::message_refused);
      return "so it was drawn";
    }
    const std::string job_id = Json::parse(json).at("job_id").get<std::string>();
    context_.world.say(actor_.name(), "tells that job {} is finished", job_id);
    context_.ledger.delivered(job_id);
    wait();
    return "";
  }

  void wait() {
    actor_.pause(context_.world.chance().within(0, context_.conditions.faults.latency));
    if (!context_.world.chance().happens(context_.conditions.faults.crash)) return;
    context_.world.coverage().note(Happened::crash_before_effect);
    throw Crash{};
  }

  ActorContext& context_;
  Actor& actor_;
};

}  // namespace sosw::simulation
