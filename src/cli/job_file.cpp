#include "cli/job_file.h"

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "cli/s3_text.h"
#include "config/text_file.h"
#include "system/system_clock.h"
#include "system/system_random.h"

namespace sosw {

std::string read_job_text(const std::string& file) {
  return file.starts_with(kS3Scheme) ? read_s3_text(file) : read_text_file(file);
}

JsonText read_job_file(const std::string& file) {
  const std::string text = read_job_text(file);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw InvalidJob(
        name_of(file) +
        R"(: is empty; a job is a JSON object that names a labourer: {"lambda_name": "word_count"})");
  return json_of_file(file, text);
}

std::vector<PlannedJob> plan_job_file(const std::string& file, const JsonText& event,
                                      const Settings& settings) {
  SystemRandom random;
  try {
    return plan_jobs(event, settings, SystemClock().now(), random);
  } catch (const InvalidJob& error) {
    throw InvalidJob(fmt::format("{}: {}", name_of(file), error.what()));
  }
}

}  // namespace sosw
