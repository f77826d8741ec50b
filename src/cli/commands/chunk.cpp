#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "sosw/model/errors.h"

#include "cli/commands/command.h"
#include "cli/job_file.h"
#include "cli/output.h"
#include "config/text_file.h"
#include "essentials/planned_job.h"
#include "job/chunker.h"
#include "job/event_envelope.h"
#include "job/job_request.h"
#include "job/job_warnings.h"
#include "job/period.h"
#include "system/system_clock.h"

namespace sosw {
namespace {

constexpr std::size_t kWriteAt = 1 << 16;  // bytes

struct ChunkOptions {
  Location location;
  std::string job = "-";
  std::optional<std::string> schema;  // names, separated by commas
  std::optional<std::string> today;
  std::optional<std::string> labourer;
};

JobSchema schema_from_names(const std::string& names) {
  std::vector<std::string> attributes;
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t comma = std::min(names.find(',', at), names.size());
    attributes.push_back(names.substr(at, comma - at));
    at = comma + 1;
  }
  try {
    return JobSchema(std::move(attributes));
  } catch (const InvalidConfig& error) {
    throw InvalidConfig("--schema", error.what());
  }
}

/// The configuration's schemas; where the attributes are given, any job is accepted.
std::optional<Settings> settings_for(const ChunkOptions& options) {
  if (options.schema) return std::nullopt;
  auto config = find_config(options.location);
  if (!config)
    throw Error(
        "say by which attributes the job is cut: --schema section,store, or -c FILE with a configuration "
        "that has a job_schema");
  return std::move(config->settings);
}

std::string today_of(const ChunkOptions& options) {
  if (!options.today) return utc_date(SystemClock().now());
  if (!is_date(*options.today))
    throw Error(fmt::format("--today: must be a date as YYYY-MM-DD, got '{}'", *options.today));
  return *options.today;
}

/// Every job of the file, fully checked.
std::vector<Chunker> open_jobs(const ChunkOptions& options, const JsonText& text) {
  const auto settings = settings_for(options);
  const std::string anybody = settings ? "" : "labourer";
  const std::string today = today_of(options);
  std::vector<Chunker> jobs;
  for (const JsonText& event : unwrap_event(text)) {
    const JobRequest request = parse_job_request(event, options.labourer.value_or(anybody));
    const JobSchema schema = settings ? schema_for(request, *settings) : schema_from_names(*options.schema);
    for (const std::string& warning : job_warnings(request.document, schema, request.schema_name))
      spdlog::warn("{}: {}", name_of(options.job), warning);
    jobs.emplace_back(request.document, schema, today, request.labourer);
  }
  return jobs;
}

int chunk(const ChunkOptions& options) {
  const JsonText text = json_of_file(options.job, read_job_text(options.job));
  std::vector<Chunker> jobs;
  try {
    jobs = open_jobs(options, text);
  } catch (const InvalidJob& error) {
    throw InvalidJob(fmt::format("{}: {}", name_of(options.job), error.what()));
  }
  std::string lines;
  std::string task;
  for (Chunker& job : jobs)
    while (job.next_task(task)) {
      lines.append(task).append("\n");
      if (lines.size() < kWriteAt) continue;
      print(lines);
      lines.clear();
    }
  print(lines);
  return 0;
}

}  // namespace

void add_chunk(CLI::App& app, Action& action) {
  auto options = std::make_shared<ChunkOptions>();
  CLI::App* command =
      app.add_subcommand("chunk", "Show the tasks that a job would become, one line each; writes nothing");
  command
      ->add_option("job", options->job,
                   "The job, a JSON file (- or nothing for standard input, s3://BUCKET/KEY)")
      ->type_name("JOB");
  command->add_option("--schema", options->schema, "The attributes to cut by, outermost first")
      ->type_name("A,B,C")
      ->expected(0, 1);
  command
      ->add_option("-c,--config", options->location.config,
                   "Cut by the job_schema of this configuration (default: ./sosw.yaml)")
      ->type_name("FILE");
  command->add_option("--today", options->today, "The day to which the job's period refers (default: today)")
      ->type_name("DATE");
  command->add_option("--labourer", options->labourer, "The labourer, for a job without lambda_name")
      ->type_name("NAME");
  command->footer("Example: sosw chunk --schema section,store job.json");
  command->callback([options, &action] { action = [options] { return chunk(*options); }; });
}

}  // namespace sosw
