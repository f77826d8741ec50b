#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "job/task_source.h"
#include "text/json_text.h"

namespace sosw {

/// A job that lists the payloads of its tasks, {"payloads": [{...}, {...}]}: nothing is cut or merged.
class PayloadList final : public TaskSource {
 public:
  /// Throws InvalidJob that names the payload which is no JSON object or uses a name that a task has itself.
  PayloadList(const JsonText& document, std::string_view labourer_id);
  PayloadList(const PayloadList&) = delete;
  PayloadList& operator=(const PayloadList&) = delete;

  bool next(Form, std::string&) override;
  std::int64_t index() const override { return store_location_; }
  std::int64_t count() const override { return count_; }
  void skip_to(std::int64_t index) override;

 private:
  const JsonText document_;
  std::string_view list_;
  std::string labourer_id_;  ///< as JSON
  Elements payloads_;        ///< those still to come
  std::int64_t store_location_ = 0;
  std::int64_t count_ = 0;
};

/// The job of these payloads. Throws InvalidJob for one that is not JSON; what PayloadList asks of it besides
/// is not checked here.
JsonText list_payloads(const std::vector<std::string>& payloads);

}  // namespace sosw
