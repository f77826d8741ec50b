#include "notify/lambda_alarm.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "model/function_arn.h"
#include "notify/waiting_alarms.h"
#include "text/json_text.h"

namespace sosw::aws {
namespace {

constexpr std::size_t kLongestEvent = 200'000;  // Lambda takes 256 KB

Lambda lambda_of(Session& session, const std::string& function) {
  const auto arn = parse_function_arn(function);
  if (!arn) throw InvalidConfig("", fmt::format("'{}' is no function's name or ARN", function));
  return Lambda(session.caller_in(arn->region.empty() ? session.region() : arn->region, kLambda));
}

}  // namespace

LambdaAlarm::LambdaAlarm(Session& session, const std::string& function)
    : function_(function),
      lambda_(lambda_of(session, function)),
      waiting_(std::make_unique<WaitingAlarms>()) {}

LambdaAlarm::~LambdaAlarm() { LambdaAlarm::send(); }

void LambdaAlarm::raise(const std::string& subject, const std::string& message) {
  waiting_->add(valid_utf8(subject), message);
}

void LambdaAlarm::send() {
  using nlohmann::ordered_json;
  const std::vector<AlarmBatch> batches = waiting_->take(kLongestEvent);
  if (batches.empty()) return;
  std::vector<LambdaInvoke> calls;
  calls.reserve(batches.size());
  for (const AlarmBatch& batch : batches)
    calls.push_back(
        {.function = function_,
         .payload = ordered_json{{"subject", batch.subject}, {"messages", batch.messages}}.dump()});
  log_lost(batches, [&] { return lambda_.invoke(calls); });
}

}  // namespace sosw::aws
