#include "job/opened_job.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "sosw/model/errors.h"

#include "job/job_keys.h"
#include "job/period.h"

namespace sosw {
namespace {

/// The members of the job; they are views into its text.
class JobMembers {
 public:
  explicit JobMembers(std::string_view job) {
    Members members(job);
    for (Member member; members.next(member);) members_.push_back(member);
  }

  /// Empty when there is none of that name.
  std::string_view find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(members_, [&](const Member& member) { return says(member.key, name); });
    return found == members_.end() ? std::string_view{} : found->value;
  }

  void leave_out(std::span<const std::string_view> names) {
    std::erase_if(members_, [&](const Member& member) {
      return std::ranges::any_of(names, [&](std::string_view name) { return says(member.key, name); });
    });
  }

  std::string json() const {
    std::string object = "{";
    for (const Member& member : members_) {
      if (object.size() > 1) object += ',';
      object.append(member.key).append(":").append(member.value);
    }
    return object + '}';
  }

 private:
  std::vector<Member> members_;
};

/// The keys that a task doesn't inherit from the job: control keys, and the labourer's own id.
void leave_out_steering(JobMembers& job, std::string_view labourer_id) {
  const std::string_view labourer = job.find("labourer_id");
  const bool own = is_text(labourer) && says(labourer, labourer_id);
  if (!labourer.empty() && !own)
    throw InvalidJob(
        fmt::format("labourer_id: is reserved for the task itself, lambda_name names the labourer; got {}",
                    shown(labourer)));
  job.leave_out(kSteeringNames);
  job.leave_out(std::array<std::string_view, 1>{"labourer_id"});
}

/// As JSON.
std::vector<std::string> days_of(const JobMembers& job, std::string_view today) {
  const std::string_view period = job.find("period");
  const std::string_view date_list = job.find("date_list");
  std::vector<std::string> days;
  if (!period.empty()) {
    if (!date_list.empty()) throw InvalidJob("period and date_list: both name days, give one of them");
    if (!is_text(period)) throw InvalidJob(fmt::format("period: must be text, got {}", shown(period)));
    for (const std::string& day : days_of_period(decoded(period), today)) days.push_back('"' + day + '"');
  } else if (is_list(date_list)) {
    Elements elements(date_list);
    for (std::string_view day; elements.next(day);) days.emplace_back(day);
  }
  return days;
}

/// As lists: one for each day, or one with all of them.
std::vector<std::string> date_lists(const std::vector<std::string>& days, bool isolate) {
  if (days.empty()) return {};
  if (!isolate) return {fmt::format("[{}]", fmt::join(days, ","))};
  std::vector<std::string> lists;
  lists.reserve(days.size());
  for (const std::string& day : days) lists.push_back('[' + day + ']');
  return lists;
}

}  // namespace

OpenedJob open_job(const JsonText& document, std::string_view today, std::string_view labourer_id,
                   ScopeReader& reader) {
  if (!is_object(document))
    throw InvalidJob(fmt::format("a job must be a JSON object, got {}", shown(document)));
  JobMembers members(document);
  leave_out_steering(members, labourer_id);

  OpenedJob job;
  job.document = members.json();
  Scope scope;
  reader.read(job.document, 0, nullptr, scope);
  job.tasks_a_day = reader.count(scope, 0);
  const bool isolate = is_truthy(members.find("isolate_days"));
  if (!scope.needs_chunking && !isolate) return job;

  job.dates = date_lists(days_of(members, today), isolate);
  members.leave_out(std::array<std::string_view, 2>{"period", "isolate_days"});
  if (!job.dates.empty()) members.leave_out(std::array<std::string_view, 1>{"date_list"});
  job.document = members.json();
  return job;
}

}  // namespace sosw
