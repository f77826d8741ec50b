#pragma once

#include <string>
#include <utility>
#include <vector>

#include "admin/admin_service.h"

namespace sosw {

/// The admin service of a running engine, over its JSON API. Throws StoreError when the engine does not
/// answer: the request may have taken effect then.
class RemoteAdminService final : public AdminService {
 public:
  /// `url` up to the port: "http://127.0.0.1:8787".
  RemoteAdminService(std::string url, std::string token) : url_(std::move(url)), token_(std::move(token)) {}

  /// Whether the engine answers there, and accepts the token.
  bool answers() const;

  std::string status() override;
  std::string labourers() override;
  std::string labourer(const std::string& id) override;
  std::string jobs(const JobQuery&) override;
  std::string job(const std::string& id_or_beginning, bool with_document) override;
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
  /// The segments of a path below /api/v1.
  using Path = std::vector<std::string_view>;
  using Query = std::vector<std::pair<std::string_view, std::string>>;
  std::string get(const Path&, const Query& = {}) const;
  std::string post(const Path&, std::string json) const;
  std::string ask(const std::string& target, std::string json) const;

  std::string url_;
  std::string token_;
};

}  // namespace sosw
