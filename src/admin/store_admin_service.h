#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sosw/ports/admin_store.h"
#include "sosw/ports/clock.h"
#include "sosw/ports/event_log.h"
#include "sosw/ports/job_store.h"
#include "sosw/ports/random.h"
#include "sosw/ports/rule_store.h"
#include "sosw/ports/task_store.h"

#include "admin/admin_service.h"
#include "essentials/ecology.h"
#include "essentials/settings.h"
#include "text/json.h"

namespace sosw {

/// An admin service over a store of any kind.
///
/// Searches the newest ten thousand jobs when only the beginning of an id is given and when a list of jobs is
/// filtered.
class StoreAdminService : public AdminService {
 public:
  struct Parts {
    const Settings& settings;  ///< empty when there is no configuration
    TaskStore& tasks;
    JobStore& jobs;
    AdminStore& admin;
    EventLog& events;
    Ecology& ecology;
    Clock& clock;
    Random& random;
    RuleStore* rules = nullptr;  ///< nullptr: when the rules were last considered is unknown

    /// In the process of an engine, which chunks accepted jobs and reads the metrics. Otherwise this does
    /// both.
    bool beside_engine = false;
    std::function<std::optional<std::string>()> engine = [] {
      return std::nullopt;
    };  ///< who runs an engine on the store, for people
  };
  explicit StoreAdminService(Parts parts) : parts_(std::move(parts)) {}

  std::string status() override;
  std::string labourers() override;
  std::string labourer(const std::string& id) override;
  std::string jobs(const JobQuery&) override;
  std::string job(const std::string& id_or_beginning, bool with_document = true) override;
  std::string cells(const std::string& job_id, std::size_t at_most) override;
  std::string tasks(const TaskQuery&) override;
  std::string task(const std::string& task_id) override;
  std::string rules() override;

  std::string set_paused(const std::string& labourer_id, bool paused) override;
  std::string set_limit(const std::string& labourer_id, std::optional<int> limit) override;
  std::string retry(std::span<const std::string> task_ids) override;
  std::string retry_dead(const std::string& labourer_id) override;
  std::string retry_dead_of_job(const std::string& id_or_beginning) override;
  std::string cancel(std::span<const std::string> task_ids) override;
  std::string cancel_job(const std::string& id_or_beginning) override;
  std::string schedule(const JsonText& event) override;
  std::string plan(const JsonText& event) override;
  std::string trigger_rule(const std::string& name) override;

 private:
  std::vector<std::string> labourer_ids();
  void require_labourer(const std::string& id);
  void require_tasks(std::span<const std::string> task_ids);
  std::string what_became_of(std::span<const std::string> task_ids, const std::vector<bool>& done);
  Json labourer_json(const std::string& id, const LabourerControl&, Time now);
  Json all_labourers(Time now);
  std::int64_t revive_dead(const TaskFilter&, std::int64_t at_most);
  Job find_job(const std::string& id_or_beginning);
  std::vector<TaskRecord> find_tasks(const TaskQuery&, Time now);
  Seconds attempt_timeout_of(const std::string& labourer_id) const;
  std::string text_of(const TaskRecord&, Time now, const std::vector<TaskEvent>* history = nullptr) const;

  Parts parts_;
};

/// What AdminService::rules() returns, given what is known of the rules.
std::string rules_text(const Settings&, std::span<const RuleProgress>, Time now);

}  // namespace sosw
