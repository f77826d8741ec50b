#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "job/scope.h"

namespace sosw {

/// A job without the keys that no task gets, and the days into which it is chunked.
struct OpenedJob {
  std::string document;            ///< compact JSON object
  std::vector<std::string> dates;  ///< the date_list of each day's tasks, as JSON; empty: no days
  std::int64_t tasks_a_day = 0;

  std::int64_t rounds() const { return dates.empty() ? 1 : static_cast<std::int64_t>(dates.size()); }
};

/// The first step of chunking (SPEC 5): dates. Throws InvalidJob for any error in the job.
OpenedJob open_job(const JsonText& document, std::string_view today, std::string_view labourer_id,
                   ScopeReader&);

}  // namespace sosw
