// /metrics and /readyz of `sosw up`, as Prometheus and its friends read them.

#include "cli/cli_fixture.h"

namespace sosw {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class MetricsOfUp : public CliFixture {
 protected:
  /// Fails its item 2 at first, and item 3 always.
  MetricsOfUp() {
    configure(
        "event=$(cat); case $event in *'\"items\":[3]'*) exit 1;; *'\"items\":[2]'*'\"attempts\":0'*) exit "
        "1;; esac",
        "    max_simultaneous_invocations: 4\n    max_attempts: 2\n    retry: {base: 0.05, max: 0.1}\n");
  }

  void start_up() {
    engine_ = start("up --listen 127.0.0.1:0");
    url_ = url_of(*engine_);
  }
  json metrics() const {
    return json::parse(output_of("curl -s " + url_ +
                                 "/metrics | /usr/bin/python3 " SOSW_SOURCE_DIR
                                 "/tests/cli/clients/read_metrics.py"));
  }
  static double value(const json& metrics, const std::string& name) {
    const json labels = {{"labourer", "work"}};
    for (const json& sample : metrics.value(name, json::array()))
      if (sample["labels"] == labels) return sample["value"];
    ADD_FAILURE() << name << " is not there: " << metrics.dump();
    return -1;
  }

  std::unique_ptr<Running> engine_;
  std::string url_;
};

TEST_F(MetricsOfUp, CountEventsAndShowTheState) {
  write_job(5);
  start_up();
  EXPECT_EQ(value(metrics(), "sosw_tasks_scheduled_total"), 0) << "it is there from the start";
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return sosw("tasks --state dead --json").json().size() == 1; }, *engine_);
  wait_until([&] { return sosw("tasks --state completed --json").json().size() == 4; }, *engine_);
  const json now = metrics();
  const std::map<std::string, double> expected = {
      {"sosw_tasks_scheduled_total", 5},
      {"sosw_invocations_total", 7},
      {"sosw_tasks_completed_total", 4},
      {"sosw_attempts_failed_total", 3},
      {"sosw_retries_total", 2},
      {"sosw_tasks_dead_total", 1},
      {"sosw_tasks_queued", 0},
      {"sosw_tasks_running", 0},
      {"sosw_tasks_waiting", 0},
      {"sosw_invocations_limit", 4},
      {"sosw_health", 4},
      {"sosw_run_duration_seconds_count", 7},
      {"sosw_wait_duration_seconds_count", 5},
  };
  for (const auto& [name, count] : expected) EXPECT_EQ(value(now, name), count) << name;
  EXPECT_GT(now["sosw_engine_turn_duration_seconds_count"][0]["value"], 0);
  std::map<std::string, double> store_calls;
  for (const json& sample : now["sosw_store_call_duration_seconds_count"])
    store_calls[sample["labels"]["call"]] = sample["value"];
  EXPECT_GT(store_calls["claim"], 0);
  EXPECT_GT(store_calls["settle"], 0);

  EXPECT_EQ(sosw("pause work").exit_code, 0);
  EXPECT_EQ(sosw("schedule job.json").exit_code, 0);
  wait_until([&] { return value(metrics(), "sosw_tasks_queued") == 5; }, *engine_);
  EXPECT_EQ(value(metrics(), "sosw_invocations_limit"), 0);
}

TEST_F(MetricsOfUp, SayWhetherTheEngineWorks) {
  start_up();
  const std::string ask = "curl -s -w ' %{http_code}' " + url_;
  wait_until([&] { return output_of(ask + "/readyz") == R"({"status":"ready"} 200)"; }, *engine_);
  EXPECT_EQ(output_of(ask + "/healthz"), R"({"status":"ok"} 200)");
  EXPECT_THAT(output_of(ask + "/metrics -X POST"), HasSubstr("405"));
}

}  // namespace
}  // namespace sosw
