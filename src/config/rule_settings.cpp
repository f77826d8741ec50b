#include "config/rule_settings.h"

#include <array>
#include <map>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/chunker.h"
#include "job/job_request.h"
#include "text/json_text.h"
#include "text/known_keys.h"
#include "text/mistakes.h"

namespace sosw {
namespace {

constexpr std::array<std::string_view, 6> kRuleKeys = {"name", "schedule", "time_zone",
                                                       "job",  "missed",   "enabled"};
constexpr std::string_view kAnyDay = "2026-01-01";  // whether a job can be chunked does not depend on the day

/// Text that is not empty, or `otherwise` if that is not empty.
std::string text_of(const Json& rule, const std::string& key, const std::string& where,
                    const std::string& otherwise = "") {
  const auto found = rule.find(key);
  if (found == rule.end() && !otherwise.empty()) return otherwise;
  if (found == rule.end()) throw InvalidConfig(where + "." + key, "is missing");
  if (!found->is_string() || found->get<std::string>().empty())
    throw InvalidConfig(where + "." + key, "must be text that is not empty");
  return found->get<std::string>();
}

Schedule parse_schedule(const std::string& expression, const std::string& zone_name, const std::string& where,
                        TimeZones& zones) {
  auto zone = zones.find(zone_name);
  if (!zone)
    throw InvalidConfig(where + ".time_zone",
                        fmt::format("there is no time zone '{}'; give an IANA name such as Europe/Berlin, "
                                    "or leave it out for UTC",
                                    zone_name));
  try {
    return Schedule::parse(expression, std::move(zone));
  } catch (const InvalidConfig& error) {
    throw InvalidConfig(where + ".schedule", error.what());
  }
}

Rule::Missed parse_missed(const Json& rule, const std::string& where) {
  const auto missed = rule.find("missed");
  if (missed == rule.end() || *missed == "run_once") return Rule::Missed::run_once;
  if (*missed == "skip") return Rule::Missed::skip;
  throw InvalidConfig(where + ".missed", "must be run_once or skip");
}

bool parse_enabled(const Json& rule, const std::string& where) {
  const auto enabled = rule.find("enabled");
  if (enabled == rule.end()) return true;
  if (!enabled->is_boolean()) throw InvalidConfig(where + ".enabled", "must be true or false");
  return enabled->get<bool>();
}

/// Throws InvalidJob, or InvalidConfig with its path, unless the job could be accepted.
void check_job(const JsonText& job, const Settings& settings, const std::string& where) {
  const JobRequest request = parse_job_request(job);
  if (!settings.labourers.contains(request.labourer))
    throw InvalidConfig(where + ".lambda_name",
                        fmt::format("there is no labourer '{}' in this configuration", request.labourer));
  const auto schema = settings.job_schema_variants.find(request.schema_name);
  if (schema == settings.job_schema_variants.end())
    throw InvalidConfig(where + ".job_schema_name",
                        fmt::format("there is no variant '{}' in job_schema_variants", request.schema_name));
  if (request.idempotency_key)
    throw InvalidConfig(where + ".idempotency_key",
                        "would make all times one job; leave it out, each time has a key of its own");
  const Chunker checked(request.document, schema->second, kAnyDay, request.labourer);
}

JsonText parse_job(std::string_view job, const Settings& settings, const std::string& where) {
  if (!is_object(job)) throw InvalidConfig(where, "must be an object such as {lambda_name: word_count}");
  JsonText parsed = JsonText::piece(job);
  try {
    check_job(parsed, settings, where);
  } catch (const InvalidJob& error) {
    throw InvalidConfig(where, error.what());
  }
  return parsed;
}

Rule parse_rule(std::string_view text, const std::string& where, const Settings& settings, TimeZones& zones) {
  const Json rule = parse_json(text);
  if (!rule.is_object())
    throw InvalidConfig(where,
                        "must be an object such as {name: nightly, schedule: \"cron(0 2 * * ? *)\", "
                        "job: {lambda_name: word_count}}");
  require_known_keys(rule, where, kRuleKeys);
  const std::string expression = text_of(rule, "schedule", where);
  const std::string zone = text_of(rule, "time_zone", where, "UTC");
  return {text_of(rule, "name", where), parse_schedule(expression, zone, where, zones),
          expression + ' ' + zone,      parse_job(find_member(text, "job"), settings, where + ".job").text(),
          parse_missed(rule, where),    parse_enabled(rule, where)};
}

}  // namespace

std::vector<Rule> parse_rules(std::string_view list, const Settings& settings, TimeZones& zones) {
  if (!is_list(list))
    throw InvalidConfig("rules", "must be a list of rules, each with name, schedule and job");
  std::vector<Rule> rules;
  std::map<std::string, int> indexes;  // by name
  Mistakes mistakes;
  Elements entries(list);
  int index = 0;
  for (std::string_view entry; entries.next(entry); ++index)
    mistakes.read([&] {
      const std::string where = fmt::format("rules.{}", index);
      Rule rule = parse_rule(entry, where, settings, zones);
      const auto [first, is_new] = indexes.emplace(rule.name, index);
      if (!is_new)
        throw InvalidConfig(where + ".name",
                            fmt::format("'{}' is the name of rules.{} already; each rule has its own",
                                        rule.name, first->second));
      rules.push_back(std::move(rule));
    });
  mistakes.throw_if_any();
  return rules;
}

}  // namespace sosw
