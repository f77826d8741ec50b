#include "cli/job_file.h"

#include <fmt/format.h>

#include "sosw/essentials/scheduler.h"
#include "sosw/job/event_envelope.h"
#include "sosw/model/errors.h"
#include "sosw/sqlite/sqlite_event_log.h"
#include "sosw/sqlite/sqlite_store.h"
#include "sosw/system/system_clock.h"
#include "sosw/system/system_random.h"

#include "cli/text_file.h"

namespace sosw {

std::vector<JobAsked> read_job_file(const std::string& file, const Settings& settings) {
  const std::string text = read_text_file(file);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw InvalidJob(
        name_of(file) +
        R"(: is empty; a job is a JSON object that names a labourer: {"lambda_name": "word_count"})");
  parse_json(file, text);
  SqliteStore nowhere(":memory:", SqliteStore::Open::create);
  SqliteEventLog events(nowhere, "rehearsal");
  SystemClock clock;
  SystemRandom random;
  Scheduler scheduler(settings, nowhere, events, clock, random);
  std::vector<JobAsked> asked;
  try {
    for (std::string& carried : unwrap_event(text))
      for (Job& job : scheduler.accept(carried)) asked.push_back({carried, std::move(job)});
  } catch (const InvalidJob& error) {
    throw InvalidJob(fmt::format("{}: {}", name_of(file), error.what()));
  }
  return asked;
}

}  // namespace sosw
