#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/human_text.h"
#include "cli/job_view.h"
#include "cli/output.h"
#include "system/system_clock.h"
#include "text/parse_json.h"

namespace sosw {
namespace {

struct JobsOptions {
  Location location;
  std::string job_id;
  JobQuery query;
  bool json = false;
};

int jobs(const JobsOptions& options) {
  const std::string listed = open_admin_service(options.location, AdminAccess::read)->jobs(options.query);
  const Json jobs = parse_json(listed, kDeepestJsonOfEngine);
  print(options.json ? listed + '\n' : jobs.empty() ? "no jobs\n" : table_of(jobs, SystemClock().now()));
  return 0;
}

constexpr std::size_t kDocumentShown = 2000;  // bytes

std::string document_text(const Json& document) {
  std::string text = printable(to_text(document));
  if (text.size() <= kDocumentShown) return text;
  const std::size_t left_out = text.size() - kDocumentShown;
  text.resize(kDocumentShown);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0) text.pop_back();
  return fmt::format("{}... ({} bytes more; --json shows all)", text, left_out);
}

int job(const JobsOptions& options) {
  const std::string found = open_admin_service(options.location, AdminAccess::read)->job(options.job_id);
  if (options.json) {
    print(found + '\n');
    return 0;
  }
  const Json job = parse_json(found, kDeepestJsonOfEngine);
  const Time now = SystemClock().now();
  std::string text = table_of(Json::array({job}), now);
  text += fmt::format("\nscheduled  {}\n", moment(job["created_at"], now));
  if (!job["run_at"].is_null()) text += fmt::format("starts     {}\n", moment(job["run_at"], now));
  text += fmt::format("job        {}\n", document_text(job["document"]));
  print(text);
  return 0;
}

}  // namespace

void add_jobs(CLI::App& app, Action& action) {
  auto many = std::make_shared<JobsOptions>();
  CLI::App* list = app.add_subcommand("jobs", "List jobs, the newest first");
  list->add_option("--limit", many->query.at_most, "At most this many (default: 50)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  list->add_option("--labourer", many->query.labourer_id, "Only those of this labourer")
      ->type_name("LABOURER");
  list->add_option("--state", many->query.state,
                   "Only those that are open, finished, or failing (with dead tasks)")
      ->type_name("STATE");
  list->add_option("--text", many->query.text,
                   "Only those whose id begins with this, or whose document holds it")
      ->type_name("TEXT");
  list->add_option("--after", many->query.after, "Go on behind this job")->type_name("ID");
  add_location(*list, many->location);
  add_json(*list, many->json);
  list->footer("Example: sosw jobs");
  list->callback([many, &action] { action = [many] { return jobs(*many); }; });

  auto one = std::make_shared<JobsOptions>();
  CLI::App* show = app.add_subcommand("job", "Show how far one job is");
  show->add_option("id", one->job_id, "The job, or the first 6 or more digits of it")
      ->type_name("ID")
      ->required();
  add_location(*show, one->location);
  add_json(*show, one->json);
  show->footer("Example: sosw job 0b5f8c9e2d7a41d0");
  show->callback([one, &action] { action = [one] { return job(*one); }; });
}

}  // namespace sosw
