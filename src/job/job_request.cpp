#include "job/job_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/calendar.h"
#include "job/job_json.h"
#include "model/function_arn.h"
#include "text/json_text.h"

namespace sosw {
namespace {

constexpr Seconds kLatest = 253'402'300'799;  // the end of the year 9999; more is milliseconds by mistake

/// The same value, or its decoded content if it is text of an object.
JsonText opened(std::string_view key, JsonText value) {
  if (is_text(value)) {
    try {
      value = JsonText(decoded(value));
    } catch (const InvalidJson& error) {
      throw InvalidJob(fmt::format("{}: text that {}", key, error.what()));
    }
  }
  if (!is_object(value)) refuse_value(key, "a JSON object or text of one", value);
  return value;
}

/// The control keys, from the job or else from beside it.
class Steering {
 public:
  Steering(std::string_view job, std::string_view beside) : job_(job), beside_(beside) {}

  /// Empty when it is missing.
  std::string_view operator[](std::string_view key) const {
    std::string_view value = find_member(job_, key);
    if (value.empty()) value = find_member(beside_, key);
    return is_null(value) ? std::string_view{} : value;
  }

 private:
  std::string_view job_;
  std::string_view beside_;
};

std::string text_from(std::string_view key, std::string_view value) {
  if (!is_text(value) || value.size() == 2) refuse_value(key, "text that is not empty", value);
  return decoded(value);
}

double number_from(std::string_view value) {
  double number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

std::string labourer_from(std::string_view value, std::string_view otherwise) {
  constexpr std::string_view key = "lambda_name";
  if (value.empty() && !otherwise.empty()) return std::string(otherwise);
  if (value.empty())
    throw InvalidJob(
        R"(lambda_name: is missing; name the labourer that shall do the work, such as "lambda_name": "resize")");
  const std::string text = text_from(key, value);
  const auto arn = parse_function_arn(text);
  if (!arn) refuse_value(key, "the name or ARN of a function, with or without an alias", value);
  return arn->name;
}

Seconds delay_from(std::string_view value) {
  const double delay = number_from(value);
  if (!is_number(value) || delay < 0 || delay > kLatest)
    refuse_value("delay_seconds", "a number of seconds from 0", value);
  return delay;
}

Time run_at_from(std::string_view value) {
  constexpr std::string_view key = "run_at";
  constexpr std::string_view must_be = "Unix seconds or a time with a zone such as \"2027-01-31T08:00:00Z\"";
  if (is_text(value)) {
    const auto moment = parse_moment(decoded(value));
    if (!moment) refuse_value(key, must_be, value);
    return *moment;
  }
  const double moment = number_from(value);
  if (!is_number(value) || moment < 0 || moment > kLatest) refuse_value(key, must_be, value);
  return Time(moment);
}

Priority priority_from_job(std::string_view value) {
  const auto priority = is_text(value) ? priority_from(decoded(value)) : std::nullopt;
  if (!priority) refuse_value("priority", R"("high", "normal" or "low")", value);
  return *priority;
}

}  // namespace

JobRequest parse_job_request(const JsonText& event, std::string_view labourer) {
  const JsonText envelope = opened("the job", event);
  JobRequest request;
  const std::string_view job = find_member(envelope, "job");
  request.document = job.empty() ? envelope : opened("job", JsonText::piece(job));

  const Steering steering(request.document,
                          job.empty() ? std::string_view("{}") : std::string_view(envelope));
  request.labourer = labourer_from(steering["lambda_name"], labourer);
  if (const auto name = steering["job_schema_name"]; !name.empty())
    request.schema_name = text_from("job_schema_name", name);
  if (const auto key = steering["idempotency_key"]; !key.empty())
    request.idempotency_key = text_from("idempotency_key", key);
  if (const auto priority = steering["priority"]; !priority.empty())
    request.priority = priority_from_job(priority);
  if (const auto delay = steering["delay_seconds"]; !delay.empty()) request.delay = delay_from(delay);
  if (const auto run_at = steering["run_at"]; !run_at.empty()) request.run_at = run_at_from(run_at);
  if (request.delay && request.run_at)
    throw InvalidJob("delay_seconds and run_at: both say when, give one of them");
  if (const auto call = steering["on_complete"]; !call.empty())
    request.on_complete = OnComplete::from_job(call);
  return request;
}

}  // namespace sosw
