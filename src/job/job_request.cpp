#include "job/job_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/calendar.h"
#include "model/function_arn.h"
#include "text/json_text.h"

namespace sosw {
namespace {

constexpr Time kLatest = 253'402'300'799;  // the end of the year 9999; more is milliseconds by mistake

[[noreturn]] void refuse(std::string_view key, std::string_view must_be, std::string_view got) {
  throw InvalidJob(fmt::format("{}: must be {}, got {}", key, must_be, shown(got)));
}

/// The same value, or what the text says if the value is text of an object.
std::string opened(std::string_view key, std::string value) {
  if (is_text(value)) {
    try {
      value = compact_json(decoded(value));
    } catch (const InvalidJob& error) {
      throw InvalidJob(fmt::format("{}: text that {}", key, error.what()));
    }
  }
  if (!is_object(value)) refuse(key, "a JSON object or text of one", value);
  return value;
}

/// The keys that steer, from the job or, failing that, from beside it.
class Steering {
 public:
  Steering(std::string_view job, std::string_view beside) : job_(job), beside_(beside) {}

  /// Empty when it is not given.
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
  if (!is_text(value) || value.size() == 2) refuse(key, "text that is not empty", value);
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
  if (!arn) refuse(key, "the name or ARN of a function, with or without an alias", value);
  return arn->name;
}

Seconds delay_from(std::string_view value) {
  const double delay = number_from(value);
  if (!is_number(value) || delay < 0 || delay > kLatest)
    refuse("delay_seconds", "a number of seconds from 0", value);
  return delay;
}

Time run_at_from(std::string_view value) {
  constexpr std::string_view key = "run_at";
  constexpr std::string_view must_be = "Unix seconds or a time with a zone such as \"2027-01-31T08:00:00Z\"";
  if (is_text(value)) {
    const auto moment = parse_moment(decoded(value));
    if (!moment) refuse(key, must_be, value);
    return *moment;
  }
  const double moment = number_from(value);
  if (!is_number(value) || moment < 0 || moment > kLatest) refuse(key, must_be, value);
  return moment;
}

Priority priority_from_job(std::string_view value) {
  const auto priority = is_text(value) ? priority_from(decoded(value)) : std::nullopt;
  if (!priority) refuse("priority", R"("high", "normal" or "low")", value);
  return *priority;
}

bool is_web_address(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
      return !text.empty() && text.find_first_of("/?#") != 0 &&
             text.find_first_of(" \t\r\n") == std::string_view::npos;
    }
  return false;
}

std::string on_complete_from(std::string_view value) {
  constexpr std::array<std::string_view, 3> kinds = {"labourer", "topic", "webhook"};
  Member call;
  Member more;
  Members members(is_object(value) ? value : "{}");
  if (!members.next(call) || members.next(more))
    refuse("on_complete", "an object with one of the keys labourer, topic and webhook", value);
  const std::string kind = decoded(call.key);
  if (std::ranges::find(kinds, kind) == kinds.end())
    refuse("on_complete", "an object with one of the keys labourer, topic and webhook", value);
  const std::string key = "on_complete." + kind;
  const std::string target = text_from(key, call.value);
  if (kind == "webhook" && !is_web_address(target))
    refuse(key, "an address that begins with http:// or https://", call.value);
  return std::string(value);
}

}  // namespace

JobRequest parse_job_request(std::string_view event, std::string_view labourer) {
  const std::string envelope = opened("the job", compact_json(event));
  JobRequest request;
  const std::string_view job = find_member(envelope, "job");
  request.document = job.empty() ? envelope : opened("job", std::string(job));

  const Steering steering(request.document, job.empty() ? std::string_view("{}") : envelope);
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
  if (const auto call = steering["on_complete"]; !call.empty()) request.on_complete = on_complete_from(call);
  return request;
}

}  // namespace sosw
