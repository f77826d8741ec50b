#include "store/aws_backend.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "config/config_sources.h"
#include "notify/alarm_address.h"

namespace sosw::aws {
namespace {

constexpr std::size_t kEventsInFlight = 16;

class NoEvents final : public EventLog {
 public:
  void record(std::span<const TaskEvent>) override {}
};

bool is_for_tests(const Environment& environment) { return config_env(environment) == "dev"; }

/// Prevents tests from touching the tables of a real installation.
const DynamoTables& allowed(const AwsBackend::Setup& setup) {
  if (is_for_tests(setup.environment))
    for (const TableDescription& table : setup.tables.descriptions())
      if (!table.name.starts_with("autotest_"))
        throw InvalidConfig("STAGE", fmt::format("says test, and then all tables must begin with autotest_; "
                                                 "'{}' does not",
                                                 table.name));
  return setup.tables;
}

std::unique_ptr<Alarm> make_alarm(Session& session, const AwsBackend::Setup& setup) {
  if (setup.alarm.empty() || is_for_tests(setup.environment)) return nullptr;
  return alarm_at(session, setup.alarm);
}

}  // namespace

AwsBackend::AwsBackend(const Setup& setup, Clock& clock, Random& random, Waiting& waiting)
    : tables(allowed(setup)),
      event_http_({.in_flight = kEventsInFlight}),
      metric_session_(setup.environment, {metric_http_, clock, random, waiting}),
      session(setup.environment, {http_, clock, random, waiting}),
      dynamo(session),
      s3_(tables.bucket.empty() ? nullptr : std::make_unique<S3>(session)),
      store(dynamo, random, tables, s3_.get()),
      metric(CloudWatch(metric_session_), clock),
      alarm_(make_alarm(session, setup)) {
  if (!setup.keeps_events) {
    events_ = std::make_unique<NoEvents>();
    return;
  }
  auto events =
      std::make_unique<DynamoEventLog>(setup.environment, Machine{event_http_, clock, random, waiting},
                                       DynamoEventLog::Options{.table = tables.meta, .author = setup.author});
  kept_events_ = events.get();
  events_ = std::move(events);
}

}  // namespace sosw::aws
