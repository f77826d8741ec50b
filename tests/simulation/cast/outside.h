#pragma once

#include "sosw/ports/alarm.h"
#include "sosw/ports/messenger.h"
#include "sosw/ports/metric_source.h"

#include "simulation/cast/stage.h"
#include "text/json.h"

namespace sosw::simulation {

/// The health of each labourer, drawn anew at each reading: the value is the health, and now and then there
/// is none. Well for good once the world has healed.
class DrawnMetric final : public MetricSource {
 public:
  DrawnMetric(Stage& stage, FaultyStore& store) : stage_(stage), store_(store) {}

  bool accepts(const std::string&) const override { return true; }

  std::vector<Reading> read(std::span<const std::string> details) override {
    std::vector<Reading> readings;
    for (const std::string& labourer_id : details) {
      Chance& chance = stage_.world.chance();
      Reading reading;
      if (stage_.weather.healed || chance.happens(0.3))
        reading.value = 4;
      else if (chance.happens(0.9))
        reading.value = static_cast<double>(chance.between(0, 4));
      stage_.ledger.health_read(store_.caller(), labourer_id, reading.value);
      readings.push_back(reading);
    }
    return readings;
  }

 private:
  Stage& stage_;
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

/// Delivers, fails to, or crashes whoever waits for it.
class DrawnMessenger final : public Messenger {
 public:
  DrawnMessenger(Stage& stage, Actor& actor) : stage_(stage), actor_(actor) {}

  std::vector<std::string> deliver(std::span<const Message> messages) override {
    std::vector<std::string> problems;
    for (const Message& message : messages) problems.push_back(deliver(message.json));
    return problems;
  }

 private:
  std::string deliver(const std::string& json) {
    wait();
    if (!stage_.weather.healed && stage_.world.chance().happens(0.2)) {
      stage_.world.coverage().note(Happened::message_refused);
      return "so it was drawn";
    }
    const std::string job_id = Json::parse(json).at("job_id").get<std::string>();
    stage_.world.say(actor_.name(), "tells that job {} is finished", job_id);
    stage_.ledger.delivered(job_id);
    wait();
    return "";
  }

  void wait() {
    actor_.pause(stage_.world.chance().within(0, stage_.weather.faults.latency));
    if (!stage_.world.chance().happens(stage_.weather.faults.crash)) return;
    stage_.world.coverage().note(Happened::crash_before_effect);
    throw Crash{};
  }

  Stage& stage_;
  Actor& actor_;
};

}  // namespace sosw::simulation
