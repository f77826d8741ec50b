#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "job/task_source.h"
#include "text/json_text.h"

namespace sosw {

/// A job that lists the payloads of its tasks, {"payloads": [{...}, {...}]}: nothing is chunked or merged.
class PayloadList final : public TaskSource {
 public:
  /// Throws InvalidJob that names a payload which is not a JSON object or has a key that is a field of tasks.
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
  Elements payloads_;        ///< the remaining ones
  std::int64_t store_location_ = 0;
  std::int64_t count_ = 0;
};

/// The job of these payloads. Throws InvalidJob for one that is not JSON; PayloadList's other requirements
/// are not checked here.
JsonText list_payloads(const std::vector<std::string>& payloads);

}  // namespace sosw
